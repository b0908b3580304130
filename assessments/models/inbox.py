from django.db import models

from clients.models import Couple, Partner
from practice.tenancy import TenantForeignKey, TenantModel


class InboxMark(TenantModel):
    """One item of the inbox that a member has read or set aside. Everything else of the inbox is read from its rows.

    Rows are added and never changed.
    """

    # One of assessments.inbox.Kind; `reference` names the item among those of its kind.
    kind = models.CharField(max_length=20)
    reference = models.UUIDField()
    couple = TenantForeignKey(Couple, related_name="inbox_marks")
    partner = TenantForeignKey(Partner, related_name="inbox_marks", null=True)
    at = models.DateTimeField()
    # The member.
    by = models.UUIDField()

    class Meta(TenantModel.Meta):
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["practice", "kind", "reference"], name="one_mark_per_item")]
