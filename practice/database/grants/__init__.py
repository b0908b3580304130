"""Which role may do what, to which columns of which rows: the one reviewed list.

`manage.py prepare` drops every policy and grant and makes these. Every policy is permissive and begins with the
tenant predicate; a role that is not named for a table reaches no byte of it. Two lists are apart: the gate's rows
(before the practice is known) hold identities, tokens and ids, never a clinical column; those across practices are
the pool's, which holds nobody.
"""

from practice.database.grants.archive import FOR_ARCHIVES
from practice.database.grants.background import IN_THE_BACKGROUND
from practice.database.grants.erasing import FOR_ERASING
from practice.database.grants.functions import FUNCTIONS
from practice.database.grants.gate import AT_THE_GATE
from practice.database.grants.partners import FOR_PARTNERS
from practice.database.grants.pool import ACROSS_PRACTICES
from practice.database.grants.rule import Allow
from practice.database.grants.staff import FOR_STAFF

__all__ = ["ACROSS_PRACTICES", "AT_THE_GATE", "FUNCTIONS", "IN_A_PRACTICE", "rules", "statements"]

IN_A_PRACTICE = [*FOR_STAFF, *FOR_PARTNERS, *IN_THE_BACKGROUND, *FOR_ARCHIVES, *FOR_ERASING]


def rules() -> list[Allow]:
    """All of them, in the order that numbers their policies."""
    return [*AT_THE_GATE, *ACROSS_PRACTICES, *IN_A_PRACTICE]


def statements() -> list[str]:
    """SQL that turns every table's policies and grants into exactly this list, in order."""
    result = []
    for number, rule in enumerate(rules()):
        named = ", ".join(f'"{name}"' for name in rule.columns)
        columns = f" ({named})" if named else ""
        result.append(f'GRANT {rule.verb}{columns} ON public."{rule.table}" TO {rule.role}')
        using = f" USING ({rule.rows})" if rule.verb != "INSERT" else ""
        check = f" WITH CHECK ({rule.check or rule.rows})" if rule.verb in ("INSERT", "UPDATE") else ""
        name = f"{rule.role.removeprefix('attune_')}_{rule.verb.lower()}_{number}"
        result.append(f'CREATE POLICY "{name}" ON public."{rule.table}" FOR {rule.verb} TO {rule.role}{using}{check}')
    for function, roles in FUNCTIONS.items():
        result.append(f"GRANT EXECUTE ON FUNCTION {function} TO {', '.join(roles)}")
    return result
