from django.contrib.postgres.fields import ArrayField
from django.db import models

from assessments.models.assignment import AnswerSheet
from clients.models import Partner
from practice.tenancy import TenantForeignKey, TenantModel


class Answers(TenantModel):
    """The values of one audience on one sheet, by Line.position: 0 to 4, -1 not applicable, -2 declined, null blank.

    Written by app.save_answers, frozen by app.finish_sheet. No role may read a partner's own values back but through
    app.own_answers, which gives joint_ok values of a sheet that can still be answered.
    """

    sheet = TenantForeignKey(AnswerSheet, related_name="answers")
    partner = TenantForeignKey(Partner, related_name="+")
    audience = models.CharField(max_length=20)
    values = ArrayField(models.SmallIntegerField(null=True))
    # Seconds spent, by the same position; null where unknown.
    seconds = ArrayField(models.SmallIntegerField(null=True), default=list)
    frozen_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["practice", "sheet", "audience"], name="one_row_per_audience")]


class SheetScores(TenantModel):
    """What the scorer made of a submitted sheet. Derived: `rescore` makes it again, identically."""

    sheet = TenantForeignKey(AnswerSheet, related_name="scores")
    partner = TenantForeignKey(Partner, related_name="+")
    instrument = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)
    scorer_version = models.CharField(max_length=20)
    # {direction: {score id: {"score": 71.5278 or null, "answered": n, "of": n, "reason": code or null}}}
    scores = models.JSONField()
    # The part of `scores` that is joint_ok, in the same shape: all that a partner may ever see anything of.
    joint_scores = models.JSONField(default=dict)
    quality = models.JSONField(default=list)
    # Safety-relevant lines given without a number in answer; null where no such line was given.
    safety_unanswered = ArrayField(models.CharField(max_length=60), null=True)
    # The version of the measurement parameters in force then: what a verdict on this sheet is judged by, for good.
    parameters = models.CharField(max_length=60, blank=True)
    # That of `scores` which the instrument names as its primary one; None where it was not scored.
    primary_score = models.FloatField(null=True)
    # What a check-in says, given those before it since care began (change.Verdict); "" where it says nothing.
    verdict = models.CharField(max_length=20, blank=True)
    scored_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["practice", "sheet"], name="one_score_row_per_sheet")]
        indexes = [
            # For the list of couples: of whom the newest verdict is looked for at all.
            models.Index(
                fields=["practice", "partner"], name="partners_ever_worse", condition=models.Q(verdict="reliably_worse")
            )
        ]


class MeasurementParameters(TenantModel):
    """What a practice's own data say about the error of an instrument's scores. Rows are added and never changed."""

    instrument = models.CharField(max_length=60)
    version = models.CharField(max_length=60)
    # Persons whose first forms were used, one of each couple.
    persons = models.PositiveIntegerField()
    # {score id: number}; shrunken toward the start values (clinical/design.md 3.3).
    sd = models.JSONField()
    reliability = models.JSONField()
    computed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        ordering = ["computed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "instrument", "version"], name="one_set_of_parameters_per_version"
            )
        ]
