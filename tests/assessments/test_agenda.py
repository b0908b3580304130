from dataclasses import replace

import pytest

from assessments.agenda import LONGEST, ActivityFacts, Facts, PartnerFacts, agenda

PRIVATE = Facts(
    partners=[PartnerFacts("Dana", verdict="reliably_worse", open_flags=2, missing=3), PartnerFacts("Erin", missing=5)],
    activities=[ActivityFacts("Phone away", 5, (1, 1), ("no time",))],
    due_forms=["The full form"],
    talks_missing=True,
)
SHARED = Facts(goals_due=["Ten minutes"], open_requests=["A walk"], shared_wins=2)


def said(facts: Facts, **options) -> list[tuple[str, str]]:
    return [(line.rule, line.text) for line in agenda(facts, **options)]


def of_partner(**facts) -> Facts:
    return Facts(partners=[PartnerFacts("Dana", **facts)])


@pytest.mark.parametrize(
    ("facts", "rule", "text"),
    [
        (of_partner(open_flags=1), "open_flag", "Talk with Dana alone: 1 open flag"),
        (of_partner(open_flags=2), "open_flag", "Talk with Dana alone: 2 open flags"),
        (Facts(talks_missing=True), "one_to_one_talk_missing", "Meet each partner alone"),
        (
            of_partner(verdict="reliably_worse"),
            "reliably_worse",
            "Dana’s check-in is reliably worse, twice running",
        ),
        (of_partner(is_worsening=True), "cusum_alarm", "Dana’s check-ins drift the wrong way"),
        (of_partner(missing=2), "check_ins_missing", "Dana left out the last 2 check-ins"),
        (Facts(due_forms=["The full form"]), "form_due", "The full form is due"),
        (
            Facts(activities=[ActivityFacts("Phone away", 5, (1, 0), ("There was no time", "There was no time"))]),
            "done_little",
            "Phone away: done 1 and 0 of 5; in the way: “There was no time”",
        ),
        (
            Facts(activities=[ActivityFacts("Thanks", 7, (4, 7), holders=("Dana", "Erin"), noticed=(4, 1))]),
            "noticed_little",
            "Thanks: Erin says 7 times, Dana noticed 1",
        ),
        (Facts(goals_due=["Ten minutes"]), "goal_review_due", "Rate the goal: Ten minutes"),
        (Facts(open_requests=["A walk"]), "request_open", "A request waits for its answer: A walk"),
        (Facts(shared_wins=1), "wins_to_share", "Bring in 1 small win"),
    ],
)
def test_each_rule_has_its_line(facts, rule, text):
    assert said(facts) == [(rule, text)]


@pytest.mark.parametrize(
    "facts",
    [
        Facts(),
        of_partner(verdict="reliably_better"),
        of_partner(verdict="cannot_tell_yet"),
        of_partner(missing=1),
        Facts(activities=[ActivityFacts("Phone away", 5, (1, 3))]),
        Facts(activities=[ActivityFacts("Phone away", 5, (None, None), ("no time",))]),
        Facts(activities=[ActivityFacts("Support", None, (0,))]),
        Facts(activities=[ActivityFacts("Thanks", 7, (7, 7), holders=("Dana", "Erin"), noticed=(None, 4))]),
        Facts(activities=[ActivityFacts("Thanks", 2, (2, 2), holders=("Dana", "Erin"), noticed=(0, 0))]),
        Facts(activities=[ActivityFacts("Thanks", 7, (7,), holders=("Dana",), noticed=(0,))]),
    ],
)
def test_nothing_else_makes_a_line(facts):
    assert said(facts) == []


def test_a_reliable_verdict_stands_for_the_alarm():
    assert [rule for rule, _ in said(of_partner(verdict="reliably_worse", is_worsening=True))] == ["reliably_worse"]


def test_at_most_three_lines_and_safety_first():
    assert [rule for rule, _ in said(PRIVATE)] == ["open_flag", "one_to_one_talk_missing", "reliably_worse"]
    assert LONGEST == 3


def test_the_room_is_not_influenced_by_what_is_private():
    shown = {name: getattr(SHARED, name) for name in ("goals_due", "open_requests", "shared_wins")}
    mixed = replace(PRIVATE, **shown)
    assert said(mixed, in_room=True) == said(SHARED, in_room=True) == said(SHARED)
    assert len(said(SHARED)) == 3
    assert said(PRIVATE, in_room=True) == []
