from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0014_erasing")]

    operations = [
        migrations.AddIndex(
            model_name="answersheet",
            index=models.Index(
                condition=models.Q(("state__in", ["not_opened", "started", "expired"])),
                fields=["practice", "couple"],
                name="sheets_not_handed_in",
            ),
        ),
    ]
