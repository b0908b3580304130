from django.db import migrations, models

from practice.database.operations import CascadeTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0006_schedule_and_messages"),
        ("clients", "0007_treatment_and_repair"),
    ]

    operations = [
        migrations.AddField("answersheet", "read_at", models.DateTimeField(null=True)),
        CascadeTenantForeignKey("assessments_sessionrating", "session_id", "clients_counselingsession"),
        CascadeTenantForeignKey("assessments_wave", "session_id", "clients_counselingsession", stays=True),
    ]
