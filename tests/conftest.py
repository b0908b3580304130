"""What tests share. A module that needs the database says `pytestmark = pytest.mark.database`.

Such a test runs in real transactions against a database that `prepare_database` made fit to serve, with tenancy on:
its body is outside any transaction, as a request is before the middleware, and opens a scope by `as_staff(alice)`,
`as_partner(dana)` or `as_worker(practice)` (tests/factories.py). Tables are emptied and the cache is flushed after
each test. Every statement on "default" must name its practice (tests/statements.py). "owner" is the owner's own
connection, for set-up (`as_maintenance`) and for taking protections away.

People            alice (therapist), bob (colleague), olive (owner), sue (supervisor), adam (admin) of `practice`;
                  mallory (therapist) of `other_practice`. Each is a Membership; the password is factories.PASSWORD.
Couples           couple, with dana and erin, of alice; other_couple, with trudy and walter, of mallory.
Signed-in clients client_of(membership), partner_client(sheet) in tests/factories.py; `client` is nobody's.
smtp              a real SMTP server that mail goes to while the fixture is in use; `.messages` is what it received.
deliver_outbox()  in tests/factories.py: what the worker would do now.
"""

import os
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

import pytest
from django.core.cache import cache as redis
from django.db import connections
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from clients.models import Couple, Partner
from practice.database.preparation import prepare_database
from practice.models import Membership, Practice, Role
from tests import factories
from tests.mailbox import Mailbox
from tests.statements import guard_connection

# The schema and the test database are made once; an example must not be judged by the machine's load.
COMMON: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
hypothesis_settings.register_profile("quick", max_examples=12, stateful_step_count=25, **COMMON)
hypothesis_settings.register_profile("thorough", max_examples=500, **COMMON)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database: real transactions on the prepared database, tenancy on")
    config.addinivalue_line("markers", "nightly: takes long; `./dev test -m nightly` runs these alone")
    TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[attr-defined]
    # The owner's connection stays: a new one for each test takes longer than what most of them ask of it.
    TransactionTestCase._should_reload_connections = lambda _: False  # type: ignore[attr-defined]
    connection_created.connect(guard_connection)
    use_own_redis_database()


def use_own_redis_database() -> None:
    """Each xdist process flushes a cache, and fills a queue, of its own."""
    from django.conf import settings

    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    url = f"{settings.REDIS_URL.rpartition('/')[0]}/{number}"
    settings.REDIS_URL = settings.CELERY_BROKER_URL = settings.CACHES["default"]["LOCATION"] = url


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("database"):
            item.add_marker(pytest.mark.django_db(transaction=True, databases=["default", "owner"]))


def empty_tables(_: Any = None) -> None:
    """Instead of Django's flush, which would also make content types and permissions anew after each test.

    A test fills a few tables with a few rows: to delete those takes a tenth of truncating every table.
    """
    connections["default"].close()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET ROLE attune_maintenance")
        try:
            cursor.execute(" UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT FROM {one})" for one in tables()))
            filled = {name for (name,) in cursor.fetchall()}
            if filled:
                cursor.execute("; ".join(f"DELETE FROM {one}" for one in tables() if one in filled))
        finally:
            cursor.execute("RESET ROLE")


@cache
def tables() -> list[str]:
    """All that tests fill, whoever refers to a table before it."""
    found = set(connections["owner"].introspection.django_table_names()) - {"django_content_type"}
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
        )
        references = [pair for pair in cursor.fetchall() if found.issuperset(pair) and pair[0] != pair[1]]
    order = TopologicalSorter({name: set() for name in found})
    for child, parent in references:
        order.add(parent, child)
    return list(order.static_order())


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        prepare_database()
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
        connections["default"].close_pool()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def clean_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if request.node.get_closest_marker("database"):
        redis.clear()


@pytest.fixture
def smtp(settings: Any) -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = mailbox.address
        yield mailbox


@pytest.fixture
def practice() -> Practice:
    return factories.make_practice("Riverside", slug="riverside")


@pytest.fixture
def other_practice() -> Practice:
    return factories.make_practice("Hillcrest", slug="hillcrest")


@pytest.fixture
def alice(practice: Practice) -> Membership:
    return factories.make_member(practice, "Alice", role=Role.THERAPIST)


@pytest.fixture
def bob(practice: Practice) -> Membership:
    return factories.make_member(practice, "Bob", role=Role.THERAPIST)


@pytest.fixture
def olive(practice: Practice) -> Membership:
    return factories.make_member(practice, "Olive", role=Role.OWNER)


@pytest.fixture
def sue(practice: Practice) -> Membership:
    return factories.make_member(practice, "Sue", role=Role.SUPERVISOR)


@pytest.fixture
def adam(practice: Practice) -> Membership:
    return factories.make_member(practice, "Adam", role=Role.ADMIN)


@pytest.fixture
def mallory(other_practice: Practice) -> Membership:
    return factories.make_member(other_practice, "Mallory", role=Role.THERAPIST)


@pytest.fixture
def couple(alice: Membership) -> Couple:
    return factories.make_couple(alice, label="D & E", names=("Dana", "Erin"))


@pytest.fixture
def dana(alice: Membership, couple: Couple) -> Partner:
    return factories.partner_of(alice, couple, 1)


@pytest.fixture
def erin(alice: Membership, couple: Couple) -> Partner:
    return factories.partner_of(alice, couple, 2)


@pytest.fixture
def other_couple(mallory: Membership) -> Couple:
    return factories.make_couple(mallory, label="T & W", names=("Trudy", "Walter"))


@pytest.fixture
def trudy(mallory: Membership, other_couple: Couple) -> Partner:
    return factories.partner_of(mallory, other_couple, 1)


@pytest.fixture
def walter(mallory: Membership, other_couple: Couple) -> Partner:
    return factories.partner_of(mallory, other_couple, 2)
