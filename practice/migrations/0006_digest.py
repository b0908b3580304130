from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0004_calendar_feed"),
    ]

    operations = [
        migrations.AddField("membership", "weekly_mail", models.BooleanField(default=True)),
    ]
