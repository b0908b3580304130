"""A couple's progress in the shape of the API: every number with the basis it rests on."""

from typing import Any

from assessments.gaps import GapSeries
from assessments.ledger import LedgerRow, PartnerAdherence
from assessments.measurement import Parameters
from assessments.progress import CheckInSeries, Companion, FullForms, ScoreChange
from assessments.screen_parts import GoalSummary, RatedGoal, Win
from assessments.session_screen import Screen


def progress_json(screen: Screen) -> dict[str, Any]:
    """The shape of `GET /couples/{id}/progress/`."""
    forms = screen.full_forms
    return {
        "couple": str(screen.record.couple.id),
        "since": screen.record.couple.care_since,
        "check_ins": [_series(one) for one in screen.check_ins],
        "domains": _domains(forms) if forms else [],
        "full_waves": forms.waves if forms else 0,
        "ledger": [_row(one) for one in screen.ledger],
        "adherence": [_adherence(plan.adherence) for plan in screen.plans],
        "goals": [_goal(one) for one in screen.goals],
        "goal_attainment": [_summary(one) for one in screen.goal_summaries],
        "small_wins": [_win(one) for one in screen.wins],
        "companions": [_companion(one) for one in screen.companions],
        "basis": {
            "check_ins": _basis(screen.check_ins[0]) if screen.check_ins else None,
            "domains": _forms_basis(forms) if forms else None,
        },
    }


def _series(one: CheckInSeries) -> dict[str, Any]:
    low, high = one.band or (None, None)
    return {
        "partner": str(one.partner.id),
        "score": one.score_id,
        "better": one.better,
        "points": [
            {"wave": str(point.wave), "at": point.at, "score": point.score, "verdict": point.verdict}
            for point in one.points
        ],
        "baseline": one.baseline,
        "band": None if one.band is None else {"low": low, "high": high},
        "verdict": one.verdict,
        "verdict_at": one.verdict_at,
        "trend": None if one.trend is None else {"slope": one.trend.line.slope, "direction": one.trend.direction},
        "is_worsening": one.is_worsening,
        "missing": one.missing,
        "basis": _basis(one),
    }


def _basis(one: CheckInSeries) -> dict[str, Any]:
    return {**one.instrument.basis, "instrument": one.instrument.ref, **_parameters(one.parameters, one.score_id)}


def _forms_basis(forms: FullForms) -> dict[str, Any]:
    primary = forms.instrument.primary_score
    return {**forms.instrument.basis, "instrument": forms.instrument.ref, **_parameters(forms.parameters, primary)}


def _parameters(parameters: Parameters, score_id: str) -> dict[str, Any]:
    return {
        "parameters": parameters.version,
        "standard_error": parameters.error(score_id),
        "change_error": parameters.change_error(score_id),
    }


def _domains(forms: FullForms) -> list[dict[str, Any]]:
    return [
        {
            "domain": one.score_id,
            "label": one.label,
            "primary": one.is_primary,
            "changes": [_change(change) for change in one.changes],
            "gaps": [_gaps(gap) for gap in one.gaps],
            "basis": _parameters(forms.parameters, one.score_id),
        }
        for one in forms.domains
    ]


def _change(one: ScoreChange) -> dict[str, Any]:
    return {
        "partner": str(one.partner.id),
        "before": one.before,
        "after": one.after,
        "change": one.change,
        "verdict": one.verdict,
    }


def _gaps(one: GapSeries) -> dict[str, Any]:
    points = [
        {"wave": str(point.wave), "at": point.at, "score": point.gap, "reason": point.reason} for point in one.points
    ]
    return {"receiver": str(one.receiver.id), "points": points, "standard_error": one.error, "moved": one.moved}


def _row(row: LedgerRow) -> dict[str, Any]:
    return {
        "activity": str(row.activity.id),
        "template": row.activity.template,
        "partner": str(row.partner.id),
        "started_at": row.activity.started_at,
        "ended_at": row.activity.ended_at,
        "weeks": [
            {
                "monday": week.monday,
                "planned": week.planned,
                "done": week.done,
                "noticed": week.noticed,
                "helped": week.helped,
            }
            for week in row.weeks
        ],
        "moved_together": [
            {
                "domain": one.label,
                "before": one.before,
                "after": one.after,
                "verdict": one.verdict,
                "waves": one.waves,
            }
            for one in row.movements
        ],
    }


def _adherence(one: PartnerAdherence) -> dict[str, Any]:
    return {
        "partner": str(one.partner.id),
        "share": one.share,
        "monday": one.monday,
        "coverage": one.coverage,
        "reported": one.reported,
        "due": one.due,
    }


def _goal(one: RatedGoal) -> dict[str, Any]:
    return {
        "id": str(one.goal.id),
        "owner": None if one.goal.owner_id is None else str(one.goal.owner_id),
        "domain": one.goal.domain,
        "weight": one.goal.weight,
        "review_on": one.goal.review_on,
        "ratings": [{"rater": rater or "therapist", "level": level} for rater, level in one.ratings],
    }


def _summary(one: GoalSummary) -> dict[str, Any]:
    return {"rater": one.rater or "therapist", "t": one.t}


def _win(one: Win) -> dict[str, Any]:
    shared = one.win.share_via_therapist
    return {"partner": str(one.partner.id), "text": one.win.text, "share_via_therapist": shared}


def _companion(one: Companion) -> dict[str, Any]:
    return {
        "partner": str(one.partner.id),
        "instrument": one.instrument.ref,
        "score": one.score_id,
        "better": one.better,
        "at": one.at,
        "value": one.score,
        "before": one.before,
        "verdict": one.verdict,
    }
