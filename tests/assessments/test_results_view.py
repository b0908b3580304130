"""Fixture 2 of clinical/design.md 1.5 as the therapist reads it; Dana is A and Erin is B."""

import re

import pytest
from django.db.models import QuerySet
from django.test import Client

from assessments.assignments import end_assignment
from assessments.models import AnswerSheet, Assignment
from assessments.opening import opened_lines
from assessments.reading import whole
from clients.couples import leave
from clients.models import Couple, Partner
from practice.models import AuditEvent, Membership, Practice
from practice.practices import as_maintenance
from tests import factories
from tests.assessments.test_therapist_views import statements
from tests.factories import as_staff, client_of, full_answers, save, sheet_of, submit

pytestmark = pytest.mark.database

DOMAINS = ("PR", "LV", "AA", "RF", "RP", "CR")
FIXTURE = {
    "A": {"experienced": "1313 3211 1033 2213 3311 23-1 110102", "enacted": "3132 1132 2311 3141 2122 1033 000004"},
    "B": {"experienced": "2231 1222 2212 3131 2222 1122 000003", "enacted": "3231 1122 2112 3131 2212 1122 101003"},
}


def answers_of(side: str) -> dict[str, object]:
    given: dict[str, object] = {}
    for direction, written in FIXTURE[side].items():
        for domain, digits in zip([*DOMAINS, "RS"], written.split(), strict=True):
            for number, digit in enumerate(digits, start=1):
                given[f"{direction}.{domain}{number}"] = "not_applicable" if digit == "-" else int(digit)
        given |= {f"{direction}.SC{number}": 0 for number in (1, 2, 3)}
    return given


@pytest.fixture
def assignment(alice: Membership, couple: Couple) -> Assignment:
    return factories.assign(alice, couple)


@pytest.fixture
def sheets(alice: Membership, assignment: Assignment, dana: Partner, erin: Partner) -> list[AnswerSheet]:
    found = [sheet_of(alice, assignment, partner) for partner in (dana, erin)]
    for sheet, side in zip(found, "AB", strict=True):
        submit(sheet, answers_of(side))
    return found


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


def page_of(browser: Client, couple: Couple, query: str = ""):
    return browser.get(f"/couples/{couple.id}/results/{query}")


def table(response) -> dict[str, list[tuple[str, str, str]]]:
    """{score: [(experienced, the other's account, gap) toward Dana, toward Erin]}."""
    return {
        row.score: [(side.experienced.text, side.enacted.text, side.gap.text) for side in row.sides]
        for row in response.context["reading"].pairs
    }


@pytest.mark.parametrize(
    ("value", "shown"), [(62.5, 63), (-12.5, -13), (0.5, 1), (-0.5, -1), (66.6667, 67), (0, 0), (-0.2, 0)]
)
def test_numbers_are_whole_half_away_from_zero(value, shown):
    assert whole(value) == shown


def test_both_partners_stand_side_by_side_with_their_gap(browser, couple, sheets):
    found = table(page_of(browser, couple))
    assert found["PR"] == [("75", "31", "+44"), ("38", "31", "+6")]
    assert found["CR"] == [("67", "38", "+29"), ("38", "19", "+19")]
    assert found["NEGLECT"] == [("72", "40", "+32"), ("40", "29", "+10")]
    assert found["RS"][0] == ("21", "13", "+8")


def test_bands_are_words_beside_the_numbers(browser, couple, sheets):
    reading = page_of(browser, couple).context["reading"]
    composite = next(row for row in reading.pairs if row.score == "NEGLECT")
    assert [side.experienced.band for side in composite.sides] == [
        "Missing: sometimes to often",
        "Missing: rarely to sometimes",
    ]
    assert [side.gap.band for side in composite.sides] == ["You see this very differently", "You see this much alike"]


def test_a_gap_stands_with_its_error_and_says_when_it_is_more(browser, couple, sheets):
    reading = page_of(browser, couple).context["reading"]
    presence = next(row for row in reading.pairs if row.score == "PR")
    assert [(side.gap.error, side.gap.beyond_error) for side in presence.sides] == [("14", True), ("14", False)]


def test_every_block_of_numbers_says_what_it_rests_on(browser, couple, sheets):
    content = page_of(browser, couple).content.decode()
    assert content.count("Provisional, not a diagnosis.") == 4
    assert "Bands only restate the answer scale. They are not norms and not a diagnosis." in content
    assert not re.search(r"diagnosis", content.replace("not a diagnosis", ""))
    assert not re.search(r"proven|recovered|neglectful|normal", content, re.IGNORECASE)


def test_what_is_missing_says_why(browser, alice, couple, assignment, dana, erin):
    submit(sheet_of(alice, assignment, dana), {"experienced.PR1": 1})
    reading = page_of(browser, couple).context["reading"]
    presence = next(row for row in reading.pairs if row.score == "PR")
    toward_dana, toward_erin = presence.sides
    assert (toward_dana.experienced.text, toward_dana.experienced.why) == ("–", "1 of 4 lines answered, 3 needed.")
    assert toward_erin.experienced.why == "No scores: not opened."
    assert toward_dana.gap.why == "One side has no score."


@pytest.fixture
def lone_sheet(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> AnswerSheet:
    """Erin left before the wave was made; Dana's answers are those of A."""
    with as_staff(alice):
        leave(erin)
    sheet = factories.make_sheet(alice, dana)
    submit(sheet, answers_of("A"))
    return sheet


def test_the_partner_who_goes_on_alone_is_shown_in_every_direction(browser, couple, lone_sheet):
    response = page_of(browser, couple)
    found = table(response)
    assert found["PR"] == [("75", "–", "–"), ("–", "31", "–")]
    assert found["NEGLECT"] == [("72", "–", "–"), ("–", "29", "–")]
    presence = next(row for row in response.context["reading"].pairs if row.score == "PR")
    assert [side.receiver.name for side in presence.sides] == ["Dana", "Erin"]
    assert [side.gap.why for side in presence.sides] == ["One side has no score."] * 2
    assert presence.sides[0].enacted.why == presence.sides[1].experienced.why == "Got no form in this wave."
    assert {row.score for row in response.context["reading"].own} == {"IM", "RC", "CP"}
    assert len(response.context["charts"][0].rows[1].lanes) == 2


def test_flags_come_first_and_stay_on_the_page_of_a_later_wave(browser, alice, couple, dana):
    sheet = factories.make_sheet(alice, dana)
    submit(sheet, {**answers_of("A"), "experienced.SC3": 1})
    factories.make_sheet(alice, dana, "ena-ck")
    with as_staff(alice):
        later = AnswerSheet.objects.filter(instrument="ena-ck@0.2.0").values_list("wave_id", flat=True)[0]
    response = page_of(browser, couple, f"?wave={later}")
    assert response.context["reading"].flags[0].rule == "SR1"
    content = response.content.decode()
    main = content[content.index("<main") :]
    assert main.index("flag-urgent") < main.index("Forms")


def test_no_flag_never_reads_as_safe(browser, couple, sheets):
    content = page_of(browser, couple).content.decode()
    assert "No open flag. That does not mean that somebody is safe" in content


def test_without_a_wave_the_page_says_what_to_do(browser, couple):
    assert b"Results stand here once a form has been opened" in page_of(browser, couple).content


def test_the_newest_wave_with_a_form_handed_in_is_shown_unless_another_is_asked_for(
    browser, alice, couple, sheets, dana
):
    later = factories.make_sheet(alice, dana, "ena-ck")
    first = page_of(browser, couple)
    assert first.context["reading"].wave.id == sheets[0].wave_id
    assert page_of(browser, couple, f"?wave={later.wave_id}").context["reading"].wave.id == later.wave_id
    assert page_of(browser, couple, "?wave=nonsense").status_code == 404


def test_a_check_in_has_scores_of_its_own_and_no_gap(browser, alice, couple, dana):
    sheet = factories.make_sheet(alice, dana, "ena-ck")
    submit(sheet, full_answers(sheet, 1))
    reading = page_of(browser, couple).context["reading"]
    assert reading.pairs == ()
    assert [row.score for row in reading.own] == ["CK", "CKJ"]


def test_the_chart_draws_every_score_where_it_belongs(browser, couple, sheets):
    response = page_of(browser, couple)
    wide, phone = response.context["charts"]
    assert (wide.layout.width, phone.layout.width) == (760, 340)
    presence = wide.rows[1]
    points = [[(point.x, point.partner, point.filled) for point in lane.points] for lane in presence.lanes]
    x = wide.layout.x
    assert points == [[(x(31.25), 2, False), (x(75), 1, True)], [(x(31.25), 1, False), (x(37.5), 2, True)]]
    assert [lane.name for lane in presence.lanes] == ["Dana", "Erin"]
    content = response.content.decode()
    assert "style=" not in content
    assert "The numbers of this chart" in content


def test_results_are_as_few_statements_for_many_waves(browser, alice, couple, sheets, dana):
    where = f"/couples/{couple.id}/results/?wave={sheets[0].wave_id}"
    one = statements(browser, where)
    for _ in range(3):
        sheet = factories.make_sheet(alice, dana, "ena-ck")
        submit(sheet, full_answers(sheet, 1))
        with as_staff(alice):
            end_assignment(Assignment.objects.latest("created_at"))
    assert statements(browser, where) == one
    assert one <= 9


def events(practice: Practice, action: str) -> list[AuditEvent]:
    with as_maintenance():
        return list(QuerySet(AuditEvent, using="owner").filter(practice=practice, action=action).order_by("at"))


def open_lines(browser: Client, sheet: AnswerSheet, **given):
    return browser.post(f"/couples/{sheet.couple_id}/results/lines/", {"sheet": sheet.id, **given})


def test_no_single_answer_is_shown_until_it_is_opened(browser, couple, sheets):
    content = page_of(browser, couple).content.decode()
    assert "My partner gave me their full attention" not in content
    assert "It did not come up" not in content


def test_opening_a_topic_shows_its_answers_and_is_logged(browser, alice, couple, sheets, practice):
    content = open_lines(browser, sheets[0], domain="CR").content.decode()
    assert "It did not come up" in content
    event = events(practice, "lines.opened")[-1]
    assert (event.actor_id, event.object_id, event.couple_id) == (alice.id, sheets[0].id, couple.id)
    assert event.detail["lines"] == [f"{way}.CR{n}" for way in ("experienced", "enacted") for n in (1, 2, 3, 4)]


def test_a_confidential_line_stays_masked_until_it_is_opened_alone(browser, alice, couple, assignment, dana, practice):
    sheet = sheet_of(alice, assignment, dana)
    submit(sheet, {**answers_of("A"), "self.IM11": 4, "self.IM1": 0})
    together = open_lines(browser, sheet, domain="IM").content.decode()
    assert "Almost always" not in together
    assert "Open this line" in together
    assert "self.IM11" not in events(practice, "lines.opened")[-1].detail["lines"]
    alone = open_lines(browser, sheet, line="self.IM11").content.decode()
    assert "Almost always" in alone
    assert events(practice, "lines.opened")[-1].detail["lines"] == ["self.IM11"]


def test_a_confidential_line_is_alone_only_when_nothing_else_is_asked_for(alice, assignment, dana):
    sheet = sheet_of(alice, assignment, dana)
    submit(sheet, {"self.IM11": 4, "self.IM1": 0})

    def masked(**asked: object) -> dict[str, bool]:
        with as_staff(alice):
            return {one.id: one.masked for one in opened_lines(AnswerSheet.objects.get(pk=sheet.pk), **asked)}

    assert masked(lines=["self.IM11"]) == {"self.IM11": False}
    assert masked(lines=["self.IM11", "self.IM11"]) == {"self.IM11": False}
    assert masked(lines=["self.IM1", "self.IM11"]) == {"self.IM1": False, "self.IM11": True}
    assert masked(topic="IM")["self.IM11"] is True


def test_what_an_abandoned_form_holds_can_be_opened(browser, alice, assignment, dana):
    sheet = sheet_of(alice, assignment, dana)
    save(sheet, {"experienced.PR1": 4})
    assert "Almost always" in open_lines(browser, sheet, domain="PR").content.decode()


def test_opening_what_is_not_there_is_not_found(browser, mallory, bob, couple, sheets, other_couple, trudy):
    theirs = factories.make_sheet(mallory, trudy)
    assert open_lines(browser, theirs, domain="PR").status_code == 404
    assert open_lines(client_of(bob), sheets[0], domain="PR").status_code == 404
    assert open_lines(browser, sheets[0], domain="nothing").status_code == 404
    assert open_lines(browser, sheets[0], line="self.nothing").status_code == 404
    foreign = browser.post(f"/couples/{couple.id}/results/lines/", {"sheet": theirs.id, "domain": "PR"})
    assert foreign.status_code == 404


def test_reading_is_logged(browser, alice, couple, sheets, practice):
    page_of(browser, couple)
    event = events(practice, "results.read")[-1]
    assert (event.actor_id, event.couple_id) == (alice.id, couple.id)


def test_nobody_else_reads(bob, olive, sue, adam, mallory, couple, sheets):
    for member in (bob, olive, sue, adam, mallory):
        assert page_of(client_of(member), couple).status_code == 404
