"""Answer sheets for tests of pure code: what one partner answered, as stored numbers by line id."""

from hypothesis import strategies as st

from assessments.instruments.definition import DECLINED, NOT_APPLICABLE, Instrument, Line
from assessments.scoring import score_lines

Sheet = dict[str, int | None]


def asked(instrument: Instrument) -> list[Line]:
    """Every line but the options of the context checklist."""
    return [line for line in instrument.lines if line.direction != "context"]


def care(instrument: Instrument) -> Sheet:
    """The most caring answer to every line."""
    return {line.id: line.scale[-1 if line.reverse else 0].value for line in asked(instrument)}


def neglect(instrument: Instrument) -> Sheet:
    """The most neglectful answer to every line."""
    return {line.id: line.scale[0 if line.reverse else -1].value for line in asked(instrument)}


def same(instrument: Instrument, value: int) -> Sheet:
    """One value on every line."""
    return {line.id: value for line in asked(instrument)}


def answers(instrument: Instrument, given: dict[str, int | str | None]) -> Sheet:
    """Answers as people give them, and "blank", by line id."""
    return {
        line_id: None if value == "blank" else instrument.encode(line_id, value) for line_id, value in given.items()
    }


@st.composite
def sheets(draw: st.DrawFn, instrument: Instrument) -> Sheet:
    """A sheet with mostly numbers, and codes and blanks here and there."""
    lines = asked(instrument)
    numbers = draw(st.lists(st.integers(0, 4), min_size=len(lines), max_size=len(lines)))
    sheet: Sheet = {line.id: number for line, number in zip(lines, numbers, strict=True)}
    missing = st.sampled_from([None, DECLINED, NOT_APPLICABLE])
    return sheet | draw(st.dictionaries(st.sampled_from(sorted(sheet)), missing, max_size=25))


def twelfths(instrument: Instrument, sheet: Sheet, direction: str) -> dict[str, int]:
    """Twelve times the mean item score of each domain of four with enough answers: always a whole number."""
    sums = {}
    for domain in instrument.scores[instrument.primary_score]["of"]:
        raw = [(line, sheet[line.id]) for line in score_lines(instrument, domain, direction)]
        found = [4 - value if line.reverse else value for line, value in raw if value is not None and value >= 0]
        if len(found) >= 3:
            sums[domain] = 12 // len(found) * sum(found)
    return sums
