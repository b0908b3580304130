"""Other practices on the same database: rows copied in bulk from one couple, under other ids."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from benchmarks import _raw

CHECK_INS = 12
SHEETS_A_COUPLE = 2 * CHECK_INS
# Every id is made of what it belongs to, so that the next statement can name it.
ID = "md5(concat_ws('/', {parts}))::uuid"
COUPLES = """
  FROM generate_series(1, %(practices)s) AS p, generate_series(1, %(couples)s) AS c
"""
PRACTICE = ID.format(parts="'practice', p")
COUPLE = ID.format(parts="'couple', p, c")
PARTNER = ID.format(parts="'partner', p, c, position")
ASSIGNMENT = ID.format(parts="'assignment', p, c")
WAVE = ID.format(parts="'wave', p, c, w")
SHEET = ID.format(parts="'sheet', p, c, w, position")
PARTNERS = f"{COUPLES}, generate_series(1, 2) AS position"
WAVES = f"{COUPLES}, generate_series(1, {CHECK_INS}) AS w"
SHEETS = f"{WAVES}, generate_series(1, 2) AS position"
OPENS = "now() - make_interval(weeks => w::int)"
# Which row of each table is copied, where it does not name the couple.
MODELS = {
    "practice_practice": "true",
    "clients_couple": "one.id = %(like)s",
    "assessments_sheetscores": (
        "one.sheet_id IN (SELECT sheet.id FROM assessments_answersheet AS sheet WHERE sheet.couple_id = %(like)s)"
    ),
}
PRACTICES = " FROM generate_series(1, %(practices)s) AS p"
ROWS: list[tuple[str, str, dict[str, str]]] = [
    ("practice_practice", PRACTICES, {"id": PRACTICE, "slug": "'beside-' || p"}),
    ("clients_couple", COUPLES, {"id": COUPLE, "therapist_id": "NULL"}),
    ("clients_partner", PARTNERS, {"id": PARTNER, "couple_id": COUPLE, "position": "position"}),
    ("assessments_assignment", COUPLES, {"id": ASSIGNMENT, "couple_id": COUPLE}),
    (
        "assessments_wave",
        WAVES,
        {
            "id": WAVE,
            "couple_id": COUPLE,
            "assignment_id": ASSIGNMENT,
            "number": "w",
            "opens_at": OPENS,
            "closes_at": "now()",
        },
    ),
    (
        "assessments_answersheet",
        SHEETS,
        {
            "id": SHEET,
            "couple_id": COUPLE,
            "wave_id": WAVE,
            "partner_id": PARTNER,
            "opens_at": OPENS,
            "closes_at": "now()",
        },
    ),
    ("assessments_sheetscores", SHEETS, {"id": SHEET, "sheet_id": SHEET, "partner_id": PARTNER}),
]


@contextmanager
def practices_beside(count: int, *, sheets: int, like: UUID) -> Iterator[int]:
    """So many practices that hold so many sheets together, copied from the couple `like`; gone afterwards.

    Gives how many sheets there are. The copied texts cannot be decrypted there: nobody reads them.
    """
    couples = max(1, round(sheets / SHEETS_A_COUPLE / count))
    given = {"practices": count, "couples": couples, "like": like}
    with _raw.connect() as owner:
        for table, source, own in ROWS:
            owner.execute(_copy(table, source, own), given)
    _raw.vacuum()
    yield count * couples * SHEETS_A_COUPLE
    with _raw.connect() as owner:
        for table, _, _ in reversed(ROWS):
            named = "id" if table == "practice_practice" else "practice_id"
            owner.execute(f"DELETE FROM {table} USING generate_series(1, %(practices)s) AS p "
                          f"WHERE {named} = {PRACTICE}", given)  # fmt: skip
    _raw.vacuum()


def _copy(table: str, source: str, own: dict[str, str]) -> Any:
    within = {} if table == "practice_practice" else {"practice_id": PRACTICE}
    pairs = ", ".join(f"'{column}', {value}" for column, value in (within | own).items())
    first = f"SELECT one FROM {table} AS one WHERE {MODELS.get(table, 'one.couple_id = %(like)s')} LIMIT 1"
    return f"INSERT INTO {table} SELECT (jsonb_populate_record(({first}), jsonb_build_object({pairs}))).* {source}"
