from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.couple import Couple, Partner
from practice.encryption import EncryptedTextField
from practice.tenancy import KeptManager, TenantForeignKey, TenantManager, TenantModel


class CounselingSession(TenantModel):
    """A meeting, planned, held or cancelled, with the couple or with one partner alone."""

    class Kind(models.TextChoices):
        COUPLE = "couple", _("With both")
        ONE_TO_ONE = "one_to_one", _("One to one")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    class Review(models.TextChoices):
        KEEP = "keep", _("Keep the plan")
        CHANGE = "change", _("Change the plan")
        PAUSE = "pause", _("Pause")
        STOP = "stop", _("Stop")

    couple = TenantForeignKey(Couple, related_name="sessions")
    kind = models.CharField(max_length=20, choices=Kind)
    partner = TenantForeignKey(Partner, related_name="one_to_one_sessions", null=True)
    planned_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    # Since when it is called off; what was held cannot be.
    cancelled_at = models.DateTimeField(null=True)
    safety_reviewed = models.BooleanField(null=True)
    # What a review decided; empty where the session was none.
    review = models.CharField(max_length=20, choices=Review, blank=True)
    note = EncryptedTextField(blank=True)
    written_by = models.UUIDField()
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    objects = KeptManager()  # type: ignore[misc]
    with_deleted = TenantManager()

    class Meta(TenantModel.Meta):
        base_manager_name = "with_deleted"
        ordering = ["held_at", "planned_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="couple") ^ models.Q(partner__isnull=False), name="one_to_one_names_a_partner"
            ),
            models.CheckConstraint(
                condition=models.Q(planned_at__isnull=False) | models.Q(held_at__isnull=False),
                name="session_has_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(held_at=None) | models.Q(safety_reviewed__isnull=False),
                name="held_session_says_whether_safety_was_reviewed",
            ),
            models.CheckConstraint(
                condition=models.Q(held_at=None) | models.Q(cancelled_at=None), name="held_session_is_not_cancelled"
            ),
        ]

    @property
    def status(self) -> str:
        if self.held_at:
            return self.Status.HELD
        return self.Status.CANCELLED if self.cancelled_at else self.Status.PLANNED
