"""Plays a history week by week, by the functions that a therapist's and a partner's clicks call.

A week: the check-in opens five days before the session, each partner answers it alone with their week, the window
closes, the couple comes. What the worker would have done by then is done.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from assessments import answers, assignments, plans, schedules
from assessments.demo.clock import Clock
from assessments.demo.courses import Given, History
from assessments.demo.forms import answers_for
from assessments.demo.reporting import Cast, Reporter
from assessments.demo.telling import INSTRUMENT, Teller, as_partner
from assessments.ending import close_care, follow_up_at
from assessments.goals import end_goal, rate_goal, write_goal
from assessments.intentions import asks_intention, save_intention
from assessments.models import Activity, AnswerSheet
from assessments.session_ratings import Ratings, save_rated_session
from assessments.sheets import form_of, own_sheet
from assessments.specific_requests import answer_request, make_request
from assessments.weeks import save_week
from clients.consents import record_consent
from clients.couples import allow_own_results, leave
from clients.invitations import open_link
from clients.models import CounselingSession, Couple, Invitation, Partner, PartnerSession
from clients.sessions import SessionDetails, save_session
from practice import outbox

CHECK_IN = "ena-ck"
WEEK = timedelta(weeks=1)
OPENS_BEFORE = timedelta(days=5)
ANSWERED_AFTER = {1: timedelta(hours=20), 2: timedelta(hours=43)}
BEFORE_FIRST = timedelta(days=10)
CONSENTS = {"assessment": "0.2.0", "no_secrets": "1", "statistics": "0.2.0"}


class Play:
    """One couple on its way. `next_session` is when the couple is to come next, or would be."""

    def __init__(self, teller: Teller, clock: Clock, history: History, *, next_session: datetime) -> None:
        self.teller, self.clock, self.history = teller, clock, history
        self.next_session = next_session - history.ended_weeks_ago * WEEK
        self.step = ""

    def session_at(self, week: int) -> datetime:
        return self.next_session - (self.history.weeks - week) * WEEK

    def play(self) -> Couple:
        self.cast = self.meet()
        self.reporter = Reporter(self.history, self.cast, self.teller.random)
        self.take_in()
        held = self.history.weeks if self.history.ending else self.history.weeks - 1
        for week in range(1, self.history.weeks + 1):
            self.answer_forms(week)
            if week <= held:
                self.hold_session(week)
        if self.history.ending:
            self.end()
        else:
            self.plan_next()
        return self.cast.couple

    def meet(self) -> Cast:
        couple = self.teller.couple(*self.history.partners, by_mail=False)
        self.teller.activate(couple)
        with self.teller.therapist():
            partners = {one.position: one for one in Partner.objects.filter(couple=couple).select_related("couple")}
            for partner in partners.values():
                for kind, version in CONSENTS.items():
                    record_consent(partner, kind=kind, version=version, recorded_by=self.teller.membership.id)
            allow_own_results(couple, allowed=self.history.own_results)
        return Cast(couple, partners)

    def take_in(self) -> None:
        """The first full form of both, the first session, a talk with each alone, and check-ins from then on."""
        self.assign(INSTRUMENT, week=0)
        self.answer_forms(0)
        self.hold_session(0)
        for position in (1, 2):
            self.clock.move_to(self.session_at(0) + timedelta(days=position))
            self.talk_alone(position)
        self.assign(CHECK_IN, week=1, times=self.history.weeks)

    def assign(self, instrument: str, *, week: int, times: int = 1) -> None:
        opens = self.session_at(week) - OPENS_BEFORE
        schedule = schedules.Schedule(opens_at=opens, every_weeks=1 if times > 1 else None, times=times)
        with self.teller.therapist():
            assignments.assign_instrument(
                self.cast.couple, instrument=instrument, membership=self.teller.membership, schedule=schedule
            )

    def answer_forms(self, week: int) -> None:
        """The forms whose window opens before the session of this week, answered by whoever does answer."""
        self.answer_opened(self.session_at(week) - OPENS_BEFORE, week)

    def answer_opened(self, opens: datetime, week: int) -> None:
        self.clock.move_to(opens)
        self.work()
        self.reporter.begin_week(week)
        for position, later in ANSWERED_AFTER.items():
            self.clock.move_to(opens + later)
            for session in self.opened(position, week):
                self.answer(session, position, week)
        if opens + schedules.WINDOW < self.teller.started_at:
            self.clock.move_to(opens + schedules.WINDOW)
            self.work()

    def opened(self, position: int, week: int) -> list[PartnerSession]:
        """Hand the partner's links over and open them as they would; none where they do not answer this week."""
        check_ins = self.history.courses[position - 1].check_ins
        if 0 < week <= len(check_ins) and check_ins[week - 1] is None:
            return []
        hand_over = partial(assignments.invite_to_sheet, delivery=Invitation.Delivery.IN_PERSON)
        with self.teller.therapist():
            sheets = AnswerSheet.objects.filter(couple=self.cast.couple, partner__position=position)
            open_ones = sheets.filter(opens_at__lte=self.clock.at, closes_at__gt=self.clock.at)
            found = (
                open_ones.filter(state__in=AnswerSheet.OPEN_STATES)
                .select_related("partner", "couple")
                .order_by("opens_at", "instrument")
            )
            keys = [hand_over(sheet).key or "" for sheet in found]
        with transaction.atomic():
            return [open_link(key, browser=None).session for key in keys]

    def answer(self, session: PartnerSession, position: int, week: int) -> None:
        """Answer the whole form, and the week where the form carries one, and send it off."""
        with as_partner(session):
            sheet = own_sheet(session)
            form = form_of(sheet)
            wanted = partial(self.wanted, position, week)
            answers.save_answers(sheet, answers_for(form.lines, wanted, self.teller.random))
            if asks_intention(sheet):
                save_intention(sheet, wish=self.history.courses[position - 1].wish)
            if sheet.week_of is not None:
                save_week(sheet, self.reporter.report(position, week))
            answers.submit_sheet(sheet)

    def wanted(self, position: int, week: int, direction: str, topic: str) -> float:
        """The score that this partner's answers come to; topics in focus are harder than the rest."""
        course = self.history.courses[position - 1]
        if topic == "CK":
            return course.check_ins[week - 1] or 0
        wave = sum(review <= week for review in self.history.reviews) + (week > self.history.weeks)
        levels = course.enacted if direction == "enacted" else course.experienced
        harder = 8 if topic in self.history.focus else -4
        return min(100, max(0, levels[min(wave, len(levels) - 1)] + harder))

    def work(self) -> None:
        """What the worker would have done by now: waves are opened and closed."""
        for message in outbox.due_ids():
            outbox.deliver(message)

    def hold_session(self, week: int) -> None:
        self.clock.move_to(self.session_at(week))
        with self.teller.therapist():
            self.change_plan(week)
            self.record_session(week)
            self.settle_goals(week)
            if self.history.left_after == week:
                leave(self.cast.partners[2])
        if week + 1 in self.history.reviews:
            self.assign(INSTRUMENT, week=week + 1)

    def change_plan(self, week: int) -> None:
        history, membership = self.history, self.teller.membership
        if week in history.steps:
            self.step = history.steps[week]
            focus = history.focus if week == min(history.steps) else None
            plan = plans.agree_plan(self.cast.couple, membership=membership, active_step=self.step, focus=focus)
            self.plan = plan
        for given, activity in self.cast.activities:
            if given.until == week:
                plans.end_activity(activity, membership=membership, reason="It runs by itself by now.")
        self.cast.activities += [(one, self.give(one)) for one in history.activities if one.week == week]
        for asked in history.requests:
            if asked.week == week:
                made = make_request(
                    self.cast.couple, asked_by=self.cast.partners[asked.by], wording=asked.wording,
                    cadence=asked.cadence,
                )  # fmt: skip
                if asked.answer != "open":
                    answer_request(made, answer=asked.answer, agreed_wording=asked.agreed)
                self.cast.requests.append((asked, made))

    def give(self, given: Given) -> Activity:
        return plans.assign_activity(
            self.plan,
            template=given.template,
            partners=[self.cast.partners[position] for position in given.who],
            membership=self.teller.membership,
            times=given.times,
            override_reason=given.reason,
        )

    def record_session(self, week: int) -> None:
        gone = self.history.left_after is not None and week > self.history.left_after
        ends = self.history.ending and week == self.history.weeks
        decided = CounselingSession.Review.STOP if ends else CounselingSession.Review.KEEP
        review = decided if ends or week in self.history.reviews else ""
        details = SessionDetails(held_at=timezone.now(), safety_reviewed=week % 3 == 0, review=review)
        if gone:
            kind, partner = CounselingSession.Kind.ONE_TO_ONE, self.cast.partners[1].id
            details = replace(details, kind=kind, partner=partner)
        present = [1] if gone else [1, 2]
        engagement = {str(self.cast.partners[one].id): self.history.engagement[one - 1] for one in present}
        stages = {self.step: self.history.stages[min(week, len(self.history.stages) - 1)]} if self.step else {}
        ratings = Ratings(stages=stages, engagement=engagement)
        save_rated_session(self.cast.couple, details, ratings, membership=self.teller.membership)

    def settle_goals(self, week: int) -> None:
        """Write what is to be written, and rate what both have rated in the week before."""
        for aim, goal in list(self.cast.goals):
            if min(aim.review, self.history.weeks - 1) == week and aim.reached[2] is not None:
                rate_goal(goal, level=aim.reached[2], membership=self.teller.membership)
            if aim.review == week:
                end_goal(goal)
        for aim in self.history.aims:
            if aim.week == week:
                review_on = timezone.localdate(self.session_at(aim.review) - OPENS_BEFORE) + timedelta(days=2)
                goal = write_goal(
                    self.cast.couple, owner=self.cast.partners[aim.owner] if aim.owner else None, domain=aim.domain,
                    behaviour=aim.behaviour, how_counted=aim.how_counted, levels=aim.levels, review_on=review_on,
                )  # fmt: skip
                self.cast.goals.append((aim, goal))

    def talk_alone(self, position: int) -> None:
        details = SessionDetails(
            kind=CounselingSession.Kind.ONE_TO_ONE,
            partner=self.cast.partners[position].id,
            held_at=timezone.now(),
            safety_reviewed=True,
        )
        with self.teller.therapist():
            save_session(self.cast.couple, details, membership=self.teller.membership)

    def plan_next(self) -> None:
        details = SessionDetails(planned_at=self.next_session)
        with self.teller.therapist():
            save_session(self.cast.couple, details, membership=self.teller.membership)

    def end(self) -> None:
        """Care ends: after a talk with each where they part; where it was completed, both are asked once more."""
        completed = self.history.ending == Couple.ClosedReason.COMPLETED
        if not completed:
            for position in (1, 2):
                self.clock.move_to(self.session_at(self.history.weeks + 1) + timedelta(days=position - 1))
                self.talk_alone(position)
        with self.teller.therapist():
            membership = self.teller.membership
            close_care(self.cast.couple, reason=self.history.ending, membership=membership, ask_again=completed)
            opens = follow_up_at(timezone.now())
        if completed:
            self.answer_opened(opens, self.history.weeks + 1)
