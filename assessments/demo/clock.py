"""The clock that the demo's history is played by.

Every module of the product asks `timezone.now()` through the module, and gives the SQL functions that moment; so while
a history is played, replacing this one function puts all that is written into the past. The signed context of the
database lives by the real time (`time.time()`), which this leaves alone. For the seeding process alone: it has one
thread, and serves nobody.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone


class Clock:
    """Stands still until it is moved, and never back."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move_to(self, at: datetime) -> None:
        if at < self.at:
            raise ValueError(f"The demo's clock shows {self.at} and cannot go back to {at}.")
        self.at = at


@contextmanager
def playing_from(at: datetime) -> Iterator[Clock]:
    """`timezone.now()` answers what the clock shows, until the end of the block."""
    real, clock = timezone.now, Clock(at)
    timezone.now = clock
    try:
        yield clock
    finally:
        timezone.now = real
