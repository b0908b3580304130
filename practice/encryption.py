"""Contact data and free text at rest: AES-256-GCM, bound to table, column, practice and row.

A value moved to another row, column or practice, or changed by one bit, raises; it is never returned raw.
The key of a practice is derived from an installation key (HKDF, RFC 5869) and named in the ciphertext.
"""

import base64
import functools
import os
import uuid
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

VERSION = "v1"
NONCE_BYTES = 12


class DecryptionError(Exception):
    """A stored value is not what was written there. It must not be shown, nor taken for plain text."""


@functools.lru_cache(maxsize=4096)
def _cipher(kid: str, practice_id: uuid.UUID) -> AESGCM:
    try:
        key = base64.urlsafe_b64decode(settings.ENCRYPTION_KEYS[kid])
    except KeyError as error:
        raise DecryptionError(f"The encryption key {kid} is not configured.") from error
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"attune practice " + practice_id.bytes)
    return AESGCM(derived.derive(key))


def encrypt(plain: str, *, practice_id: uuid.UUID, place: str) -> str:
    """`v1|kid|base64(nonce || ciphertext)`; `place` names table, column and row."""
    kid = next(iter(settings.ENCRYPTION_KEYS))
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + _cipher(kid, practice_id).encrypt(nonce, plain.encode(), f"{place}|{practice_id}".encode())
    return f"{VERSION}|{kid}|{base64.urlsafe_b64encode(sealed).decode()}"


def decrypt(sealed: str, *, practice_id: uuid.UUID, place: str) -> str:
    """Raises DecryptionError unless `encrypt` wrote exactly this value at exactly this place."""
    version, _, rest = sealed.partition("|")
    kid, _, encoded = rest.partition("|")
    if version != VERSION or not encoded:
        raise DecryptionError("The stored value is not encrypted.")
    try:
        raw = base64.urlsafe_b64decode(encoded)
        plain = _cipher(kid, practice_id).decrypt(
            raw[:NONCE_BYTES], raw[NONCE_BYTES:], f"{place}|{practice_id}".encode()
        )
    except (InvalidTag, ValueError) as error:
        raise DecryptionError("The stored value was changed or moved.") from error
    return plain.decode()


class Sealed(str):
    """A ciphertext as it came from the database, not yet opened."""

    __slots__ = ()


def sealed(value: str | None) -> str:
    """What a column held, for a row that was not read by the ORM: an empty text was never encrypted."""
    return Sealed(value) if value else ""


class _Opened:
    """Attribute access opens the value on first use; the row's own key and practice are part of the seal."""

    def __init__(self, field: "EncryptedTextField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        data = instance.__dict__
        if self.field.attname not in data:
            instance.refresh_from_db(fields=[self.field.attname])
        value = data[self.field.attname]
        if isinstance(value, Sealed):
            value = decrypt(value, **self.field.seal_of(instance))
            data[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted in the database. Empty text stays empty. Cannot be filtered on or updated in bulk."""

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opened(self))

    def seal_of(self, instance: Any) -> dict[str, Any]:
        return {
            "practice_id": instance.practice_id,
            "place": f"{self.model._meta.db_table}.{self.column}|{instance.pk}",
        }

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return Sealed(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if not value or isinstance(value, Sealed):
            return value
        return Sealed(encrypt(value, **self.seal_of(model_instance)))

    def get_prep_value(self, value: Any) -> Any:
        if value and not isinstance(value, Sealed):
            raise TypeError(f"{self.name} is encrypted: set it on the row and save the row.")
        return None if value is None else str(value)
