from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.archived_forms import missing_forms
from practice.archive.importing import import_archive
from practice.errors import DomainError


class Command(BaseCommand):
    help = "Import the archive of a practice that another installation made. Needs OWNER_DATABASE_URL."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the .tar file as its owner fetched it")
        parser.add_argument(
            "--identity", type=Path, required=True, help="the file with the private key, as age-keygen wrote it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = import_archive(options["file"], options["identity"], missing=missing_forms)
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        for table, rows in done.rows.items():
            self.stdout.write(f"{rows:>10,}  {table}")
        self.stdout.write(f"{sum(done.rows.values()):>10,}  in all, as many as the archive says")
        self.stdout.write(f"{done.practice} is imported.")
        for address in done.new_members:
            self.stdout.write(f"{address} has no password here yet, and chooses one by “Forgot password”.")
