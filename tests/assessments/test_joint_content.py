"""Non-interference: a joint report is a function of joint_ok answers and of nothing else (clinical/design.md 10, 4)."""

import json

from hypothesis import given
from hypothesis import strategies as st

from assessments.instruments.library import get
from assessments.joint_content import Sides, can_be_shared, joint_content, shareable_topics
from assessments.results import scores_from_json
from assessments.safety import as_json
from assessments.scoring import joint_scores, score_sheet
from tests.assessments.sheets import Sheet, care, neglect, sheets
from tests.assessments.test_scoring_fixture import COUPLE, the_couple

ENA_C = get("ena-c@0.2.0")
MISSING = "No summary for this topic."
SHARED = {line.id for line in ENA_C.lines if line.audience == "joint_ok"}
WORDS = {
    MISSING,
    *(ENA_C.words(band["label"]) for band in (*ENA_C.bands, *ENA_C.gap_bands)),
}


def content_of(first: Sheet, second: Sheet, *, days: float | None = 0) -> dict:
    """The content by way of what is stored."""
    scored = {"A": score_sheet(ENA_C, first), "B": score_sheet(ENA_C, second)}
    stored = json.dumps({key: as_json(joint_scores(ENA_C, one)) for key, one in scored.items()})
    read = {key: scores_from_json(one) for key, one in json.loads(stored).items()}
    return joint_content(ENA_C, Sides(read, days))


def merged(shared: Sheet, private: Sheet) -> Sheet:
    return {line: (shared if line in SHARED else private)[line] for line in shared}


@given(sheets(ENA_C), sheets(ENA_C), sheets(ENA_C), sheets(ENA_C))
def test_no_private_answer_changes_a_byte(a, b, other_a, other_b):
    assert json.dumps(content_of(merged(a, other_a), merged(b, other_b))) == json.dumps(content_of(a, b))


@given(sheets(ENA_C), sheets(ENA_C), st.sampled_from(sorted(shareable_topics(ENA_C))))
def test_a_shared_answer_changes_its_own_topic_alone(a, b, topic):
    lines = {f"experienced.{topic}{number}" for number in (1, 2, 3, 4)}
    low, high = ({**a, **{line: extreme[line] for line in lines}} for extreme in (care(ENA_C), neglect(ENA_C)))
    before, after = content_of(low, b)["topics"], content_of(high, b)["topics"]
    position = shareable_topics(ENA_C).index(topic)
    assert before[position] != after[position]
    assert before[:position] + before[position + 1 :] == after[:position] + after[position + 1 :]


@given(sheets(ENA_C), sheets(ENA_C), st.sampled_from([0, 14, 15]))
def test_content_holds_known_words_and_no_digit(a, b, days):
    content = content_of(a, b, days=days)
    assert {word for topic in content["topics"] for kind in ("bands", "gaps") for word in topic[kind].values()} <= WORDS
    assert not any(letter.isdigit() for letter in json.dumps(content, ensure_ascii=False))


def test_topics_are_the_six_that_may_be_shared():
    assert shareable_topics(ENA_C) == ["PR", "LV", "AA", "RF", "RP", "CR"]
    assert (can_be_shared(ENA_C), can_be_shared(get("ena-ck@0.2.0"))) == (True, False)


def test_forms_too_far_apart_have_no_gap_word():
    topics = content_of(care(ENA_C), neglect(ENA_C), days=15)["topics"]
    assert {word for topic in topics for word in topic["gaps"].values()} == {MISSING}
    assert {topic["talk"] for topic in topics} == {""}


def test_fixture_3_in_words():
    couple = the_couple()
    expected = COUPLE["expected"]
    content = content_of(couple["A"], couple["B"], days=COUPLE["days_between"])
    bands = {band["id"]: ENA_C.words(band["label"]) for band in ENA_C.bands} | {None: MISSING}
    gaps = {band["id"]: ENA_C.words(band["label"]) for band in ENA_C.gap_bands} | {None: MISSING}
    for topic, shown in zip(shareable_topics(ENA_C), content["topics"], strict=True):
        for who in "AB":
            assert shown["bands"][who] == bands[expected["scores"][who]["experienced"][topic].get("band")]
            assert shown["gaps"][who] == gaps[expected["dyadic"]["gap"][who][topic].get("word")]
