import pytest
from hypothesis import given

from assessments.dyad import DyadicValue, are_paired, dyadic
from assessments.instruments.library import get
from assessments.scoring import gap_band, score_sheet
from tests.assessments.sheets import care, sheets, twelfths

ENA_C = get("ena-c@0.2.0")
ENA_CK = get("ena-ck@0.2.0")


@given(sheets(ENA_C), sheets(ENA_C))
def test_composite_gap_words_agree_with_whole_number_arithmetic(x, y):
    gap = dyadic(ENA_C, score_sheet(ENA_C, x), score_sheet(ENA_C, y), 0)["gap"]["NEGLECT"]
    experienced, enacted = twelfths(ENA_C, x, "experienced"), twelfths(ENA_C, y, "enacted")
    common = experienced.keys() & enacted.keys()
    if len(common) < 5:
        assert gap == DyadicValue(None, "too_few_domains")
    else:
        points = 25 * abs(sum(experienced[domain] - enacted[domain] for domain in common))
        reached = [points >= edge * 12 * len(common) for edge in (0, 15, 30)]
        assert gap_band(ENA_C, gap.value) == ["similar", "differ", "far_apart"][sum(reached) - 1]


@pytest.mark.parametrize(("days", "paired"), [(0, True), (14, True), (14.01, False), (-15, False), (None, False)])
def test_forms_are_paired_up_to_the_last_day(days, paired):
    assert are_paired(ENA_C, days) is paired


def test_instrument_without_pairing_compares_nothing():
    assert not are_paired(ENA_CK, 0)
    assert dyadic(ENA_CK, score_sheet(ENA_CK, care(ENA_CK)), {}, None) == {}


def test_forms_too_far_apart_leave_only_the_contrast_within_one_partner():
    own = score_sheet(ENA_C, care(ENA_C))
    values = dyadic(ENA_C, own, own, 15)
    reasons = {key: {value.reason for value in each.values()} for key, each in values.items()}
    assert reasons == {key: {None} if key == "self_contrast" else {"not_contemporaneous"} for key in values}


def test_missing_form_is_a_missing_side():
    values = dyadic(ENA_C, score_sheet(ENA_C, care(ENA_C)), {}, None)
    assert {value.reason for value in values["gap"].values()} == {"side_missing"}
    assert {value.reason for value in values["self_contrast"].values()} == {None}


@given(sheets(ENA_C), sheets(ENA_C))
def test_differences_change_sign_and_means_do_not_with_the_receiver(x, y):
    own, other = score_sheet(ENA_C, x), score_sheet(ENA_C, y)
    forth, back = dyadic(ENA_C, own, other, 3), dyadic(ENA_C, other, own, 3)
    assert forth["couple_mean"] == back["couple_mean"]
    assert forth["couple_max"] == back["couple_max"]
    for score_id, value in forth["couple_diff"].items():
        opposite = back["couple_diff"][score_id]
        assert (value.value, value.reason) == (None if opposite.value is None else -opposite.value, opposite.reason)
