"""Couples from a CSV file: read, checked whole, looked at, and only then made.

Rule that must not break: nothing is made while there is a fault anywhere, and every fault is named by row and column.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO

from django.utils import timezone

from clients.couples import PartnerDetails, SameAddress, check_couple, create_couples
from clients.models import Couple, CoupleImport, Partner
from practice.errors import InvalidInput
from practice.models import Membership

DETAILS = ("name", "channel", "email", "phone", "hours", "neutral_name")
COLUMNS = ("label", *(f"partner{number}_{name}" for number in (1, 2) for name in DETAILS))
NEEDED = ("label", "partner1_name", "partner2_name")
LONGEST = {"label": 80, "name": 120, "phone": 40, "email": 254, "hours": 40, "neutral_name": 80, "channel": 10}
MOST_ROWS = 10_000
MOST_BYTES = 5_000_000
# What a spreadsheet would run as a formula when the value is exported again.
FORMULA = re.compile(r"[=+\-@\t\r]")
NUMBER = re.compile(r"\+[\d ()/.-]+")
TEMPLATE = (
    ",".join(COLUMNS),
    "Example 1,Dana,email,dana@example.org,,weekdays 09:00-15:00,,Erin,none,,,,",
    "Example 2,Finn,none,,,,,Gil,none,,,,",
)


@dataclass(frozen=True)
class Fault:
    """`row` as a spreadsheet counts, with 1 for the heading; 0 for the file. `column` is empty for the whole row."""

    row: int
    column: str
    detail: str


@dataclass
class Preview:
    """What a file holds; it can be imported when nothing is wrong with it."""

    rows: list[tuple[int, str, Sequence[PartnerDetails]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def couples(self) -> list[tuple[str, Sequence[PartnerDetails]]]:
        return [(label, partners) for _, label, partners in self.rows]


def template() -> bytes:
    """A file to begin with. It opens in a spreadsheet with its letters right."""
    return ("\ufeff" + "\r\n".join(TEMPLATE) + "\r\n").encode()


def text_of(data: bytes) -> str:
    """The text of an uploaded file, with or without the mark of UTF-8. Raises InvalidInput."""
    if len(data) > MOST_BYTES:
        raise InvalidInput(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it.", code="too_large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        told = "The file is not in UTF-8. Save it again as “CSV UTF-8”."
        raise InvalidInput(told, code="encoding") from error
    if "\0" in text:
        raise InvalidInput("The file is not in UTF-8. Save it again as “CSV UTF-8”.", code="encoding")
    return text


def preview(text: str, *, membership: Membership) -> Preview:
    """Every row as a couple, and every fault. Two rows that are the same couple, or one that is there, are faults."""
    found = Preview()
    try:
        lines = _lines(text)
    except csv.Error as error:
        return Preview(faults=[Fault(0, "", f"The file cannot be read as CSV: {error}.")])
    heading = [name.strip().lower() for name in lines[0][1]] if lines else []
    found.faults = list(_heading_faults(heading))
    if len(lines) - 1 > MOST_ROWS:
        found.faults.append(Fault(0, "", f"There are more than {MOST_ROWS} rows. Split the file."))
    if len(lines) == 1:
        found.faults.append(Fault(0, "", "There is no row under the heading."))
    if found.faults:
        return found
    for number, cells in lines[1:]:
        _read_row(found, number, heading, cells)
    found.faults += _duplicates(found.rows, membership)
    found.faults.sort(key=lambda one: one.row)
    return found


def keep_file(text: str, *, membership: Membership) -> None:
    """Hold a file until it is confirmed; an earlier one of the same member is given up."""
    give_up(membership)
    CoupleImport.objects.create(member=membership, content=text, uploaded_at=timezone.now())


def kept_file(membership: Membership) -> str | None:
    found = CoupleImport.objects.filter(member=membership).first()
    return found.content if found else None


def give_up(membership: Membership) -> None:
    CoupleImport.objects.filter(member=membership).delete()


def import_couples(*, membership: Membership) -> int:
    """Make the couples of the file that is held; how many. It is checked again. Raises InvalidInput."""
    text = kept_file(membership)
    if text is None:
        raise InvalidInput("There is no file to import any more. Upload it again.", code="no_file")
    found = preview(text, membership=membership)
    if found.faults:
        raise InvalidInput("Something changed since you looked: not every row fits any more.", code="faults")
    made = create_couples(found.couples, therapist=membership)
    give_up(membership)
    return len(made)


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """The rows that hold something, by the number of the line they begin on. Raises csv.Error."""
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    result, begins = [], 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            result.append((begins, cells))
        begins = reader.line_num + 1
    return result


def _heading_faults(heading: list[str]) -> Iterator[Fault]:
    for name in NEEDED:
        if name not in heading:
            yield Fault(1, name, "This column is missing.")
    for name in dict.fromkeys(heading):
        if name not in COLUMNS:
            yield Fault(1, name[:80], "There is no such column. Use the names of the template.")
        elif heading.count(name) > 1:
            yield Fault(1, name, "This column is there twice.")


def _read_row(found: Preview, number: int, heading: list[str], cells: list[str]) -> None:
    if len(cells) > len(heading):
        found.faults.append(Fault(number, "", "There are more cells than columns. Put texts with a comma in quotes."))
        return
    given = dict.fromkeys(COLUMNS, "") | {name: cell.strip() for name, cell in zip(heading, cells, strict=False)}
    label, partners = given["label"], [_partner(given, one) for one in (1, 2)]
    faults = [*_cell_faults(number, given), *_couple_faults(number, label, partners)]
    found.faults += faults
    if not faults:
        found.rows.append((number, label, partners))


def _partner(given: dict[str, str], number: int) -> PartnerDetails:
    own = {name: given[f"partner{number}_{name}"] for name in DETAILS}
    return PartnerDetails(**{**own, "channel": own["channel"].lower() or Partner.Channel.NONE})


def _cell_faults(number: int, given: dict[str, str]) -> Iterator[Fault]:
    for column, cell in given.items():
        kind = column.partition("_")[2] or column
        if len(cell) > LONGEST[kind]:
            yield Fault(number, column, f"Shorten this to {LONGEST[kind]} characters.")
        if FORMULA.match(cell) and not (kind == "phone" and NUMBER.fullmatch(cell)):
            yield Fault(number, column, "This begins like a formula. Take away the sign in front.")
        if any(ord(sign) < 32 for sign in cell):
            yield Fault(number, column, "There is a line break or another sign that cannot be seen. Take it away.")


def _couple_faults(number: int, label: str, partners: Sequence[PartnerDetails]) -> Iterator[Fault]:
    try:
        check_couple(label, partners)
    except SameAddress as error:
        yield Fault(number, "partner2_email", str(error))
    except InvalidInput as error:
        for one in error.faults:
            yield Fault(number, _column(one["field"]), one["detail"])


def _column(path: str) -> str:
    """`partners[0].safe_contact.channel`, as the domain names it, to `partner1_channel`."""
    if not path.startswith("partners["):
        return path
    return f"partner{int(path.removeprefix('partners[')[0]) + 1}_{path.rpartition('.')[2]}"


def _duplicates(rows: list[tuple[int, str, Sequence[PartnerDetails]]], membership: Membership) -> Iterator[Fault]:
    seen: dict[tuple[str, ...], int] = {}
    there = _those_there({label for _, label, _ in rows}, membership)
    for number, label, partners in rows:
        key = _key(label, [one.name for one in partners])
        if key in there:
            yield Fault(number, "label", "You have this couple already. Take the row out.")
        if key in seen:
            yield Fault(number, "label", f"This is the couple of row {seen[key]} again. Take one of them out.")
        seen.setdefault(key, number)


def _those_there(labels: set[str], membership: Membership) -> set[tuple[str, ...]]:
    alike = Couple.objects.filter(therapist=membership, label__in=labels)
    names: dict[Couple, list[str]] = {}
    for partner in Partner.objects.filter(couple__in=alike).select_related("couple"):
        names.setdefault(partner.couple, []).append(partner.name)
    return {_key(couple.label, both) for couple, both in names.items()}


def _key(label: str, names: Sequence[str]) -> tuple[str, ...]:
    return (label.strip().casefold(), *sorted(name.strip().casefold() for name in names))
