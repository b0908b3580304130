"""Statistics across practices: the one role that reads rows of several practices, and these tables alone.

Its policies cannot name a practice. They ask for a context that is signed for it: whoever only becomes the role reads
nothing. A row of the pool says into which groups a couple falls, and nothing of who it is.
"""

from practice.database.grants.rule import POOL, allow

AS_POOL = "app.pool()"

ACROSS_PRACTICES = [
    *allow(POOL, "assessments_pooledrow", "SELECT DELETE", AS_POOL),
    *allow(POOL, "assessments_pooledrelease", "SELECT INSERT", AS_POOL),
    *allow(POOL, "assessments_poolbudget", "SELECT INSERT", AS_POOL),
    # To lock a row takes the right to change a column; nothing changes this one.
    *allow(POOL, "assessments_poolbudget", "UPDATE", AS_POOL, "id"),
]
