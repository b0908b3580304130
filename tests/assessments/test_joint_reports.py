"""B20 and B21: who may release what, in the rules and in the database; fixture 2 in words."""

import psycopg
import pytest

from assessments.joint_reports import (
    AlreadyReleased,
    ConsentMissing,
    FlagOpen,
    IndividualMode,
    NotSubmitted,
    obstacles,
    release_joint_report,
    shareable_wave,
    withdraw_report,
)
from assessments.models import AnswerSheet, JointReport, SafetyFlag
from clients.consents import withdraw_consent
from clients.couples import CoupleClosed, close_couple, set_individual_mode
from clients.models import Consent
from practice import tenancy
from practice.database.context import Scope
from practice.errors import DomainError
from tests import factories
from tests.assessments.joint import agree, calm, release, released, sheets_of, submit_both
from tests.assessments.test_results_view import answers_of
from tests.attacks import REFUSED, as_maintenance, attacker, outcome
from tests.factories import as_staff

pytestmark = pytest.mark.database
UNIQUE = psycopg.errors.UniqueViolation.sqlstate
MISSING = "No summary for this topic."
INSERT = (
    "INSERT INTO assessments_jointreport (id, practice_id, couple_id, wave_id, content, released_by, released_at) "
    "VALUES (gen_random_uuid(), %s, %s, %s, '{}', gen_random_uuid(), now())"
)


@pytest.fixture
def sheets(alice, couple) -> list[AnswerSheet]:
    return sheets_of(alice, couple)


@pytest.fixture
def ready(alice, couple, sheets) -> list[AnswerSheet]:
    submit_both(sheets, [calm(), calm()])
    agree(alice, couple)
    return sheets


def kept_below_django(alice, sheet) -> object:
    """What the database says to a report of this sheet's wave, whatever the rules would."""
    with attacker(Scope.report(practice_id=alice.practice_id)) as connection:
        return outcome(connection, INSERT, alice.practice_id, sheet.couple_id, sheet.wave_id)


def missing(alice, couple) -> list[str]:
    with as_staff(alice):
        return [one.code for one in obstacles(type(couple).objects.get(pk=couple.pk), shareable_wave(couple))]


def test_all_keys_release(alice, couple, ready):
    assert missing(alice, couple) == []
    report = release(alice, couple)
    assert (report.released_by, report.withdrawn_at, report.briefed_at) == (alice.id, None, None)
    trail = "SELECT actor_id, object_id, couple_id FROM practice_auditevent WHERE action = 'joint_report.released'"
    assert as_maintenance(trail) == [(alice.id, report.id, couple.id)]


def test_nothing_is_released_before_both_submitted(alice, couple, sheets):
    agree(alice, couple)
    factories.submit(sheets[0], calm())
    with pytest.raises(NotSubmitted):
        release(alice, couple)
    assert kept_below_django(alice, sheets[0]) == REFUSED
    factories.submit(sheets[1], calm())
    assert kept_below_django(alice, sheets[0]) == [(1,)]


def test_a_couple_without_a_form_has_not_submitted(alice, couple):
    with pytest.raises(NotSubmitted) as refusal:
        release(alice, couple)
    assert refusal.value.members == {"missing": ["not_submitted", "consent_missing"]}


def test_one_consent_is_not_two(alice, couple, ready, erin):
    with as_staff(alice):
        withdraw_consent(erin, kind=Consent.Kind.JOINT_REPORT)
    with pytest.raises(ConsentMissing):
        release(alice, couple)
    assert kept_below_django(alice, ready[0]) == REFUSED


def test_a_report_is_released_once_until_withdrawn(alice, couple, ready):
    first = release(alice, couple)
    with pytest.raises(AlreadyReleased):
        release(alice, couple)
    assert kept_below_django(alice, ready[0]) == UNIQUE
    with as_staff(alice):
        withdraw_report(first)
        withdraw_report(first)
    assert release(alice, couple).id != first.id


@pytest.mark.parametrize(("level", "locks"), [("urgent", True), ("review", True), ("note", False)])
@pytest.mark.parametrize("state", ["open", "acknowledged", "closed"])
def test_an_urgent_or_review_flag_that_is_not_closed_locks(alice, couple, ready, erin, level, locks, state):
    with tenancy.begin(Scope.scoring(practice_id=alice.practice_id, partner_id=erin.id)):
        SafetyFlag.objects.create(
            couple_id=couple.id, partner_id=erin.id, sheet_id=ready[1].id, rule="SRX", level=level,
            lines=[], state=state, raised_at=ready[1].opens_at,
        )  # fmt: skip
    assert missing(alice, couple) == (["flag_open"] if locks and state != "closed" else [])
    if missing(alice, couple):
        with pytest.raises(FlagOpen):
            release(alice, couple)


def test_a_flag_of_another_form_locks_too(alice, couple, dana, ready):
    check_in = factories.make_sheet(alice, dana, "ena-ck")
    factories.save(check_in, {"experienced.CK8": 3})
    assert missing(alice, couple) == ["flag_open"]


def test_individual_mode_and_a_closed_couple_release_nothing(alice, couple, ready):
    with as_staff(alice):
        set_individual_mode(couple, on=True)
    with pytest.raises(IndividualMode):
        release(alice, couple)
    with as_staff(alice):
        set_individual_mode(couple, on=False)
        close_couple(couple, reason="separated")
    with pytest.raises(CoupleClosed):
        release(alice, couple)


def test_a_refused_release_keeps_nothing_and_goes_on_as_the_therapist(alice, couple, sheets):
    with as_staff(alice):
        with pytest.raises(DomainError):
            release_joint_report(couple, wave=shareable_wave(couple), membership=alice)
        assert JointReport.objects.count() == 0


def test_fixture_2_in_words(alice, couple, dana, erin):
    report = released(alice, couple, [answers_of("A"), answers_of("B")])
    low, some, often = "never to rarely", "rarely to sometimes", "sometimes to often"
    always, (a, b) = "often to almost always", (str(dana.id), str(erin.id))
    assert low not in str(report.content)
    found = {topic["label"]: topic for topic in report.content["topics"]}
    assert {label: [topic["bands"][a], topic["bands"][b]] for label, topic in found.items()} == {
        "Presence and responsiveness": [f"Missing: {always}", f"Missing: {some}"],
        "Listening and validation": [f"Missing: {often}", f"Missing: {some}"],
        "Affection and appreciation": [f"Missing: {always}", f"Missing: {some}"],
        "Reliability and follow-through": [f"Missing: {often}", f"Missing: {some}"],
        "Reciprocity and priority": [f"Missing: {always}", f"Missing: {often}"],
        "Conflict and repair": [f"Missing: {often}", f"Missing: {some}"],
    }
    very, alike, somewhat = (
        f"You see this {words}" for words in ("very differently", "much alike", "somewhat differently")
    )
    assert [[topic["gaps"][a], topic["gaps"][b]] for topic in found.values()] == [
        [very, alike], [very, alike], [very, alike], [very, alike], [somewhat, alike], [somewhat, somewhat],
    ]  # fmt: skip
    assert {topic["talk"] for topic in found.values()} == {
        "You see this topic differently. It is a place to start talking."
    }


@pytest.mark.parametrize("given", ["declined", "not_applicable", None])
def test_whatever_is_missing_reads_alike(alice, couple, given):
    one = dict.fromkeys(["PR1", "PR2", "LV1"], 0)
    missing_some = calm(experienced=one)
    if given:
        form = {f"{side}.{item}": given for side in ("experienced", "enacted") for item in ("CR1", "CR2", "CR3", "CR4")}
        missing_some |= {line: given for line in form if given == "declined" or line.endswith("CR3")}
    report = released(alice, couple, [missing_some, calm()])
    words = [word for topic in report.content["topics"] for kind in ("bands", "gaps") for word in topic[kind].values()]
    assert set(words) == {MISSING}
    assert {topic["talk"] for topic in report.content["topics"]} == {""}
