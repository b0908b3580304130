from django.db import models

from practice.tenancy import TenantModel


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
