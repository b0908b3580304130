import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import practice.tenancy
from practice.database.operations import AddTenantForeignKey, CreateTenantModel


class Migration(migrations.Migration):
    initial = True

    dependencies = [("clients", "0001_initial"), ("practice", "0001_initial")]

    operations = [
        CreateTenantModel(
            name="Assignment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("instrument", models.CharField(max_length=80)),
                ("content_hash", models.CharField(max_length=64)),
                ("sitting", models.CharField(blank=True, max_length=40)),
                ("assigned_by", models.UUIDField()),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "couple",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="clients.couple"
                    ),
                ),
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
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        CreateTenantModel(
            name="Wave",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("safety_lines", models.BooleanField(null=True)),
                ("context_lines", models.BooleanField(default=True)),
                (
                    "assignment",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="waves", to="assessments.assignment"
                    ),
                ),
                (
                    "couple",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="waves", to="clients.couple"
                    ),
                ),
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
            options={"ordering": ["opens_at", "number"], "abstract": False, "base_manager_name": "objects"},
        ),
        CreateTenantModel(
            name="AnswerSheet",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("instrument", models.CharField(max_length=80)),
                ("content_hash", models.CharField(max_length=64)),
                ("sitting", models.CharField(blank=True, max_length=40)),
                ("safety_lines", models.BooleanField(null=True)),
                ("context_lines", models.BooleanField(default=True)),
                ("recall_repeat", models.BooleanField(default=False)),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("not_opened", "Not opened"),
                            ("started", "Started"),
                            ("submitted", "Submitted"),
                            ("expired", "Expired"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="not_opened",
                        max_length=20,
                    ),
                ),
                (
                    "saved",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BooleanField(), default=list, size=None
                    ),
                ),
                ("started_at", models.DateTimeField(null=True)),
                ("submitted_at", models.DateTimeField(null=True)),
                (
                    "couple",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="clients.couple"
                    ),
                ),
                (
                    "partner",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="clients.partner"
                    ),
                ),
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
                    "wave",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="assessments.wave"
                    ),
                ),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        CreateTenantModel(
            name="Answers",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("audience", models.CharField(max_length=20)),
                (
                    "values",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(null=True), size=None
                    ),
                ),
                (
                    "seconds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(null=True), default=list, size=None
                    ),
                ),
                ("frozen_at", models.DateTimeField(null=True)),
                (
                    "partner",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.partner"
                    ),
                ),
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
                    "sheet",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="assessments.answersheet",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "sheet", "audience"), name="one_row_per_audience")
                ],
            },
        ),
        CreateTenantModel(
            name="ImportedInstrument",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("identifier", models.CharField(max_length=60)),
                ("version", models.CharField(max_length=20)),
                ("content_hash", models.CharField(max_length=64)),
                ("source", models.TextField()),
                ("licence_holder", models.CharField(max_length=200)),
                ("licence_reference", models.CharField(max_length=200)),
                ("confirmed_by", models.CharField(max_length=120)),
                ("expires_on", models.DateField(null=True)),
                ("allowed_modes", models.JSONField(default=list)),
                ("imported_at", models.DateTimeField()),
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
                    models.UniqueConstraint(fields=("practice", "identifier", "version"), name="one_import_per_version")
                ],
            },
        ),
        CreateTenantModel(
            name="SafetyFlag",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("rule", models.CharField(max_length=20)),
                (
                    "level",
                    models.CharField(
                        choices=[("urgent", "Urgent"), ("review", "Review"), ("note", "Note")], max_length=10
                    ),
                ),
                (
                    "lines",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("acknowledged", "Acknowledged"), ("closed", "Closed")],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("raised_at", models.DateTimeField()),
                (
                    "couple",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="clients.couple"
                    ),
                ),
                (
                    "partner",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="clients.partner"
                    ),
                ),
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
                    "sheet",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="assessments.answersheet"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["practice", "state", "level"], name="flags_by_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "sheet", "rule"), name="one_flag_per_rule")
                ],
            },
        ),
        CreateTenantModel(
            name="SheetScores",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("instrument", models.CharField(max_length=80)),
                ("content_hash", models.CharField(max_length=64)),
                ("scorer_version", models.CharField(max_length=20)),
                ("scores", models.JSONField()),
                ("quality", models.JSONField(default=list)),
                ("scored_at", models.DateTimeField()),
                (
                    "partner",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.partner"
                    ),
                ),
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
                    "sheet",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="assessments.answersheet"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("practice", "sheet"), name="one_score_row_per_sheet")],
            },
        ),
        migrations.AddIndex(
            model_name="wave", index=models.Index(fields=["practice", "closes_at"], name="waves_by_close")
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.UniqueConstraint(fields=("practice", "assignment", "number"), name="one_wave_per_number"),
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes_at__gt", models.F("opens_at"))), name="wave_closes_after_it_opens"
            ),
        ),
        migrations.AddIndex(
            model_name="answersheet",
            index=models.Index(fields=["practice", "instrument", "content_hash"], name="sheets_of_instrument"),
        ),
        migrations.AddConstraint(
            model_name="answersheet",
            constraint=models.UniqueConstraint(fields=("practice", "wave", "partner"), name="one_sheet_per_partner"),
        ),
        AddTenantForeignKey("clients_invitation", "sheet_id", "assessments_answersheet"),
    ]
