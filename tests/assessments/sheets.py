"""Answer sheets for tests of pure code: what one partner answered, as stored numbers by line id."""

from assessments.instruments.definition import Instrument, Line

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
    return {line_id: None if value == "blank" else instrument.encode(line_id, value) for line_id, value in given.items()}
