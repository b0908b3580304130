"""Lists show their own rows, whatever parameter is tried on them."""

import pytest
from django.urls import reverse

from clients.models import Couple, Partner
from practice.models import Membership
from tests.factories import client_of, full_answers, make_sheet, submit

pytestmark = pytest.mark.database
LISTS = ("couples", "flags", "api-caseload", "api-couples", "api-flags", "api-assignments")
PARAMETERS = (
    "", "q=T", "search=T", "label=T", "state=intake", "ordering=practice_id", "order=-practice_id", "sort=therapist",
    "practice={other}", "practice_id={other}", "therapist={mallory}", "couple={couple}", "include=partners,practice",
    "fields=*", "expand=therapist.practice", "cursor=cD0x", "limit=1000", "page_size=1000", "offset=0",
    "practice_id__in={other}", "therapist__user__email__contains=m",
)  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_no_parameter_of_a_list_shows_a_foreign_row(
    alice: Membership, couple: Couple, mallory: Membership, other_couple: Couple, trudy: Partner, name: str
) -> None:
    submit_urgent(mallory, trudy)
    browser = client_of(alice)
    values = {"other": mallory.practice_id, "mallory": mallory.id, "couple": other_couple.id}
    marks = [str(other_couple.id), "T &amp; W", "T & W", "Trudy", "Walter", "Hillcrest"]
    for parameter in PARAMETERS:
        shown = browser.get(f"{reverse(name)}?{parameter.format(**values)}")
        assert [mark for mark in marks if mark in shown.content.decode()] == []
        assert shown.status_code < 500


@pytest.mark.parametrize("name", LISTS)
def test_list_shows_its_own_rows(mallory: Membership, other_couple: Couple, trudy: Partner, name: str) -> None:
    submit_urgent(mallory, trudy)
    shown = client_of(mallory).get(reverse(name)).content.decode()
    assert any(mark in shown for mark in (str(other_couple.id), "T &amp; W"))


def submit_urgent(therapist: Membership, partner: Partner) -> None:
    sheet = make_sheet(therapist, partner)
    submit(sheet, full_answers(sheet, 4))
