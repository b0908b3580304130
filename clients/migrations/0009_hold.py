import uuid

import django.db.models.deletion
from django.db import migrations, models

import practice.encryption
import practice.tenancy
from practice.database.operations import CreateTenantModel


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0008_shared_record"),
        ("practice", "0008_archive"),
    ]

    operations = [
        CreateTenantModel(
            name="Hold",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reason", practice.encryption.EncryptedTextField()),
                ("placed_at", models.DateTimeField()),
                ("placed_by", models.UUIDField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", models.UUIDField(null=True)),
                (
                    "couple",
                    practice.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="clients.couple"
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
            options={
                "ordering": ["-placed_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("practice", "couple"),
                        name="one_hold_in_force_per_couple",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at", None), ("lifted_by", None)),
                            models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="hold_is_lifted_by_somebody",
                    ),
                ],
            },
        ),
    ]
