import uuid

import django.db.models.deletion
from django.db import migrations, models

import practice.tenancy
from practice.database.operations import CreateTenantModel


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0002_cover"),
    ]

    operations = [
        CreateTenantModel(
            name="Download",
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
                ("offered_to", models.UUIDField()),
                ("kind", models.CharField(max_length=40)),
                ("reference", models.UUIDField()),
                ("purpose", models.CharField(max_length=20)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
    ]
