"""An archive into this installation, by the operator: the whole practice or nothing, in one transaction.

Encrypted texts are encrypted anew with the keys that stand here. Members are matched by e-mail; who is not known here
gets a user without a password, and chooses one by “Forgot password”.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connections
from psycopg import sql

from practice.archive.contents import Table, tables
from practice.archive.lines import changed
from practice.archive.reading import DamagedArchive, Json, Lines, Part, Sealed, open_archive
from practice.encryption import encrypt
from practice.errors import DomainError
from practice.models import Practice, User
from practice.practices import OWNER, as_maintenance

MEMBERS = "practice_membership"
NOTED = """
INSERT INTO practice_auditevent (id, practice_id, at, action, detail)
VALUES (gen_random_uuid(), %s, now(), 'practice.imported', '{}')
"""


class PracticeExists(DomainError):
    """This practice is here already, or another one has its short name. Nothing was imported."""

    code = "practice_exists"


class FormsMissing(DomainError):
    """The practice uses forms or plans that this version of the program does not have. Nothing was imported."""

    code = "forms_missing"


@dataclass(frozen=True)
class Imported:
    """`rows` by table, as counted in the database afterwards; `new_members` are addresses without a password."""

    practice: str
    rows: Mapping[str, int]
    new_members: list[str]


def import_archive(path: Path, identity: Path, *, missing: Callable[[UUID], list[str]]) -> Imported:
    """Write the practice of an archive. Needs the owner's connection.

    `missing` names forms that the practice uses and this program lacks; asked once all is written. Raises the errors
    of open_archive, PracticeExists, FormsMissing; then nothing is kept.
    """
    with open_archive(path, identity) as archive, as_maintenance():
        practice = archive.manifest["practice"]
        practice_id = UUID(practice["id"])
        if Practice.objects.using(OWNER).filter(pk=practice_id).exists():
            raise PracticeExists
        if Practice.objects.using(OWNER).filter(slug=practice["slug"]).exists():
            raise PracticeExists(f"A practice with the short name {practice['slug']} is here already.")
        users, new_members = _users(archive.manifest["members"])
        rows = dict(_write_tables(archive, practice_id, users))
        if lacking := missing(practice_id):
            raise FormsMissing(f"{FormsMissing.__doc__} Missing: {', '.join(lacking)}.")
        _cursor().execute(NOTED, [practice_id])
    return Imported(practice["name"], rows, new_members)


def _users(members: list[Json]) -> tuple[Mapping[bytes, bytes], list[str]]:
    """The user here for each user there, and the addresses of those who were made."""
    found, new = {}, []
    for one in members:
        user, made = User.objects.using(OWNER).get_or_create(
            email=User.objects.normalize_email(one["email"]).casefold(),
            defaults={"name": one["name"], "password": make_password(None)},
        )
        if made:
            EmailAddress.objects.using(OWNER).create(user=user, email=user.email, verified=True, primary=True)
            new.append(user.email)
        found[one["user"].encode()] = str(user.id).encode()
    return found, new


def _write_tables(archive: Sealed, practice_id: UUID, users: Mapping[bytes, bytes]) -> Iterator[tuple[str, int]]:
    """Each table by its name with the rows that are in it now. Raises DamagedArchive where they are not as many."""
    for table, part in zip(tables(), archive.parts, strict=True):
        _write_table(archive, table, part, practice_id, users)
        count = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(
            sql.Identifier(table.name), table.rows_of(practice_id)
        )
        row = _cursor().execute(count).fetchone()
        if row is None or row[0] != part.rows:
            raise DamagedArchive
        yield table.name, part.rows


def _write_table(archive: Sealed, table: Table, part: Part, practice_id: UUID, users: Mapping[bytes, bytes]) -> None:
    """COPY checks by name that the columns are those of this database."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT text, HEADER MATCH)").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, part.columns))
    )
    with _cursor().copy(statement) as copy:
        archive.pour(part, Lines(copy.write, _change(table, practice_id, users)))


def _change(table: Table, practice_id: UUID, users: Mapping[bytes, bytes]) -> Callable[[bytes], bytes]:
    if table.name == MEMBERS:
        return partial(_with_user, table.columns.index("user_id"), users)
    if not table.is_changed:
        return bytes
    return lambda line: changed(table, line, lambda text, place: encrypt(text, practice_id=practice_id, place=place))


def _with_user(at: int, users: Mapping[bytes, bytes], line: bytes) -> bytes:
    fields = line.split(b"\t")
    fields[at] = users[fields[at]]
    return b"\t".join(fields)


def _cursor() -> "psycopg.Cursor[tuple[int]]":
    return psycopg.Cursor(connections[OWNER].connection)
