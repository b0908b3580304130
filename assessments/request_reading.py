"""The specific requests of a couple as the therapist reads them, with what each partner said of each, week by week.

What the two said stands apart and is never made into one: kept and missed are two views, and a week without a word
is neither.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from assessments.models import SpecificRequest, WeekReport
from clients.models import Couple, Partner

# (Monday, {partner id: "kept" or "missed"}), newest first
Weeks = Sequence[tuple[date, Mapping[UUID, str]]]


@dataclass(frozen=True)
class RequestWeek:
    """`said` is what each partner said, in the order of the partners: "kept", "missed" or "" for nothing."""

    monday: date
    said: tuple[tuple[Partner, str], ...]


@dataclass(frozen=True)
class RequestReading:
    request: SpecificRequest
    asked_by: Partner
    asked_of: Partner
    weeks: tuple[RequestWeek, ...]


def requests_of(couple: Couple) -> QuerySet[SpecificRequest]:
    """The requests of a couple, newest first."""
    return SpecificRequest.objects.filter(couple=couple).order_by("-asked_at", "id")


def weeks_of(couple: Couple) -> dict[str, Weeks]:
    """By request id what was said of it each week, in one statement."""
    said: dict[str, dict[date, dict[UUID, str]]] = {}
    reports = WeekReport.objects.filter(couple=couple).exclude(requests={}).order_by("-monday")
    for monday, partner, requests in reports.values_list("monday", "partner_id", "requests"):
        for request, word in requests.items():
            said.setdefault(request, {}).setdefault(monday, {})[partner] = word
    return {request: list(weeks.items()) for request, weeks in said.items()}


def read_requests(couple: Couple, partners: Sequence[Partner]) -> list[RequestReading]:
    by_id, weeks = {one.id: one for one in partners}, weeks_of(couple)
    return [
        RequestReading(
            request=one,
            asked_by=by_id[one.asked_by_id],
            asked_of=by_id[one.asked_of_id],
            weeks=tuple(_weeks(weeks.get(str(one.id), ()), partners)),
        )
        for one in requests_of(couple)
    ]


def _weeks(weeks: Weeks, partners: Sequence[Partner]) -> Iterable[RequestWeek]:
    return (RequestWeek(monday, tuple((one, said.get(one.id, "")) for one in partners)) for monday, said in weeks)
