import uuid

import django.db.models.deletion
from django.db import migrations, models

import practice.tenancy
from practice.database.operations import CreateTenantModel


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0009_inbox"),
        ("practice", "0006_digest"),
    ]

    operations = [
        CreateTenantModel(
            name="StatisticsRelease",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("quarter", models.CharField(max_length=6)),
                ("content", models.TextField()),
                ("couples", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "practice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=practice.tenancy.practice_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.practice",
                    ),
                ),
            ],
            options={
                "ordering": ["-quarter"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "quarter"), name="one_statistics_release_per_quarter")
                ],
            },
        ),
        CreateTenantModel(
            name="StatisticsRow",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("quarter", models.CharField(max_length=6)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("in_care", "In care"),
                            ("completed", "Completed"),
                            ("separated", "Separated"),
                            ("transferred", "Transferred"),
                            ("withdrawn", "Withdrawn"),
                            ("other", "Closed for another reason"),
                        ],
                        max_length=20,
                    ),
                ),
                ("months", models.PositiveSmallIntegerField()),
                ("intake", models.JSONField(default=dict)),
                ("latest", models.JSONField(default=dict)),
                ("change", models.JSONField(default=dict)),
                ("check_ins", models.JSONField(default=dict)),
                ("adherence", models.JSONField(default=dict)),
                ("completion", models.PositiveSmallIntegerField(null=True)),
                ("timeliness", models.PositiveSmallIntegerField(null=True)),
                (
                    "practice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=practice.tenancy.practice_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.practice",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quarter__regex", "^[0-9]{4}Q[1-4]$")), name="statistics_quarter"
                    ),
                    models.CheckConstraint(condition=models.Q(("months__lte", 60)), name="statistics_months"),
                    models.CheckConstraint(
                        condition=models.Q(("completion__range", (0, 100)), ("completion", None), _connector="OR"),
                        name="statistics_completion_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("timeliness__range", (0, 100)), ("timeliness", None), _connector="OR"),
                        name="statistics_timeliness_percent",
                    ),
                ],
            },
        ),
    ]
