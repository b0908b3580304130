"""docs/privacy.md says which role can read which table, and this is what the grants say."""

import re
from pathlib import Path

from practice.database import grants
from practice.database.grants.rule import OWNERS_OF_FUNCTIONS, RUNTIME

PAGE = (Path(__file__).parent.parent.parent / "docs/privacy.md").read_text()


def readers(table: str) -> str:
    rules = grants.rules()
    named = []
    for role in (*RUNTIME, *OWNERS_OF_FUNCTIONS):
        held = [rule for rule in rules if (rule.role, rule.table, rule.verb) == (role, table, "SELECT")]
        if held:
            named.append(role.removeprefix("attune_") + ("*" if all(rule.columns for rule in held) else ""))
    return ", ".join(named) or "nobody"


def test_the_page_names_the_readers_of_every_table() -> None:
    written = {table: readers.strip() for table, readers in re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", PAGE, re.M)}
    tables = {rule.table for rule in grants.rules()}
    assert written == {table: readers(table) for table in tables}


def test_the_page_is_found_from_the_first_pages() -> None:
    root = Path(__file__).parent.parent.parent
    assert "docs/privacy.md" in (root / "README.md").read_text()
    assert "(privacy.md)" in (root / "docs/architecture.md").read_text()
