"""The record of one partner, as the practice hands it over to them in person when they ask for it.

The rule that must not break: nothing in it comes from the other partner, or depends on them: not their answers, weeks,
goals or talks alone, nor what compares the two. Own safety answers are in it, so it is given to that person alone.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from assessments import library
from assessments.goals import level_texts
from assessments.instruments.definition import Json
from assessments.models import (
    Activity,
    AnswerSheet,
    Goal,
    GoalRating,
    Intention,
    SheetScores,
    SpecificRequest,
    WeekReport,
)
from assessments.opening import answer_words, note_reading
from assessments.passages import decided_passages, requests_treated_by
from assessments.plan_words import activity_title, dose_words
from assessments.sheets import form_of, saved_lines, values_of
from assessments.weeks import open_note, wins_of
from clients.models import Consent, CounselingSession, Partner, RecordRequest
from practice import audit
from practice.downloads import File
from practice.models import Membership


def json_file(request_id: UUID, *, membership: Membership) -> File:
    record = record_to_hand_over(request_id, membership=membership)
    content = json.dumps(record, ensure_ascii=False, indent=1).encode()
    return File("record.json", "application/json", content)


def record_to_hand_over(request_id: UUID, *, membership: Membership) -> Json:
    """The record that was asked for, as of now. Raises Http404, PassagesUndecided."""
    request = requests_treated_by(membership).filter(pk=request_id).first()
    if request is None or request.partner is None:
        raise Http404
    record = partner_record(request, request.partner, at=timezone.now())
    audit.record("record.made", object_id=request.id, couple_id=request.about.id)
    return record


def partner_record(request: RecordRequest, partner: Partner, *, at: datetime) -> Json:
    """All of one partner's record in words, with times in ISO 8601. Raises PassagesUndecided."""
    notes = [{"at": iso_time(one.at), "where": one.where, "text": one.text} for one in decided_passages(request)]
    return {
        "format": "attune-partner-record/1",
        "made_at": iso_time(at),
        "purpose": request.purpose,
        "person": _person(partner),
        "consents": list(_consents(partner)),
        "forms": list(_forms(partner)),
        "weeks": list(_weeks(partner)),
        "intentions": list(_intentions(partner)),
        "activities": [activity_said(one) for one in _held(partner)],
        "goals": [_goal(one, partner) for one in _goals(partner)],
        "requests": [_request(one, partner) for one in _requests(partner)],
        "sessions": list(_sessions(partner)),
        "notes": notes,
    }


def iso_time(moment: datetime | None) -> str | None:
    """To the minute, by the clock in force."""
    return timezone.localtime(moment).isoformat(timespec="minutes") if moment else None


def _person(partner: Partner) -> Json:
    contact = ("name", "email", "phone", "neutral_name", "channel", "hours")
    return {name: getattr(partner, name) for name in contact}


def _consents(partner: Partner) -> Iterator[Json]:
    for one in Consent.objects.filter(partner=partner).order_by("given_at"):
        when = {"given_at": iso_time(one.given_at), "withdrawn_at": iso_time(one.withdrawn_at)}
        yield {"kind": str(one.get_kind_display()), "version": one.version, **when}


def _forms(partner: Partner) -> Iterator[Json]:
    sheets = AnswerSheet.objects.filter(partner=partner).exclude(state=AnswerSheet.State.NOT_OPENED)
    note_reading(sheets)
    scores = dict(SheetScores.objects.filter(partner=partner).values_list("sheet_id", "scores"))
    for sheet in sheets.order_by("opens_at", "id"):
        form = form_of(sheet)
        values, _seconds = values_of(sheet, form)
        saved = saved_lines(form, sheet.saved)
        # A licence that does not let the wording be printed lets the answers go, by the names of the lines.
        worded = library.allows(form.instrument, library.PRINT)
        yield {
            "title": form.instrument.client_title,
            "instrument": sheet.instrument,
            "state": str(sheet.get_state_display()),
            "submitted_at": iso_time(sheet.submitted_at),
            "answers": [
                {
                    "line": line.id,
                    "text": line.text if worded else line.id,
                    "answer": answer_words(line, values[line.id]),
                }
                for line in form.lines
                if line.id in saved
            ],
            "scores": scores.get(sheet.id, {}),
            "basis": form.instrument.basis["note"],
        }


def _weeks(partner: Partner) -> Iterator[Json]:
    titles = {str(one.id): activity_title(one) for one in _held(partner)}
    asked = {str(one.id): one.agreed_wording or one.wording for one in _requests(partner)}
    for report in WeekReport.objects.filter(partner=partner).order_by("monday"):
        yield {
            "monday": report.monday.isoformat(),
            "activities": [
                {"title": titles.get(key, ""), **{name: entry[name] for name in entry if name != "note"}}
                | {"note": open_note(report, key)}
                for key, entry in report.entries.items()
            ],
            "requests": [{"wording": asked.get(key, ""), "said": word} for key, word in report.requests.items()],
            "small_wins": [one.text for one in wins_of(report)],
        }


def _intentions(partner: Partner) -> Iterator[Json]:
    for one in Intention.objects.filter(partner=partner).order_by("stated_at"):
        yield {"stated_at": iso_time(one.stated_at), "wish": str(one.get_wish_display())}


def _held(partner: Partner) -> QuerySet[Activity]:
    return Activity.objects.filter(holders__partner=partner).select_related("plan").order_by("started_at", "template")


def activity_said(one: Activity) -> Json:
    """An activity, how often, and from when to when."""
    when = {"started_at": iso_time(one.started_at), "ended_at": iso_time(one.ended_at)}
    return {"title": activity_title(one), "dose": dose_words(one.dose), **when}


def _goals(partner: Partner) -> QuerySet[Goal]:
    """Their own and those of the pair, never those of the other alone."""
    return Goal.objects.filter(Q(owner=None) | Q(owner=partner), couple_id=partner.couple_id).order_by("written_at")


def _goal(goal: Goal, partner: Partner) -> Json:
    rated = GoalRating.objects.filter(goal=goal, partner=partner).order_by("rated_at")
    return {
        "behaviour": goal.behaviour,
        "how_counted": goal.how_counted,
        "levels": {str(level): text for level, text in level_texts(goal).items()},
        "is_private": goal.owner_id is not None,
        "own_ratings": [{"rated_at": iso_time(one.rated_at), "level": one.level} for one in rated],
    }


def _requests(partner: Partner) -> QuerySet[SpecificRequest]:
    """Both know them: they are made in the room and stand in the week of each."""
    return SpecificRequest.objects.filter(couple_id=partner.couple_id).order_by("asked_at")


def _request(one: SpecificRequest, partner: Partner) -> Json:
    return {
        "asked_at": iso_time(one.asked_at),
        "asked_by_this_person": one.asked_by_id == partner.id,
        "wording": one.wording,
        "agreed_wording": one.agreed_wording,
        "answer": str(one.get_answer_display()),
    }


def _sessions(partner: Partner) -> Iterator[Json]:
    with_them = Q(kind=CounselingSession.Kind.COUPLE) | Q(partner=partner)
    held = CounselingSession.objects.filter(with_them, couple_id=partner.couple_id).exclude(held_at=None)
    for one in held.order_by("held_at"):
        yield {"held_at": iso_time(one.held_at), "kind": str(one.get_kind_display())}
