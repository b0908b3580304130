"""Couples of last year, with nothing left to do: enough of them that practice statistics have something to tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from assessments import answers, assignments, schedules
from assessments.demo.clock import Clock, playing_from
from assessments.demo.forms import answers_for
from assessments.demo.people import FIRST_NAMES
from assessments.demo.telling import INSTRUMENT, Teller, as_partner
from assessments.ending import close_care
from assessments.models import AnswerSheet
from assessments.sheets import form_of, own_sheet
from assessments.statistics.rows import MONTH, last_quarter
from clients.consents import current_version, record_consent
from clients.invitations import open_link
from clients.models import Couple, Invitation, Partner

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Former:
    """So many couples who left with this outcome; `levels` are what the forms of both came to, the first one first.

    `months` they were in care up to the end of the last quarter; `stayed` says that they left after it.
    """

    couples: int
    outcome: str
    months: int
    levels: Sequence[float] = ()
    stayed: bool = False


FORMER = (
    Former(12, "completed", 7, (72, 28)),
    Former(12, "separated", 4, (68,)),
    Former(12, "completed", 2, (38,), stayed=True),
    Former(6, "transferred", 13),
    Former(6, "withdrawn", 13),
)


def play_former(teller: Teller) -> None:
    quarter = last_quarter(teller.started_at)
    plots = [one for one in FORMER for _ in range(one.couples)]
    for number, one in enumerate(plots):
        came = quarter.end - one.months * MONTH - (1 + number % 9) * DAY
        left = min(quarter.end + DAY, teller.started_at) if one.stayed else quarter.end - (2 + number % 20) * DAY
        with playing_from(came) as clock:
            names = FIRST_NAMES[number], FIRST_NAMES[(number * 3 + 20) % 70]
            play_one(teller, clock, one, names, left=left)


def play_one(teller: Teller, clock: Clock, former: Former, names: tuple[str, str], *, left: datetime) -> None:
    couple = teller.couple(*names, by_mail=False)
    teller.activate(couple)
    with teller.therapist():
        for partner in Partner.objects.filter(couple=couple):
            record_consent(partner, kind="statistics", version=current_version("statistics"))
    came = clock.at
    for number, level in enumerate(former.levels):
        clock.move_to(came + number * (former.months - 1) * MONTH)
        answer_both(teller, clock, couple, level)
    clock.move_to(left)
    with teller.therapist():
        close_care(couple, reason=former.outcome, membership=teller.membership)


def answer_both(teller: Teller, clock: Clock, couple: Couple, level: float) -> None:
    with teller.therapist():
        schedule = schedules.Schedule(opens_at=clock.at)
        given = assignments.assign_instrument(
            couple, instrument=INSTRUMENT, membership=teller.membership, schedule=schedule
        )
        sheets = AnswerSheet.objects.filter(wave__assignment=given).select_related("partner", "couple")
        hand_over = [assignments.invite_to_sheet(one, delivery=Invitation.Delivery.IN_PERSON) for one in sheets]
    clock.move_to(clock.at + DAY)
    for issued in hand_over:
        with transaction.atomic():
            session = open_link(issued.key or "", browser=None).session
        with as_partner(session):
            form = form_of(own_sheet(session))
            answers.save_answers(form.sheet, answers_for(form.lines, lambda *_: level, teller.random))
            answers.submit_sheet(own_sheet(session))
