from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0005_record_request"),
    ]

    operations = [
        migrations.AddField("partner", "time_zone", models.CharField(blank=True, max_length=64)),
        migrations.AddField("partner", "reminders_off_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "invitation",
            "kind",
            models.CharField(
                choices=[
                    ("invitation", "Link"),
                    ("not_started", "Reminder, not started"),
                    ("stalled", "Reminder, stopped half way"),
                ],
                default="invitation",
                max_length=20,
            ),
        ),
        migrations.AddField("invitation", "ordinal", models.PositiveSmallIntegerField(null=True)),
        migrations.AddConstraint(
            "invitation",
            models.UniqueConstraint(
                fields=("practice", "sheet_id", "partner", "kind", "ordinal"), name="one_message_per_kind_and_ordinal"
            ),
        ),
        migrations.AddConstraint(
            "invitation",
            models.UniqueConstraint(
                condition=models.Q(("kind", "invitation"), _negated=True),
                fields=("practice", "sheet_id", "ordinal"),
                name="one_reminder_per_ordinal",
            ),
        ),
    ]
