"""What is in an archive: each table that its role may read, with its columns, and which of them are encrypted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from practice.database.grants.archive import ARCHIVED
from practice.encryption import EncryptedTextField

FORMAT = 1
# What another installation makes for itself, or must not get.
LEFT_OUT: Mapping[str, Any] = {
    "clients_linkkey": _("Links that partners hold: they open nothing elsewhere. Send new ones."),
    "clients_partnersession": _("What partners' browsers hold after opening a link."),
    "practice_apitoken": _("Tokens of programs. Make new ones."),
    "practice_calendarfeed": _("Secret addresses of calendars. Make new ones."),
    "practice_idempotencyrecord": _("Answers kept for a repeat of the same call."),
    "practice_download": _("Offers of files, which last ten minutes."),
    "practice_archive": _("What is known of archives, this one included."),
    "practice_archivepart": _("The parts of archives."),
    "clients_coupleimport": _("Files of couples that somebody is looking at; they last a day."),
    "assessments_pooledrow": _("Rows of statistics across practices; they are gone when a release is made."),
    "practice_pooledoptin": _("Whether the practice takes part in statistics across practices: decide it anew."),
    "assessments_statisticsrow": _("Rows that statistics are counted from; they are drawn anew each night."),
}
# Of the outbox goes along what is still to be done. Said so that the index of what is due in all practices, which has
# done_at IS NULL in its condition, is not the one that is read.
ONLY = {"practice_outboxmessage": "coalesce(done_at, 'infinity') = 'infinity'"}

# Gives a text in place of another; the second argument is where it stands, as practice.encryption names places.
Change = Callable[[str, str], str]


@dataclass(frozen=True)
class Table:
    """`sealed` are the positions of encrypted columns, `within` those of JSON with encrypted texts inside."""

    name: str
    columns: tuple[str, ...]
    sealed: tuple[int, ...]
    within: Mapping[int, Callable[[Any, str, Change], Any]]

    @property
    def is_changed(self) -> bool:
        return bool(self.sealed or self.within)

    @property
    def id_at(self) -> int:
        return self.columns.index("id")

    def rows_of(self, practice_id: object) -> sql.Composed:
        """The condition for the rows of one practice."""
        key = sql.Identifier("id" if self.name == "practice_practice" else "practice_id")
        more = sql.SQL(f" AND {ONLY[self.name]}" if self.name in ONLY else "")
        return sql.SQL("{} = {}{}").format(key, sql.Literal(practice_id), more)

    def listed(self) -> sql.Composed:
        return sql.SQL(", ").join(map(sql.Identifier, self.columns))


@cache
def tables() -> tuple[Table, ...]:
    """In an order in which they can be written."""
    models = {model._meta.db_table: model for model in apps.get_models()}
    return tuple(_table(models[name]) for name in ARCHIVED)


def _table(model: Any) -> Table:
    fields = model._meta.concrete_fields
    name = model._meta.db_table
    inside = {
        key.rpartition(".")[2]: path for key, path in settings.SEALED_WITHIN.items() if key.startswith(f"{name}.")
    }
    return Table(
        name=name,
        columns=tuple(field.column for field in fields),
        sealed=tuple(at for at, field in enumerate(fields) if isinstance(field, EncryptedTextField)),
        within={at: import_string(inside[one.column]) for at, one in enumerate(fields) if one.column in inside},
    )
