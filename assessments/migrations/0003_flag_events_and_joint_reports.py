import uuid

import django.db.models.deletion
from django.db import migrations, models

import practice.database.operations
import practice.encryption
import practice.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0002_plan_and_week"),
        ("clients", "0003_individual_mode"),
    ]

    operations = [
        practice.database.operations.CreateTenantModel(
            name="FlagEvent",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
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
                (
                    "flag",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="assessments.safetyflag"
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("acknowledged", "Acknowledged"),
                            ("cover_told", "Cover told"),
                            ("owner_told", "Owner told"),
                            ("closed", "Closed"),
                            ("reopened", "Opened again"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("discussed_alone", "Discussed alone"),
                            ("referred", "Referred"),
                            ("false_alarm", "False alarm"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", practice.encryption.EncryptedTextField(blank=True)),
                ("at", models.DateTimeField()),
                ("by", models.UUIDField(null=True)),
            ],
            options={
                "ordering": ["at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("action", "closed"), ("reason", ""), _connector="XOR"),
                        name="flag_is_closed_with_a_reason",
                    )
                ],
            },
        ),
        practice.database.operations.CreateTenantModel(
            name="JointReport",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
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
                (
                    "couple",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="joint_reports", to="clients.couple"
                    ),
                ),
                (
                    "wave",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="joint_reports", to="assessments.wave"
                    ),
                ),
                ("content", models.JSONField()),
                ("released_by", models.UUIDField()),
                ("released_at", models.DateTimeField()),
                ("briefed_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-released_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("practice", "wave"),
                        name="one_report_in_force_per_wave",
                    )
                ],
            },
        ),
    ]
