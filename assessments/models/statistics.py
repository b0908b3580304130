from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Couple
from practice.tenancy import TenantModel

LONGEST_IN_CARE = 60
IN_CARE = "in_care"


def whole_percent(name: str) -> models.CheckConstraint:
    within = models.Q(**{f"{name}__range": (0, 100)}) | models.Q(**{name: None})
    return models.CheckConstraint(condition=within, name=f"statistics_{name}_percent")


class StatisticsRow(TenantModel):
    """What the statistics count of one couple in one quarter: scores are means of both partners, clamped and whole.

    Nothing leads back: no couple, no partner, no time finer than the quarter, no text, nothing about safety. Rows are
    drawn anew, with new ids, each time they are filled, and those of earlier quarters go.
    """

    class Outcome(models.TextChoices):
        IN_CARE = IN_CARE, _("In care")
        COMPLETED = Couple.ClosedReason.COMPLETED.value, _("Completed")
        SEPARATED = Couple.ClosedReason.SEPARATED.value, _("Separated")
        TRANSFERRED = Couple.ClosedReason.TRANSFERRED.value, _("Transferred")
        WITHDRAWN = Couple.ClosedReason.WITHDRAWN.value, _("Withdrawn")
        OTHER = Couple.ClosedReason.OTHER.value, _("Closed for another reason")

    # Such as 2026Q1.
    quarter = models.CharField(max_length=6)
    outcome = models.CharField(max_length=20, choices=Outcome)
    # Whole months in care, 60 for more.
    months = models.PositiveSmallIntegerField()
    # {score id: 0 to 100} of the first and the newest form that both handed in, and words on the change between them.
    intake = models.JSONField(default=dict)
    latest = models.JSONField(default=dict)
    change = models.JSONField(default=dict)
    # {number of the session: 0 to 100} of the check-in before it, and {activity of the template: percent done}.
    check_ins = models.JSONField(default=dict)
    adherence = models.JSONField(default=dict)
    # Percent of the forms due that were handed in, and of those the percent handed in within two days.
    completion = models.PositiveSmallIntegerField(null=True)
    timeliness = models.PositiveSmallIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=models.Q(quarter__regex=r"^[0-9]{4}Q[1-4]$"), name="statistics_quarter"),
            models.CheckConstraint(condition=models.Q(months__lte=LONGEST_IN_CARE), name="statistics_months"),
            whole_percent("completion"),
            whole_percent("timeliness"),
        ]


class StatisticsRelease(TenantModel):
    """The practice statistics of one quarter as they were released: made once, never changed, served as they are."""

    quarter = models.CharField(max_length=6)
    # JSON, see assessments/statistics/releases.py; text, so that it is the same to the byte whenever it is read.
    content = models.TextField()
    # How many it counts.
    couples = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        ordering = ["-quarter"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "quarter"], name="one_statistics_release_per_quarter")
        ]
