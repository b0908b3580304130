import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.tenancy import TenantModel


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
