"""Couples who came this week, in every state of their first form."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from assessments import assignments
from assessments.demo.courses import History
from assessments.demo.telling import Mood, Teller
from assessments.ending import close_care
from assessments.inbox import inbox_of, note_read, set_aside
from assessments.models import AnswerSheet, InboxMark, Wave
from assessments.passages import decide_passages, passages_of, request_shared_record
from assessments.schedules import Schedule
from clients.consents import current_version, record_consent
from clients.couples import PartnerDetails, update_partners
from clients.models import Couple, Partner
from clients.safe_hours import DAYS

ABOUT_TO_CLOSE = timedelta(minutes=10)
READ_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Story:
    """What became of a couple so far. `play` runs in no transaction and opens its own."""

    name: str
    couples: int
    play: Callable[[Teller, Couple], None]


def just_met(teller: Teller, couple: Couple) -> None:
    """Nothing assigned yet."""


def not_invited(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)


def one_opened(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)
    teller.stop_reminders(teller.open(couple, 1))


def stalled(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)
    teller.answer(teller.open(couple, 1), Mood(1.5, 1.2), share=0.5)


def one_submitted(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)
    teller.answer(teller.open(couple, 2), Mood(2.0, 1.2))


def both_submitted(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)
    teller.both_answer(couple)


def large_gap(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)
    teller.both_answer(couple, gap=1.4)


def safety_flag(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)
    line = teller.random.choice(["experienced.SC1", "experienced.SC2", "experienced.RS1", "self.IM3"])
    teller.both_answer(couple, given={line: 3})


def expired(teller: Teller, couple: Couple) -> None:
    """The window is about to close; see close_expired."""
    teller.assign(couple, open_for=ABOUT_TO_CLOSE)
    teller.answer(teller.open(couple, 1), Mood(1.8, 1.4), share=0.4)


def unreachable(teller: Teller, couple: Couple) -> None:
    """Mail is safe for one of them on another day of the week alone: the window ends before it."""
    day = DAYS[(timezone.localdate(teller.started_at).weekday() + 3) % len(DAYS)]
    first, second = couple.label.split(" & ")
    reached = PartnerDetails(name=first, email="post@mail.example", channel="email", hours=f"{day} 10:00-11:00")
    with teller.therapist():
        update_partners(couple, [reached, PartnerDetails(name=second)])
    teller.assign(couple, open_for=timedelta(days=1))


def closed(reason: str) -> Callable[[Teller, Couple], None]:
    def play(teller: Teller, couple: Couple) -> None:
        both_submitted(teller, couple)
        with teller.therapist():
            close_care(couple, reason=reason, membership=teller.membership)

    return play


STORIES = [
    Story("expired", 5, expired),
    Story("just met", 4, just_met),
    Story("not invited", 4, not_invited),
    Story("one opened", 4, one_opened),
    Story("stalled", 6, stalled),
    Story("one submitted", 5, one_submitted),
    Story("both submitted", 4, both_submitted),
    Story("large gap", 5, large_gap),
    Story("safety flag", 6, safety_flag),
    *(Story(f"closed: {reason}", 1, closed(reason)) for reason in Couple.ClosedReason.values),
    Story("unreachable", 1, unreachable),
]


def close_expired(teller: Teller) -> None:
    with teller.therapist():
        for wave in Wave.objects.filter(closes_at__lte=teller.started_at + ABOUT_TO_CLOSE, closed_at=None):
            assignments.close_wave(wave.id)


def read_older(teller: Teller) -> None:
    """What ended more than a week ago was read when it came, so that the inbox holds what is new."""
    with teller.therapist():
        older = AnswerSheet.objects.filter(closes_at__lte=teller.started_at - READ_WITHIN)
        for sheet in older.filter(couple__therapist=teller.membership).select_related("couple", "partner"):
            note_read(sheet.couple, [sheet], membership=teller.membership)


def set_due_aside(teller: Teller) -> None:
    """Whoever left last year is asked nothing more."""
    with teller.therapist():
        for item in inbox_of(teller.membership, now=teller.started_at):
            if item.kind == InboxMark.Kind.DUE:
                set_aside(teller.membership, kind=item.kind, reference=item.reference, now=teller.started_at)


def hold_shared_record(teller: Teller, history: History) -> None:
    """Asked for, with every passage decided: its files can be offered."""
    with teller.therapist():
        couple = Couple.objects.get(label=" & ".join(history.partners))
        asked = request_shared_record(couple, purpose="copy", membership=teller.membership)
        rulings = {one.key: "include" for one in passages_of(asked)}
        decide_passages(asked, rulings, membership=teller.membership)


def agree_to_summary(teller: Teller, history: History) -> None:
    """Both agree that a summary is shown to both: theirs waits to be released."""
    with teller.therapist():
        for partner in Partner.objects.filter(couple__label=" & ".join(history.partners)):
            record_consent(partner, kind="joint_report", version=current_version("joint_report"))


def ask_before_sessions(teller: Teller, history: History) -> None:
    """The check-in runs out with the history; from now on it comes before each session, with a reminder on the day."""
    with teller.therapist():
        couple = Couple.objects.get(label=" & ".join(history.partners))
        schedule = Schedule(before_sessions=True, days_before=3, remind_on=(1, 2))
        assignments.assign_instrument(couple, instrument="ena-ck", membership=teller.membership, schedule=schedule)
