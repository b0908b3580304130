"""Migration operations that make a table a tenant table, by the rules of docs/decisions/0001-tenancy.md.

Primary key (practice_id, id), composite foreign keys that are checked at once, row-level security enabled and
forced. No grant and no policy: a table that practice/database/grants/ does not name is out of every role's reach.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.models import Field, Model

from practice.tenancy import TenantForeignKey


def foreign_key_sql(table: str, column: str, parent: str) -> list[str]:
    """The composite foreign key of one column and the index that serves it."""
    return [
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_fk" '
        f'FOREIGN KEY (practice_id, "{column}") REFERENCES "{parent}" (practice_id, id)',
        f'CREATE INDEX "{table}_{column}_idx" ON "{table}" (practice_id, "{column}")',
    ]


def field_sql(model: type[Model], field: Field[Any, Any]) -> list[str]:
    parent = field.remote_field.model._meta.db_table  # type: ignore[union-attr]
    return foreign_key_sql(model._meta.db_table, str(field.column), parent)


def tenant_table_sql(model: type[Model]) -> list[str]:
    table = model._meta.db_table
    keys = [field for field in model._meta.local_fields if isinstance(field, TenantForeignKey)]
    return [
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_pkey", ADD PRIMARY KEY (practice_id, id)',
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_practice_fk" '
        "FOREIGN KEY (practice_id) REFERENCES practice_practice (id)",
        *(statement for field in keys for statement in field_sql(model, field)),
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
    ]


class CreateTenantModel(CreateModel):
    """CreateModel for a TenantModel."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        model = to_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            for statement in tenant_table_sql(model):
                schema_editor.execute(statement)


class SecureRows(Operation):
    """Row-level security for a local table: one that carries a practice but is looked up before it is known."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str) -> None:
        self.table = table

    def deconstruct(self) -> Any:
        return self.__class__.__name__, [self.table], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.alias == "owner":
            schema_editor.execute(f'ALTER TABLE "{self.table}" ENABLE ROW LEVEL SECURITY')
            schema_editor.execute(f'ALTER TABLE "{self.table}" FORCE ROW LEVEL SECURITY')

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(f'ALTER TABLE "{self.table}" NO FORCE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{self.table}" DISABLE ROW LEVEL SECURITY')

    def describe(self) -> str:
        return f"Secure the rows of {self.table}"


class AddTenantForeignKey(Operation):
    """The composite constraint of a column whose parent lives in an app that its own app may not import."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str, column: str, parent: str) -> None:
        self.table, self.column, self.parent = table, column, parent

    def deconstruct(self) -> Any:
        return self.__class__.__name__, [self.table, self.column, self.parent], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.alias == "owner":
            for statement in foreign_key_sql(self.table, self.column, self.parent):
                schema_editor.execute(statement)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(f'DROP INDEX "{self.table}_{self.column}_idx"')
        schema_editor.execute(f'ALTER TABLE "{self.table}" DROP CONSTRAINT "{self.table}_{self.column}_fk"')

    def describe(self) -> str:
        return f"Constrain {self.table}.{self.column} to {self.parent} of the same practice"


class CascadeTenantForeignKey(Operation):
    """Lets rows go with their parent, or, where they stay, lose it. For what is erased for good: no run-time role then
    needs to delete the rows.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str, column: str, parent: str, *, stays: bool = False) -> None:
        self.table, self.column, self.parent, self.stays = table, column, parent, stays

    def deconstruct(self) -> Any:
        return self.__class__.__name__, [self.table, self.column, self.parent], {"stays": self.stays}

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def _constrain(self, schema_editor: Any, then: str) -> None:
        if schema_editor.connection.alias == "owner":
            name = f"{self.table}_{self.column}_fk"
            schema_editor.execute(
                f'ALTER TABLE "{self.table}" DROP CONSTRAINT "{name}", ADD CONSTRAINT "{name}" '
                f'FOREIGN KEY (practice_id, "{self.column}") REFERENCES "{self.parent}" (practice_id, id) {then}'
            )

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        then = f'ON DELETE SET NULL ("{self.column}")' if self.stays else "ON DELETE CASCADE"
        self._constrain(schema_editor, then)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._constrain(schema_editor, "")

    def describe(self) -> str:
        return f"Let rows of {self.table} go with their {self.parent}"


class _SharedWithParent(Operation):
    """A column of `table` that holds what the parent, whose id stands in `key`, has in the column of that name."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str, column: str, *, key: str, parent: str) -> None:
        self.table, self.column, self.key, self.parent = table, column, key, parent

    def deconstruct(self) -> Any:
        return self.__class__.__name__, [self.table, self.column], {"key": self.key, "parent": self.parent}

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def describe(self) -> str:
        return f"{self.table}.{self.column} is that of its {self.parent}"


class FillFromParent(_SharedWithParent):
    """Fills the column of the rows there are. To make it NOT NULL next counts that none was left out.

    The owner is held by the policies and would see no row, so this becomes maintenance for the one statement.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.alias == "owner":
            schema_editor.execute(f'GRANT SELECT, UPDATE ON "{self.table}", "{self.parent}" TO attune_maintenance')
            schema_editor.execute("SET LOCAL ROLE attune_maintenance")
            its_parent = f'parent.practice_id = child.practice_id AND parent.id = child."{self.key}"'
            schema_editor.execute(
                f'UPDATE "{self.table}" child SET "{self.column}" = parent."{self.column}" '  # noqa: S608 - names
                f'FROM "{self.parent}" parent WHERE {its_parent}'
            )
            schema_editor.execute("SET LOCAL ROLE attune_owner")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        pass


class HoldToParent(_SharedWithParent):
    """Lets the database hold the column to the parent's, and follow where that changes."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.alias == "owner":
            schema_editor.execute(
                f'ALTER TABLE "{self.table}" ADD CONSTRAINT "{self.table}_{self.column}_of_{self.key}_fk" '
                f'FOREIGN KEY (practice_id, "{self.key}", "{self.column}") '
                f'REFERENCES "{self.parent}" (practice_id, id, "{self.column}") ON UPDATE CASCADE'
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(
            f'ALTER TABLE "{self.table}" DROP CONSTRAINT "{self.table}_{self.column}_of_{self.key}_fk"'
        )
