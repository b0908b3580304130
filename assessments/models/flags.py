from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.assignment import AnswerSheet
from clients.models import Couple, Partner
from practice.tenancy import TenantForeignKey, TenantModel


class SafetyFlag(TenantModel):
    """One rule that one partner's answers met. Names lines, never answers; a lowered answer closes nothing."""

    class Level(models.TextChoices):
        URGENT = "urgent", _("Urgent")
        REVIEW = "review", _("Review")
        NOTE = "note", _("Note")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        CLOSED = "closed", _("Closed")

    couple = TenantForeignKey(Couple, related_name="flags")
    partner = TenantForeignKey(Partner, related_name="flags")
    sheet = TenantForeignKey(AnswerSheet, related_name="flags")
    rule = models.CharField(max_length=20)
    level = models.CharField(max_length=10, choices=Level)
    lines = ArrayField(models.CharField(max_length=60))
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    raised_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["practice", "sheet", "rule"], name="one_flag_per_rule")]
        indexes = [models.Index(fields=["practice", "state", "level"], name="flags_by_state")]
