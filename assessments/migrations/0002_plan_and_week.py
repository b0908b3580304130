import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import practice.database.operations
import practice.encryption
import practice.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0001_initial"),
        ("clients", "0002_sessions_and_consents"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="follow_up",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="answersheet",
            name="week_of",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="sheetscores",
            name="safety_unanswered",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="sheetscores",
            name="parameters",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="sheetscores",
            name="joint_scores",
            field=models.JSONField(default=dict),
        ),
        practice.database.operations.CreateTenantModel(
            name="RepairPlan",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="clients.couple"
                    ),
                ),
                ("template", models.CharField(max_length=80)),
                ("content_hash", models.CharField(max_length=64)),
                ("active_step", models.CharField(max_length=20)),
                (
                    "focus",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("agreed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("practice", "couple"), name="one_plan_per_couple")],
            },
        ),
        practice.database.operations.CreateTenantModel(
            name="Activity",
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
                    "plan",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activities",
                        to="assessments.repairplan",
                    ),
                ),
                (
                    "couple",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="activities", to="clients.couple"
                    ),
                ),
                ("template", models.CharField(max_length=20)),
                ("dose", models.JSONField()),
                ("assigned_by", models.UUIDField()),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["started_at", "template"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        practice.database.operations.CreateTenantModel(
            name="ActivityHolder",
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
                    "activity",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holders", to="assessments.activity"
                    ),
                ),
                (
                    "partner",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_activities",
                        to="clients.partner",
                    ),
                ),
                ("asks_noticed", models.BooleanField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "activity", "partner"), name="one_hold_per_partner")
                ],
            },
        ),
        practice.database.operations.CreateTenantModel(
            name="PlanChange",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="plan_changes", to="clients.couple"
                    ),
                ),
                (
                    "activity",
                    practice.tenancy.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="assessments.activity",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("agreed", "Plan agreed"),
                            ("step", "Active step changed"),
                            ("focus", "Focus changed"),
                            ("added", "Activity added"),
                            ("overridden", "Activity added against the gate"),
                            ("dose", "Dose changed"),
                            ("ended", "Activity ended"),
                        ],
                        max_length=20,
                    ),
                ),
                ("detail", models.JSONField(default=dict)),
                ("reason", practice.encryption.EncryptedTextField(blank=True)),
                ("changed_by", models.UUIDField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-changed_at"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        practice.database.operations.CreateTenantModel(
            name="SpecificRequest",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="clients.couple"
                    ),
                ),
                (
                    "asked_by",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests_made", to="clients.partner"
                    ),
                ),
                (
                    "asked_of",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests_received",
                        to="clients.partner",
                    ),
                ),
                ("wording", practice.encryption.EncryptedTextField()),
                ("agreed_wording", practice.encryption.EncryptedTextField(blank=True)),
                (
                    "cadence",
                    models.CharField(
                        choices=[
                            ("once", "Once"),
                            ("daily", "Every day"),
                            ("weekly", "Every week"),
                            ("when_it_comes_up", "When it comes up"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("open", "Not answered yet"),
                            ("yes", "Yes"),
                            ("smaller_yes", "A smaller yes"),
                            ("no", "No"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["asked_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("asked_by", models.F("asked_of")), _negated=True),
                        name="request_is_between_partners",
                    )
                ],
            },
        ),
        practice.database.operations.CreateTenantModel(
            name="Goal",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="goals", to="clients.couple"
                    ),
                ),
                (
                    "owner",
                    practice.tenancy.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="goals",
                        to="clients.partner",
                    ),
                ),
                ("domain", models.CharField(max_length=20)),
                ("behaviour", practice.encryption.EncryptedTextField()),
                ("how_counted", practice.encryption.EncryptedTextField()),
                ("levels", practice.encryption.EncryptedTextField()),
                ("baseline_level", models.SmallIntegerField(default=-1)),
                ("weight", models.PositiveSmallIntegerField(default=1)),
                ("review_on", models.DateField()),
                ("written_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["written_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("weight__range", (1, 3))), name="goal_weight_1_to_3"),
                    models.CheckConstraint(
                        condition=models.Q(("baseline_level__range", (-2, 2))), name="goal_baseline_on_scale"
                    ),
                ],
            },
        ),
        practice.database.operations.CreateTenantModel(
            name="SessionRating",
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
                    "session",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="clients.counselingsession",
                    ),
                ),
                ("stages", models.JSONField(default=dict)),
                ("engagement", models.JSONField(default=dict)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("practice", "session"), name="one_rating_per_session")],
            },
        ),
        practice.database.operations.CreateTenantModel(
            name="Intention",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="intentions", to="clients.couple"
                    ),
                ),
                (
                    "partner",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="intentions", to="clients.partner"
                    ),
                ),
                (
                    "wish",
                    models.CharField(
                        choices=[("improve", "Improve things between us"), ("clarify", "Find out what I want")],
                        max_length=20,
                    ),
                ),
                ("stated_at", models.DateTimeField()),
                (
                    "sheet",
                    practice.tenancy.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assessments.answersheet",
                    ),
                ),
                ("recorded_by", models.UUIDField(null=True)),
            ],
            options={
                "ordering": ["stated_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "sheet"), name="one_intention_per_sheet"),
                    models.CheckConstraint(
                        condition=models.Q(("sheet", None), ("recorded_by", None), _connector="XOR"),
                        name="intention_asked_or_recorded",
                    ),
                ],
            },
        ),
        practice.database.operations.CreateTenantModel(
            name="WeekReport",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="week_reports", to="clients.couple"
                    ),
                ),
                (
                    "partner",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="week_reports", to="clients.partner"
                    ),
                ),
                (
                    "sheet",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="week_reports",
                        to="assessments.answersheet",
                    ),
                ),
                ("monday", models.DateField()),
                ("entries", models.JSONField(default=dict)),
                ("requests", models.JSONField(default=dict)),
                ("small_wins", practice.encryption.EncryptedTextField(blank=True)),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["monday"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "partner", "monday"), name="one_report_per_week"),
                    models.CheckConstraint(
                        condition=models.Q(("monday__iso_week_day", 1)), name="week_begins_on_monday"
                    ),
                ],
            },
        ),
        practice.database.operations.CreateTenantModel(
            name="GoalRating",
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
                    "goal",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ratings", to="assessments.goal"
                    ),
                ),
                (
                    "partner",
                    practice.tenancy.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.partner"
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("rated_at", models.DateTimeField()),
                (
                    "report",
                    practice.tenancy.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="goal_ratings",
                        to="assessments.weekreport",
                    ),
                ),
                ("recorded_by", models.UUIDField(null=True)),
            ],
            options={
                "ordering": ["rated_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "goal", "report"), name="one_rating_of_a_goal_per_report"
                    ),
                    models.CheckConstraint(condition=models.Q(("level__range", (-2, 2))), name="goal_rating_on_scale"),
                    models.CheckConstraint(
                        condition=models.Q(("report", None), ("recorded_by", None), _connector="XOR"),
                        name="goal_rating_reported_or_recorded",
                    ),
                ],
            },
        ),
        practice.database.operations.CreateTenantModel(
            name="MeasurementParameters",
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
                ("instrument", models.CharField(max_length=60)),
                ("version", models.CharField(max_length=60)),
                ("persons", models.PositiveIntegerField()),
                ("sd", models.JSONField()),
                ("reliability", models.JSONField()),
                ("computed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["computed_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "instrument", "version"), name="one_set_of_parameters_per_version"
                    )
                ],
            },
        ),
    ]
