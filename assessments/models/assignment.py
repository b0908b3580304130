from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.schedules import REMIND_ON, WINDOW
from clients.models import CounselingSession, Couple, Partner
from practice.tenancy import TenantForeignKey, TenantModel


def days_to_remind() -> list[int]:
    return list(REMIND_ON)


class Assignment(TenantModel):
    """An instrument given to a couple, once or in several waves."""

    couple = TenantForeignKey(Couple, related_name="assignments")
    instrument = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)
    sitting = models.CharField(max_length=40, blank=True)
    assigned_by = models.UUIDField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # Asked some time after care has ended, so a closed couple still gets it.
    follow_up = models.BooleanField(default=False)
    # How often it is asked: every so many weeks, before each session, or, by neither, once. `times` is empty for as
    # long as it is not stopped.
    every_weeks = models.PositiveSmallIntegerField(null=True)
    before_sessions = models.BooleanField(default=False)
    times = models.PositiveSmallIntegerField(null=True)
    window = models.DurationField(default=WINDOW)
    # On which days of a window who has not handed in is reminded.
    remind_on = ArrayField(models.PositiveSmallIntegerField(), default=days_to_remind)
    paused_at = models.DateTimeField(null=True)


class Wave(TenantModel):
    """One occasion of an assignment: a window in which both partners answer."""

    class Dropped(models.TextChoices):
        SESSION = "session", _("The session was called off")
        PAUSED = "paused", _("It fell into a pause")
        CHANGED = "changed", _("It was planned otherwise")
        MISSED = "missed", _("It could not be opened in time")

    assignment = TenantForeignKey(Assignment, related_name="waves")
    couple = TenantForeignKey(Couple, related_name="waves")
    number = models.PositiveSmallIntegerField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # Decided once, for both partners, when the wave opens; null before.
    safety_lines = models.BooleanField(null=True)
    # Whether the form carries the context checklist.
    context_lines = models.BooleanField(default=True)
    # The session that it is asked before, and why it was given up where it was.
    session = TenantForeignKey(CounselingSession, related_name="waves", null=True)
    dropped = models.CharField(max_length=20, choices=Dropped, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["opens_at", "number"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "assignment", "number"], name="one_wave_per_number"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="wave_closes_after_it_opens"
            ),
            models.UniqueConstraint(
                fields=["practice", "assignment", "session"],
                condition=models.Q(dropped=""),
                name="one_wave_per_session",
            ),
        ]
        indexes = [models.Index(fields=["practice", "closes_at"], name="waves_by_close")]


class AnswerSheet(TenantModel):
    """One partner's form in one wave. Values live in Answers, a row an audience.

    It is bound to its wave for ever, but for one that was started under the wrong couple (assessments/moving.py).
    """

    class State(models.TextChoices):
        NOT_OPENED = "not_opened", _("Not opened")
        STARTED = "started", _("Started")
        SUBMITTED = "submitted", _("Submitted")
        EXPIRED = "expired", _("Expired")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    OPEN_STATES = (State.NOT_OPENED, State.STARTED)
    NOT_HANDED_IN = (*OPEN_STATES, State.EXPIRED)

    wave = TenantForeignKey(Wave, related_name="sheets")
    couple = TenantForeignKey(Couple, related_name="sheets")
    partner = TenantForeignKey(Partner, related_name="sheets")
    instrument = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)
    sitting = models.CharField(max_length=40, blank=True)
    # Which lines are given is decided when the wave opens; null before.
    safety_lines = models.BooleanField(null=True)
    context_lines = models.BooleanField(default=True)
    recall_repeat = models.BooleanField(default=False)
    # The Monday of the week that is reported with it, on the same link, until the window closes; null where none is.
    week_of = models.DateField(null=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State, default=State.NOT_OPENED)
    # By Line.index: has the line been dealt with? Never says how.
    saved = ArrayField(models.BooleanField(), default=list)
    started_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    # When a clinician first opened a single answer of it; from then on it stays where it is.
    read_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["practice", "wave", "partner"], name="one_sheet_per_partner")]
        indexes = [
            models.Index(fields=["practice", "instrument", "content_hash"], name="sheets_of_instrument"),
            # The newest check-ins of a partner, without walking past the other forms.
            models.Index(
                fields=["practice", "partner", "-opens_at"],
                condition=models.Q(week_of__isnull=False),
                name="check_ins_of_partner",
            ),
            # For the list of couples: what is overdue or open, without walking past what was handed in.
            models.Index(
                fields=["practice", "couple"],
                condition=models.Q(state__in=["not_opened", "started", "expired"]),
                name="sheets_not_handed_in",
            ),
        ]
