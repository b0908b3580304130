import uuid

import django.db.models.deletion
from django.db import migrations, models

import practice.encryption
import practice.tenancy
from practice.database.operations import AddTenantForeignKey, CascadeTenantForeignKey, CreateTenantModel


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0006_reminders"),
        ("practice", "0005_leave"),
    ]

    operations = [
        CreateTenantModel(
            name="Treatment",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="treatments", to="clients.couple"
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
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("handed_over_by", models.UUIDField()),
            ],
            options={
                "ordering": ["ended_at"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        AddTenantForeignKey("clients_treatment", "therapist_id", "practice_membership"),
        CreateTenantModel(
            name="CoupleImport",
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
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.membership",
                    ),
                ),
                ("content", practice.encryption.EncryptedTextField()),
                ("uploaded_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("practice", "member"), name="one_import_per_member")],
            },
        ),
        AddTenantForeignKey("clients_coupleimport", "member_id", "practice_membership"),
        migrations.AddField("couple", "deleted_at", models.DateTimeField(null=True)),
        migrations.AddField("counselingsession", "deleted_at", models.DateTimeField(null=True)),
        migrations.AlterModelOptions(name="couple", options={"base_manager_name": "with_deleted"}),
        migrations.AlterModelOptions(
            name="counselingsession",
            options={"base_manager_name": "with_deleted", "ordering": ["held_at", "planned_at"]},
        ),
        *(
            migrations.AlterModelManagers(
                name=name, managers=[("objects", models.Manager()), ("with_deleted", models.Manager())]
            )
            for name in ("couple", "counselingsession")
        ),
        CascadeTenantForeignKey("clients_partner", "couple_id", "clients_couple"),
        CascadeTenantForeignKey("clients_treatment", "couple_id", "clients_couple"),
        CascadeTenantForeignKey("clients_counselingsession", "couple_id", "clients_couple"),
        CascadeTenantForeignKey("clients_counselingsession", "partner_id", "clients_partner"),
        CascadeTenantForeignKey("clients_consent", "partner_id", "clients_partner"),
    ]
