from typing import Any

from django.core.management.base import BaseCommand

from assessments.rescoring import rescore
from practice.models import Practice
from practice.practices import OWNER, as_maintenance


class Command(BaseCommand):
    help = "Make the scores of every submitted sheet again from its answers. Says what differed."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--practice", help="the short name of one practice; all when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        with as_maintenance():
            practices = Practice.objects.using(OWNER).order_by("slug")
            chosen = practices.filter(slug=options["practice"]) if options["practice"] else practices
            ids = dict(chosen.values_list("slug", "id"))
        for slug, practice_id in ids.items():
            done = rescore(practice_id)
            self.stdout.write(f"{slug}: {done.sheets} sheets, {done.differed} differed")
