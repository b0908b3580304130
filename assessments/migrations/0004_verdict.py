from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0003_flag_events_and_joint_reports"),
    ]

    operations = [
        migrations.AddField(
            model_name="sheetscores",
            name="verdict",
            field=models.CharField(blank=True, default="", max_length=20),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="answersheet",
            index=models.Index(
                condition=models.Q(("week_of__isnull", False)),
                fields=["practice", "partner", "-opens_at"],
                name="check_ins_of_partner",
            ),
        ),
    ]
