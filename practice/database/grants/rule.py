"""One rule of the list, the roles it can name, and the rows that several of them share."""

from dataclasses import dataclass

GATE, STAFF, PARTNER, SCORING = ("attune_gate", "attune_staff", "attune_partner", "attune_scoring")
REPORT, WORKER, MEASUREMENT = "attune_report", "attune_worker", "attune_measurement"
STATISTICS, POOL, ARCHIVE, RETENTION = "attune_statistics", "attune_pool", "attune_archive", "attune_retention"
AUDIT, DEFINER, ERASER = "attune_audit", "attune_definer", "attune_eraser"
RUNTIME = (GATE, STAFF, PARTNER, SCORING, REPORT, WORKER, MEASUREMENT, STATISTICS, POOL, ARCHIVE, RETENTION, AUDIT)
# No logins and taken by nobody: functions run as them.
OWNERS_OF_FUNCTIONS = (DEFINER, ERASER)


@dataclass(frozen=True)
class Allow:
    """One verb for one role. No columns means all; `check` is for new rows, as `rows` if left out."""

    role: str
    table: str
    verb: str
    rows: str
    columns: tuple[str, ...] = ()
    check: str = ""


def allow(role: str, table: str, verbs: str, rows: str, *columns: str, check: str = "") -> list[Allow]:
    return [Allow(role, table, verb, rows, columns, check) for verb in verbs.split()]
