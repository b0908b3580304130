import uuid

from django.db import models

MOST_GROUPS = 10


def one_group(name: str) -> models.CheckConstraint:
    within = models.Q(**{f"{name}__range": (0, MOST_GROUPS - 1)})
    return models.CheckConstraint(condition=within, name=f"pooled_{name}_is_a_group")


class PooledRow(models.Model):
    """Into which groups one couple falls, for one release of statistics across practices: whole numbers alone.

    Nothing leads back: no couple, no partner, no time, no text, nothing about safety. Rows are there while a release is
    made. They are read across practices, so theirs is no tenant table.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice_id = models.UUIDField()
    quarter = models.CharField(max_length=6)
    # The attempt to make a release that the row was written for.
    run = models.UUIDField(db_index=True)
    # Places in the groups of the table of the same name, see assessments/pooled/catalogue.py.
    outcome = models.PositiveSmallIntegerField()
    months = models.PositiveSmallIntegerField()
    latest = models.PositiveSmallIntegerField()
    change = models.PositiveSmallIntegerField()
    completion = models.PositiveSmallIntegerField()
    # The primary score of the newest form of both, 0 to 100.
    score = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            *map(one_group, ("outcome", "months", "latest", "change", "completion")),
            models.CheckConstraint(
                condition=models.Q(score__range=(0, 100)) | models.Q(score=None), name="pooled_score_range"
            ),
        ]


class PooledRelease(models.Model):
    """Statistics across practices of one quarter, drawn once and served as they are, and the epsilon they took.

    `content` is empty where the floors were not met: to find that out takes epsilon too, and is not asked again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    quarter = models.CharField(max_length=6, unique=True)
    made_at = models.DateTimeField()
    epsilon = models.DecimalField(max_digits=9, decimal_places=5)
    # JSON, see assessments/pooled/content.py; text, so that it is the same to the byte whenever it is read.
    content = models.TextField(blank=True)
    # {name: base64} of what goes to a folder: tables, codebook, manifest and its signature.
    files = models.JSONField(default=dict)

    class Meta:
        ordering = ["-quarter"]


class PoolBudget(models.Model):
    """The one row that whoever spends epsilon holds locked. What was spent is what the releases say."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_pool_budget")]
