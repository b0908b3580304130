import uuid

import django.db.models.deletion
from django.db import migrations, models

import practice.tenancy
from practice.database.operations import CreateTenantModel


def practice_column() -> models.ForeignKey[object, object]:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        default=practice.tenancy.practice_id,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="practice.practice",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0006_digest"),
    ]

    operations = [
        CreateTenantModel(
            name="Archive",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("asked_by", models.UUIDField()),
                ("asked_at", models.DateTimeField()),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("move", "We move to another installation"),
                            ("copy", "A copy that we keep ourselves"),
                            ("authority", "A court or an authority asks for it"),
                        ],
                        max_length=20,
                    ),
                ),
                ("recipient", models.CharField(max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("making", "Being made"),
                            ("ready", "Ready to fetch"),
                            ("failed", "Could not be made"),
                            ("removed", "Removed"),
                        ],
                        default="making",
                        max_length=20,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=20)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("rows_expected", models.PositiveBigIntegerField(null=True)),
                ("size", models.PositiveBigIntegerField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("finished_at", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                ("practice", practice_column()),
            ],
            options={
                "ordering": ["-asked_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "making")), fields=("practice",), name="one_archive_at_a_time"
                    )
                ],
            },
        ),
        CreateTenantModel(
            name="ArchivePart",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("table", models.CharField(max_length=63)),
                ("rows", models.PositiveBigIntegerField()),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("fingerprint", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                (
                    "archive",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="practice.archive"
                    ),
                ),
                ("practice", practice_column()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "archive", "table"), name="one_part_per_table")
                ],
            },
        ),
    ]
