"""What Erin may do, or what may be done about Erin, that Dana must not learn. Each is done in one of two worlds."""

from functools import partial
from typing import Any

from assessments import plans
from assessments.flags import acknowledge_flag, close_flag
from assessments.models import AnswerSheet, SafetyFlag
from assessments.session_ratings import Ratings, save_rated_session
from assessments.weeks import own_week, save_week
from clients.consents import record_consent, withdraw_consent
from clients.couples import PartnerDetails, leave, set_individual_mode, take_part_again, update_partners
from clients.models import Consent, CounselingSession, Couple, Partner
from clients.sessions import SessionDetails
from practice.models import OutboxMessage
from practice.practices import as_maintenance
from tests import factories
from tests.assessments.flagged import run_outbox
from tests.factories import as_partner, as_staff, partner_client
from tests.isolation.twins import START, Act, World

ALARMING = {"done": 9, "noticed": 9, "helped": 0, "barrier": "did_not_feel_safe", "note": "He shouted"}


def says_little_and_leaves(world: World) -> None:
    """Enough for a review flag."""
    browser = partner_client(world.hers["full"])
    browser.get("/p/")
    browser.post("/p/1/", {"experienced.PR1": "4"})
    browser.post("/p/last/", {"wish": "clarify"})
    saves(world, "full", SC2=1)
    browser.post("/p/leave/")


def saves(world: World, form: str, **answers: Any) -> None:
    factories.save(world.hers[form], {f"experienced.{line}": value for line, value in answers.items()})
    run_outbox()


def sends_all_and_reads_her_results(world: World) -> None:
    browser = partner_client(world.hers["full"])
    for sheet in world.hers.values():
        factories.submit(sheet, factories.full_answers(sheet, 4))
    run_outbox()
    for path in ("/p/results/", "/p/summary/", "/p/me/", "/p/help/"):
        assert browser.get(path).status_code == 200


def sends_nothing_answered(world: World) -> None:
    for sheet in world.hers.values():
        factories.submit(sheet, {})


def declines(world: World) -> None:
    """After a line that leaves a note."""
    saves(world, "week", CK8="declined")
    for sheet in world.hers.values():
        assert partner_client(sheet).post("/p/decline/").status_code == 303


def reports_an_unsafe_week(world: World) -> None:
    sheet = world.hers["week"]
    with as_partner(world.erin):
        fresh = AnswerSheet.objects.get(pk=sheet.pk)
        week = own_week(fresh)
        given = {
            "activities": {one.id: ALARMING for one in week.activities},
            "requests": {one.id: "missed" for one in week.requests},
            "goals": {one.id: -2 for one in week.goals},
            "small_wins": [{"text": "I stayed with my sister", "share_via_therapist": True}],
        }
        save_week(fresh, given)
    factories.submit(sheet, {"experienced.CK8": 4})


def has_goal_and_activity_of_her_own(world: World) -> None:
    with as_staff(world.alice):
        factories.make_goal(world.couple, owner=world.erin, domain="IM")
        plan = plans.agree_plan(world.couple, membership=world.alice)
        plans.assign_activity(plan, template="P61", partners=[world.erin], membership=world.alice)


def talks_alone(world: World) -> None:
    has_goal_and_activity_of_her_own(world)
    details = SessionDetails(
        kind=CounselingSession.Kind.ONE_TO_ONE,
        partner=world.erin.id,
        held_at=START,
        safety_reviewed=True,
        note="Afraid",
    )
    with as_staff(world.alice):
        ratings = Ratings(engagement={str(world.erin.id): 0})
        save_rated_session(world.couple, details, ratings, membership=world.alice, wish="clarify")


def agrees_to_everything(world: World) -> None:
    with as_staff(world.alice):
        for kind in Consent.Kind:
            record_consent(world.erin, kind=kind, version="1", recorded_by=world.alice.id)


def takes_back_consent(world: World) -> None:
    agrees_to_everything(world)
    with as_staff(world.alice):
        withdraw_consent(world.erin, kind=Consent.Kind.JOINT_REPORT)


def takes_no_further_part(world: World) -> None:
    with as_staff(world.alice):
        leave(Partner.objects.get(pk=world.erin.pk))


def comes_back(world: World) -> None:
    takes_no_further_part(world)
    with as_staff(world.alice):
        take_part_again(Partner.objects.get(pk=world.erin.pk))


def is_kept_apart(world: World) -> None:
    """Individual mode is on, and Erin's address is no longer safe; what reaches Dana stays as it is."""
    with as_staff(world.alice):
        couple = Couple.objects.get(pk=world.couple.pk)
        set_individual_mode(couple, on=True)
        same = PartnerDetails(name=world.dana.name, email=world.dana.email, channel=world.dana.channel)
        update_partners(couple, [same, PartnerDetails(name="Erin", email="other@example.org")])


def has_no_mailbox(world: World) -> None:
    world.mailbox.refused.add(world.erin.email)


def has_a_flag_that_is_dealt_with(world: World) -> None:
    saves(world, "full", SC1=4, SC3=4)
    with as_staff(world.alice):
        for flag in SafetyFlag.objects.filter(partner=world.erin):
            acknowledge_flag(flag, membership=world.alice)
            close_flag(flag, reason="discussed_alone", note="A plan is made.", membership=world.alice)


def has_a_flag_that_nobody_answers(world: World) -> None:
    saves(world, "full", SC1=4)
    with as_maintenance():
        late = OutboxMessage.objects.using("owner").filter(kind__in=["flag_to_cover", "flag_to_owner"])
        late.update(due_at=START)
    run_outbox()


def does_everything(world: World) -> None:
    says_little_and_leaves(world)
    reports_an_unsafe_week(world)
    factories.submit(world.hers["full"], factories.full_answers(world.hers["full"], 4))
    for act in (talks_alone, agrees_to_everything, takes_no_further_part):
        act(world)
    run_outbox()


ACTS: dict[str, Act] = {
    "says little and leaves": says_little_and_leaves,
    "gets an urgent flag": partial(saves, form="full", SC1=4, RS1=4),
    "has a flag that nobody answers": has_a_flag_that_nobody_answers,
    "has a flag that is dealt with": has_a_flag_that_is_dealt_with,
    "sends all and reads her results": sends_all_and_reads_her_results,
    "sends nothing answered": sends_nothing_answered,
    "declines": declines,
    "reports an unsafe week": reports_an_unsafe_week,
    "talks alone": talks_alone,
    "agrees to everything": agrees_to_everything,
    "takes back a consent": takes_back_consent,
    "takes no further part": takes_no_further_part,
    "comes back": comes_back,
    "is kept apart": is_kept_apart,
    "has no mailbox": has_no_mailbox,
    "does everything": does_everything,
}
