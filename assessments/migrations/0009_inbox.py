import uuid

import django.db.models.deletion
from django.db import migrations, models

import practice.database.operations
import practice.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0007_repair"),
        ("clients", "0007_treatment_and_repair"),
    ]

    operations = [
        practice.database.operations.CreateTenantModel(
            name="InboxMark",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("escalated", "Not answered in time"),
                            ("flag", "Flag to acknowledge"),
                            ("message", "No way to a partner"),
                            ("partial", "Ended, answered in part"),
                            ("read", "Form to read"),
                            ("release", "Joint report can be released"),
                            ("reminders", "Stopped reminders"),
                            ("due", "Form due"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reference", models.UUIDField()),
                (
                    "couple",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="inbox_marks", to="clients.couple"
                    ),
                ),
                (
                    "partner",
                    practice.tenancy.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inbox_marks",
                        to="clients.partner",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.UUIDField()),
            ],
            options={
                "ordering": ["-at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "kind", "reference"), name="one_mark_per_item")
                ],
            },
        ),
        # What was entered by mistake takes its marks with it.
        practice.database.operations.CascadeTenantForeignKey("assessments_inboxmark", "couple_id", "clients_couple"),
        practice.database.operations.CascadeTenantForeignKey("assessments_inboxmark", "partner_id", "clients_partner"),
    ]
