from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.couple import Couple, Partner
from practice.tenancy import TenantForeignKey, TenantModel


class Consent(TenantModel):
    """What one partner agreed to, in one version of its text. Withdrawn, never deleted."""

    class Kind(models.TextChoices):
        ASSESSMENT = "assessment", _("Answering forms")
        JOINT_REPORT = "joint_report", _("A joint summary")
        STATISTICS = "statistics", _("Anonymised statistics")
        NO_SECRETS = "no_secrets", _("No-secrets policy")

    partner = TenantForeignKey(Partner, related_name="consents")
    kind = models.CharField(max_length=20, choices=Kind)
    version = models.CharField(max_length=40)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    # The member who holds the signed paper; null where the partner agreed on their own page.
    recorded_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["kind", "given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "partner", "kind"],
                condition=models.Q(withdrawn_at=None),
                name="one_consent_in_force_per_kind",
            )
        ]


class RecordRequest(TenantModel):
    """One partner's own record is asked for, to be handed over in person, or what both of a couple share.

    The other partner is no part of the one, and what either said alone is none of the other.
    """

    class Purpose(models.TextChoices):
        COPY = "copy", _("A copy was asked for")
        TRANSFER = "transfer", _("It is taken to somebody else")
        AUTHORITY = "authority", _("A court or an authority asks for it")

    partner = TenantForeignKey(Partner, related_name="record_requests", null=True)
    couple = TenantForeignKey(Couple, related_name="record_requests", null=True)
    purpose = models.CharField(max_length=20, choices=Purpose)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(partner=None) ^ models.Q(couple=None), name="record_of_a_partner_or_a_couple"
            )
        ]

    @property
    def about(self) -> Couple:
        """The couple, whether the record is of one of them or of what both share."""
        couple: Couple = self.couple or self.partner.couple
        return couple


class RecordDecision(TenantModel):
    """What a therapist decided about one passage that may speak of somebody else, as the passage was then."""

    class Ruling(models.TextChoices):
        INCLUDE = "include", _("Include it")
        OTHER_PARTNER = "other_partner", _("Leave it out: it speaks of the other partner")
        THIRD_PERSON = "third_person", _("Leave it out: it speaks of a third person")
        DANGER = "danger", _("Leave it out: it could endanger somebody")
        OWN_NOTES = "own_notes", _("Leave it out: notes for my own use")

    request = TenantForeignKey(RecordRequest, related_name="decisions")
    # Which passage, as `kind:id`, and a keyed digest of its text: a text that changed is decided anew.
    passage = models.CharField(max_length=60)
    text_digest = models.CharField(max_length=64)
    ruling = models.CharField(max_length=20, choices=Ruling)
    decided_at = models.DateTimeField()
    decided_by = models.UUIDField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["practice", "request", "passage"], name="one_decision_per_passage")
        ]
