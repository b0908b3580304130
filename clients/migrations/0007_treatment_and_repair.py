from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0003_individual_mode"),
    ]

    operations = [
    ]
