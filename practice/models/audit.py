from django.db import models

from practice.tenancy import TenantModel


class AuditEvent(TenantModel):
    """What was done, by whom, to what. Rows are added and never changed."""

    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    partner_id = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    object_id = models.UUIDField(null=True)
    couple_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["practice", "-at"], name="audit_by_time")]
