from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Couple, Partner
from practice.tenancy import TenantForeignKey, TenantModel


class InboxMark(TenantModel):
    """One item of the inbox that a member has read or set aside. Everything else of the inbox is read from its rows.

    Rows are added and never changed.
    """

    class Kind(models.TextChoices):
        """What is to be decided, the most urgent first."""

        ESCALATED = "escalated", _("Not answered in time")
        FLAG = "flag", _("Flag to acknowledge")
        MESSAGE = "message", _("No way to a partner")
        PARTIAL = "partial", _("Ended, answered in part")
        READ = "read", _("Form to read")
        RELEASE = "release", _("Joint report can be released")
        REMINDERS = "reminders", _("Stopped reminders")
        DUE = "due", _("Form due")
        GOES = "goes", _("Record goes soon")

    kind = models.CharField(max_length=20, choices=Kind)
    # Names the item among those of its kind.
    reference = models.UUIDField()
    couple = TenantForeignKey(Couple, related_name="inbox_marks")
    partner = TenantForeignKey(Partner, related_name="inbox_marks", null=True)
    at = models.DateTimeField()
    # The member.
    by = models.UUIDField()

    class Meta(TenantModel.Meta):
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["practice", "kind", "reference"], name="one_mark_per_item")]
