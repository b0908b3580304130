"""How the lines of a form are spread over pages that fit a telephone.

The rule that must not break: pages depend on the lines given and on nothing else, so both partners turn the same
pages, whatever either of them has answered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, groupby, pairwise
from typing import Literal

from assessments.instruments.definition import CONTEXT, Instrument, Json, Line

FEWEST, MOST = 4, 6
LEAST_ALONE = 3

Cost = tuple[int, int, int, int, int]
Kind = Literal["lines", "context", "after"]


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring lines of a page that the same people may read."""

    audience: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a form, numbered from 1 over the whole form.

    `preface`, `footer` and `after` are keys of the client texts, "" for none; `prompt` is the question above a
    checklist. A page of kind "after" has no lines, only the text `after`.
    """

    number: int
    kind: Kind
    section: str
    groups: tuple[Group, ...] = ()
    preface: str = ""
    footer: str = ""
    after: str = ""
    prompt: str = ""
    recall_first: str = ""
    recall_repeat: str = ""

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all groups, in order."""
        return tuple(line for group in self.groups for line in group.lines)

    def recall_line(self, *, repeat: bool) -> str:
        """The time to think about: another one for those who have answered these lines before."""
        return self.recall_repeat if repeat else self.recall_first


def form_pages(instrument: Instrument, lines: Sequence[Line]) -> tuple[Page, ...]:
    """The pages of a form with these lines, in their order; a section with none of them has no page.

    Four to six lines a page as far as the section allows, evenly, parting where the audience changes. A section with
    its own page is one page.
    """
    sections = {section["id"]: section for section in instrument.sections}
    pages = [
        page
        for section_id, own in groupby(lines, key=lambda line: line.section)
        for page in _section_pages(instrument, sections[section_id], list(own))
    ]
    return tuple(replace(page, number=number) for number, page in enumerate(pages, start=1))


def _section_pages(instrument: Instrument, section: Json, lines: list[Line]) -> Iterator[Page]:
    asked = [line for line in lines if line.direction != CONTEXT]
    options = [line for line in lines if line.direction == CONTEXT]
    for index, part in enumerate(_parts(asked, whole=section.get("own_page", False))):
        yield _lines_page(instrument, section, part, first=index == 0)
    if options and instrument.context_checklist:
        prompt = instrument.words(instrument.context_checklist["prompt"])
        yield Page(0, "context", section["id"], _groups(options), prompt=prompt)
    if "after" in section:
        yield Page(0, "after", section["id"], after=section["after"])


def _lines_page(instrument: Instrument, section: Json, lines: Sequence[Line], *, first: bool) -> Page:
    timed = section
    if "recall_same_as" in section:
        timed = next(each for each in instrument.sections if each["id"] == section["recall_same_as"])
    return Page(
        number=0,
        kind="lines",
        section=section["id"],
        groups=_groups(lines),
        preface=section.get("preface", "") if first else "",
        footer=section.get("footer", ""),
        recall_first=_recall_text(instrument, timed.get("recall_first", instrument.recall)),
        recall_repeat=_recall_text(instrument, timed.get("recall_repeat", instrument.recall)),
    )


def _recall_text(instrument: Instrument, recall: Json) -> str:
    return instrument.words(recall.get("page_line") or recall["label"])


def _groups(lines: Sequence[Line]) -> tuple[Group, ...]:
    return tuple(Group(audience, tuple(own)) for audience, own in groupby(lines, key=lambda line: line.audience))


def _parts(lines: list[Line], *, whole: bool) -> list[list[Line]]:
    if whole or not lines:
        return [lines] if lines else []
    cuts = _cheapest_cuts(tuple(line.audience for line in lines))
    return [lines[start:end] for start, end in pairwise(cuts)]


@lru_cache(maxsize=1024)
def _cheapest_cuts(audiences: tuple[str, ...]) -> tuple[int, ...]:
    count = len(audiences)
    changes = list(accumulate((first != second for first, second in pairwise(audiences)), initial=0))
    best: list[tuple[Cost, int]] = [((0, 0, 0, 0, 0), count)] * (count + 1)
    for start in reversed(range(count)):
        ends = range(start + 1, min(start + MOST, count) + 1)
        costs = ((_added(_cost(end - start, changes[end - 1] - changes[start]), best[end][0]), -end) for end in ends)
        cost, negative_end = min(costs)
        best[start] = (cost, -negative_end)
    cuts = [0]
    while cuts[-1] < count:
        cuts.append(best[cuts[-1]][1])
    return tuple(cuts)


def _cost(size: int, changes: int) -> Cost:
    # In this order: no page of one or two lines, no mixing of audiences, no page of three, few pages, even pages.
    return max(0, LEAST_ALONE - size), changes, max(0, FEWEST - size), 1, size * size


def _added(first: Cost, second: Cost) -> Cost:
    a, b, c, d, e = first
    f, g, h, i, j = second
    return a + f, b + g, c + h, d + i, e + j
