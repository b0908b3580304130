"""A text of its own for every private field, and where each is found."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import redis
from django.apps import apps
from django.conf import settings
from django.db import models
from pypdf import PdfReader

from practice.encryption import EncryptedTextField
from tests.attacks import as_maintenance, catalogue

APPS = ("practice", "clients", "assessments")
# Codes, versions, names of rules and lines, digests, and what a practice says of itself: no words about a couple.
PLAIN = {
    "practice.practice": {"slug", "name", "country", "time_zone", "exit_url", "resources_version"}
    | {"resources_confirmed_by"},
    "practice.user": {"password", "email", "name"},
    "practice.membership": {"name"},
    "practice.apitoken": {"digest", "token_key", "name"},
    "practice.auditevent": {"action", "detail"},
    "practice.retentionterm": {"country"},
    "practice.outboxmessage": {"kind", "last_error"},
    "practice.idempotencyrecord": {"key", "fingerprint", "body"},
    "practice.download": {"kind", "purpose"},
    "practice.archive": {"recipient", "problem", "sha256"},
    "practice.archivepart": {"table", "sha256", "fingerprint"},
    "clients.partner": {"hours", "time_zone"},
    "clients.consent": {"version"},
    "clients.recorddecision": {"passage", "text_digest"},
    "assessments.answers": {"audience"},
    "assessments.answersheet": {"instrument", "content_hash", "sitting"},
    "assessments.sheetscores": {"instrument", "content_hash", "scorer_version", "scores", "joint_scores", "quality"}
    | {"parameters", "verdict"},
    "assessments.measurementparameters": {"instrument", "version", "sd", "reliability"},
    "assessments.assignment": {"instrument", "content_hash", "sitting"},
    "assessments.safetyflag": {"rule"},
    "assessments.importedinstrument": {"identifier", "version", "content_hash", "source", "licence_holder"}
    | {"licence_reference", "confirmed_by", "allowed_modes"},
    "assessments.repairplan": {"template", "content_hash", "active_step"},
    "assessments.activity": {"template", "dose"},
    "assessments.planchange": {"detail"},
    "assessments.goal": {"domain"},
    "assessments.sessionrating": {"stages", "engagement"},
    "assessments.weekreport": {"entries", "requests"},
    "assessments.jointreport": {"content"},
    "assessments.statisticsrow": {"quarter", "outcome", "intake", "latest", "change", "check_ins", "adherence"},
    "assessments.statisticsrelease": {"quarter", "content"},
    "assessments.pooledrow": {"quarter"},
    "assessments.pooledrelease": {"quarter", "content", "files"},
}


def texts() -> dict[str, bool]:
    """Every field of a model of ours that holds words, and whether it is encrypted."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return {
        f"{model._meta.label_lower}.{field.name}": isinstance(field, EncryptedTextField)
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.local_fields
        if isinstance(field, kinds) and not field.choices
    }


def private_fields() -> set[str]:
    plain = {f"{model}.{name}" for model, names in PLAIN.items() for name in names}
    return set(texts()) - plain


def found(canaries: Mapping[str, str], artifact: str | bytes) -> set[str]:
    """The names of the canaries that stand in an artifact, also where it is cut into lines or encoded."""
    text = artifact.decode(errors="replace") if isinstance(artifact, bytes) else artifact
    text += "".join(map(_decoded, re.findall(r"[A-Za-z0-9+/=_-]{24,}", text)))
    return {name for name, canary in canaries.items() if canary in text}


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, altchars=b"-_" if re.search("[-_]", text) else None).decode(errors="replace")
    except ValueError:
        return ""


def valkey() -> str:
    """Every key of the tests' database with its value, queued messages of Celery included."""
    client: Any = redis.Redis.from_url(settings.REDIS_URL)
    return "\n".join(f"{key!r} {_value(client, key)}" for key in client.scan_iter(count=1000))


def _value(client: Any, key: bytes) -> str:
    reading = {
        b"string": lambda: client.get(key),
        b"list": lambda: client.lrange(key, 0, -1),
        b"hash": lambda: client.hgetall(key),
        b"set": lambda: client.smembers(key),
        b"zset": lambda: client.zrange(key, 0, -1),
        b"stream": lambda: client.xrange(key),
    }
    return _plain(reading[client.type(key)]())


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, dict):
        return " ".join(_plain(one) for pair in value.items() for one in pair)
    return " ".join(map(_plain, value)) if isinstance(value, Iterable) and not isinstance(value, str) else str(value)


def rows_of_every_table() -> dict[str, str]:
    """All that stands in the database, by table, as a backup would hold it."""
    tables = catalogue(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1"
    )
    return {
        table: json.dumps(as_maintenance(f'SELECT to_jsonb(t) FROM "{table}" t'))
        for (table,) in tables
        if table != "django_migrations"
    }


def files_below(directory: Path) -> str:
    return "\n".join(
        f"{path.name} {path.read_bytes().decode(errors='replace')}" for path in directory.rglob("*") if path.is_file()
    )


def text_of_pdf(content: bytes) -> str:
    """The text of every page, without the breaks that typesetting makes, and what the file says of itself."""
    reader = PdfReader(BytesIO(content))
    pages = "".join(page.extract_text() for page in reader.pages)
    return f"{pages} {re.sub(chr(10), '', pages)} {reader.metadata}"
