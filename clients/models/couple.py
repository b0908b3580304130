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
