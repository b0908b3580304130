import uuid

import django.db.models.deletion
from django.db import migrations, models

import practice.tenancy
from practice.database.operations import CreateTenantModel


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0009_pooled_opt_in"),
    ]

    operations = [
        CreateTenantModel(
            name="RetentionTerm",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("years", models.PositiveSmallIntegerField()),
                ("years_before", models.PositiveSmallIntegerField(null=True)),
                ("takes_effect_on", models.DateField()),
                ("country", models.CharField(max_length=2)),
                ("stated_minimum", models.PositiveSmallIntegerField(null=True)),
                ("set_at", models.DateTimeField()),
                ("set_by", models.UUIDField()),
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
                "ordering": ["-set_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "set_at"), name="one_term_at_a_time"),
                    models.CheckConstraint(
                        condition=models.Q(("years__range", (1, 100))), name="term_of_1_to_100_years"
                    ),
                ],
            },
        ),
    ]
