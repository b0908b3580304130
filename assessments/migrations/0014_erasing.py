from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0013_pooled_statistics"),
        ("clients", "0009_hold"),
        ("practice", "0010_retention"),
    ]

    operations = [
        migrations.AlterField(
            "inboxmark",
            "kind",
            models.CharField(
                choices=[
                    ("escalated", "Not answered in time"),
                    ("flag", "Flag to acknowledge"),
                    ("message", "No way to a partner"),
                    ("partial", "Ended, answered in part"),
                    ("read", "Form to read"),
                    ("release", "Joint report can be released"),
                    ("reminders", "Stopped reminders"),
                    ("due", "Form due"),
                    ("goes", "Record goes soon"),
                ],
                max_length=20,
            ),
        ),
    ]
