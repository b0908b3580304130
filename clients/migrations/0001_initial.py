import uuid

import django.db.models.deletion
from django.db import migrations, models

import practice.encryption
import practice.tenancy
from practice.database.operations import AddTenantForeignKey, CreateTenantModel, SecureRows


class Migration(migrations.Migration):
    initial = True

    dependencies = [("practice", "0001_initial")]

    operations = [
        CreateTenantModel(
            name="Couple",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("label", models.CharField(max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("intake", "Intake"),
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("closed", "Closed"),
                        ],
                        default="intake",
                        max_length=20,
                    ),
                ),
                (
                    "closed_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("completed", "Completed"),
                            ("separated", "Separated"),
                            ("transferred", "Transferred"),
                            ("withdrawn", "Withdrawn"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
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
                (
                    "therapist",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.membership",
                    ),
                ),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.CreateModel(
            name="LinkKey",
            fields=[
                ("key_hash", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("practice_id", models.UUIDField()),
                ("partner_id", models.UUIDField()),
                ("sheet_id", models.UUIDField()),
                ("invitation_id", models.UUIDField()),
                ("expires_at", models.DateTimeField()),
                ("reopen_until", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("browser_hash", models.BinaryField(max_length=32, null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["practice_id", "sheet_id"], name="links_of_sheet")]},
        ),
        CreateTenantModel(
            name="Partner",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField()),
                ("name", practice.encryption.EncryptedTextField()),
                ("email", practice.encryption.EncryptedTextField(blank=True)),
                ("phone", practice.encryption.EncryptedTextField(blank=True)),
                ("neutral_name", practice.encryption.EncryptedTextField(blank=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "E-mail"),
                            ("sms", "Text message"),
                            ("none", "Nothing is safe: in person only"),
                        ],
                        default="none",
                        max_length=10,
                    ),
                ),
                ("hours", models.CharField(blank=True, max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Taking part"), ("left", "No longer taking part")],
                        default="active",
                        max_length=20,
                    ),
                ),
                (
                    "couple",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="partners", to="clients.couple"
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
            options={"ordering": ["position"], "abstract": False, "base_manager_name": "objects"},
        ),
        CreateTenantModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("sheet_id", models.UUIDField()),
                (
                    "delivery",
                    models.CharField(
                        choices=[("email", "E-mail"), ("sms", "Text message"), ("in_person", "In person")],
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Being sent"),
                            ("sent", "Sent"),
                            ("handed_over", "Handed over"),
                            ("failed", "Could not be sent"),
                            ("ended", "Ended"),
                        ],
                        max_length=20,
                    ),
                ),
                ("closes_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="clients.partner"
                    ),
                ),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.CreateModel(
            name="PartnerSession",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("practice_id", models.UUIDField()),
                ("partner_id", models.UUIDField()),
                ("sheet_id", models.UUIDField()),
                ("expires_at", models.DateTimeField()),
                ("idle_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["practice_id", "sheet_id"], name="partner_sessions_of_sheet")]},
        ),
        migrations.AddIndex(
            model_name="couple",
            index=models.Index(fields=["practice", "therapist", "state"], name="couples_of_therapist"),
        ),
        migrations.AddConstraint(
            model_name="couple",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "closed"), ("closed_reason", ""), _connector="XOR"),
                name="closed_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.UniqueConstraint(
                fields=("practice", "couple", "position"), name="one_partner_per_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(condition=models.Q(("position__in", [1, 2])), name="two_partners"),
        ),
        SecureRows("clients_linkkey"),
        SecureRows("clients_partnersession"),
        AddTenantForeignKey("clients_couple", "therapist_id", "practice_membership"),
    ]
