from django.db import migrations, models

from practice.database.operations import AddTenantForeignKey, FillFromParent, HoldToParent
from practice.tenancy import TenantForeignKey

EVENTS, OF_FLAG = "assessments_flagevent", {"key": "flag_id", "parent": "assessments_safetyflag"}


def partner(**options: object) -> TenantForeignKey:
    return TenantForeignKey("clients.partner", models.PROTECT, related_name="flag_events", **options)


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0011_ever_worse"),
        ("clients", "0008_shared_record"),
    ]

    operations = [
        migrations.AddField("flagevent", "partner", partner(null=True)),
        FillFromParent(EVENTS, "partner_id", **OF_FLAG),
        migrations.AlterField("flagevent", "partner", partner()),
        AddTenantForeignKey(EVENTS, "partner_id", "clients_partner"),
        migrations.AddConstraint(
            "safetyflag",
            models.UniqueConstraint(fields=["practice", "id", "partner"], name="flag_with_its_partner"),
        ),
        HoldToParent(EVENTS, "partner_id", **OF_FLAG),
    ]
