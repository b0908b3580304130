from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0005_leave"),
    ]

    operations = [
        migrations.AddField("membership", "weekly_mail", models.BooleanField(default=True)),
    ]
