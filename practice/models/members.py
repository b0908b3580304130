from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from practice.models.practice import Practice
from practice.tenancy import TenantModel


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


# Who acts for a colleague who cannot: enters their leave, hands over what they treat.
MANAGING = (Role.OWNER, Role.ADMIN)
# Who is responsible for couples, and may stand in for a colleague.
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
