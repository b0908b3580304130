from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from practice.errors import DomainError
from practice.models import Role
from practice.practices import add_member, as_maintenance, create_practice


class Command(BaseCommand):
    help = "Make a practice with its first owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="short name for addresses, such as riverside")
        parser.add_argument("name")
        parser.add_argument("--country", required=True, help="two letters, such as US")
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--owner-email", required=True)
        parser.add_argument("--owner-name", required=True)
        parser.add_argument("--password", help="asked for when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        password = options["password"] or getpass("Password of the owner: ")
        try:
            with as_maintenance():
                practice = create_practice(
                    name=options["name"],
                    slug=options["slug"],
                    country=options["country"],
                    time_zone=options["time_zone"],
                )
                add_member(
                    practice,
                    email=options["owner_email"],
                    name=options["owner_name"],
                    role=Role.OWNER,
                    password=password,
                )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{practice.name} is ready; {options['owner_email']} signs in as its owner.")
