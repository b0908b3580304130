"""Other practices on the same database: rows copied in bulk from one couple, under other ids."""

from typing import Any
from uuid import UUID

from benchmarks import _raw

CHECK_INS = 12
SHEETS_A_COUPLE = 2 * CHECK_INS
# Every id is made of what it belongs to, so that the next statement can name it.
ID = "md5(concat_ws('/', {parts}))::uuid"
COUPLES = """
  generate_series(1, %(practices)s) AS p, generate_series(1, %(couples)s) AS c
"""
PRACTICE = ID.format(parts="'practice', %(practices)s, p")
COUPLE = ID.format(parts="'couple', %(practices)s, p, c")
PARTNER = ID.format(parts="'partner', %(practices)s, p, c, place")
ASSIGNMENT = ID.format(parts="'assignment', %(practices)s, p, c")
WAVE = ID.format(parts="'wave', %(practices)s, p, c, w")
SHEET = ID.format(parts="'sheet', %(practices)s, p, c, w, place")
PARTNERS = f"{COUPLES}, generate_series(1, 2) AS place"
WAVES = f"{COUPLES}, generate_series(1, {CHECK_INS}) AS w"
SHEETS = f"{WAVES}, generate_series(1, 2) AS place"
OPENS = "now() - make_interval(weeks => w::int)"
# Which row of each table is copied, where it does not name the couple.
MODELS = {
    "practice_practice": "true",
    "clients_couple": "one.id = %(like)s",
    "assessments_sheetscores": (
        "one.sheet_id IN (SELECT sheet.id FROM assessments_answersheet AS sheet WHERE sheet.couple_id = %(like)s)"
    ),
}
PRACTICES = "generate_series(1, %(practices)s) AS p"
ROWS: list[tuple[str, str, dict[str, str]]] = [
    ("practice_practice", PRACTICES, {"id": PRACTICE, "slug": "concat_ws('-', 'beside', %(practices)s, p)"}),
    ("clients_couple", COUPLES, {"id": COUPLE, "therapist_id": "NULL"}),
    ("clients_partner", PARTNERS, {"id": PARTNER, "couple_id": COUPLE, "position": "place"}),
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


def add_practices(count: int, *, sheets: int, like: UUID) -> int:
    """So many practices more that hold so many sheets together, copied from the couple `like`; once for each count.

    Gives how many sheets they hold. The copied texts cannot be decrypted there: nobody reads them.
    """
    couples = max(1, round(sheets / SHEETS_A_COUPLE / count))
    with _raw.connect() as owner:
        for table, source, own in ROWS:
            owner.execute(_copy(owner, table, source, own), {"practices": count, "couples": couples, "like": like})
    _raw.vacuum()
    return count * couples * SHEETS_A_COUPLE


def _copy(owner: Any, table: str, source: str, own: dict[str, str]) -> Any:
    within = {} if table == "practice_practice" else {"practice_id": PRACTICE}
    columns = [column.name for column in owner.execute(f"SELECT * FROM {table} LIMIT 0").description]
    values = ", ".join((within | own).get(name, f'one."{name}"') for name in columns)
    first = f"SELECT * FROM {table} AS one WHERE {MODELS.get(table, 'one.couple_id = %(like)s')} LIMIT 1"
    return f"INSERT INTO {table} SELECT {values} FROM ({first}) AS one, {source}"
