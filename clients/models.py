import uuid
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.safe_hours import UnclearHours, read_hours
from practice.encryption import EncryptedTextField
from practice.models import Membership
from practice.tenancy import KeptManager, TenantForeignKey, TenantManager, TenantModel


class Couple(TenantModel):
    """Two partners in care with one responsible therapist."""

    class State(models.TextChoices):
        INTAKE = "intake", _("Intake")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        CLOSED = "closed", _("Closed")

    class ClosedReason(models.TextChoices):
        COMPLETED = "completed", _("Completed")
        SEPARATED = "separated", _("Separated")
        TRANSFERRED = "transferred", _("Transferred")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        OTHER = "other", _("Other")

    label = models.CharField(max_length=80)
    # Members are looked up before the practice is known, so theirs is no tenant table; see practice.models.
    therapist = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    state = models.CharField(max_length=20, choices=State, default=State.INTAKE)
    closed_reason = models.CharField(max_length=20, choices=ClosedReason, blank=True)
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    # Since when change is measured; null as long as that is since the couple came.
    episode_started_at = models.DateTimeField(null=True)
    # Whether each partner may see their own results, in words.
    own_results_allowed = models.BooleanField(default=False)
    # Nothing is shared between the two; to a partner it looks as if nothing had been released yet.
    individual_mode = models.BooleanField(default=False)
    deleted_at = models.DateTimeField(null=True)

    objects = KeptManager()  # type: ignore[misc]
    with_deleted = TenantManager()

    class Meta(TenantModel.Meta):
        base_manager_name = "with_deleted"
        indexes = [models.Index(fields=["practice", "therapist", "state"], name="couples_of_therapist")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="closed") ^ models.Q(closed_reason=""), name="closed_with_a_reason"
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def care_since(self) -> datetime:
        return self.episode_started_at or self.created_at


class CoupleImport(TenantModel):
    """A file of couples that a member is looking at. It is gone as soon as it is imported or given up."""

    member = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    content = EncryptedTextField()
    uploaded_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["practice", "member"], name="one_import_per_member")]


class Treatment(TenantModel):
    """A period in which a member was responsible for a couple, written when it ended. Rows are never changed.

    Who is responsible now stands on the couple; before its first row that was the same member since the couple came.
    """

    couple = TenantForeignKey(Couple, related_name="treatments")
    therapist = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    handed_over_by = models.UUIDField()

    class Meta(TenantModel.Meta):
        ordering = ["ended_at"]


class Partner(TenantModel):
    """One of the two people of a couple. Has no account; what can reach them safely is part of the record."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Taking part")
        LEFT = "left", _("No longer taking part")

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")
        NONE = "none", _("Nothing is safe: in person only")

    couple = TenantForeignKey(Couple, related_name="partners")
    position = models.PositiveSmallIntegerField()
    name = EncryptedTextField()
    email = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    neutral_name = EncryptedTextField(blank=True)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.NONE)
    hours = models.CharField(max_length=40, blank=True)
    # Of the clock that the hours are read on; empty is the practice's.
    time_zone = models.CharField(max_length=64, blank=True)
    # Since when this partner wants no reminders.
    reminders_off_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=20, choices=State, default=State.ACTIVE)

    class Meta(TenantModel.Meta):
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "couple", "position"], name="one_partner_per_position"),
            models.CheckConstraint(condition=models.Q(position__in=[1, 2]), name="two_partners"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def has_unclear_hours(self) -> bool:
        """Whether safe hours were written before they had to be readable."""
        try:
            read_hours(self.hours)
        except UnclearHours:
            return True
        return False


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


class RecordRequest(TenantModel):
    """One partner's own record is asked for, to be handed over in person. The other partner is not part of it."""

    class Purpose(models.TextChoices):
        COPY = "copy", _("The partner asked for a copy")
        TRANSFER = "transfer", _("The partner takes it to somebody else")
        AUTHORITY = "authority", _("A court or an authority asks for it")

    partner = TenantForeignKey(Partner, related_name="record_requests")
    purpose = models.CharField(max_length=20, choices=Purpose)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()


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
