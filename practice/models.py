from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from practice.tenancy import TenantForeignKey, TenantModel


class Practice(models.Model):
    """The tenant."""

    class SenderName(models.TextChoices):
        APPOINTMENTS = "Appointments"
        FRONT_DESK = "Front desk"
        OFFICE = "Office"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2, help_text=_("Two letters, such as US or DE."))
    time_zone = models.CharField(max_length=64, default="UTC")
    sender_name = models.CharField(max_length=40, choices=SenderName, default=SenderName.APPOINTMENTS)
    exit_url = models.URLField(default="https://www.wikipedia.org/", help_text=_("Where “Leave this page” goes."))
    resources_version = models.CharField(max_length=20, blank=True)
    resources_confirmed_at = models.DateTimeField(null=True, blank=True)
    resources_confirmed_by = models.CharField(max_length=120, blank=True)
    supervisors_read_couples = models.BooleanField(default=False)
    # How long an urgent flag may wait to be acknowledged before the cover, and then the owner, is told.
    acknowledge_within_hours = models.PositiveSmallIntegerField(default=24)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=self.normalize_email(username).casefold())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).casefold(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):  # type: ignore[django-manager-missing]
    """A person who signs in by e-mail and may belong to several practices."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin, no clinical access")
    THERAPIST = "therapist", _("Therapist")
    SUPERVISOR = "supervisor", _("Supervisor")


# Who is responsible for couples, and may stand in for a colleague.
# Who acts for a colleague who cannot: enters their leave, hands over what they treat.
MANAGING = (Role.OWNER, Role.ADMIN)
TREATING = (Role.OWNER, Role.THERAPIST)


class Membership(models.Model):  # type: ignore[django-manager-missing]
    """A user's place in one practice. `name` is what colleagues see, so that nobody needs to read the user."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    # The colleague who stands in: reads and acts on flags of this member's couples.
    cover = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="covers_for",
        db_constraint=False,
        db_index=False,
    )
    # Whether a mail on Mondays says how many items wait for them.
    weekly_mail = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "user"], name="one_membership_per_practice"),
            models.UniqueConstraint(fields=["practice", "id"], name="membership_of_practice"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_clinical(self) -> bool:
        return self.role != Role.ADMIN


class Leave(TenantModel):
    """Days on which a member does not answer; the cover does. Both days belong to it, by the practice's clock."""

    # Members are looked up before the practice is known, so theirs is no tenant table.
    member = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="leaves", db_constraint=False, db_index=False
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    recorded_by = models.UUIDField()
    recorded_at = models.DateTimeField()
    called_off_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="leave_ends_after_start"
            )
        ]


class ApiToken(AbstractAuthToken):  # type: ignore[misc]
    """A bearer token of one membership. Only its digest is stored."""

    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="api_tokens")
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)


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


class OutboxMessage(models.Model):
    """Work that a committed transaction asked for. The broker only carries the id; the tenant is read from here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    reference = models.UUIDField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "kind", "reference"], name="one_message_per_reference")
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(done_at=None), name="outbox_not_done")]


class CalendarFeed(models.Model):
    """The hashed key of the address that a member's calendar reads. Looked up before the practice is known."""

    key_hash = models.BinaryField(primary_key=True, max_length=32)
    practice_id = models.UUIDField()
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "membership"],
                condition=models.Q(ended_at=None),
                name="one_feed_in_force_per_member",
            )
        ]


class IdempotencyRecord(TenantModel):
    """The first successful answer to a POST, kept for a repeat with the same key."""

    actor = models.UUIDField()
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["practice", "actor", "key"], name="one_answer_per_key")]


class RetentionTerm(TenantModel):
    """How many years records are kept after care ended. The newest row counts; rows are added and never changed."""

    years = models.PositiveSmallIntegerField()
    # What holds until this takes effect; null where nothing was ever erased.
    years_before = models.PositiveSmallIntegerField(null=True)
    takes_effect_on = models.DateField()
    # Whose law it was held against, and the minimum that the practice states where none is known here.
    country = models.CharField(max_length=2)
    stated_minimum = models.PositiveSmallIntegerField(null=True)
    set_at = models.DateTimeField()
    set_by = models.UUIDField()

    class Meta(TenantModel.Meta):
        ordering = ["-set_at"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "set_at"], name="one_term_at_a_time"),
            models.CheckConstraint(condition=models.Q(years__range=(1, 100)), name="term_of_1_to_100_years"),
        ]


class Download(TenantModel):
    """A file that one member may fetch once, within minutes. It is made when it is fetched; nothing of it is kept."""

    offered_to = models.UUIDField()
    # A key of DOWNLOADS in the settings, and what the file is made of.
    kind = models.CharField(max_length=40)
    reference = models.UUIDField()
    # Why it is fetched, by a code of whoever offers it.
    purpose = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class PooledOptIn(TenantModel):
    """An owner's word that the practice takes part in statistics across practices. Withdrawn, never deleted."""

    given_at = models.DateTimeField()
    given_by = models.UUIDField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["practice"], condition=models.Q(withdrawn_at=None), name="one_opt_in_in_force"
            )
        ]


class Archive(TenantModel):
    """All that a practice has, in one file that only its owner can open; parts are kept until it is whole."""

    class State(models.TextChoices):
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready to fetch")
        FAILED = "failed", _("Could not be made")
        REMOVED = "removed", _("Removed")

    class Purpose(models.TextChoices):
        MOVE = "move", _("We move to another installation")
        COPY = "copy", _("A copy that we keep ourselves")
        AUTHORITY = "authority", _("A court or an authority asks for it")

    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    purpose = models.CharField(max_length=20, choices=Purpose)
    # The public half of the owner's age key.
    recipient = models.CharField(max_length=100)
    state = models.CharField(max_length=20, choices=State, default=State.MAKING)
    # Why it does not go on, by a code of practice.archive.making.
    problem = models.CharField(max_length=20, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    rows_expected = models.PositiveBigIntegerField(null=True)
    # Of the file, once it is whole.
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["practice"], condition=models.Q(state="making"), name="one_archive_at_a_time"
            )
        ]


class ArchivePart(TenantModel):
    """One table of an archive that is written, encrypted. `fingerprint` is of the rows that it was read from."""

    archive = TenantForeignKey(Archive, related_name="parts")
    table = models.CharField(max_length=63)
    rows = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["practice", "archive", "table"], name="one_part_per_table")]
