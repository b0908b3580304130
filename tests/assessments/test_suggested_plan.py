"""What the newest full form suggests, and the numbers behind it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import plans
from assessments.instruments.definition import CONTEXT
from assessments.intentions import record_intention
from assessments.models import Activity, AnswerSheet, RepairPlan
from assessments.sheets import form_of
from assessments.suggested_plan import SuggestedPlan, suggested_plan
from clients.models import Couple, Partner
from practice.models import Membership
from tests import factories
from tests.factories import as_partner, as_staff

pytestmark = pytest.mark.database


def hand_in(alice: Membership, couple: Couple, answers: dict[Partner, int], instrument: str = "ena-c") -> None:
    """Each partner says one value on every line."""
    assignment = factories.assign(alice, couple, instrument)
    for partner, value in answers.items():
        sheet = factories.sheet_of(alice, assignment, partner)
        factories.submit(sheet, factories.full_answers(sheet, value))


def read(alice: Membership, couple: Couple) -> SuggestedPlan:
    with as_staff(alice):
        return suggested_plan(couple, RepairPlan.objects.filter(couple=couple).first())


def test_nothing_is_suggested_before_a_form(alice: Membership, couple: Couple) -> None:
    found = read(alice, couple)
    assert (found.wave, found.focus, found.steps) == (None, (), ())
    assert found.basis["status"] == "provisional"


def test_suggestions_come_with_the_numbers_of_both(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    hand_in(alice, couple, {dana: 4, erin: 0})
    found = read(alice, couple)
    assert len(found.focus) == 2
    for one in found.focus:
        assert one.highest == max(score or 0 for score in scores_of(found, one.domain))
        assert one.label
    early = next(one for one in found.steps if one.rule == "trust_early")
    assert [(partner.name) for partner, _ in early.behind[0].scores] == ["Dana", "Erin"]
    assert found.basis["measurement"] == "start-1"


def scores_of(found: SuggestedPlan, domain: str) -> list[float | None]:
    return [score for step in found.steps for one in step.behind if one.domain == domain for _, score in one.scores]


def missing(sheet: AnswerSheet, **by_direction: int) -> dict[str, int]:
    """Answers that say so much is missing, 0 to 4, in each direction; nothing elsewhere."""
    with as_partner(sheet.partner):
        lines = form_of(AnswerSheet.objects.get(pk=sheet.pk)).lines
    level = {line.id: by_direction.get(line.direction, 0) for line in lines if line.direction != CONTEXT}
    return {line.id: 4 - level[line.id] if line.reverse else level[line.id] for line in lines if line.id in level}


def test_gap_is_the_larger_of_the_two(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> None:
    assignment = factories.assign(alice, couple)
    for partner, experienced, enacted in ((dana, 4, 0), (erin, 2, 1)):
        sheet = factories.sheet_of(alice, assignment, partner)
        factories.submit(sheet, missing(sheet, experienced=experienced, enacted=enacted))
    found = read(alice, couple)
    assert [(one.domain, one.highest, one.gap) for one in found.focus] == [("PR", 100.0, 75.0), ("LV", 100.0, 75.0)]
    apart = next(one for one in found.steps if one.rule == "high_and_apart")
    assert [one.gap for one in apart.behind] == [75.0, 75.0]
    assert [score for _, score in apart.behind[0].scores] == [100.0, 50.0]


def test_own_scores_have_no_gap(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> None:
    hand_in(alice, couple, {dana: 4, erin: 4})
    support = next(one for one in read(alice, couple).steps if one.rule == "support_in_parallel")
    assert {(one.about_self, one.gap) for one in support.behind} == {(True, None)}


def test_one_partner_alone_suggests_without_a_gap(alice: Membership, couple: Couple, dana: Partner) -> None:
    hand_in(alice, couple, {dana: 3})
    found = read(alice, couple)
    assert [one.gap for one in found.focus] == [None, None]
    assert not {"high_and_apart", "high_on_both_sides"} & {one.rule for one in found.steps}


def test_forms_too_far_apart_are_not_compared(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> None:
    hand_in(alice, couple, {dana: 3, erin: 3})
    assert [one.gap is None for one in read(alice, couple).focus] == [False, False]
    with as_staff(alice):
        AnswerSheet.objects.filter(couple=couple, partner=erin).update(submitted_at=timezone.now() + timedelta(days=40))
    assert [one.gap for one in read(alice, couple).focus] == [None, None]


def test_newest_full_wave_counts_and_a_check_in_does_not(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    hand_in(alice, couple, {dana: 4, erin: 4})
    first = read(alice, couple).wave
    hand_in(alice, couple, {dana: 4, erin: 4}, instrument="ena-ck")
    assert read(alice, couple).wave == first
    hand_in(alice, couple, {dana: 0})
    assert read(alice, couple).wave != first


def test_finding_out_is_suggested_from_the_newest_wish(alice: Membership, couple: Couple, dana: Partner) -> None:
    with as_staff(alice):
        record_intention(dana, wish="clarify", membership=alice)
    [only] = read(alice, couple).steps
    assert (only.rule, [one.id for one in only.choices]) == ("clarify_first", ["S0", "S7"])
    with as_staff(alice):
        record_intention(dana, wish="improve", membership=alice)
    assert read(alice, couple).steps == ()


def test_what_is_chosen_is_marked_and_nothing_is_chosen_by_itself(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    hand_in(alice, couple, {dana: 4, erin: 4})
    before = read(alice, couple)
    with as_staff(alice):
        assert not RepairPlan.objects.exists()
        plan = plans.agree_plan(couple, membership=alice, focus=[before.focus[0].domain], active_step="S6")
        assert (plan.focus, Activity.objects.count()) == ([before.focus[0].domain], 0)
    after = read(alice, couple)
    assert [one.is_chosen for one in after.focus] == [True, False]
    assert [one.id for step in after.steps for one in step.choices if one.is_active] == ["S6"]


def test_foreign_forms_suggest_nothing(
    alice: Membership, couple: Couple, mallory: Membership, other_couple: Couple, trudy: Partner
) -> None:
    hand_in(mallory, other_couple, {trudy: 4})
    assert read(alice, couple).wave is None
