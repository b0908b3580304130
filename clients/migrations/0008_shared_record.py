import django.db.models.deletion
from django.db import migrations, models

import practice.tenancy
from practice.database.operations import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0007_treatment_and_repair"),
    ]

    operations = [
        migrations.AlterField(
            "recordrequest",
            "partner",
            practice.tenancy.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="record_requests",
                to="clients.partner",
            ),
        ),
        migrations.AddField(
            "recordrequest",
            "couple",
            practice.tenancy.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="record_requests",
                to="clients.couple",
            ),
        ),
        AddTenantForeignKey("clients_recordrequest", "couple_id", "clients_couple"),
        migrations.AddConstraint(
            "recordrequest",
            models.CheckConstraint(
                condition=models.Q(("partner", None), ("couple", None), _connector="XOR"),
                name="record_of_a_partner_or_a_couple",
            ),
        ),
    ]
