from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from practice.database.preparation import prepare_database


class Command(BaseCommand):
    help = "Migrate as the owner, then write functions, policies, grants and context keys. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command(
            "migrate",
            database="owner",
            interactive=False,
            verbosity=options["verbosity"],
        )
        prepare_database()
        self.stdout.write("The database is prepared.")
