"""A summary that cannot be opened looks the same for every reason: both may look at the screen."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from assessments.joint_reports import withdraw_report
from assessments.models import JointReport
from clients.consents import withdraw_consent
from clients.couples import leave, set_individual_mode
from clients.models import Consent, Couple
from practice.models import Membership
from tests.assessments.flagged import raise_flag
from tests.assessments.joint import agree, calm, released, sheets_of, submit_both
from tests.attacks import as_maintenance
from tests.factories import as_staff, client_of, make_couple, partner_of

pytestmark = pytest.mark.database
SENTENCE = "This summary cannot be opened now."
TOKEN = re.compile(r'(value="|X-CSRFToken": ")\w{64}')


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


@pytest.fixture
def report(alice: Membership, browser: Client, couple: Couple) -> JointReport:
    found = released(alice, couple, [calm(), calm()])
    browser.get(f"/joint-reports/{found.id}/before/")
    return found


def takes_back(alice: Membership, report: JointReport) -> None:
    withdraw_consent(report.couple.partners.get(position=1), kind=Consent.Kind.JOINT_REPORT)


def leaves(alice: Membership, report: JointReport) -> None:
    leave(report.couple.partners.get(position=2))


def is_apart(alice: Membership, report: JointReport) -> None:
    set_individual_mode(report.couple, on=True)


def is_withdrawn(alice: Membership, report: JointReport) -> None:
    withdraw_report(report)


REASONS = [takes_back, leaves, is_apart, is_withdrawn]


def page_of(response) -> str:
    assert response.status_code == 409
    return TOKEN.sub("", response.content.decode())


def test_every_reason_reads_the_same_on_screen_and_in_place_of_the_file(alice, browser, couple, report):
    """The control: open, each of them is another page."""
    where = [f"/joint-reports/{report.id}/", f"/joint-reports/{report.id}/pdf/"]
    assert [browser.get(one).status_code for one in where] == [200, 200]
    found = set()
    for reason in REASONS:
        with as_staff(alice):
            reason(alice, JointReport.objects.select_related("couple").get(pk=report.pk))
        found |= {page_of(browser.get(one)) for one in where}
        with as_staff(alice):
            put_back(couple, report)
    assert len(found) == 1
    [page] = found
    assert (page.count(SENTENCE), "<nav" in page) == (1, False)


def put_back(couple: Couple, report: JointReport) -> None:
    couple.partners.update(state="active")
    Couple.objects.filter(pk=couple.pk).update(individual_mode=False)
    JointReport.objects.filter(pk=report.pk).update(withdrawn_at=None)
    Consent.objects.update(withdrawn_at=None)


def nothing(alice: Membership, couple: Couple) -> None:
    pass


def sent_by_one(alice: Membership, couple: Couple) -> None:
    submit_both(sheets_of(alice, couple)[:1], [calm()])


def sent_and_flagged(alice: Membership, couple: Couple) -> None:
    submit_both(sheets_of(alice, couple), [calm(), {"experienced.SC1": 4}])
    agree(alice, couple)


@pytest.mark.parametrize("before", [nothing, sent_by_one, sent_and_flagged])
def test_a_release_that_is_refused_says_as_little(
    alice: Membership, browser: Client, couple: Couple, before: Callable[[Membership, Couple], None]
) -> None:
    before(alice, couple)
    page = page_of(browser.post(f"/couples/{couple.id}/joint-report/"))
    assert (page.count(SENTENCE), "flag" in page, "sent" in page, "agreed" in page) == (1, False, False, False)
    assert as_maintenance("SELECT count(*) FROM assessments_jointreport") == [(0,)]


def test_the_therapists_own_page_says_why(alice, browser, couple, report):
    with as_staff(alice):
        is_withdrawn(alice, report)
        takes_back(alice, report)
    page = browser.get(f"/joint-reports/{report.id}/").content.decode()
    back = re.search(r'href="(/couples/[^"#]+)', page)[1]
    told = browser.get(back.replace("&amp;", "&")).content.decode()
    assert "Both partners must take part and have agreed to a joint report." in told


def test_no_count_of_flags_stands_beside_it(alice, browser, report):
    raise_flag(alice, partner_of(alice, make_couple(alice, label="F & G"), 1))
    with as_staff(alice):
        is_withdrawn(alice, report)
    assert "urgent" not in page_of(browser.get(f"/joint-reports/{report.id}/")).lower()
