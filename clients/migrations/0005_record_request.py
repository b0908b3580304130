import uuid

import django.db.models.deletion
from django.db import migrations, models

import practice.tenancy
from practice.database.operations import CreateTenantModel


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0004_session_cancelled"),
    ]

    operations = [
        CreateTenantModel(
            name="RecordRequest",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="record_requests",
                        to="clients.partner",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("copy", "A copy was asked for"),
                            ("transfer", "It is taken to somebody else"),
                            ("authority", "A court or an authority asks for it"),
                        ],
                        max_length=20,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.UUIDField()),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        CreateTenantModel(
            name="RecordDecision",
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
                    "request",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="clients.recordrequest",
                    ),
                ),
                ("passage", models.CharField(max_length=60)),
                ("text_digest", models.CharField(max_length=64)),
                (
                    "ruling",
                    models.CharField(
                        choices=[
                            ("include", "Include it"),
                            ("other_partner", "Leave it out: it speaks of the other partner"),
                            ("third_person", "Leave it out: it speaks of a third person"),
                            ("danger", "Leave it out: it could endanger somebody"),
                            ("own_notes", "Leave it out: notes for my own use"),
                        ],
                        max_length=20,
                    ),
                ),
                ("decided_at", models.DateTimeField()),
                ("decided_by", models.UUIDField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "request", "passage"), name="one_decision_per_passage")
                ],
            },
        ),
    ]
