from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0003_individual_mode"),
    ]

    operations = [
        migrations.AddField(
            model_name="counselingsession",
            name="cancelled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="counselingsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("held_at", None), ("cancelled_at", None), _connector="OR"),
                name="held_session_is_not_cancelled",
            ),
        ),
    ]
