from django.db import models

from clients.models.couple import Couple
from practice.encryption import EncryptedTextField
from practice.tenancy import TenantForeignKey, TenantModel


class Hold(TenantModel):
    """Why the record of a couple is kept beyond its term, until somebody lifts it. A lifted one stays on record."""

    couple = TenantForeignKey(Couple, related_name="holds")
    reason = EncryptedTextField()
    placed_at = models.DateTimeField()
    placed_by = models.UUIDField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-placed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "couple"], condition=models.Q(lifted_at=None), name="one_hold_in_force_per_couple"
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_by=None)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="hold_is_lifted_by_somebody",
            ),
        ]
