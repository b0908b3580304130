"""What an instrument is once its file has been read, checked and resolved.

Owns the lines of an instrument and the one translation between an answer as people and the API
give it and the small number that is stored. Rule that must not break: a stored code is negative,
a raw answer never is, so the two cannot be taken for each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

NOT_APPLICABLE = -1
DECLINED = -2
STATES: Mapping[str, int] = {"not_applicable": NOT_APPLICABLE, "declined": DECLINED}
WORDS: Mapping[int, str] = {code: word for word, code in STATES.items()}

AUDIENCES = ("joint_ok", "therapist_only", "confidential")
WHOLE = "one_sitting"
CONTEXT = "context"

Json = dict[str, Any]


class AnswerFault(Exception):
    """An answer that the line does not allow. `code` is stable, `line` is the id as it was given."""

    def __init__(self, line: str, code: str, message: str) -> None:
        super().__init__(f"{line}: {message}")
        self.line = line
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Option:
    value: int
    label: str


@dataclass(frozen=True)
class Line:
    """One item asked in one direction, or one option of the context checklist (values 0 and 1)."""

    id: str
    direction: str
    item: str
    domain: str
    section: str
    text: str
    audience: str
    scale: tuple[Option, ...]
    codes: frozenset[str]
    reverse: bool
    safety_relevant: bool
    index: int
    position: int

    @cached_property
    def lowest(self) -> int:
        return min(option.value for option in self.scale)

    @cached_property
    def highest(self) -> int:
        return max(option.value for option in self.scale)


@dataclass(frozen=True, eq=False)
class Instrument:
    """One version of an instrument. `definition` is resolved and must not be changed."""

    definition: Json
    lines: tuple[Line, ...]
    by_id: Mapping[str, Line] = field(repr=False)
    content_hash: str

    @property
    def id(self) -> str:
        return str(self.definition["id"])

    @property
    def version(self) -> str:
        return str(self.definition["version"])

    @property
    def ref(self) -> str:
        return f"{self.id}@{self.version}"

    @property
    def status(self) -> str:
        return str(self.definition["status"])

    @property
    def language(self) -> str:
        return str(self.definition["language"])

    @property
    def is_stub(self) -> bool:
        return is_stub(self.definition)

    def words(self, texts: Mapping[str, str]) -> str:
        """The text in the language of this file."""
        return texts[self.language]

    @property
    def title(self) -> str:
        return self.words(self.definition["title"])

    @property
    def client_title(self) -> str:
        return self.words(self.definition["client_title"])

    @property
    def instructions(self) -> str:
        return self.words(self.definition["instructions"])

    @property
    def recall(self) -> Json:
        return dict(self.definition["recall"])

    @property
    def basis(self) -> dict[str, str]:
        """What every number and band of this version must be shown with."""
        return {"status": self.status, "note": self.words(self.definition["bands"]["note"])}

    @cached_property
    def scores(self) -> dict[str, Json]:
        return {score["id"]: score for score in self.definition["scoring"]["scores"]}

    @cached_property
    def primary_score(self) -> str:
        return next(score_id for score_id, score in self.scores.items() if score.get("primary"))

    @cached_property
    def domains(self) -> dict[str, Json]:
        return {domain["id"]: domain for domain in self.definition["domains"]}

    @cached_property
    def items(self) -> dict[str, Json]:
        return {item["id"]: item for item in self.definition["items"]}

    @property
    def directions(self) -> dict[str, Json]:
        return dict(self.definition.get("directions", {}))

    @property
    def sections(self) -> list[Json]:
        return sections_of(self.definition)

    @property
    def sittings(self) -> list[Json]:
        """The ways of giving this instrument; the first is the default."""
        whole = {"id": WHOLE, "sections": [section["id"] for section in self.sections]}
        return list(self.definition.get("sittings") or [whole])

    @property
    def rules(self) -> list[Json]:
        return list(self.definition["safety_rules"])

    @property
    def actions(self) -> dict[str, list[str]]:
        return dict(self.definition.get("safety_actions", {}))

    @property
    def dyadic(self) -> list[Json]:
        return list(self.definition["scoring"].get("dyadic", []))

    @property
    def pairing(self) -> Json | None:
        found: Json | None = self.definition["scoring"].get("pairing")
        return found

    @property
    def joint_report(self) -> Json | None:
        return self.definition.get("joint_report")

    @property
    def bands(self) -> list[Json]:
        return list(self.definition["bands"]["cut"])

    @property
    def gap_bands(self) -> list[Json]:
        return list(self.definition["bands"].get("gap_abs", []))

    @property
    def measurement(self) -> Json | None:
        return self.definition.get("measurement")

    @property
    def is_check_in(self) -> bool:
        """Whether it is the short form of every week: change is told from the first one answered."""
        return (self.measurement or {}).get("baseline") == "first_scored_check_in"

    @property
    def context_checklist(self) -> Json | None:
        return self.definition.get("context_checklist")

    def notes_for(self, line: Line) -> list[str]:
        """What the therapist reads beside this line, and nobody else."""
        return [
            self.words(note["text"])
            for note in self.definition.get("therapist_notes", [])
            if line.item in note["items"] and line.direction in note["directions"]
        ]

    def lines_given(self, sitting: str | None = None, *, safety_lines: bool) -> tuple[Line, ...]:
        """The lines of a form, in the order they are asked. Without safety lines nothing safety-relevant is asked.

        `sitting` is an id of `sittings`; None is the first. Raises KeyError for an unknown one.
        """
        sections = self._sections_in(sitting)
        return tuple(
            line for line in self.lines if line.section in sections and (safety_lines or not line.safety_relevant)
        )

    def _sections_in(self, sitting: str | None) -> frozenset[str]:
        by_id = {entry["id"]: entry for entry in self.sittings}
        entry = by_id[self.sittings[0]["id"] if sitting is None else sitting]
        parts = entry.get("parts") or [entry["sections"]]
        return frozenset(section for part in parts for section in part)

    def encode(self, line_id: str, value: object) -> int | None:
        """The stored number of an answer as it was given: a whole number, a state word, or None for blank.

        Raises AnswerFault `unknown_line` or `value_not_allowed`.
        """
        line = self.by_id.get(line_id)
        if line is None:
            raise AnswerFault(line_id, "unknown_line", "This form has no such line.")
        if value is None:
            return None
        if isinstance(value, str) and value in line.codes:
            return STATES[value]
        if type(value) is int and any(option.value == value for option in line.scale):
            return value
        raise AnswerFault(line_id, "value_not_allowed", "This line does not allow this answer.")

    def decode(self, line_id: str, stored: int | None) -> int | str | None:
        """The answer behind a stored number: the inverse of `encode`."""
        if line_id not in self.by_id:
            raise AnswerFault(line_id, "unknown_line", "This form has no such line.")
        return stored if stored is None else WORDS.get(stored, stored)

    def expand(self, answers: Mapping[str, object]) -> dict[str, int | None]:
        """Answers by line, encoded, with the context checklist spread over its option lines.

        The checklist takes the list of chosen codes; an empty list or None clears it. Raises AnswerFault:
        those of `encode`, `unknown_option`, and `exclusive_option` when an exclusive option is not alone.
        """
        encoded: dict[str, int | None] = {}
        for line_id, value in answers.items():
            if self.context_checklist and line_id == f"{CONTEXT}.{self.context_checklist['id']}":
                encoded.update(self._checklist(line_id, self.context_checklist["options"], value))
            elif line_id.startswith(f"{CONTEXT}."):
                # An option on its own would get around the exclusive one.
                raise AnswerFault(line_id, "unknown_line", "This form has no such line.")
            else:
                encoded[line_id] = self.encode(line_id, value)
        return encoded

    @staticmethod
    def _checklist(line_id: str, options: list[Json], value: object) -> Iterator[tuple[str, int | None]]:
        if value is not None and not (isinstance(value, list) and all(isinstance(code, str) for code in value)):
            raise AnswerFault(line_id, "value_not_allowed", "This line takes a list of codes.")
        chosen = set(value or ())
        if chosen - {option["code"] for option in options}:
            raise AnswerFault(line_id, "unknown_option", "This line has no such option.")
        if len(chosen) > 1 and any(option["code"] in chosen and option.get("exclusive") for option in options):
            raise AnswerFault(line_id, "exclusive_option", "This option cannot be chosen together with others.")
        for option in options:
            yield f"{line_id}.{option['code']}", int(option["code"] in chosen) if chosen else None


def is_stub(definition: Json) -> bool:
    """Whether the file holds keys and cut-offs only, and its text has to come with a practice's own licence."""
    return bool(definition["license"].get("bundle") == "own_licence_only")


def sections_of(definition: Json) -> list[Json]:
    """The pages in order; a file without any is one page of all its items."""
    return list(definition.get("sections") or [{"id": "all", "items": [item["id"] for item in definition["items"]]}])
