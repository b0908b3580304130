from django.db import models

from practice.tenancy import TenantModel


class ImportedInstrument(TenantModel):
    """A definition file that a practice brought, with the licence it holds. Shipped ones are files of the program."""

    identifier = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    content_hash = models.CharField(max_length=64)
    source = models.TextField()
    licence_holder = models.CharField(max_length=200)
    licence_reference = models.CharField(max_length=200)
    confirmed_by = models.CharField(max_length=120)
    expires_on = models.DateField(null=True)
    allowed_modes = models.JSONField(default=list)
    imported_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["practice", "identifier", "version"], name="one_import_per_version")
        ]
