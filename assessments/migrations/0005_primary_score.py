from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0004_verdict"),
    ]

    operations = [
        migrations.AddField(
            model_name="sheetscores",
            name="primary_score",
            field=models.FloatField(null=True),
        ),
    ]
