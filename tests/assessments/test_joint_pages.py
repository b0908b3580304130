"""The joint report on pages and paper: what both see, what a partner sees alone, and that neither tells more."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from assessments.instruments.definition import CONTEXT
from assessments.instruments.library import latest
from assessments.joint_reports import withdraw_report
from assessments.models import JointReport
from clients.consents import withdraw_consent
from clients.couples import close_couple, set_individual_mode
from clients.models import Consent, Couple
from practice.models import Membership
from tests import factories
from tests.assessments.flagged import raise_flag
from tests.assessments.joint import agree, calm, close_flags, release, released, sheets_of, submit_both
from tests.assessments.partner_pages import bytes_of
from tests.assessments.test_results_view import answers_of
from tests.attacks import as_maintenance
from tests.factories import as_staff, client_of, full_answers, partner_client, partner_of

pytestmark = pytest.mark.database
PRIVATE = {
    line.id: st.sampled_from([*(choice.value for choice in line.scale), "declined", None])
    for line in latest("ena-c").lines
    if line.audience != "joint_ok" and line.direction != CONTEXT
}
VARYING = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(value="|X-CSRFToken": ")\w{64}')


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


@pytest.fixture
def report(alice, couple) -> JointReport:
    return released(alice, couple, [answers_of("A"), answers_of("B")])


def same(response) -> str:
    """A page without ids and tokens, which are new each time."""
    return VARYING.sub("", response.content.decode())


def opened(browser: Client, report: JointReport) -> Client:
    assert browser.get(f"/joint-reports/{report.id}/before/").status_code == 200
    return browser


def file_of(browser: Client, report: JointReport) -> bytes:
    response: Any = browser.get(f"/joint-reports/{report.id}/pdf/")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/pdf")
    return b"".join(response.streaming_content)


def text_of(file: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(file)).pages)


def own_browsers(alice: Membership, couple: Couple) -> list[Client]:
    """Both partners, who opened the link of a later form."""
    return [partner_client(sheet) for sheet in sheets_of(alice, couple, "ena-ck")]


def everything(browser: Client, alice: Membership, couple: Couple, report: JointReport) -> tuple:
    page = same(opened(browser, report).get(f"/joint-reports/{report.id}/"))
    mine = [bytes_of(one.get("/p/summary/")) for one in own_browsers(alice, couple)]
    return page, file_of(browser, report), mine


def answer_the_week(alice: Membership, couple: Couple) -> None:
    """As alarming as it gets, after the release, and told in the navigation of the therapist's own pages."""
    for sheet in sheets_of(alice, couple, "ena-ck"):
        factories.submit(sheet, factories.full_answers(sheet, 4))


@settings(max_examples=2, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.fixed_dictionaries(PRIVATE), st.fixed_dictionaries(PRIVATE))
def test_no_private_answer_and_no_flag_changes_a_byte(alice, browser, first, second):
    """B23 and non-interference, through the whole product: twin couples who differ in what is private alone."""
    shared = [answers_of("A"), answers_of("B")]
    plain, other = factories.make_couple(alice), factories.make_couple(alice)
    private = [one | more for one, more in zip(shared, (first, second), strict=True)]
    before = everything(browser, alice, plain, released(alice, plain, shared))
    report = released(alice, other, private)
    answer_the_week(alice, other)
    assert everything(browser, alice, other, report) == before


def test_a_shared_answer_changes_page_and_file(alice, browser, couple):
    other = factories.make_couple(alice)
    changed = {**answers_of("A"), **{f"experienced.PR{number}": value for number, value in enumerate((4, 0, 4, 0), 1)}}
    one = everything(browser, alice, couple, released(alice, couple, [answers_of("A"), answers_of("B")]))
    two = everything(browser, alice, other, released(alice, other, [changed, answers_of("B")]))
    assert all(first != second for first, second in zip(one, two, strict=True))


def test_the_brief_comes_before_the_first_joint_view(browser, report):
    for address in (f"/joint-reports/{report.id}/", f"/joint-reports/{report.id}/pdf/"):
        response = browser.get(address)
        assert (response.status_code, response.headers["Location"]) == (302, f"/joint-reports/{report.id}/before/")
    opened(browser, report)
    assert browser.get(f"/joint-reports/{report.id}/").status_code == 200


def test_the_brief_is_the_same_for_every_couple(alice, browser, couple, report):
    twin = factories.make_couple(alice)
    calmer = released(alice, twin, [calm(), calm()])
    pages = [same(browser.get(f"/joint-reports/{one.id}/before/")) for one in (report, calmer)]
    assert pages[0] == pages[1]
    assert "“Your therapist talks with each of you alone.”" in pages[0]
    assert re.search(r"<blockquote>\s*This summary shows how each of you sees things\.", pages[0])


def test_page_and_file_hold_words_and_no_digit_but_the_date(browser, report):
    day = date_format(timezone.localdate(report.released_at), "j F Y")
    page = re.sub(
        r"<[^>]*>",
        "",
        re.search(
            r"<main.*</main>", opened(browser, report).get(f"/joint-reports/{report.id}/").content.decode(), re.S
        )[0],
    )
    text = " ".join(text_of(file_of(browser, report)).split())
    for shown in (page, text):
        assert re.findall(r"\d+", shown.replace(day, "")) == []
        for words in ("What Dana experiences", "Missing: often to almost always", "It does not say who is right."):
            assert words in shown


def test_the_file_is_tagged_neutral_and_always_the_same(browser, report):
    file = file_of(opened(browser, report), report)
    assert file == file_of(browser, report)
    found: Any = PdfReader(BytesIO(file))
    assert found.metadata.title == "Summary"
    assert set(found.metadata) == {"/Title", "/Creator"}
    assert found.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a PDF's own boolean
    assert found.trailer["/Root"]["/Lang"] == "en"


def test_names_are_text_and_never_markup(alice, browser):
    couple = factories.make_couple(alice, names=('#panic("x")', "*Erin* $x$ <b>"))
    report = released(alice, couple, [answers_of("A"), answers_of("B")])
    text = " ".join(text_of(file_of(opened(browser, report), report)).split())
    assert 'What #panic("x") experiences' in text.replace("“", '"').replace("”", '"')
    assert "What *Erin* $x$ <b> experiences" in text


def test_each_partner_reads_it_as_you_and_your_partner(alice, couple, report):
    shown = [one.get("/p/summary/").content.decode() for one in own_browsers(alice, couple)]
    assert all("There is nothing to show here yet." not in page for page in shown)
    assert not any(name in page for page in shown for name in ("Dana", "Erin", "D &amp; E"))
    first, second = (re.findall(r"<dd>\s*(.*?)\s*</dd>", page, re.S)[:4] for page in shown)
    assert first == [second[1], second[0], second[3], second[2]]
    assert first[:2] == ["Missing: often to almost always", "Missing: rarely to sometimes"]
    assert "<title>Form</title>" in shown[0]


def hide(how: str, alice: Membership, couple: Couple, report: JointReport) -> None:
    with as_staff(alice):
        if how == "withdrawn":
            withdraw_report(report)
        elif how == "individual mode":
            set_individual_mode(couple, on=True)
        elif how == "closed":
            close_couple(couple, reason="separated")
        else:
            withdraw_consent(couple.partners.get(position=int(how)), kind=Consent.Kind.JOINT_REPORT)


@pytest.mark.parametrize("how", ["withdrawn", "individual mode", "closed", "1", "2"])
def test_what_is_not_shown_looks_as_if_never_released(alice, couple, how):
    """B21: the pages and the API of both partners, byte by byte."""
    submit_both(sheets_of(alice, couple), [answers_of("A"), answers_of("B")])
    agree(alice, couple)
    close_flags(alice, couple)
    browsers = own_browsers(alice, couple)
    before = [bytes_of(browser.get("/p/summary/")) for browser in browsers]
    assert "There is nothing to show here yet." in before[0][3].decode()
    report = release(alice, couple)
    assert all(bytes_of(browser.get("/p/summary/")) != one for browser, one in zip(browsers, before, strict=True))
    hide(how, alice, couple, report)
    assert [bytes_of(browser.get("/p/summary/")) for browser in browsers] == before


def test_the_way_to_the_summary_is_always_on_the_receipt(alice, couple):
    sheets = sheets_of(alice, couple)
    browsers = [partner_client(sheet) for sheet in sheets]
    submit_both(sheets, [answers_of("A"), answers_of("B")])
    before = [bytes_of(browser.get("/p/done/")) for browser in browsers]
    assert 'href="/p/summary/"' in before[0][3].decode()
    agree(alice, couple)
    close_flags(alice, couple)
    release(alice, couple)
    assert [bytes_of(browser.get("/p/done/")) for browser in browsers] == before


def test_help_lines_stand_on_the_summary_either_way(alice, couple):
    """B22."""
    browser, _ = own_browsers(alice, couple)
    nav = re.compile(rb"<nav.*?</nav>", re.S)
    before = nav.search(browser.get("/p/summary/").content)[0]
    released(alice, couple, [answers_of("A"), answers_of("B")])
    masked = [re.sub(rb'token="\w+"', b"", one) for one in (before, nav.search(browser.get("/p/summary/").content)[0])]
    assert masked[0] == masked[1]
    assert b"Help lines" in masked[0]


def test_nobody_elses_report_is_shown(alice, couple, report):
    stranger = factories.make_couple(alice, names=("Ann", "Bea"))
    assert b"There is nothing to show here yet." in own_browsers(alice, stranger)[0].get("/p/summary/").content


def test_the_card_says_what_is_missing(alice, browser, couple):
    sheets = sheets_of(alice, couple)
    submit_both(sheets, [full_answers(sheets[0], 4), answers_of("B")])
    page = browser.get(f"/couples/{couple.id}/results/").content.decode()
    assert "An urgent or review flag is not closed." in page
    assert "Both partners must take part and have agreed to a joint report." in page
    assert "Release to both" not in page
    refused = browser.post(f"/couples/{couple.id}/joint-report/")
    assert refused.status_code == 409
    assert as_maintenance("SELECT count(*) FROM assessments_jointreport") == [(0,)]


def test_the_card_releases_opens_and_withdraws(alice, browser, couple):
    submit_both(sheets_of(alice, couple), [calm(), calm()])
    agree(alice, couple)
    results = f"/couples/{couple.id}/results/"
    assert "Release to both" in browser.get(results).content.decode()
    assert browser.post(f"/couples/{couple.id}/joint-report/").status_code == 302
    page = browser.get(results).content.decode()
    assert "What to say first" in page
    assert "Open it together" not in page
    address = re.search(r"/joint-reports/[\w-]+/", page)[0]
    browser.get(f"{address}before/")
    assert "Open it together" in browser.get(results).content.decode()
    assert browser.post(f"{address}withdraw/").status_code == 302
    assert browser.get(address).status_code == 409
    assert "Release to both" in browser.get(results).content.decode()


def test_individual_mode_is_a_button_and_closes_the_joint_view(browser, couple, report):
    opened(browser, report)
    browser.post(f"/couples/{couple.id}/individual-mode/", {"on": "1"})
    assert browser.get(f"/joint-reports/{report.id}/").status_code == 409
    assert as_maintenance("SELECT detail FROM practice_auditevent WHERE action = 'couple.individual_mode'") == [
        ({"on": True},)
    ]
    browser.post(f"/couples/{couple.id}/individual-mode/", {"on": "0"})
    assert browser.get(f"/joint-reports/{report.id}/").status_code == 200


def test_individual_mode_stands_on_the_couples_page_before_any_form(browser, alice, couple):
    where = f"/couples/{couple.id}/"
    button = f'action="{where}individual-mode/"'
    assert button in browser.get(where).content.decode()
    assert browser.post(f"{where}individual-mode/", {"on": "1"})["Location"] == f"{where}#individual-mode"
    assert "On: nothing is shared" in browser.get(where).content.decode()


def test_page_for_both_has_no_navigation_and_no_count_of_flags(browser, alice, report):
    raise_flag(alice, partner_of(alice, factories.make_couple(alice, label="F & G"), 1))
    shown = opened(browser, report).get(f"/joint-reports/{report.id}/")
    assert shown.status_code == 200
    for hint in ("urgent and open", "<nav", "/flags/"):
        assert hint in browser.get("/flags/").content.decode()
        assert hint not in shown.content.decode()
