import django.db.models.deletion
from django.db import migrations, models

from practice.database.operations import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="practice",
            name="acknowledge_within_hours",
            field=models.PositiveSmallIntegerField(default=24),
        ),
        migrations.AddField(
            model_name="membership",
            name="cover",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="covers_for",
                to="practice.membership",
            ),
        ),
        AddTenantForeignKey("practice_membership", "cover_id", "practice_membership"),
    ]
