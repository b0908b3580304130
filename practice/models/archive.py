from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.tenancy import TenantForeignKey, TenantModel


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
