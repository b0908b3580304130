"""What is wrong with the catalogue of a database, one finding a function; each is empty for the product's.

Tests ask them of the migrated database, and again of one in which something was taken away (test_mutations.py).
"""

import re
from collections.abc import Callable, Collection

from django.apps import apps

from practice.database import grants
from practice.database.grants.rule import OWNERS_OF_FUNCTIONS, RUNTIME, Allow
from practice.tenancy import TenantForeignKey, TenantModel
from tests.attacks import catalogue

ACCOUNTS = [*RUNTIME, "attune_login", *OWNERS_OF_FUNCTIONS]
# Who and what an event names may be gone when it is read.
EVENTS = {("practice_auditevent", name) for name in ("actor_id", "partner_id", "object_id", "couple_id")}
# Tables of people and of packages: no practice in them, no row security, and reached by the gate alone or by nobody.
WITHOUT_PRACTICE = {
    "account_emailaddress", "account_emailconfirmation", "auth_group", "auth_group_permissions", "auth_permission",
    "django_content_type", "django_migrations", "django_session", "knox_authtoken", "mfa_authenticator",
    "practice_user",
}  # fmt: skip
# Looked up before the practice is known: secured rows, but keys and references of their own.
AT_THE_GATE = {
    "clients_linkkey", "clients_partnersession", "practice_apitoken", "practice_membership", "practice_outboxmessage",
    "practice_practice", "practice_calendarfeed",
}  # fmt: skip
# Read across practices, by the one role that may and with a context signed for it.
ACROSS_PRACTICES = {"assessments_pooledrow", "assessments_pooledrelease", "assessments_poolbudget"}
# Random or global by nature: they tell nothing about another practice.
UNIQUE_WITHOUT_PRACTICE = {
    "clients_linkkey_pkey", "clients_partnersession_pkey", "clients_partnersession_token_hash_key",
    "practice_apitoken_id_key", "practice_apitoken_pkey", "practice_membership_pkey", "practice_outboxmessage_pkey",
    "practice_practice_pkey", "practice_practice_slug_key", "practice_calendarfeed_pkey",
    "assessments_pooledrow_pkey", "assessments_pooledrelease_pkey", "assessments_pooledrelease_quarter_key",
    "assessments_poolbudget_pkey",
}  # fmt: skip


def unsecured_tables() -> set[str]:
    found = catalogue(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'f') "
        "AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    return {name for (name,) in found} - WITHOUT_PRACTICE


def loose_policies() -> set[str]:
    """Policies that do not begin with the tenant predicate, or with that of the pool on its own tables."""
    rows = catalogue(
        "SELECT tablename, policyname, permissive, roles, qual, with_check FROM pg_policies "
        "WHERE schemaname = 'public' AND NOT (tablename = ANY (%s)) AND roles <> '{attune_gate}'",
        list(WITHOUT_PRACTICE),
    )
    return {
        f"{table}.{name}"
        for table, name, permissive, roles, *parts in rows
        if not _is_tight(table, permissive, roles, parts)
    }


def _is_tight(table: str, permissive: str, roles: list[str], parts: list[str | None]) -> bool:
    given = [part.lstrip("(") for part in parts if part is not None]
    across = roles == ["attune_pool"] and table in ACROSS_PRACTICES
    begins = ("app.pool()",) if across else ("practice_id = app.practice(", "id = app.practice(")
    return permissive == "PERMISSIVE" and "public" not in roles and all(part.startswith(begins) for part in given)


def loose_references() -> set[str]:
    """Foreign keys into a table with a practice that do not carry it, or are checked only at commit."""
    rows = catalogue(
        """
        SELECT conname, conrelid::regclass::text, condeferrable,
               ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS k(n, i)
                       JOIN pg_attribute ON attrelid = conrelid AND attnum = n ORDER BY i),
               ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS k(n, i)
                       JOIN pg_attribute ON attrelid = confrelid AND attnum = n ORDER BY i)
          FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
           AND confrelid IN (SELECT attrelid FROM pg_attribute WHERE attname = 'practice_id')
        """
    )
    return {
        name
        for name, table, late, local, remote in rows
        if table not in AT_THE_GATE and (late or local[0] != "practice_id" or remote[0] != "practice_id")
    }


def unreferenced_columns() -> set[tuple[str, str]]:
    """Columns that name a row of another table and have no foreign key."""
    rows = catalogue(
        """
        SELECT c.relname::text, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND attnum > 0
           AND attname LIKE '%%\\_id' AND atttypid = 'uuid'::regtype
           AND NOT EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND conrelid = c.oid AND attnum = ANY (conkey))
           AND relname <> ALL (%s)
        """,
        [*AT_THE_GATE, *ACROSS_PRACTICES, *WITHOUT_PRACTICE],
    )
    return set(rows) - EVENTS


def loose_unique_indexes() -> set[str]:
    rows = catalogue(
        """
        SELECT indexrelid::regclass::text,
               ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY (indkey::int2[]))
          FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
         WHERE relnamespace = 'public'::regnamespace AND (indisunique OR indisexclusion) AND relname <> ALL (%s)
        """,
        list(WITHOUT_PRACTICE),
    )
    return {name for name, columns in rows if "practice_id" not in columns} - UNIQUE_WITHOUT_PRACTICE


def loose_objects() -> set[str]:
    """Views that read as their owner, materialised views, and functions that run as somebody else unpinned."""
    rows = catalogue(
        """
        SELECT relname::text FROM pg_class
         WHERE relnamespace IN ('public'::regnamespace, 'app'::regnamespace)
           AND (relkind = 'm' OR relkind = 'v' AND NOT coalesce(reloptions @> '{security_invoker=true}', false))
         UNION ALL
        SELECT p.oid::regprocedure::text FROM pg_proc p
          JOIN pg_roles r ON r.oid = proowner
         WHERE pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
           AND (proconfig IS NULL OR NOT proconfig @> '{"search_path=pg_catalog, pg_temp"}'
                -- These hold no power of their own: they read and write as their caller, under its policies.
                OR NOT prosecdef AND proname NOT IN ('keep_scores', 'both_keys')
                OR rolsuper OR rolbypassrls OR proleakproof
                OR has_function_privilege('attune_gate', p.oid, 'EXECUTE'))
         UNION ALL
        SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
        """
    )
    return {name for (name,) in rows}


def powerful_roles() -> set[str]:
    rows = catalogue(
        """
        SELECT rolname::text FROM pg_roles r WHERE rolname = ANY (%s)
           AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
                OR rolcanlogin AND (rolname <> 'attune_login' OR rolinherit)
                OR EXISTS (SELECT FROM pg_auth_members JOIN pg_roles held ON held.oid = roleid WHERE member = r.oid
                            AND NOT (r.rolname = 'attune_login' AND held.rolname = ANY (%s)))
                OR EXISTS (SELECT FROM pg_class WHERE relowner = r.oid)
                OR EXISTS (SELECT FROM pg_roles other WHERE (other.rolsuper OR other.rolbypassrls
                             OR other.rolname IN ('attune_owner', 'attune_definer', 'attune_eraser')
                                AND other.oid <> r.oid)
                             AND pg_has_role(r.oid, other.oid, 'MEMBER')))
        """,
        ACCOUNTS,
        list(RUNTIME),
    )
    return {name for (name,) in rows}


def loose_keys() -> set[str]:
    """Tables of a practice whose primary key is not (practice_id, id), and those across practices that have none."""
    rows = catalogue(
        "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'p' AND conkey = ARRAY(SELECT attnum "
        "FROM pg_attribute WHERE attrelid = conrelid AND attname IN ('practice_id', 'id') ORDER BY attname DESC)"
    )
    keyed = catalogue("SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'p'")
    loose = {model._meta.db_table for model in tenant_models()} - {name for (name,) in rows}
    return loose | set(ACROSS_PRACTICES) - {name for (name,) in keyed}


def tenant_models() -> list[type[TenantModel]]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def missing_references() -> set[tuple[str, str]]:
    """Columns of the models that name a row, or the practice, without the foreign key that they should have."""
    rows = catalogue(
        """
        SELECT conrelid::regclass::text, array_agg(attname::text ORDER BY i), confrelid::regclass::text
          FROM pg_constraint CROSS JOIN unnest(conkey) WITH ORDINALITY AS k(n, i)
          JOIN pg_attribute ON attrelid = conrelid AND attnum = n
         WHERE contype = 'f' AND convalidated AND NOT condeferrable GROUP BY pg_constraint.oid
        """
    )
    held = {(table, tuple(columns), parent) for table, columns, parent in rows}
    wanted = {(model._meta.db_table, ("practice_id",), "practice_practice") for model in tenant_models()}
    # An event is about the partner that its flag is about.
    wanted.add(("assessments_flagevent", ("practice_id", "flag_id", "partner_id"), "assessments_safetyflag"))
    for model in tenant_models():
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                parent = field.remote_field.model._meta.db_table
                wanted.add((model._meta.db_table, ("practice_id", str(field.column)), parent))
    return {(table, columns[-1]) for table, columns, _ in wanted - held}


def unlisted_policies() -> set[tuple[object, ...]]:
    """Policies that practice/database/grants/ does not ask for, and those that it asks for in vain."""
    rows = catalogue(
        "SELECT tablename, policyname, permissive, roles, cmd, qual, with_check FROM pg_policies "
        "WHERE schemaname = 'public'"
    )
    made = {
        (table, name, kind, tuple(roles), verb, plain(qual), plain(check))
        for table, name, kind, roles, verb, qual, check in rows
    }
    return made ^ {listed_policy(rule, number) for number, rule in enumerate(grants.rules())}


def listed_policy(rule: Allow, number: int) -> tuple[object, ...]:
    name = f"{rule.role.removeprefix('attune_')}_{rule.verb.lower()}_{number}"
    using = plain(rule.rows) if rule.verb != "INSERT" else None
    check = plain(rule.check or rule.rows) if rule.verb in ("INSERT", "UPDATE") else None
    return rule.table, name, "PERMISSIVE", (rule.role,), rule.verb, using, check


def plain(expression: str | None) -> str | None:
    """Without what PostgreSQL adds when it shows an expression."""
    return expression and re.sub(r"[()\s]|::text", "", expression)


def unlisted_privileges() -> set[tuple[str, str, str, str]]:
    """Role, table, verb and column of each privilege that the list does not have, or that only the list has."""
    rows = catalogue(
        """
        SELECT coalesce(rolname::text, 'PUBLIC'), relname::text, privilege_type, attname
          FROM (SELECT relname, relnamespace, (aclexplode(relacl)).*, '' AS attname FROM pg_class
                 UNION ALL
                SELECT relname, relnamespace, (aclexplode(attacl)).*, attname::text
                  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid) AS held
          LEFT JOIN pg_roles ON pg_roles.oid = grantee
         WHERE relnamespace = 'public'::regnamespace AND coalesce(rolname, 'PUBLIC') = ANY (%s)
           AND relname NOT LIKE '%%\\_seq'
        """,
        [*ACCOUNTS, "PUBLIC"],
    )
    rules = grants.rules()
    return set(rows) ^ {(one.role, one.table, one.verb, name) for one in rules for name in one.columns or ("",)}


def unlisted_calls() -> set[tuple[str, str]]:
    """Role and function, where one may call the other and the list says no, or the other way round."""
    rows = catalogue(
        "SELECT rolname::text, p.oid::regprocedure::text FROM pg_proc p, pg_roles WHERE rolname = ANY (%s) "
        "AND pronamespace IN ('app'::regnamespace, 'public'::regnamespace) AND proowner <> pg_roles.oid "
        "AND has_function_privilege(pg_roles.oid, p.oid, 'EXECUTE')",
        ACCOUNTS,
    )
    named = {name: catalogue("SELECT %s::regprocedure::text", name)[0][0] for name in grants.FUNCTIONS}
    listed = {(role, named[name]) for name, roles in grants.FUNCTIONS.items() for role in roles}
    return set(rows) ^ {(role, name) for role, name in listed if (role, name) not in owned_calls()}


def owned_calls() -> set[tuple[str, str]]:
    """Role and function, where the role owns it: nobody needs to grant it that call."""
    rows = catalogue(
        "SELECT proowner::regrole::text, oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'app'::regnamespace"
    )
    return set(rows)


def open_schemas() -> set[tuple[str, str]]:
    """Roles that may make objects, in a schema or for themselves: what they make could stand before the product's."""
    rows = catalogue(
        "SELECT rolname::text, nspname::text FROM pg_roles, pg_namespace "
        "WHERE nspname IN ('public', 'app') AND rolname = ANY (%s) "
        "AND rolname NOT IN ('attune_definer', 'attune_eraser') "
        "AND has_schema_privilege(rolname, nspname, 'CREATE') UNION ALL "
        "SELECT rolname::text, verb FROM pg_roles, unnest(ARRAY['CREATE', 'TEMPORARY']) AS verb "
        "WHERE rolname = ANY (%s) AND has_database_privilege(rolname, current_database(), verb)",
        ACCOUNTS,
        ACCOUNTS,
    )
    return set(rows)


FINDINGS: list[Callable[[], Collection[object]]] = [
    unlisted_policies, unlisted_privileges, unsecured_tables, missing_references, loose_references,
    unreferenced_columns, loose_keys, loose_unique_indexes, unlisted_calls, loose_objects, loose_policies,
    powerful_roles, open_schemas,
]  # fmt: skip
