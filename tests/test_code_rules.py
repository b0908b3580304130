"""Shapes of code that this product does not contain, because each has let rows of one customer reach another.

Each rule has a sample that it must find.
"""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PRODUCT = [path for app in ("practice", "clients", "assessments", "api") for path in (ROOT / app).rglob("*.py")]
SQL_FILES = [path for app in ("practice", "clients", "assessments") for path in (ROOT / app).rglob("*.sql")]
# Where SQL is written by hand: the engine, and the calls of the functions that partners write answers through.
WITH_CURSOR = {
    "api/idempotency.py", "assessments/answers.py", "assessments/archived_forms.py", "assessments/erased.py",
    "assessments/erasing.py",
    "assessments/intentions.py",
    "assessments/joint_reading.py",
    "assessments/own_results.py", "assessments/safety.py", "assessments/sheets.py",
    "assessments/statistics/histories.py",
    "assessments/weeks.py",
    "clients/own_page.py",
    "clients/reminders.py", "practice/audit.py", "practice/practices.py", "practice/views.py",
}  # fmt: skip

Rule = Callable[[ast.AST], bool]
SET_FOR_SESSION = re.compile(
    r"^\s*SET\s+(SESSION\s+)?(ROLE|AUTHORIZATION)\b"
    r"|^\s*SET\s+(?!LOCAL\b|CONSTRAINTS\b)[\w.]+(\s+[\w.]+)?\s*(=|TO\b)"
    r"|set_config\([^)]*,\s*false\s*\)",
    re.IGNORECASE,
)


def name_of(node: ast.AST) -> str:
    """`a.b.c` of a name or an attribute; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def called(node: ast.AST) -> str:
    return name_of(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""


def literal(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def streams(node: ast.AST) -> bool:
    return called(node) == "StreamingHttpResponse"


def is_async(node: ast.AST) -> bool:
    return isinstance(node, ast.AsyncFunctionDef) or called(node) in {"sync_to_async", "async_to_sync"}


def starts_a_thread(node: ast.AST) -> bool:
    return called(node) in {"Thread", "ThreadPoolExecutor", "ProcessPoolExecutor"}


def sets_for_the_session(node: ast.AST) -> bool:
    return bool(SET_FOR_SESSION.search(literal(node)))


def rings_before_it_is_written(node: ast.AST) -> bool:
    """A task started from on_commit is lost with the process between commit and broker; the outbox is not."""
    return called(node) == "on_commit" and any(called(inner) in {"delay", "apply_async"} for inner in ast.walk(node))


def trusts_markup(node: ast.AST) -> bool:
    return called(node) in {"mark_safe", "SafeString", "html_safe"}


def asks_in_raw_sql(node: ast.AST) -> bool:
    return called(node) in {"raw", "RawSQL", "extra"} and not name_of(getattr(node, "func", node)).startswith("self")


def opens_a_cursor(node: ast.AST) -> bool:
    return called(node) == "cursor"


def leaves_the_connection(node: ast.AST) -> bool:
    return called(node) == "using" and not (
        isinstance(node, ast.Call) and all(name_of(one) == "OWNER" for one in node.args)
    )


def shares_a_unique_key(node: ast.AST) -> bool:
    """auto many-to-many and one-to-one tables know no practice."""
    return called(node) in {"ManyToManyField", "OneToOneField"}


def decodes_objects(node: ast.AST) -> bool:
    return name_of(getattr(node, "func", ast.Pass())) in {"pickle.loads", "pickle.load", "marshal.loads"}


EVERYWHERE: dict[Rule, str] = {
    streams: "StreamingHttpResponse(rows)",
    is_async: "async def view(request): ...",
    starts_a_thread: "Thread(target=work)",
    sets_for_the_session: "cursor.execute('SET app.context = 1')",
    rings_before_it_is_written: "on_commit(lambda: ring.delay(1))",
    trusts_markup: "mark_safe(text)",
    asks_in_raw_sql: "Couple.objects.raw('SELECT 1')",
    leaves_the_connection: "Couple.objects.using('owner')",
    shares_a_unique_key: "models.OneToOneField(Couple)",
    decodes_objects: "pickle.loads(body)",
}
MORE_SAMPLES = [
    (sets_for_the_session, "cursor.execute(\"SELECT set_config('role', %s, false)\")"),
    (sets_for_the_session, "cursor.execute('SET ROLE attune_staff')"),
    (sets_for_the_session, "cursor.execute(f'SET SESSION AUTHORIZATION {name}')"),
    (is_async, "sync_to_async(view)"),
    (
        rings_before_it_is_written,
        "transaction.on_commit(partial(task.apply_async, x)) or on_commit(lambda: t.apply_async())",
    ),
    (asks_in_raw_sql, "Couple.objects.extra(where=['1=1'])"),
    (asks_in_raw_sql, "RawSQL('1', [])"),
    (opens_a_cursor, "with connection.cursor() as cursor: pass"),
]
# The doorbell itself: what it rings for is in the outbox, which is swept.
ALLOWED: dict[Rule, set[str]] = {
    rings_before_it_is_written: {"practice/outbox.py"},
    leaves_the_connection: {"practice/tenancy.py"},
}


@cache
def parsed(source: str) -> ast.Module:
    return ast.parse(source)


def found(rule: Rule, source: str) -> bool:
    return any(rule(node) for node in ast.walk(parsed(source)))


def files() -> Iterator[tuple[str, str]]:
    for path in PRODUCT:
        yield path.relative_to(ROOT).as_posix(), path.read_text()


@pytest.mark.parametrize("rule", EVERYWHERE, ids=lambda rule: rule.__name__)
def test_product_does_not_do_it(rule: Rule) -> None:
    assert [name for name, source in files() if name not in ALLOWED.get(rule, ()) and found(rule, source)] == []


@pytest.mark.parametrize(("rule", "sample"), [*EVERYWHERE.items(), *MORE_SAMPLES])
def test_rule_finds_its_sample(rule: Rule, sample: str) -> None:
    assert found(rule, sample)


def test_cursors_are_opened_in_known_places_only() -> None:
    opening = {name for name, source in files() if found(opens_a_cursor, source)}
    assert {name for name in opening if not name.startswith("practice/database/")} <= WITH_CURSOR


def migrates_data(node: ast.AST) -> bool:
    return called(node) in {"RunPython", "RunSQL"}


def test_migrations_touch_no_rows() -> None:
    """As the owner they would see none and say nothing. One that must change rows becomes maintenance and counts."""
    assert [name for name, source in files() if "/migrations/" in name and found(migrates_data, source)] == []
    assert found(migrates_data, "migrations.RunPython(fill)")


def creates_a_plain_table(tree: ast.AST) -> list[str]:
    """Models with a practice that a migration creates without the tenant operation or row security."""
    secured = {arg.value for node in ast.walk(tree) if called(node) == "SecureRows" for arg in node.args}  # type: ignore[attr-defined]
    return [
        keyword.value.value
        for node in ast.walk(tree)
        if called(node) == "CreateModel" and "practice_id" in ast.dump(node)
        for keyword in node.keywords  # type: ignore[attr-defined]
        if keyword.arg == "name" and not any(name.endswith(keyword.value.value.lower()) for name in secured)
    ]


def test_migration_that_creates_a_table_secures_its_rows() -> None:
    found_in = {
        name: plain
        for name, source in files()
        if "/migrations/" in name and (plain := creates_a_plain_table(parsed(source)))
    }
    assert found_in == {}


def test_migration_that_forgets_row_security_is_found() -> None:
    sample = "migrations.CreateModel(name='Note', fields=[('practice_id', models.UUIDField())])"
    assert creates_a_plain_table(ast.parse(sample)) == ["Note"]


FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\S+?)\((?:.|\n)*?\nLANGUAGE ([^$]*)AS")


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: path.name)
def test_function_pins_its_search_path(path: Path) -> None:
    heads = FUNCTION.findall(path.read_text())
    loose = [name for name, head in heads if "SET search_path = pg_catalog, pg_temp" not in head]
    assert loose == []
    assert len(heads) == path.read_text().count("CREATE OR REPLACE FUNCTION")
