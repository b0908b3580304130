"""A practice's own measurement parameters: from enough people, one of each couple, and never written over."""

from datetime import timedelta
from random import Random
from statistics import stdev

import pytest
from django.utils import timezone

from assessments.instruments import library
from assessments.measurement import parameters_of, shrunken_alpha, shrunken_sd
from assessments.models import AnswerSheet, MeasurementParameters, SheetScores
from assessments.parameters import first_forms, recompute_parameters
from assessments.reliability import cronbach_alpha
from assessments.sheets import form_of, values_of
from benchmarks._history import Past, answer
from clients.models import Partner
from practice import tenancy
from practice.database.context import Scope
from practice.models import Membership
from practice.practices import as_maintenance
from tests import factories
from tests.factories import as_staff, practice_of

pytestmark = pytest.mark.database
FULL = library.latest("ena-c")


def answered(therapist: Membership, couples: int) -> None:
    """So many couples whose partners have each handed in a full form, at levels that differ."""
    for number in range(couples):
        couple = factories.make_couple(therapist, label=f"C{number}")
        with as_staff(therapist):
            partners = list(Partner.objects.filter(couple=couple))
        past = Past(couple, partners, therapist.id)
        with as_maintenance():
            waves = past.waves(FULL, count=1, apart=timedelta(weeks=1), until=timezone.now())
            answer(FULL, past.sheets(FULL, waves), level=15 + 2 * number, random=Random(number))  # noqa: S311


def recomputed(therapist: Membership) -> list[str]:
    assert therapist.practice_id is not None
    return recompute_parameters(therapist.practice_id)


def rows(therapist: Membership) -> list[MeasurementParameters]:
    with as_staff(therapist):
        return list(MeasurementParameters.objects.filter(instrument="ena-c"))


def test_fewer_than_thirty_people_make_no_parameters(alice: Membership):
    answered(alice, 29)
    assert recomputed(alice) == []
    assert rows(alice) == []


def test_thirty_people_make_a_version_and_ten_more_the_next(alice: Membership, mallory: Membership):
    answered(mallory, 2)
    answered(alice, 30)
    [version] = recomputed(alice)
    [row] = rows(alice)
    assert (row.version, row.persons) == (version, 30)
    check_against_the_pure_functions(alice, row)
    answered(alice, 9)
    assert recomputed(alice) == []
    answered(alice, 1)
    [second] = recomputed(alice)
    assert second.endswith("n40")
    first, newer = rows(alice)
    assert (first.sd, first.reliability, newer.persons) == (row.sd, row.reliability, 40)
    assert rows(mallory) == []
    assert recomputed(mallory) == []


def check_against_the_pure_functions(therapist: Membership, row: MeasurementParameters) -> None:
    start = parameters_of(FULL)
    with tenancy.begin(Scope.measurement(practice_id=practice_of(row))):
        sheets = first_forms(FULL)
        assert len({sheet.couple_id for sheet in sheets}) == len(sheets) == 30
        for key in ("PR", "NEGLECT"):
            spread = stdev(scores_of(sheets, key))
            assert row.sd[key] == pytest.approx(shrunken_sd(spread, n=30, start=start.sd[key]))
        values = [values_of(sheet, form_of(sheet))[0] for sheet in sheets]
        items = [[item(one, f"experienced.PR{number}") for number in (1, 2, 3, 4)] for one in values]
        alpha = shrunken_alpha(cronbach_alpha(items), n=30, start=start.reliability["PR"])
        assert row.reliability["PR"] == pytest.approx(alpha)


def scores_of(sheets: list[AnswerSheet], key: str) -> list[float]:
    found = SheetScores.objects.filter(sheet__in=sheets).values_list("scores", flat=True)
    return [one["experienced"][key]["score"] for one in found]


def item(values: dict[str, int | None], line_id: str) -> float:
    value = values[line_id]
    assert value is not None
    return float(4 - value if FULL.by_id[line_id].reverse else value)
