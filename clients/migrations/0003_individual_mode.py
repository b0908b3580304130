from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0002_sessions_and_consents"),
    ]

    operations = [
        migrations.AddField(
            model_name="couple",
            name="individual_mode",
            field=models.BooleanField(default=False),
        ),
    ]
