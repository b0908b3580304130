from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.erased import KEPT, erase_again


class Command(BaseCommand):
    help = "Erase once more what an older backup brought back. Reads the lines that erased_couples wrote."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="lines of practice, couple and time")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = [line.split() for line in options["file"].read_text().splitlines() if line.strip()]
            couples = [(UUID(line[0]), UUID(line[1])) for line in lines]
        except (OSError, ValueError, IndexError) as error:
            raise CommandError(f"This is no list of erased_couples: {error}.") from error
        found = list(erase_again(couples))
        for couple_id, became in found:
            self.stdout.write(f"{couple_id} {became}")
        if any(became == KEPT for _, became in found):
            raise CommandError(
                "Some are kept by what was restored: a hold, an open flag or form, or no term. See each."
            )
