import uuid

from django.db import models


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
