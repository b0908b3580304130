from django.db import models

from practice.encryption import EncryptedTextField
from practice.models import Membership
from practice.tenancy import TenantModel


class CoupleImport(TenantModel):
    """A file of couples that a member is looking at. It is gone as soon as it is imported or given up."""

    member = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    content = EncryptedTextField()
    uploaded_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["practice", "member"], name="one_import_per_member")]
