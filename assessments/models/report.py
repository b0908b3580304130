from django.db import models

from assessments.models.assignment import Wave
from clients.models import Couple
from practice.tenancy import TenantForeignKey, TenantModel


class JointReport(TenantModel):
    """What a therapist released to both partners: words made of joint_ok scores, as they were at the release."""

    couple = TenantForeignKey(Couple, related_name="joint_reports")
    wave = TenantForeignKey(Wave, related_name="joint_reports")
    # The words themselves, so that no later text or band changes them: see assessments/joint_content.py.
    content = models.JSONField()
    released_by = models.UUIDField()
    released_at = models.DateTimeField()
    # When the therapist opened the page that must be read before the first joint view.
    briefed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-released_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "wave"],
                condition=models.Q(withdrawn_at=None),
                name="one_report_in_force_per_wave",
            )
        ]
