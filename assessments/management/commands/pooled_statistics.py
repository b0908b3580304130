import base64
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assessments.models import PooledRelease
from assessments.pooled.manifest import PUBLIC_KEY, faults_of, public_pem, signing_key
from assessments.pooled.releases import release_quarter, stored_release
from assessments.statistics.rows import last_quarter
from practice.errors import DomainError


class Command(BaseCommand):
    help = (
        "Make the statistics across practices of the last quarter once, and write them to a folder; or check a folder."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--to", type=Path, metavar="FOLDER", help="where the files of the release go")
        what.add_argument("--verify", type=Path, metavar="FOLDER", help="check the signature and every file in it")
        parser.add_argument("--quarter", help="a stored release of an earlier quarter, such as 2026Q1")
        parser.add_argument(
            "--public-key", type=Path, help=f"who must have signed; {PUBLIC_KEY} of this key if left out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["verify"]:
                self.verify(options["verify"], options["public_key"])
            else:
                self.serve(options["to"], options["quarter"])
        except (DomainError, OSError, ValueError) as error:
            raise CommandError(str(error)) from error

    def verify(self, folder: Path, public_key: Path | None) -> None:
        known = public_key.read_bytes() if public_key else public_pem(signing_key(settings.STATISTICS_SIGNING_KEY))
        if faults := faults_of(folder, public_key=known):
            raise CommandError(" ".join(faults))
        self.stdout.write(f"{folder}: every file is as it was signed.")

    def serve(self, folder: Path, quarter: str | None) -> None:
        release = (
            stored_release(quarter) if quarter else release_quarter(last_quarter(timezone.now()), now=timezone.now())
        )
        if release is None:
            raise CommandError(f"There is no release of {quarter}.")
        if not release.content:
            self.stdout.write(
                f"{release.quarter} is not released: too few couples or practices, or one practice has more than half. "
                f"To find out took epsilon {release.epsilon.normalize():f}; this quarter is not tried again."
            )
            return
        write_files(release, folder)
        took = f"epsilon {release.epsilon.normalize():f}"
        self.stdout.write(f"{release.quarter}, drawn on {release.made_at:%Y-%m-%d} with {took}: {folder}")


def write_files(release: PooledRelease, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in release.files.items():
        (folder / name).write_bytes(base64.b64decode(content))
