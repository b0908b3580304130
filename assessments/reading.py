"""One wave of a couple as the therapist reads it: numbers as people say them, each with its band, its error or the
reason for its absence.

Shown numbers are whole, half away from zero; what they are compared with is not rounded. Every reading is audited.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.http import Http404
from django.utils.translation import gettext as _

from assessments import library, results, scoring
from assessments.instruments.definition import Instrument
from assessments.models import AnswerSheet, SafetyFlag, SheetScores, Wave
from clients.models import Couple, Partner
from practice import audit

# A partner, with their form in this wave if they got one.
Taker = tuple[Partner, AnswerSheet | None]
# A difference beyond 1.96 standard errors is more than the error of the two ratings (clinical/design.md 3.4).
NOISE = 1.96
NO_GAP: dict[str, Any] = {"score": None, "standard_error": None, "band": None, "reason": "side_missing"}


@dataclass(frozen=True)
class Mark:
    """One score. `value` is exact, `text` whole; `why` says why there is none."""

    value: float | None
    text: str
    band: str
    why: str


@dataclass(frozen=True)
class Gap:
    """What X experienced less what Y says of themselves. `error` is its standard error."""

    value: float | None
    text: str
    error: str
    band: str
    why: str
    beyond_error: bool


@dataclass(frozen=True)
class Side:
    """One receiver: what they experienced, and the other's own account of the same."""

    receiver: Partner
    giver: Partner
    experienced: Mark
    enacted: Mark
    gap: Gap


@dataclass(frozen=True)
class PairRow:
    score: str
    label: str
    sides: tuple[Side, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class OwnRow:
    """A score that each partner has about themselves or the couple; nothing stands against it."""

    score: str
    label: str
    marks: tuple[tuple[Partner, Mark], ...]


@dataclass(frozen=True)
class Reading:
    instrument: Instrument
    wave: Wave
    sheets: tuple[AnswerSheet, ...]
    flags: tuple[SafetyFlag, ...]
    pairs: tuple[PairRow, ...]
    own: tuple[OwnRow, ...]
    couple_mean: Mark | None
    notes: tuple[str, ...]
    quality: tuple[tuple[Partner, str], ...]


def opened_waves(couple: Couple) -> list[Wave]:
    """Every wave that was opened, newest first, of whatever instrument; `handed_in` says whether any form was."""
    submitted = AnswerSheet.objects.filter(wave_id=OuterRef("pk"), state=AnswerSheet.State.SUBMITTED)
    opened = Wave.objects.filter(couple=couple).exclude(opened_at=None).select_related("assignment")
    return list(opened.annotate(handed_in=Exists(submitted)).order_by("-opens_at", "-number"))


def chosen_wave(waves: list[Wave], wave_id: str | None) -> Wave:
    """The wave asked for, else the newest with a form handed in, else the newest. Raises Http404."""
    if wave_id:
        found = next((one for one in waves if str(one.id) == wave_id), None)
    else:
        found = next((one for one in waves if one.handed_in), waves[0])  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def read_wave(couple: Couple, wave: Wave) -> Reading:
    """What one wave shows, with every flag of the couple that is not closed. Audited."""
    sheets = AnswerSheet.objects.select_related("partner").order_by("partner__position")
    sheets = sheets.prefetch_related(Prefetch("scores", SheetScores.objects.all()))
    prefetch_related_objects([wave], Prefetch("sheets", sheets))
    unsettled = ~Q(state=SafetyFlag.State.CLOSED) | Q(sheet__wave=wave)
    found = SafetyFlag.objects.filter(unsettled, couple=couple).select_related("partner", "sheet")
    flags = tuple(found.order_by("raised_at"))
    share_flags(wave, flags)
    instrument = library.resolve(wave.assignment.instrument, wave.assignment.content_hash)
    audit.record("results.read", object_id=wave.id, couple_id=couple.id, instrument=instrument.ref)
    levels = SafetyFlag.Level.values
    result = results.wave_result(wave)
    words = Words(instrument, takers_of(couple, wave), result)
    return Reading(
        instrument=instrument,
        wave=wave,
        sheets=tuple(wave.sheets.all()),
        flags=tuple(sorted(flags, key=lambda flag: levels.index(flag.level))),
        pairs=tuple(words.pair_rows()),
        own=tuple(words.own_rows()),
        couple_mean=words.couple_mean(),
        notes=tuple(words.pair_notes()),
        quality=tuple(words.quality()),
    )


def takers_of(couple: Couple, wave: Wave) -> list[Taker]:
    """Both partners in their order, also one who got no form."""
    takers: list[Taker] = [(sheet.partner, sheet) for sheet in wave.sheets.all()]
    if len(takers) < 2:
        known = [partner.id for partner, _ in takers]
        takers += [(partner, None) for partner in Partner.objects.filter(couple=couple).exclude(pk__in=known)]
    return sorted(takers, key=lambda taker: taker[0].position)


def share_flags(wave: Wave, flags: tuple[SafetyFlag, ...]) -> None:
    """Fill the flags of the wave's sheets from what was read for the couple."""
    for sheet in wave.sheets.all():
        of_sheet = [flag for flag in flags if flag.sheet_id == sheet.id]
        vars(sheet).setdefault("_prefetched_objects_cache", {})["flags"] = of_sheet


def whole(value: float) -> int:
    """Half away from zero."""
    rounded = floor(abs(value) + 0.5)
    return -rounded if value < 0 else rounded


class Words:
    """Turns the result of a wave, in the API's shape, into what a page says."""

    def __init__(self, instrument: Instrument, takers: list[Taker], result: dict[str, Any]) -> None:
        self.instrument = instrument
        self.takers = takers
        self.sheets = [sheet for _, sheet in takers if sheet]
        self.result = result
        self.gap = next((entry for entry in instrument.dyadic if entry["id"] == "gap"), {})
        self.partners = {entry["sheet"]: entry for entry in result["partners"]}
        self.bands = {band["id"]: band for band in instrument.bands}
        self.gap_bands = {band["id"]: instrument.words(band["label"]) for band in instrument.gap_bands}

    def pair_rows(self) -> Iterator[PairRow]:
        gaps = self.result["gaps"]
        for score_id in next(iter(gaps.values()), {}):
            sides = [self._side(score_id, *order) for order in (self.takers, self.takers[::-1])]
            yield PairRow(score_id, self.label(score_id), tuple(sides), tuple(self._notes(score_id)))

    def own_rows(self) -> Iterator[OwnRow]:
        paired: dict[str, Any] = next(iter(self.result["gaps"].values()), {})
        for score_id in self.instrument.scores:
            if score_id not in paired:
                direction = scoring.directions_of(self.instrument, score_id)[0]
                marks = [(sheet.partner, self._mark(score_id, direction, sheet)) for sheet in self.sheets]
                yield OwnRow(score_id, self.label(score_id), tuple(marks))

    def couple_mean(self) -> Mark | None:
        found = self.result["couple_mean"].get(self.instrument.primary_score)
        if found is None:
            return None
        return Mark(found["score"], _text(found["score"]), "", self._why(self.instrument.primary_score, found))

    def pair_notes(self) -> Iterator[str]:
        rules = {rule["id"]: rule for rule in self.instrument.rules}
        for note in self.result["notes"]:
            for condition in rules[note["rule"]]["any"]:
                told = {"label": self.label(condition["score"]), "points": condition["gte"]}
                yield (
                    _("%(label)s: what one experienced is %(points)s points or more above the other's account.") % told
                )

    def quality(self) -> Iterator[tuple[Partner, str]]:
        hints = {
            "fast_answers": _("Half of the lines took less than a second and a half each."),
            "same_answer": _("One answer was given on 15 or more lines in a row where that is hard to mean."),
            "many_declined": _("More than a quarter of the lines were declined."),
        }
        for sheet in self.sheets:
            for hint in self.partners[str(sheet.id)]["quality"]:
                yield sheet.partner, hints.get(hint, hint)

    def label(self, score_id: str) -> str:
        domain = self.instrument.domains.get(score_id)
        if domain is not None:
            return self.instrument.words(domain["label"])
        definition = self.instrument.scores[score_id]
        if definition["kind"] == "mean_of_scores":
            return _("Mean of %(number)s domains") % {"number": len(definition["of"])}
        return _("%(first)s to %(last)s") % {"first": definition["items"][0], "last": definition["items"][-1]}

    def _side(self, score_id: str, mine: Taker, other: Taker) -> Side:
        received, given = (self.gap[side]["direction"] for side in ("left", "right"))
        return Side(
            receiver=mine[0],
            giver=other[0],
            experienced=self._mark(score_id, received, mine[1]),
            enacted=self._mark(score_id, given, other[1]),
            gap=self._gap(score_id, mine[0]),
        )

    def _mark(self, score_id: str, direction: str, sheet: AnswerSheet | None) -> Mark:
        if sheet is None:
            return Mark(None, "–", "", _("Got no form in this wave."))
        found = self.partners[str(sheet.id)]["scores"].get(direction, {}).get(score_id)
        if found is None:
            return Mark(None, "–", "", _("No scores: %(state)s.") % {"state": sheet.get_state_display().lower()})
        band = self.bands.get(found["band"] or "")
        about_self = self.instrument.directions.get(direction, {}).get("about") == "self"
        hard = about_self and len(self.instrument.scores[score_id]["directions"]) == 1
        label = self.instrument.words(band["label_hard" if hard else "label"]) if band else ""
        return Mark(found["score"], _text(found["score"]), label, self._why(score_id, found))

    def _gap(self, score_id: str, receiver: Partner) -> Gap:
        found = self.result["gaps"].get(str(receiver.id), {}).get(score_id, NO_GAP)
        value, error = found["score"], found["standard_error"]
        sign = "+" if value is not None and whole(value) > 0 else ""
        return Gap(
            value=value,
            text=f"{sign}{_text(value)}",
            error="" if error is None else _text(error),
            band=self.gap_bands.get(found["band"] or "", ""),
            why=self._why(score_id, found),
            beyond_error=value is not None and error is not None and abs(value) > NOISE * error,
        )

    def _why(self, score_id: str, found: dict[str, Any]) -> str:
        definition = self.instrument.scores[score_id]
        counts = {"answered": found.get("answered"), "of": found.get("of")}
        pairing = self.instrument.pairing or {}
        reasons = {
            "too_few_answers": _("%(answered)s of %(of)s lines answered, %(needed)s needed."),
            "too_few_domains": _("Too few domains have a score: %(needed)s needed."),
            "side_missing": _("One side has no score."),
            "not_contemporaneous": _("The forms were handed in more than %(days)s days apart."),
        }
        needed = definition.get("min_answered") or definition.get("min_inputs")
        text = reasons.get(found["reason"] or "", found["reason"] or "")
        return text % {**counts, "needed": needed, "days": pairing.get("max_days_between")} if text else ""

    def _notes(self, score_id: str) -> Iterator[str]:
        for note in self.instrument.definition.get("therapist_notes", []):
            items = [item for item in note["items"] if self.instrument.items[item]["domain"] == score_id]
            if items:
                yield f"{', '.join(items)}: {self.instrument.words(note['text'])}"


def _text(value: float | None) -> str:
    return "–" if value is None else str(whole(value)).replace("-", "−")
