import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.couple import Partner
from practice.tenancy import TenantForeignKey, TenantModel


class Invitation(TenantModel):
    """One link for one partner to one sheet. A newer one ends the older ones; a reminder leaves them in force."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("Link")
        NOT_STARTED = "not_started", _("Reminder, not started")
        STALLED = "stalled", _("Reminder, stopped half way")

    class Delivery(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")
        IN_PERSON = "in_person", _("In person")

    class State(models.TextChoices):
        QUEUED = "queued", _("Being sent")
        SENT = "sent", _("Sent")
        HANDED_OVER = "handed_over", _("Handed over")
        FAILED = "failed", _("Could not be sent")
        ENDED = "ended", _("Ended")

    partner = TenantForeignKey(Partner, related_name="invitations")
    # A sheet of this practice; the constraint is made by assessments, which this app does not know.
    sheet_id = models.UUIDField()
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.INVITATION)
    # Counts the links of one sheet, and apart from them its reminders of either kind; null where nobody counted yet.
    ordinal = models.PositiveSmallIntegerField(null=True)
    delivery = models.CharField(max_length=20, choices=Delivery)
    state = models.CharField(max_length=20, choices=State)
    closes_at = models.DateTimeField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "sheet_id", "partner", "kind", "ordinal"], name="one_message_per_kind_and_ordinal"
            ),
            models.UniqueConstraint(
                fields=["practice", "sheet_id", "ordinal"],
                condition=~models.Q(kind="invitation"),
                name="one_reminder_per_ordinal",
            ),
        ]


class LinkKey(models.Model):
    """The hashed key of an invitation's link. Looked up before the practice is known; holds ids only."""

    key_hash = models.BinaryField(primary_key=True, max_length=32)
    practice_id = models.UUIDField()
    partner_id = models.UUIDField()
    sheet_id = models.UUIDField()
    invitation_id = models.UUIDField()
    # Until when an unopened link can be opened, and until when the browser that opened it can come back.
    expires_at = models.DateTimeField()
    reopen_until = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    browser_hash = models.BinaryField(max_length=32, null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["practice_id", "sheet_id"], name="links_of_sheet")]


class PartnerSession(models.Model):
    """What a partner's browser or program holds after opening a link: a hashed token for one sheet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.BinaryField(max_length=32, unique=True)
    practice_id = models.UUIDField()
    partner_id = models.UUIDField()
    sheet_id = models.UUIDField()
    expires_at = models.DateTimeField()
    idle_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["practice_id", "sheet_id"], name="partner_sessions_of_sheet")]
