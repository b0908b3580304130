from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assessments.demo import is_made, make_demo
from assessments.tasks import for_every_practice


class Command(BaseCommand):
    help = "Make the demo's practices, people and couples, once."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo's people have a public password. Set DEMO=1 on an installation made for it.")
        if is_made():
            self.stdout.write("The demo is here already.")
            return
        make_demo()
        # The worker counts and releases the last quarter, which takes the solver a while.
        for_every_practice.delay("statistics")
        self.stdout.write("The demo is made.")
