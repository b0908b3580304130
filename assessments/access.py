"""Who may do what with instruments. Everybody of a practice reads them."""

from practice.models import Membership, Role

# Who answers for the licences of a practice.
IMPORTERS = (Role.OWNER, Role.ADMIN)


def may_import(membership: Membership) -> bool:
    return membership.role in IMPORTERS
