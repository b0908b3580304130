"""The engine: a role and a context at every BEGIN, nothing outside a transaction, nothing kept after one."""

from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.db.utils import ConnectionHandler

from clients.models import Couple, Partner
from practice import tenancy
from practice.database.base import DatabaseWrapper
from practice.database.context import Scope
from practice.models import Membership, Practice
from practice.tenancy import ScopeError, TenantManager, TenantModel
from tests.attacks import connect
from tests.factories import as_partner, as_staff, as_worker, at_the_gate

pytestmark = pytest.mark.database
PREPARED_AFTER = 3


def role_and_context() -> tuple[str, bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('app.context', true) <> ''")
        role, has_context = cursor.fetchone()
    return role, has_context


def test_statement_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        connection.cursor()


def test_query_outside_a_scope_is_refused_before_it_is_sent(couple: Couple) -> None:
    with at_the_gate(), pytest.raises(ScopeError):
        Couple.objects.count()


def test_reverse_manager_outside_a_scope_is_refused(couple: Couple) -> None:
    with at_the_gate(), pytest.raises(ScopeError):
        couple.partners.count()


def test_transaction_nobody_gave_a_scope_is_at_the_gate() -> None:
    with transaction.atomic():
        assert role_and_context() == ("attune_gate", False)


def test_scope_takes_its_role(alice: Membership, dana: Partner, practice: Practice) -> None:
    seen = []
    for begin in (as_staff(alice), as_partner(dana), as_worker(practice)):
        with begin:
            seen.append(role_and_context())
    assert seen == [("attune_staff", True), ("attune_partner", True), ("attune_worker", True)]


def test_scope_ends_with_its_transaction(alice: Membership) -> None:
    with as_staff(alice):
        pass
    with at_the_gate():
        assert role_and_context() == ("attune_gate", False)
        assert connection.scope is None  # type: ignore[attr-defined]


def test_scope_ends_when_its_transaction_fails(alice: Membership) -> None:
    with pytest.raises(ZeroDivisionError), as_staff(alice):
        _ = 1 / 0
    with at_the_gate():
        assert role_and_context() == ("attune_gate", False)


def test_scope_is_gone_from_a_new_connection(alice: Membership) -> None:
    with as_staff(alice):
        pass
    connection.close()
    with at_the_gate():
        assert role_and_context() == ("attune_gate", False)


def test_scope_is_refused_inside_another_transaction(alice: Membership, mallory: Membership) -> None:
    with as_staff(alice), pytest.raises(RuntimeError), as_staff(mallory):
        pass


def test_scope_is_refused_inside_a_savepoint(alice: Membership, mallory: Membership) -> None:
    scope = Scope.staff(practice_id=mallory.practice_id, membership_id=mallory.id, clinical=True)
    with as_staff(alice), transaction.atomic(), pytest.raises(TransactionManagementError):
        tenancy.assume(scope)


def test_savepoint_rolled_back_keeps_the_scope(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert Couple.objects.count() == 1
        assert role_and_context() == ("attune_staff", True)


def test_switch_to_the_gate_leaves_no_clinical_table(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        tenancy.assume(None)
        assert role_and_context() == ("attune_gate", False)
        with pytest.raises(ScopeError):
            Couple.objects.count()


def test_deferred_column_is_refused_after_the_transaction(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        deferred = Couple.objects.only("id").get()
    with pytest.raises((TransactionManagementError, ScopeError)):
        _ = deferred.label


def test_queryset_is_refused_after_the_transaction(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        couples = Couple.objects.all()
    with pytest.raises(TransactionManagementError):
        list(couples)


def test_queryset_of_another_practice_is_empty(
    alice: Membership, couple: Couple, mallory: Membership, other_couple: Couple
) -> None:
    with as_staff(mallory):
        built_by_mallory = Couple.objects.all()
    with as_staff(alice):
        assert list(built_by_mallory) == []
        assert list(Couple.objects.all()) == [couple]


@pytest.mark.parametrize("model", TenantModel.__subclasses__(), ids=lambda model: model.__name__)
def test_insert_asks_for_nothing_back(model: type[TenantModel]) -> None:
    assert list(model._meta.db_returning_fields) == []


@pytest.mark.parametrize("model", TenantModel.__subclasses__(), ids=lambda model: model.__name__)
def test_model_uses_the_scoped_manager_for_related_rows(model: type[TenantModel]) -> None:
    assert type(model._base_manager) is TenantManager


def test_login_that_owns_the_tables_is_refused() -> None:
    owner = connect("owner").info
    given = {**connection.settings_dict, "USER": owner.user, "PASSWORD": owner.password, "OPTIONS": {}}
    powerful = DatabaseWrapper(ConnectionHandler({"default": given}).settings["default"], "default")
    with pytest.raises(ImproperlyConfigured):
        powerful.connect()
    powerful.close()


def test_login_holds_no_privilege_of_its_own() -> None:
    with connect(autocommit=True) as login:
        rows = login.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
            "AND has_table_privilege(oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
        ).fetchall()
    assert rows == []


def test_login_keeps_parameters_out_of_the_log() -> None:
    names = ("log_parameter_max_length", "log_parameter_max_length_on_error", "log_min_error_statement")
    with connect() as login:
        assert [login.execute("SELECT current_setting(%s)", [name]).fetchone() for name in names] == [
            ("0",), ("0",), ("panic",),
        ]  # fmt: skip


def test_context_is_not_visible_to_another_connection(alice: Membership, couple: Couple) -> None:
    with as_staff(alice), connect() as neighbour:
        mine = connection.connection.info.backend_pid
        seen = neighbour.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [mine]).fetchone()
    assert seen == ("SELECT set_config('role', $1, true), set_config('app.context', $2, true)",)


def test_prepared_statement_holds_to_the_practice_in_scope(
    alice: Membership, couple: Couple, mallory: Membership, other_couple: Couple
) -> None:
    for _ in range(2 * PREPARED_AFTER):
        for member, own in ((alice, couple), (mallory, other_couple)):
            with as_staff(member):
                assert [one.id for one in Couple.objects.all()] == [own.id]
                assert labels_in(couple.practice_id) == ([couple.label] if member is alice else [])
    assert prepared("clients_couple") > 0


def test_prepared_statement_is_planned_anew_for_another_role(alice: Membership, couple: Couple, dana: Partner) -> None:
    for _ in range(2 * PREPARED_AFTER):
        with as_staff(alice):
            assert labels_in(couple.practice_id) == [couple.label]
        with pytest.raises(DatabaseError, match="permission denied"), as_partner(dana):
            labels_in(couple.practice_id)


def labels_in(practice_id: UUID | None) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT label FROM clients_couple WHERE practice_id = %s", [practice_id])
        return [label for (label,) in cursor.fetchall()]


def prepared(table: str) -> int:
    with at_the_gate(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{table}%"])
        return int(cursor.fetchone()[0])
