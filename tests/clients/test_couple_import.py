"""Couples from a file: every fault by row and column, nothing made before it is confirmed, all of it or none."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.couple_import import COLUMNS, import_couples, keep_file, preview, template, text_of
from clients.models import Couple, CoupleImport, Partner
from practice.errors import InvalidInput
from practice.models import Membership
from tests.attacks import as_maintenance
from tests.factories import as_staff, client_of, make_couple

pytestmark = pytest.mark.database
ADDRESS = "/couples/import/"
HEAD = "label,partner1_name,partner1_channel,partner1_email,partner2_name,partner2_phone"
GOOD = f"{HEAD}\nF & G,Finn,email,finn@example.org,Gil,+1 555 0100\nH & I,Hal,,,Ida,\n"


def upload(member: Membership, data: bytes | str) -> Any:
    content = data.encode() if isinstance(data, str) else data
    return client_of(member).post(ADDRESS, {"file": SimpleUploadedFile("couples.csv", content, "text/csv")})


def confirm(member: Membership) -> Any:
    return client_of(member).post(ADDRESS, {"confirmed": "yes"})


def labels(member: Membership) -> list[str]:
    with as_staff(member):
        return sorted(Couple.objects.values_list("label", flat=True))


def faults_in(member: Membership, text: str) -> list[tuple[int, str]]:
    with as_staff(member):
        return [(one.row, one.column) for one in preview(text, membership=member).faults]


def test_couples_are_looked_at_and_then_imported(alice):
    looked = upload(alice, GOOD)
    assert looked.status_code == 200
    assert ["F &amp; G" in looked.content.decode(), "Ida" in looked.content.decode()] == [True, True]
    assert labels(alice) == []
    assert confirm(alice).status_code == 302
    assert labels(alice) == ["F & G", "H & I"]
    with as_staff(alice):
        finn, gil = Partner.objects.filter(couple__label="F & G")
        assert {one.therapist_id for one in Couple.objects.all()} == {alice.id}
        assert CoupleImport.objects.count() == 0
    assert (finn.name, finn.channel, finn.email, gil.name, gil.phone) == (
        "Finn", "email", "finn@example.org", "Gil", "+1 555 0100",
    )  # fmt: skip
    assert as_maintenance("SELECT count(*) FROM practice_auditevent WHERE action = 'couple.created'") == [(2,)]


def test_nothing_is_imported_without_a_look_nor_twice(alice):
    assert confirm(alice).status_code == 422
    upload(alice, GOOD)
    confirm(alice)
    assert confirm(alice).status_code == 422
    assert len(labels(alice)) == 2


def test_what_a_member_looks_at_is_theirs_and_sealed(alice, bob, adam):
    upload(alice, GOOD)
    assert confirm(bob).status_code == 422
    with as_staff(bob):
        assert CoupleImport.objects.count() == 0
    [(stored,)] = as_maintenance("SELECT content FROM clients_coupleimport")
    assert "Finn" not in stored
    client_of(alice).post(ADDRESS, {"give_up": "yes"})
    assert as_maintenance("SELECT count(*) FROM clients_coupleimport") == [(0,)]


FAULTY = [
    ("F & G,Finn,email,,Gil,", (2, "partner1_email")),
    ("F & G,Finn,pigeon,,Gil,", (2, "partner1_channel")),
    (",Finn,,,Gil,", (2, "label")),
    ("F & G,,,,Gil,", (2, "partner1_name")),
    ("F & G,Finn,,,,", (2, "partner2_name")),
    ("F & G,Finn,,not-an-address,Gil,", (2, "partner1_email")),
    ("=1+1,Finn,,,Gil,", (2, "label")),
    ("F & G,+Finn,,,Gil,", (2, "partner1_name")),
    ("F & G,@Finn,,,Gil,", (2, "partner1_name")),
    ("F & G,Finn,,,Gil,=cmd()", (2, "partner2_phone")),
    ("F & G,Finn,,,Gil,+cmd()", (2, "partner2_phone")),
    (f"{'x' * 81},Finn,,,Gil,", (2, "label")),
    ('F & G,"Fi\nnn",,,Gil,', (2, "partner1_name")),
    ("F & G,Finn,,,Gil,,more", (2, "")),
]


@pytest.mark.parametrize(("row", "fault"), FAULTY)
def test_fault_is_named_by_row_and_column(alice, row, fault):
    assert faults_in(alice, f"{HEAD}\n{row}\n") == [fault]


def test_hours_longer_than_a_record_holds_are_a_fault(alice):
    hours = "mon, tue, wed, thu, fri, sat, sun 08:00-09:30"
    text = f'label,partner1_name,partner1_hours,partner2_name\nF & G,Finn,"{hours}",Gil\n'
    assert (2, "partner1_hours") in faults_in(alice, text)


def test_every_fault_of_a_file_is_named_and_nothing_of_it_is_kept(alice):
    text = f"{HEAD}\nF & G,Finn,,,Gil,\n\n,Finn,email,,,\n=x,Hal,,,Ida,\n"
    assert faults_in(alice, text) == [
        (4, "label"), (4, "partner1_email"), (4, "partner2_name"), (5, "label"),
    ]  # fmt: skip
    shown = upload(alice, text)
    assert shown.status_code == 422
    assert shown.content.decode().count("partner1_email</code>") >= 1
    assert confirm(alice).status_code == 422
    assert labels(alice) == []


@pytest.mark.parametrize(
    ("heading", "faults"),
    [
        ("label,partner1_name", [(1, "partner2_name")]),
        ("label,partner1_name,partner2_name,diagnosis", [(1, "diagnosis")]),
        ("label,label,partner1_name,partner2_name", [(1, "label")]),
        (HEAD, [(0, "")]),
        ("", [(1, "label"), (1, "partner1_name"), (1, "partner2_name")]),
    ],
)
def test_fault_of_the_heading_is_named(alice, heading, faults):
    body = "" if heading in ("", HEAD) else "\na,b,c,d,e\n"
    assert faults_in(alice, heading + body) == faults


def test_broken_quotes_are_a_fault_of_the_file(alice):
    assert faults_in(alice, f'{HEAD}\n"F & G,Finn,,,Gil,\n') == [(0, "")]


@pytest.mark.parametrize("encode", ["utf-8", "utf-8-sig"])
def test_utf_8_is_read_with_and_without_its_mark(alice, encode):
    upload(alice, GOOD.replace("Finn", "Zoë").encode(encode))
    confirm(alice)
    with as_staff(alice):
        assert {one.name for one in Partner.objects.all()} == {"Zoë", "Gil", "Hal", "Ida"}


@pytest.mark.parametrize("encode", ["latin-1", "utf-16", "utf-16-le", "cp1252"])
def test_other_encodings_are_refused_with_what_to_do(alice, encode):
    shown = upload(alice, GOOD.replace("Finn", "Zoë").encode(encode))
    assert shown.status_code == 422
    assert "CSV UTF-8" in shown.content.decode()


def test_semicolons_separate_too(alice):
    upload(alice, "label;partner1_name;partner2_name\nA, B;Finn;Gil\n")
    confirm(alice)
    assert labels(alice) == ["A, B"]


def test_file_that_is_too_large_is_refused():
    with pytest.raises(InvalidInput, match="Split it"):
        text_of(b"x" * 5_000_001)


def test_duplicates_are_named(alice, bob, couple):
    make_couple(bob, label="F & G", names=("Finn", "Gil"))
    rows = ["F & G,Finn,,,Gil,", "f & g,gil,,,FINN,", "F & G,Finn,,,Other,", "D & E,Erin,,,Dana,"]
    assert faults_in(alice, "\n".join([HEAD, *rows])) == [(3, "label"), (5, "label")]


def test_partners_who_share_an_address_are_named(alice):
    head = "label,partner1_name,partner1_channel,partner1_email,partner2_name,partner2_email"
    assert faults_in(alice, f"{head}\nF & G,Finn,email,a@example.org,Gil,A@example.org\n") == [(2, "partner2_email")]


def test_what_came_in_between_is_found_when_it_is_confirmed(alice):
    upload(alice, GOOD)
    make_couple(alice, label="F & G", names=("Finn", "Gil"))
    assert confirm(alice).status_code == 422
    assert labels(alice) == ["F & G"]


def test_template_is_a_file_that_can_be_imported(alice):
    answer = client_of(alice).get("/couples/import/template/")
    assert answer["Content-Disposition"] == 'attachment; filename="couples.csv"'
    assert answer.content == template()
    assert next(csv.reader(StringIO(template().decode("utf-8-sig")))) == list(COLUMNS)
    assert upload(alice, template()).status_code == 200


def many(number: int) -> str:
    rows = [f"Couple {at},A{at},email,a{at}@example.org,B{at},+1 555 {at:05}" for at in range(number)]
    return "\n".join([HEAD, *rows])


def test_statements_grow_by_batches_and_not_by_rows(alice):
    def sent(number: int, prefix: str) -> int:
        with as_staff(alice), CaptureQueriesContext(connection) as captured:
            keep_file(many(number).replace("Couple", prefix), membership=alice)
            assert import_couples(membership=alice) == number
            return len(captured.captured_queries)

    assert sent(200, "X") == sent(10, "Y")


@pytest.mark.nightly
def test_ten_thousand_rows_are_imported_and_one_more_is_not(alice):
    with as_staff(alice):
        keep_file(many(10_000), membership=alice)
        assert import_couples(membership=alice) == 10_000
    assert faults_in(alice, many(10_001)) == [(0, "")]
