from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.instruments.definition import Instrument, Line
from assessments.instruments.library import get
from assessments.pages import Page, form_pages

ENA_C = get("ena-c@0.2.0")
ENA_CK = get("ena-ck@0.2.0")
FORMS = [
    pytest.param(instrument, sitting["id"], safety, id=f"{instrument.id}-{sitting['id']}-{safety}")
    for instrument in (ENA_C, ENA_CK)
    for sitting in instrument.sittings
    for safety in (True, False)
]


def pages_of(instrument: Instrument, sitting: str | None = None, *, safety: bool = True) -> tuple[Page, ...]:
    return form_pages(instrument, instrument.lines_given(sitting, safety_lines=safety))


def outline(pages: tuple[Page, ...]) -> list[tuple[str, str, int]]:
    return [(page.section, page.kind, len(page.lines)) for page in pages]


@pytest.mark.parametrize(("instrument", "sitting", "safety"), FORMS)
def test_every_line_is_on_one_page_in_its_order(instrument, sitting, safety):
    lines = instrument.lines_given(sitting, safety_lines=safety)
    assert tuple(line for page in form_pages(instrument, lines) for line in page.lines) == lines


@pytest.mark.parametrize(("instrument", "sitting", "safety"), FORMS)
def test_pages_are_numbered_from_one_and_the_same_each_time(instrument, sitting, safety):
    pages = pages_of(instrument, sitting, safety=safety)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert pages == pages_of(instrument, sitting, safety=safety)


@pytest.mark.parametrize("safety", [True, False])
@pytest.mark.parametrize("sitting", [each["id"] for each in ENA_C.sittings])
def test_pages_of_the_long_form_have_four_to_six_lines(sitting, safety):
    own_page = {section["id"] for section in ENA_C.sections if section.get("own_page")}
    ordinary = [page for page in pages_of(ENA_C, sitting, safety=safety) if page.kind == "lines"]
    assert {len(page.lines) for page in ordinary if page.section not in own_page} <= {4, 5, 6}


def test_the_long_form_page_by_page():
    paired = [("lines", 6)] * 5
    alone = [("lines", 3), ("after", 0)]
    about_self = [("lines", 6), ("lines", 5), ("lines", 5), ("lines", 5), ("context", 10)]
    sections = {"s1": paired, "s2": about_self, "s3": alone, "s4": paired, "s5": alone}
    assert outline(pages_of(ENA_C)) == [(section, *page) for section, own in sections.items() for page in own]


def test_the_check_in_page_by_page():
    assert outline(pages_of(ENA_CK)) == [("k1", "lines", 4), ("k1", "lines", 3), ("k2", "lines", 1), ("k2", "after", 0)]


def test_without_safety_lines_their_sections_leave_no_page():
    assert {page.section for page in pages_of(ENA_C, safety=False)} == {"s1", "s2", "s4"}
    assert {page.kind for page in pages_of(ENA_C, safety=False)} == {"lines", "context"}
    assert outline(pages_of(ENA_CK, safety=False)) == [("k1", "lines", 4), ("k1", "lines", 3)]


def test_two_sittings_turn_the_same_pages_as_one():
    assert pages_of(ENA_C, "two_sittings") == pages_of(ENA_C, "one_sitting")


def test_experienced_only_ends_after_the_safety_page():
    assert outline(pages_of(ENA_C, "experienced_only"))[-3:] == [
        ("s1", "lines", 6),
        ("s3", "lines", 3),
        ("s3", "after", 0),
    ]


@pytest.mark.parametrize(("instrument", "sitting", "safety"), FORMS)
def test_groups_keep_to_one_audience_and_join_neighbours(instrument, sitting, safety):
    for page in pages_of(instrument, sitting, safety=safety):
        audiences = [group.audience for group in page.groups]
        assert all({line.audience for line in group.lines} == {group.audience} for group in page.groups)
        assert all(first != second for first, second in pairwise(audiences))


def test_shared_and_withheld_lines_of_the_long_form_are_on_different_pages():
    for page in pages_of(ENA_C):
        assert not {"joint_ok", "therapist_only"} <= {group.audience for group in page.groups}


@pytest.mark.parametrize(("instrument", "section"), [(ENA_C, "s3"), (ENA_C, "s5"), (ENA_CK, "k2")])
def test_own_page_section_has_its_texts_around_it(instrument, section):
    lines, after = [page for page in pages_of(instrument) if page.section == section]
    assert (lines.kind, lines.preface, lines.footer, lines.after) == (
        "lines",
        "safety_preface",
        "safety_page_footer",
        "",
    )
    assert (after.kind, after.preface, after.footer, after.after) == ("after", "", "", "after_safety")
    assert (after.number, after.groups) == (lines.number + 1, ())


def test_ordinary_pages_have_no_texts_around_them():
    ordinary = [page for page in pages_of(ENA_C) if page.section in ("s1", "s2", "s4")]
    assert {(page.preface, page.footer, page.after) for page in ordinary} == {("", "", "")}


@pytest.mark.parametrize("section", ["s3", "s5"])
def test_safety_page_names_another_time_when_answered_before(section):
    page = next(page for page in pages_of(ENA_C) if page.section == section)
    assert page.recall_line(repeat=False) == "Now think about the past 12 months."
    assert page.recall_line(repeat=True) == "Now think about the time since you last answered these lines."


def test_other_pages_keep_the_time_of_the_form():
    ordinary = [page for page in pages_of(ENA_C) if page.kind == "lines" and page.section in ("s1", "s2", "s4")]
    recalled = {page.recall_line(repeat=repeat) for page in ordinary for repeat in (True, False)}
    assert recalled == {"In the past two weeks"}


def test_checklist_has_a_page_of_its_own_with_its_prompt():
    (page,) = [page for page in pages_of(ENA_C) if page.kind == "context"]
    assert [line.item for line in page.lines][:2] == ["CX.work", "CX.baby"]
    assert page.prompt.startswith("In the past year, did any of these put strain on you")
    assert page.recall_line(repeat=False) == page.recall_line(repeat=True) == ""


def test_form_without_the_checklist_has_no_page_for_it():
    lines = [line for line in ENA_C.lines if line.direction != "context"]
    assert "context" not in {page.kind for page in form_pages(ENA_C, lines)}


def test_no_lines_make_no_pages():
    assert form_pages(ENA_C, []) == ()


def ordinary_lines() -> list[Line]:
    return [line for line in ENA_C.lines if line.section in ("s1", "s2", "s4") and line.direction != "context"]


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(1, [1]), (3, [3]), (6, [6]), (7, [4, 3]), (8, [4, 4]), (10, [5, 5]), (13, [5, 4, 4]), (14, [5, 5, 4])],
)
def test_lines_of_one_audience_are_spread_evenly(count, sizes):
    lines = ordinary_lines()[:count]
    assert [len(page.lines) for page in form_pages(ENA_C, lines)] == sizes


def test_text_before_a_section_stands_on_its_first_page_and_the_footer_on_each():
    first, *others = ENA_C.sections
    sections = [{**first, "preface": "before", "footer": "below", "after": "behind"}, *others]
    instrument = replace(ENA_C, definition={**ENA_C.definition, "sections": sections})
    pages = form_pages(instrument, ordinary_lines()[:10])
    assert [(page.kind, page.preface, page.footer, page.after) for page in pages] == [
        ("lines", "before", "below", ""),
        ("lines", "", "below", ""),
        ("after", "", "", "behind"),
    ]


@given(st.sets(st.sampled_from(range(len(ordinary_lines()))), min_size=1))
def test_any_choice_of_lines_is_spread_without_pages_of_one_or_two(chosen):
    lines = [line for index, line in enumerate(ordinary_lines()) if index in chosen]
    available = Counter(line.section for line in lines)
    for page in form_pages(ENA_C, lines):
        assert min(3, available[page.section]) <= len(page.lines) <= 6
