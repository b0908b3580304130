"""An archive from a file: opened by its owner's key, and refused for what does not fit before anything is written."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage

from practice.archive.contents import FORMAT, tables
from practice.archive.manifest import NAME, file_name, knows_schema, product_version, schema
from practice.errors import DomainError

BLOCK = 1 << 20
MOST_OF_MANIFEST = 16 << 20
Json = dict[str, Any]


class NoArchive(DomainError):
    """This file is no archive of a practice. Give the .tar file as it was fetched."""

    code = "no_archive"


class WrongKey(DomainError):
    """This key does not open the archive. Give the file with the private key that belongs to its public key."""

    code = "wrong_key"


class DamagedArchive(DomainError):
    """The archive is damaged. Nothing was imported: fetch it again."""

    code = "damaged"


class NewerArchive(DomainError):
    """The archive was made by a newer version of the program. Upgrade this installation, then import it."""

    code = "newer_version"


class OlderArchive(DomainError):
    """The archive was made by an older version of the program. Import it there, upgrade, and make a new one."""

    code = "older_version"


@dataclass(frozen=True)
class Part:
    name: str
    columns: tuple[str, ...]
    rows: int
    size: int
    sha256: str


class Sealed:
    """A checked archive: `manifest` says what it is, `pour` gives a part to whoever writes it."""

    def __init__(self, packed: tarfile.TarFile, identities: list[Any]) -> None:
        self._packed, self._identities = packed, identities
        self._entries = {one.name: one for one in packed.getmembers()}
        self.manifest: Json = json.loads(self._manifest())
        _refuse_version(self.manifest)
        self.parts = [
            Part(one["name"], tuple(one["columns"]), one["rows"], one["size"], one["sha256"])
            for one in self.manifest["tables"]
        ]
        self._refuse_content()

    def pour(self, part: Part, into: Any) -> None:
        """Write the plain text of a part to `into`, block by block. Raises DamagedArchive, and what `into` raises."""
        with self._file(file_name(part.name)) as file:
            try:
                pyrage.decrypt_io(file, into, self._identities)
            except (OSError, pyrage.DecryptError) as error:
                raise getattr(into, "error", None) or DamagedArchive from error

    def _manifest(self) -> bytes:
        if NAME not in self._entries or self._entries[NAME].size > MOST_OF_MANIFEST:
            raise NoArchive
        plain = io.BytesIO()
        with self._file(NAME) as file:
            try:
                pyrage.decrypt_io(file, plain, self._identities)
            except pyrage.DecryptError as error:
                raise WrongKey from error
            except OSError as error:
                raise DamagedArchive from error
        return plain.getvalue()

    @contextmanager
    def _file(self, name: str) -> Iterator[IO[bytes]]:
        found = self._packed.extractfile(self._entries[name])
        if found is None:
            raise DamagedArchive
        with found:
            yield found

    def _refuse_content(self) -> None:
        """What the manifest names must be there, whole, and nothing else."""
        wanted = {NAME, *(file_name(part.name) for part in self.parts)}
        if set(self._entries) != wanted or [part.name for part in self.parts] != [one.name for one in tables()]:
            raise DamagedArchive
        for part in self.parts:
            if self._entries[file_name(part.name)].size != part.size or self._digest(part) != part.sha256:
                raise DamagedArchive

    def _digest(self, part: Part) -> str:
        digest = hashlib.sha256()
        with self._file(file_name(part.name)) as file:
            while block := file.read(BLOCK):
                digest.update(block)
        return digest.hexdigest()


def _refuse_version(manifest: Mapping[str, Any]) -> None:
    told = f"It was made by version {manifest['product']}, this is {product_version()}."
    if manifest["format"] > FORMAT or not knows_schema(manifest["schema"]):
        raise NewerArchive(f"{NewerArchive.__doc__} {told}")
    if manifest["format"] < FORMAT or manifest["schema"] != schema():
        raise OlderArchive(f"{OlderArchive.__doc__} {told}")


@contextmanager
def open_archive(path: Path, identity: Path) -> Iterator[Sealed]:
    """The archive in `path`, opened by the private key in the file `identity`, as age-keygen writes it.

    Raises NoArchive, WrongKey, DamagedArchive, NewerArchive, OlderArchive.
    """
    identities = read_identities(identity)
    try:
        with tarfile.open(path, mode="r:") as packed:
            yield Sealed(packed, identities)
    except tarfile.ReadError as error:
        raise (DamagedArchive if path.stat().st_size > BLOCK // 2048 else NoArchive) from error


def read_identities(path: Path) -> list[Any]:
    """Raises WrongKey where the file holds no private key of age."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError as error:
        raise WrongKey from error
    if not found:
        raise WrongKey
    return found


Walk = Callable[[bytes], bytes]


class Lines:
    """A file that is written block by block and gives whole lines on, each as `change` makes it."""

    def __init__(self, write: Callable[[bytes], object], change: Walk) -> None:
        self._write, self._change = write, change
        self._rest = b""
        self._is_head = True
        self.error: Exception | None = None

    def write(self, data: bytes) -> int:
        *lines, self._rest = (self._rest + bytes(data)).split(b"\n")
        try:
            for line in lines:
                self._write(line + b"\n" if self._is_head else self._change(line + b"\n"))
                self._is_head = False
        except Exception as error:
            self.error = error
            raise
        return len(data)

    def flush(self) -> None:
        """Lines end with a break, so nothing waits once all is written."""
