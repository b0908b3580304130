"""A released joint report as people read it: together with both names, or a partner alone as "you" and "your partner".

The rule that must not break: what a partner gets while nothing is shown to them is the same whatever the cause.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.joint_reports import ConsentMissing, IndividualMode
from assessments.models import JointReport
from clients.consents import both_agreed
from clients.models import Consent, Couple, Partner
from practice import audit
from practice.errors import DomainError
from practice.practices import time_zone

# For each partner, by id and in order: what stands before the word of their score, and of their gap.
Naming = Mapping[str, tuple[str, str]]


class NotBriefed(DomainError):
    """Read what to say first, then open the report together."""

    code = "not_briefed"


@dataclass(frozen=True)
class Line:
    about: str
    word: str


@dataclass(frozen=True)
class Topic:
    label: str
    lines: tuple[Line, ...]
    talk: str


@dataclass(frozen=True)
class ReportPage:
    """A report as people read it; the one number in it is the day of its release."""

    released_on: date
    language: str
    header: str
    basis: str
    topics: tuple[Topic, ...]


def joint_view(report: JointReport) -> ReportPage:
    """The report as both see it in the room. Raises NotBriefed, and what page_for_both raises."""
    if report.briefed_at is None:
        raise NotBriefed
    return page_for_both(report)


def page_for_both(report: JointReport) -> ReportPage:
    """A released report with both names. Audited. Raises IndividualMode, ConsentMissing; Http404 once withdrawn."""
    couple = Couple.objects.get(pk=report.couple_id)
    if report.withdrawn_at is not None:
        raise Http404
    if couple.individual_mode:
        raise IndividualMode
    if not both_agreed(couple, kind=Consent.Kind.JOINT_REPORT):
        raise ConsentMissing
    audit.record("joint_report.shown", object_id=report.id, couple_id=couple.id)
    partners = Partner.objects.filter(couple=couple).order_by("position")
    return _page(vars(report), _by_name(*partners), time_zone())


def own_reports(partner_id: UUID) -> list[ReportPage]:
    """What the partner in scope may read now, newest first. The same statements run whether there is any or not."""
    zone = time_zone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.own_joint_reports()")
        [found] = cursor.fetchone()
    rows = [{**one, "released_at": datetime.fromisoformat(one["released_at"])} for one in json.loads(found)]
    return [_page(one, _by_self(one["content"], str(partner_id)), zone) for one in rows]


def report_for_partner(partner_id: UUID) -> ReportPage | None:
    """The newest of a partner's own reports."""
    return next(iter(own_reports(partner_id)), None)


def _page(row: Mapping[str, Any], naming: Naming, zone: tzinfo) -> ReportPage:
    content = row["content"]
    return ReportPage(
        released_on=timezone.localdate(row["released_at"], zone),
        language=content["language"],
        header=content["header"],
        basis=content["basis"],
        topics=tuple(_topic(topic, naming) for topic in content["topics"]),
    )


def _topic(topic: Mapping[str, Any], naming: Naming) -> Topic:
    bands = [Line(about, topic["bands"][partner]) for partner, (about, _gap) in naming.items()]
    gaps = [Line(about, topic["gaps"][partner]) for partner, (_band, about) in naming.items()]
    return Topic(topic["label"], (*bands, *gaps), topic["talk"])


def _by_name(first: Partner, second: Partner) -> Naming:
    return {
        str(one.id): (
            _("What %(name)s experiences") % {"name": one.name},
            _("What %(name)s experiences, beside what %(other)s says of themselves")
            % {"name": one.name, "other": other.name},
        )
        for one, other in ((first, second), (second, first))
    }


def _by_self(content: Mapping[str, Any], own: str) -> Naming:
    [other] = content["topics"][0]["bands"].keys() - {own}
    return {
        own: (
            _("What you experience"),
            _("What you experience, beside what your partner says of themselves"),
        ),
        other: (
            _("What your partner experiences"),
            _("What your partner experiences, beside what you say of yourself"),
        ),
    }
