import uuid

import django.db.models.deletion
from django.db import migrations, models

import practice.database.operations
import practice.encryption
import practice.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="couple",
            name="episode_started_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="couple",
            name="own_results_allowed",
            field=models.BooleanField(default=False),
        ),
        practice.database.operations.CreateTenantModel(
            name="Consent",
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
                    "partner",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="clients.partner"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assessment", "Answering forms"),
                            ("joint_report", "A joint summary"),
                            ("statistics", "Anonymised statistics"),
                            ("no_secrets", "No-secrets policy"),
                        ],
                        max_length=20,
                    ),
                ),
                ("version", models.CharField(max_length=40)),
                ("given_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("recorded_by", models.UUIDField(null=True)),
            ],
            options={
                "ordering": ["kind", "given_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("practice", "partner", "kind"),
                        name="one_consent_in_force_per_kind",
                    )
                ],
            },
        ),
        practice.database.operations.CreateTenantModel(
            name="CounselingSession",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="clients.couple"
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=[("couple", "With both"), ("one_to_one", "One to one")], max_length=20),
                ),
                (
                    "partner",
                    practice.tenancy.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="one_to_one_sessions",
                        to="clients.partner",
                    ),
                ),
                ("planned_at", models.DateTimeField(null=True)),
                ("held_at", models.DateTimeField(null=True)),
                ("safety_reviewed", models.BooleanField(null=True)),
                (
                    "review",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("keep", "Keep the plan"),
                            ("change", "Change the plan"),
                            ("pause", "Pause"),
                            ("stop", "Stop"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", practice.encryption.EncryptedTextField(blank=True)),
                ("written_by", models.UUIDField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["held_at", "planned_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind", "couple"), ("partner__isnull", False), _connector="XOR"),
                        name="one_to_one_names_a_partner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("planned_at__isnull", False), ("held_at__isnull", False), _connector="OR"),
                        name="session_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held_at", None), ("safety_reviewed__isnull", False), _connector="OR"),
                        name="held_session_says_whether_safety_was_reviewed",
                    ),
                ],
            },
        ),
    ]
