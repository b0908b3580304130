import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import assessments.models.assignment
import practice.tenancy
from practice.database.operations import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0005_primary_score"),
        ("clients", "0006_reminders"),
    ]

    operations = [
        migrations.AddField("assignment", "every_weeks", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("assignment", "before_sessions", models.BooleanField(default=False)),
        migrations.AddField("assignment", "times", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("assignment", "window", models.DurationField(default=datetime.timedelta(days=4))),
        migrations.AddField(
            "assignment",
            "remind_on",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                default=assessments.models.assignment.days_to_remind,
                size=None,
            ),
        ),
        migrations.AddField("assignment", "paused_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "wave",
            "session",
            practice.tenancy.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waves",
                to="clients.counselingsession",
            ),
        ),
        AddTenantForeignKey("assessments_wave", "session_id", "clients_counselingsession"),
        migrations.AddField(
            "wave",
            "dropped",
            models.CharField(
                blank=True,
                choices=[
                    ("session", "The session was called off"),
                    ("paused", "It fell into a pause"),
                    ("changed", "It was planned otherwise"),
                    ("missed", "It could not be opened in time"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            "wave",
            models.UniqueConstraint(
                condition=models.Q(("dropped", "")),
                fields=("practice", "assignment", "session"),
                name="one_wave_per_session",
            ),
        ),
    ]
