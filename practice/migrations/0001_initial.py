import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import practice.tenancy
from practice.database.operations import AddTenantForeignKey, CreateTenantModel, SecureRows


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="Practice",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=120)),
                ("country", models.CharField(help_text="Two letters, such as US or DE.", max_length=2)),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                (
                    "sender_name",
                    models.CharField(
                        choices=[("Appointments", "Appointments"), ("Front desk", "Front Desk"), ("Office", "Office")],
                        default="Appointments",
                        max_length=40,
                    ),
                ),
                (
                    "exit_url",
                    models.URLField(default="https://www.wikipedia.org/", help_text="Where “Leave this page” goes."),
                ),
                ("resources_version", models.CharField(blank=True, max_length=20)),
                ("resources_confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("resources_confirmed_by", models.CharField(blank=True, max_length=120)),
                ("supervisors_read_couples", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("admin", "Admin, no clinical access"),
                            ("therapist", "Therapist"),
                            ("supervisor", "Supervisor"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="practice.practice"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("practice_id", models.UUIDField()),
                ("kind", models.CharField(max_length=40)),
                ("reference", models.UUIDField()),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("done_at", None)), fields=["due_at"], name="outbox_not_done")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice_id", "kind", "reference"), name="one_message_per_reference"
                    )
                ],
            },
        ),
        CreateTenantModel(
            name="IdempotencyRecord",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("actor", models.UUIDField()),
                ("key", models.CharField(max_length=200)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.JSONField()),
                ("created_at", models.DateTimeField()),
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
            name="AuditEvent",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("actor_id", models.UUIDField(null=True)),
                ("partner_id", models.UUIDField(null=True)),
                ("action", models.CharField(max_length=60)),
                ("object_id", models.UUIDField(null=True)),
                ("couple_id", models.UUIDField(null=True)),
                ("detail", models.JSONField(default=dict)),
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
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("digest", models.CharField(max_length=128, primary_key=True, serialize=False)),
                ("token_key", models.CharField(db_index=True, max_length=25)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("expiry", models.DateTimeField(blank=True, null=True)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="auth_token_set",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="api_tokens", to="practice.membership"
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.practice"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("practice", "user"), name="one_membership_per_practice"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("practice", "id"), name="membership_of_practice"),
        ),
        migrations.AddConstraint(
            model_name="idempotencyrecord",
            constraint=models.UniqueConstraint(fields=("practice", "actor", "key"), name="one_answer_per_key"),
        ),
        migrations.AddIndex(
            model_name="auditevent", index=models.Index(fields=["practice", "-at"], name="audit_by_time")
        ),
        SecureRows("practice_practice"),
        SecureRows("practice_membership"),
        SecureRows("practice_apitoken"),
        AddTenantForeignKey("practice_apitoken", "membership_id", "practice_membership"),
        SecureRows("practice_outboxmessage"),
    ]
