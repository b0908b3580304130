import uuid

from django.db import migrations, models

from practice.database.operations import SecureRows


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0012_flag_event_partner"),
        ("practice", "0009_pooled_opt_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="PoolBudget",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_pool_budget")],
            },
        ),
        migrations.CreateModel(
            name="PooledRelease",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("quarter", models.CharField(max_length=6, unique=True)),
                ("made_at", models.DateTimeField()),
                ("epsilon", models.DecimalField(decimal_places=5, max_digits=9)),
                ("content", models.TextField(blank=True)),
                ("files", models.JSONField(default=dict)),
            ],
            options={"ordering": ["-quarter"]},
        ),
        migrations.CreateModel(
            name="PooledRow",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("practice_id", models.UUIDField()),
                ("quarter", models.CharField(max_length=6)),
                ("run", models.UUIDField(db_index=True)),
                ("outcome", models.PositiveSmallIntegerField()),
                ("months", models.PositiveSmallIntegerField()),
                ("latest", models.PositiveSmallIntegerField()),
                ("change", models.PositiveSmallIntegerField()),
                ("completion", models.PositiveSmallIntegerField()),
                ("score", models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__range", (0, 9))), name="pooled_outcome_is_a_group"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("months__range", (0, 9))), name="pooled_months_is_a_group"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("latest__range", (0, 9))), name="pooled_latest_is_a_group"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("change__range", (0, 9))), name="pooled_change_is_a_group"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("completion__range", (0, 9))), name="pooled_completion_is_a_group"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__range", (0, 100)), ("score", None), _connector="OR"),
                        name="pooled_score_range",
                    ),
                ],
            },
        ),
        SecureRows("assessments_poolbudget"),
        SecureRows("assessments_pooledrelease"),
        SecureRows("assessments_pooledrow"),
    ]
