"""The fixed catalogue of practice statistics: what is counted, in which groups, and in which tables.

Nobody chooses a filter or a cut: every table of every release is one of these, over all couples that count. Tables of
two dimensions all have the outcome as one, so that nothing follows from their joint distribution that does not follow
from their shared margins, which is what the solver checks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from assessments.adherence import planned_times
from assessments.change import Verdict
from assessments.instruments import library as instruments
from assessments.instruments.definition import Instrument
from assessments.models import StatisticsRow
from assessments.paired import label_of
from assessments.plan_templates import library as templates
from assessments.scoring import band
from assessments.statistics.disclosure import Cell, Relations, table_sums

SESSIONS = 8
NONE = "none"
OUTCOME, MONTHS, COMPLETION, TIMELINESS = "outcome", "months", "completion", "timeliness"
MONTH_GROUPS = {"0-2": 3, "3-5": 6, "6-11": 12, "12+": None}
SHARE_GROUPS = {"under_50": 50, "50-79": 80, "80+": None}
SHARE_LABELS = {"under_50": "Under 50 %", "50-79": "50 to 79 %", "80+": "80 % and more"}
VERDICT_LABELS = {
    Verdict.RELIABLY_BETTER.value: "Reliably better",
    Verdict.CANNOT_TELL_YET.value: "Cannot tell yet",
    Verdict.RELIABLY_WORSE.value: "Reliably worse",
}


@dataclass(frozen=True)
class Dimension:
    """One thing that is known of each couple, in one of the groups of `labels`."""

    id: str
    label: str
    # What it is and how it was measured, for the codebook.
    meaning: str
    unit: str
    labels: Mapping[str, str]
    group: Callable[[StatisticsRow], str]


@dataclass(frozen=True)
class Catalogue:
    dimensions: Mapping[str, Dimension]
    tables: Sequence[tuple[str, ...]]

    @cached_property
    def values(self) -> dict[str, list[str]]:
        return {key: list(one.labels) for key, one in self.dimensions.items()}

    @cached_property
    def relations(self) -> Relations:
        """All that is known of how the cells of all tables hang together."""
        sums = dict.fromkeys(one for table in self.tables for one in table_sums(table, self.values))
        at_least: list[tuple[Cell, Cell]] = []
        missing: list[Cell] = []
        for key in (one.removesuffix(".intake") for one in self.dimensions if one.endswith(".intake")):
            intake, latest, change = (frozenset({(f"{key}.{one}", NONE)}) for one in ("intake", "latest", "change"))
            # Who has a first form has a newest one, and who has no first has no change.
            at_least += [(intake, latest), (latest, intake), (change, intake)]
            missing += [intake, latest, change]
        return Relations(tuple(sums), tuple(at_least), (frozenset(missing),))


def full_form() -> Instrument:
    """The newest form that the scores are of."""
    return instruments.latest(templates.latest().measured_by.partition("@")[0])


def check_in_of(form: Instrument) -> Instrument:
    """The short form of every week that shares its bands with a full form."""
    shipped = instruments.shipped().values()
    return instruments.latest(next(one.id for one in shipped if one.is_check_in and one.bands == form.bands))


def shared_scores(instrument: Instrument) -> list[str]:
    """The scores that may stand in a summary that both read, and so none about safety or of one partner alone."""
    return [key for key, one in instrument.scores.items() if one["visibility"] == "joint_ok"]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    form = full_form()
    primary = form.primary_score
    of_care = [
        _outcome(),
        _months(),
        _share(COMPLETION, "Forms handed in", "of the forms that were due, by both"),
        _share(TIMELINESS, "Handed in within two days", "of the forms that were handed in, by both"),
    ]
    of_scores = [one for key in shared_scores(form) for one in _of_score(form, key)]
    check_ins = [_check_in(number) for number in range(1, SESSIONS + 1)]
    activities = [
        _activity(key, one["title"]["en"])
        for key, one in templates.latest().practices.items()
        if one["who"] != "therapist" and planned_times(one["dose"])
    ]
    dimensions = {one.id: one for one in (*of_care, *of_scores, *check_ins, *activities)}
    beside_outcome = (MONTHS, COMPLETION, f"{primary}.latest", f"{primary}.change")
    return Catalogue(dimensions, [*((key,) for key in dimensions), *((OUTCOME, key) for key in beside_outcome)])


def _group(value: int | None, groups: Mapping[str, int | None]) -> str:
    """The first group whose end lies above the value."""
    if value is None:
        return NONE
    return next(key for key, end in groups.items() if end is None or value < end)


def _outcome() -> Dimension:
    labels = {str(value): str(label) for value, label in StatisticsRow.Outcome.choices}
    meaning = "Whether the couple was in care at the end of the quarter, or why it was closed."
    return Dimension(OUTCOME, "State and outcome", meaning, "", labels, lambda row: row.outcome)


def _months() -> Dimension:
    labels = {key: f"{key.replace('-', ' to ').replace('12+', '12 and more')} months" for key in MONTH_GROUPS}
    meaning = "Whole months since care began, up to its end or the end of the quarter."
    return Dimension(MONTHS, "Time in care", meaning, "months", labels, lambda row: _group(row.months, MONTH_GROUPS))


def _share(key: str, label: str, of: str) -> Dimension:
    labels = {**SHARE_LABELS, NONE: "No form yet"}
    return Dimension(key, label, f"Percent {of}, since care began.", "percent", labels,
                     lambda row: _group(getattr(row, key), SHARE_GROUPS))  # fmt: skip


def _band_labels(instrument: Instrument, missing: str) -> dict[str, str]:
    return {one["id"]: instrument.words(one["label"]) for one in instrument.bands} | {NONE: missing}


def _band(instrument: Instrument, score_id: str, value: int | None) -> str:
    return band(instrument, score_id, None if value is None else Fraction(value)) or NONE


def _of_score(form: Instrument, key: str) -> list[Dimension]:
    label, bands = label_of(form, key), _band_labels(form, "Not handed in by both")
    basis = f"Score {key} of {form.ref}, what both experienced on the mean, 0 to 100. {form.basis['note']}"
    words = {**VERDICT_LABELS, NONE: "No second form of both"}
    return [
        Dimension(f"{key}.intake", f"{label}: first form", f"First form of both. {basis}", "band of the score", bands,
                  lambda row: _band(form, key, row.intake.get(key))),
        Dimension(f"{key}.latest", f"{label}: newest form", f"Newest form of both. {basis}", "band of the score", bands,
                  lambda row: _band(form, key, row.latest.get(key))),
        Dimension(f"{key}.change", f"{label}: change", f"From the first to the newest form of both. {basis}",
                  "word on the change, beyond 1.96 standard errors or not", words,
                  lambda row: row.change.get(key, NONE)),
    ]  # fmt: skip


def _check_in(number: int) -> Dimension:
    instrument = check_in_of(full_form())
    [key] = shared_scores(instrument)
    meaning = (
        f"Score {key} of {instrument.ref}, what both experienced on the mean, in the newest check-in of both between "
        f"the session before and session {number}. {instrument.basis['note']}"
    )
    labels = _band_labels(instrument, "No check-in of both")
    return Dimension(f"check_in.{number}", f"Check-in before session {number}", meaning, "band of the score", labels,
                     lambda row: _band(instrument, key, row.check_ins.get(str(number))))  # fmt: skip


def _activity(key: str, title: str) -> Dimension:
    labels = {**SHARE_LABELS, NONE: "Not held or not reported"}
    meaning = "Percent of what was planned that was done, over the weeks that were reported, by both on the mean."
    return Dimension(f"activity.{key}", title, meaning, "percent", labels,
                     lambda row: _group(row.adherence.get(key), SHARE_GROUPS))  # fmt: skip
