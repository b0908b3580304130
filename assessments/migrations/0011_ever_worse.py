from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0010_statistics")]

    operations = [
        migrations.AddIndex(
            model_name="sheetscores",
            index=models.Index(
                condition=models.Q(("verdict", "reliably_worse")),
                fields=["practice", "partner"],
                name="partners_ever_worse",
            ),
        ),
    ]
