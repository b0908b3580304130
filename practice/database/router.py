from typing import Any


class MigrateAsOwner:
    """Schema changes run on the owner's connection only; the run-time login could not make them."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
