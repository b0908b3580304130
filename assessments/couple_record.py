"""What both of a couple share, as their therapist hands it over: what was agreed and done with both in the room.

The rule that must not break: nothing in it depends on what one partner said, did or had alone. No answer, score, week,
rating, flag, talk alone or goal of one is in it, nor an activity that one holds. What one wrote and let the therapist
bring in is a passage: it is there when the therapist included it, and else as if it had not been written.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.goals import level_texts
from assessments.instruments.definition import Json
from assessments.joint_reading import ReportPage, page_for_both
from assessments.models import Activity, ActivityHolder, Goal, JointReport, RepairPlan, SpecificRequest
from assessments.partner_record import activity_said, iso_time
from assessments.partner_record_pdf import Entry, in_words, rows_in_words, titled, typeset
from assessments.passages import decided_passages, requests_treated_by
from assessments.plan_templates import library as templates
from assessments.plan_words import signed
from clients.models import CounselingSession, Couple, Partner, RecordRequest
from practice import audit
from practice.downloads import File
from practice.errors import DomainError
from practice.models import Membership

FORMAT = "attune-couple-record/1"


def json_file(request_id: UUID, *, membership: Membership) -> File:
    content = json.dumps(shared_record_of(request_id, membership), ensure_ascii=False, indent=1).encode()
    return File("record.json", "application/json", content)


def pdf_file(request_id: UUID, *, membership: Membership) -> File:
    record = shared_record_of(request_id, membership)
    about = [in_words(record["made_at"]), _("What both share. Nothing that one said alone is in it.")]
    return File("record.pdf", "application/pdf", typeset(about, _sections(record)))


def shared_record_of(request_id: UUID, membership: Membership) -> Json:
    """The record that was asked for, as of now. Raises Http404, PassagesUndecided."""
    request = requests_treated_by(membership).filter(pk=request_id).first()
    if request is None or request.couple is None:
        raise Http404
    record = couple_record(request, at=timezone.now())
    audit.record("record.made", object_id=request.id, couple_id=request.couple.id)
    return record


def couple_record(request: RecordRequest, *, at: datetime) -> Json:
    """In words, with times in ISO 8601. Raises PassagesUndecided."""
    couple = request.about
    partners = list(Partner.objects.filter(couple=couple).order_by("position"))
    names = {one.id: one.name for one in partners}
    notes = [{"at": iso_time(one.at), "where": one.where, "text": one.text} for one in decided_passages(request)]
    return {
        "format": FORMAT,
        "made_at": iso_time(at),
        "purpose": request.purpose,
        "names": list(names.values()),
        "step": _step(couple),
        "activities": list(_activities(couple)),
        "goals": [_goal(one) for one in Goal.objects.filter(couple=couple, owner=None).order_by("written_at")],
        "requests": [_request(one, names) for one in SpecificRequest.objects.filter(couple=couple)],
        "sessions": list(_sessions(couple)),
        "summaries": [_summary(one) for one in _summaries(couple, partners)],
        "notes": notes,
    }


def _step(couple: Couple) -> str:
    plan = RepairPlan.objects.filter(couple=couple).first()
    if plan is None:
        return ""
    steps = templates.get(plan.template).definition["steps"]
    return next((str(one["title"]["en"]) for one in steps if one["id"] == plan.active_step), "")


def _activities(couple: Couple) -> Iterator[Json]:
    """Those that both hold. One that one holds alone is on that one's pages only."""
    held = Counter(ActivityHolder.objects.filter(activity__couple=couple).values_list("activity_id", flat=True))
    for one in Activity.objects.filter(couple=couple).select_related("plan").order_by("started_at", "template"):
        if held[one.id] > 1:
            yield activity_said(one)


def _goal(goal: Goal) -> Json:
    return {
        "behaviour": goal.behaviour,
        "how_counted": goal.how_counted,
        "levels": {str(level): text for level, text in level_texts(goal).items()},
        "written_at": iso_time(goal.written_at),
        "ended_at": iso_time(goal.ended_at),
    }


def _request(one: SpecificRequest, names: dict[UUID, str]) -> Json:
    return {
        "asked_at": iso_time(one.asked_at),
        "asked_by": names[one.asked_by_id],
        "asked_of": names[one.asked_of_id],
        "wording": one.wording,
        "agreed_wording": one.agreed_wording,
        "answer": str(one.get_answer_display()),
        "cadence": str(one.get_cadence_display()),
        "ended_at": iso_time(one.ended_at),
    }


def _sessions(couple: Couple) -> Iterator[Json]:
    with_both = CounselingSession.objects.filter(couple=couple, kind=CounselingSession.Kind.COUPLE)
    for one in with_both.exclude(held_at=None).order_by("held_at"):
        yield {"held_at": iso_time(one.held_at)}


def _summaries(couple: Couple, partners: list[Partner]) -> Iterator[ReportPage]:
    """Those that both may read now; none where one takes no further part, as on their own pages."""
    if any(one.state == Partner.State.LEFT for one in partners):
        return
    for report in JointReport.objects.filter(couple=couple, withdrawn_at=None).order_by("released_at"):
        try:
            yield page_for_both(report)
        except DomainError:
            continue


def _summary(page: ReportPage) -> Json:
    return {
        "released_on": page.released_on.isoformat(),
        "basis": page.basis,
        "topics": [
            {"label": one.label, "lines": [{"about": line.about, "word": line.word} for line in one.lines]}
            for one in page.topics
        ],
    }


def _sections(record: Json) -> Iterator[tuple[str, list[Entry]]]:
    yield _("Names"), [("", [("", name) for name in record["names"]])]
    yield _("Step of the plan"), [("", [("", record["step"])])] if record["step"] else []
    yield _("What you do together"), titled(record["activities"], "title")
    yield _("Goals you share"), [_goal_entry(one) for one in record["goals"]]
    yield _("Requests"), [("", rows_in_words(one)) for one in record["requests"]]
    yield _("Meetings"), [("", [("", in_words(one["held_at"])) for one in record["sessions"]])]
    yield _("Summaries"), [_summary_entry(one) for one in record["summaries"]]
    yield _("Notes"), [(f"{in_words(one['at'])}, {one['where']}", [("", one["text"])]) for one in record["notes"]]


def _goal_entry(goal: Json) -> Entry:
    levels = [(signed(int(level)), text) for level, text in goal["levels"].items()]
    return goal["behaviour"], [("", goal["how_counted"]), *levels]


def _summary_entry(summary: Json) -> Entry:
    said = [(topic["label"], line) for topic in summary["topics"] for line in topic["lines"]]
    lines = [(f"{label}: {line['about']}", line["word"]) for label, line in said]
    return summary["released_on"], [*lines, ("", summary["basis"])]
