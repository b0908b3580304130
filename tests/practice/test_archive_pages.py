"""The owner's pages of an archive: who has just signed in asks for it, watches it and fetches it once."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from practice.archive.contents import tables
from practice.archive.making import file_of
from practice.models import Archive, Role
from tests.attacks import as_maintenance
from tests.factories import as_staff, client_of, deliver_outbox, make_member
from tests.practice.archives import RECIPIENT, again, ask, deliver_all, just_signed_in, made, opened

pytestmark = pytest.mark.database
ARCHIVES = "/practice/archives/"
ASKED = {"recipient": RECIPIENT, "purpose": "copy"}


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.ARCHIVE_FOLDER = str(tmp_path)
    return tmp_path


def page_of(archive: Archive) -> str:
    return f"{ARCHIVES}{archive.id}/"


def asked_of(practice):
    return as_maintenance("SELECT count(*) FROM practice_archive WHERE practice_id = %s", practice.id)[0][0]


def test_who_has_not_just_signed_in_confirms_first(olive, practice):
    browser = client_of(olive)
    page = browser.get(ARCHIVES)
    assert page.status_code == 200
    assert "Public key" not in page.text
    assert "/accounts/reauthenticate/?next=" in page.text
    answer = browser.post(ARCHIVES, ASKED)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=")
    assert asked_of(practice) == 0


def test_a_confirmation_counts_for_five_minutes(olive, practice):
    browser = just_signed_in(olive)
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=5)):
        assert browser.post(ARCHIVES, ASKED)["Location"].startswith("/accounts/reauthenticate/")
    assert asked_of(practice) == 0
    assert browser.post(ARCHIVES, ASKED).status_code == 302
    assert asked_of(practice) == 1


def test_an_owner_asks_watches_and_fetches_it_once(olive):
    browser = just_signed_in(olive)
    where = browser.post(ARCHIVES, ASKED)["Location"]
    deliver_outbox()
    watched = browser.get(where).text
    assert f"1 of {len(tables())} tables" in watched
    assert 'hx-trigger="every 2s"' in watched
    part = browser.get(where, headers={"HX-Request": "true"}).text
    assert f"1 of {len(tables())} tables" in part
    assert "<html" not in part
    deliver_all()
    ready = browser.get(where).text
    assert "Ready to fetch" in ready
    assert "hx-get" not in ready.partition('id="progress"')[2]
    assert browser.post(f"{where}file/").status_code == 302
    link = next(line for line in browser.get(where).text.split('"') if line.startswith("/downloads/"))
    fetched = browser.post(link)
    assert fetched.status_code == 200
    assert fetched["Content-Disposition"] == f'attachment; filename="archive-{timezone.localdate()}.tar"'
    content = b"".join(fetched)
    path = file_of(where.split("/")[-2])
    assert content == path.read_bytes()
    assert "manifest.json" in opened(path)
    assert browser.post(link).status_code == 404


def test_it_is_fetched_by_who_made_the_way_alone(olive, alice, mallory):
    archive = made(olive)
    other = make_member(olive.practice, "Otto", role=Role.OWNER)
    browser = just_signed_in(olive)
    browser.post(f"{page_of(archive)}file/")
    link = next(one for one in browser.get(page_of(archive)).text.split('"') if one.startswith("/downloads/"))
    for member in (other, alice, mallory):
        assert client_of(member).post(link).status_code == 404
    assert browser.post(link).status_code == 200


def test_without_a_confirmation_no_way_is_made(olive):
    archive = made(olive)
    answer = client_of(olive).post(f"{page_of(archive)}file/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert as_maintenance("SELECT count(*) FROM practice_download") == [(0,)]


def test_what_is_no_public_key_is_told(olive, practice):
    browser = just_signed_in(olive)
    for given, told in (
        ("AGE-SECRET-KEY-1QQQ", "This is the private key"),
        ("ssh-ed25519 AAAA", "This is no public key of age"),
    ):
        answer = browser.post(ARCHIVES, {**ASKED, "recipient": given})
        assert answer.status_code == 422
        assert told in answer.text
    assert browser.post(ARCHIVES, {"recipient": RECIPIENT}).status_code == 422
    assert asked_of(practice) == 0


def test_one_archive_is_made_at_a_time(olive, practice):
    ask(olive)
    answer = just_signed_in(olive).post(ARCHIVES, ASKED)
    assert answer.status_code == 409
    assert "being made already" in answer.text
    assert asked_of(practice) == 1


def test_without_a_folder_it_says_whom_to_ask(olive, settings):
    settings.ARCHIVE_FOLDER = ""
    answer = just_signed_in(olive).post(ARCHIVES, ASKED)
    assert answer.status_code == 409
    assert "ARCHIVE_FOLDER" in answer.text


def test_what_failed_says_why_and_goes_on_from_there(olive, folder, settings):
    archive = ask(olive)
    deliver_outbox()
    (folder / "file").write_text("x")
    settings.ARCHIVE_FOLDER = str(folder / "file")
    for number in range(5):
        with time_machine.travel(timezone.now() + timedelta(hours=number)):
            deliver_all()
    browser = client_of(olive)
    page = browser.get(page_of(archive)).text
    assert "Could not be made" in page
    assert "cannot be written" in page
    assert "Try again" in page
    settings.ARCHIVE_FOLDER = str(folder)
    assert browser.post(f"{page_of(archive)}again/").status_code == 302
    assert browser.post(f"{page_of(archive)}again/").status_code == 409
    deliver_all()
    assert again(olive, archive).state == Archive.State.READY


def test_it_is_removed_when_asked_for(olive, folder):
    archive = made(olive)
    assert client_of(olive).post(f"{page_of(archive)}remove/").status_code == 302
    deliver_all()
    assert list(folder.iterdir()) == []
    assert "not kept any more" in client_of(olive).get(page_of(archive)).text


def test_what_is_stopped_half_way_leaves_nothing(olive, folder):
    archive = ask(olive)
    deliver_outbox()
    assert list(folder.iterdir())
    client_of(olive).post(f"{page_of(archive)}remove/")
    deliver_all()
    assert list(folder.iterdir()) == []
    assert just_signed_in(olive).post(ARCHIVES, ASKED).status_code == 302


def test_another_practice_finds_nothing(olive, mallory):
    archive = made(olive)
    stranger = make_member(mallory.practice, "Oscar", role=Role.OWNER)
    browser = just_signed_in(stranger)
    for what in ("", "file/", "again/", "remove/"):
        assert browser.post(f"{page_of(archive)}{what}").status_code in (404, 405)
    assert browser.get(page_of(archive)).status_code == 404
    with as_staff(stranger):
        assert not Archive.objects.exists()


def test_asking_making_and_fetching_are_on_the_trail(olive):
    browser = just_signed_in(olive)
    where = browser.post(ARCHIVES, ASKED)["Location"]
    deliver_all()
    browser.post(f"{where}file/")
    browser.post(next(one for one in browser.get(where).text.split('"') if one.startswith("/downloads/")))
    rows = as_maintenance(
        "SELECT action, detail ->> 'purpose' FROM practice_auditevent "
        "WHERE action LIKE 'archive.%' OR action LIKE 'download.%' ORDER BY at"
    )
    assert rows == [
        ("archive.asked", "copy"), ("archive.made", None), ("download.offered", "copy"), ("download.taken", "copy"),
    ]  # fmt: skip
