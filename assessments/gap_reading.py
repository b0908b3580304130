"""The domains between full forms as a page says them: whole numbers with signs, the three words, a small chart."""

from dataclasses import dataclass

from assessments.change import Verdict
from assessments.gaps import GapSeries
from assessments.progress import DomainProgress, FullForms, ScoreChange
from assessments.progress_charts import GapChart, gap_chart
from assessments.reading import whole

VERDICTS = {
    Verdict.RELIABLY_BETTER: "reliably better",
    Verdict.CANNOT_TELL_YET: "cannot tell yet",
    Verdict.RELIABLY_WORSE: "reliably worse",
}


@dataclass(frozen=True)
class ReadChange:
    """`text` is "62 → 50", `change` "−12"; both "–" where a side is missing."""

    change: ScoreChange
    now: str
    before: str
    moved: str
    verdict: str


@dataclass(frozen=True)
class ReadGap:
    gap: GapSeries
    now: str
    before: str
    moved: str


@dataclass(frozen=True)
class DomainRow:
    domain: DomainProgress
    changes: tuple[ReadChange, ...]
    gaps: tuple[ReadGap, ...]
    chart: GapChart | None


def gap_rows(forms: FullForms | None) -> list[DomainRow]:
    """The rows of the domain table, the mean of the domains first; [] before the first full form."""
    return [_row(domain) for domain in forms.domains] if forms else []


def signed(value: float | None) -> str:
    if value is None:
        return "–"
    number = whole(value)
    return f"+{number}" if number > 0 else str(number).replace("-", "−")


def plain(value: float | None) -> str:
    return "–" if value is None else str(whole(value)).replace("-", "−")


def _row(domain: DomainProgress) -> DomainRow:
    return DomainRow(
        domain=domain,
        changes=tuple(_change(one) for one in domain.changes),
        gaps=tuple(_gap(one) for one in domain.gaps),
        chart=gap_chart(domain.gaps),
    )


def _change(one: ScoreChange) -> ReadChange:
    said = VERDICTS[one.verdict] if one.verdict is not None else ""
    return ReadChange(one, plain(one.after), plain(one.before), signed(one.change), said)


def _gap(one: GapSeries) -> ReadGap:
    gaps = [point.gap for point in one.points if point.gap is not None]
    now, before = (gaps[-1] if gaps else None), (gaps[-2] if len(gaps) > 1 else None)
    moved = ("moved" if one.moved else "cannot tell yet") if before is not None else ""
    return ReadGap(one, signed(now), signed(before), moved)
