"""The titles of safety rules, read and checked once.

Rule that must not break: each rule that can be raised at a partner has a title, and no title is of a rule that is not
there: an id without words, or words beside the wrong id, would be worse than none.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from assessments.instruments import library as instruments
from assessments.instruments.definition import Json
from assessments.plan_templates import library as templates
from practice.content import ContentError, Fault, claims, read_schema, read_yaml, schema_faults, strings

FOLDER = Path(__file__).parent
SCHEMA = FOLDER / "schemas" / "rule-titles-1.yaml"


@lru_cache
def shipped() -> Mapping[str, Mapping[str, str]]:
    """Titles by instrument or plan template, and rule."""
    return parse((FOLDER / "rule-titles-0.1.0.yaml").read_text(encoding="utf-8"))


def parse(text: str) -> Mapping[str, Mapping[str, str]]:
    """The titles in a file. Raises ContentError with every fault."""
    data = read_yaml(text)
    faults = schema_faults(data, read_schema(SCHEMA)) or sorted([*_claims(data), *_rules(data["titles"])])
    if faults:
        raise ContentError(faults)
    return {of: {rule: words["en"] for rule, words in titles.items()} for of, titles in data["titles"].items()}


def title_of(rule: str, *, instrument: str) -> str:
    """The title of a rule that a sheet of an instrument (`id@version`) raised; empty for a practice's own form."""
    own = shipped().get(instrument.partition("@")[0], {})
    return own.get(rule) or shipped()[templates.latest().definition["id"]].get(rule, "")


def named(rule: str, *, instrument: str) -> str:
    """The id of a rule with its title, where it has one."""
    title = title_of(rule, instrument=instrument)
    return f"{rule} {title}" if title else rule


def rules_with_titles() -> dict[str, set[str]]:
    """The rules that are stored on a partner: of the shipped instruments, of those whose text is brought, of plans."""
    known = [*instruments.shipped().values(), *instruments.stubs().values()]
    found: dict[str, set[str]] = {}
    for one in known:
        own = {rule["id"] for rule in one.rules if rule.get("stored_on") != "couple"}
        found[one.id] = found.get(one.id, set()) | own
    for template in templates.shipped().values():
        of = template.definition["id"]
        found[of] = found.get(of, set()) | {rule["id"] for rule in template.barrier_rules}
    return {of: rules for of, rules in found.items() if rules}


def _claims(data: Json) -> Iterator[Fault]:
    for path, text in strings({"titles": data["titles"]}):
        yield from (Fault(path, "ST23", f"{claim!r} is a claim that must not be made.") for claim in claims(text))


def _rules(titles: Mapping[str, Mapping[str, Json]]) -> Iterator[Fault]:
    wanted = {(of, rule) for of, rules in rules_with_titles().items() for rule in rules}
    given = {(of, rule) for of, rules in titles.items() for rule in rules}
    for of, rule in wanted - given:
        yield Fault(f"titles.{of}.{rule}", "RT1", "This rule has no title.")
    for of, rule in given - wanted:
        yield Fault(f"titles.{of}.{rule}", "RT2", "There is no such rule.")
