"""The first part of an archive: which tables it holds, how many rows each has, and what their files must be."""

import json
import tomllib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from practice.archive.contents import FORMAT, LEFT_OUT, Table
from practice.database.snapshot import Snapshot
from practice.models import Archive, ArchivePart

NAME = "manifest.json.age"
APPS = ("practice", "clients", "assessments")
Json = dict[str, Any]


def file_name(table: str) -> str:
    return f"{table}.age"


def product_version() -> str:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
    return str(project["project"]["version"])


def schema() -> dict[str, str]:
    """The newest migration of each app: tables of two installations are alike where these are."""
    leaves = MigrationLoader(None).graph.leaf_nodes()
    return {app: name for app, name in leaves if app in APPS}


def knows_schema(found: dict[str, str]) -> bool:
    """Whether this program has all the migrations that these are the newest of."""
    known = MigrationLoader(None).disk_migrations
    return all((app, name) in known for app, name in found.items())


def manifest(
    archive: Archive, parts: Iterable[tuple[Table, ArchivePart]], *, members: list[Json], practice: Json, at: datetime
) -> bytes:
    content = {
        "format": FORMAT,
        "product": product_version(),
        "schema": schema(),
        "archive": str(archive.id),
        "made_at": at.isoformat(),
        "practice": practice,
        "members": members,
        "tables": [
            {
                "name": table.name,
                "file": file_name(table.name),
                "columns": table.columns,
                "rows": part.rows,
                "size": part.size,
                "sha256": part.sha256,
            }
            for table, part in parts
        ],
        "left_out": {name: str(reason) for name, reason in LEFT_OUT.items()},
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def members_of(read: Snapshot, practice_id: object) -> list[Json]:
    """Who signs in as which member, for matching by e-mail. Read as the worker: the archive's role reads no user."""
    rows = read.execute(
        "SELECT u.id, u.email, u.name FROM practice_membership m JOIN practice_user u ON u.id = m.user_id"
        " WHERE m.practice_id = %s ORDER BY u.email",
        [practice_id],
    ).fetchall()
    return [{"user": str(user), "email": email, "name": name} for user, email, name in rows]
