from typing import Any

from django.core.management.base import BaseCommand

from assessments.erased import erased_couples


class Command(BaseCommand):
    help = "List the couples that were erased: practice, couple and time, a line each. Keep it beside the backups."

    def handle(self, *args: Any, **options: Any) -> None:
        for one in erased_couples():
            self.stdout.write(f"{one.practice_id} {one.couple_id} {one.at.isoformat()}")
