import django.db.models.deletion
from django.db import migrations, models

from practice.database.operations import AddTenantForeignKey, SecureRows


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0003_download"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("key_hash", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("practice_id", models.UUIDField()),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "membership",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("practice_id", "membership"),
                        name="one_feed_in_force_per_member",
                    )
                ],
            },
        ),
        SecureRows("practice_calendarfeed"),
        AddTenantForeignKey("practice_calendarfeed", "membership_id", "practice_membership"),
    ]
