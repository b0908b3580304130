"""What was entered by mistake is out of sight at once, comes back within 30 days, and is then gone for good."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from assessments.deleting import CoupleOnRecord, delete_couple, delete_session
from assessments.passages import request_shared_record
from assessments.session_ratings import Ratings, save_rated_session
from clients.consents import record_consent
from clients.couple_import import keep_file
from clients.models import CounselingSession, Couple, CoupleImport, Partner
from clients.sessions import SessionDetails
from practice.models import IdempotencyRecord
from practice.practices import as_maintenance as on_owner
from tests.assessments.test_therapist_views import statements
from tests.attacks import as_maintenance
from tests.factories import as_staff, as_worker, client_of, do_for_every_practice, make_couple, make_sheet, partner_of

pytestmark = pytest.mark.database


@pytest.fixture
def session(alice, couple) -> CounselingSession:
    held = SessionDetails(held_at=timezone.now(), safety_reviewed=True, note="Went well")
    with as_staff(alice):
        return save_rated_session(couple, held, Ratings(stages={"S3": 1}), membership=alice)


def age(kind: Any, days: float, name: str = "deleted_at") -> None:
    with on_owner(), connections["owner"].cursor() as cursor:
        cursor.execute(f"UPDATE {kind._meta.db_table} SET {name} = {name} - interval '{days} days'")


def counts() -> list[int]:
    return [as_maintenance(f"SELECT count(*) FROM clients_{name}")[0][0] for name in ("couple", "partner", "consent")]


def test_deleted_couple_is_out_of_every_list_and_comes_back(alice, couple):
    browser = client_of(alice)
    assert browser.post(f"/couples/{couple.id}/delete/")["Location"] == "/deleted/"
    for gone in (f"/couples/{couple.id}/", f"/couples/{couple.id}/edit/", f"/api/v1/couples/{couple.id}/"):
        assert browser.get(gone).status_code == 404
    assert "D &amp; E" not in browser.get("/").content.decode()
    assert "D &amp; E" not in browser.get("/couples/hand-over/").content.decode()
    assert "D &amp; E" in browser.get("/deleted/").content.decode()
    assert browser.post("/deleted/", {"restore": str(couple.id)}).status_code == 302
    assert browser.get(f"/couples/{couple.id}/").status_code == 200
    assert "D &amp; E" not in browser.get("/deleted/").content.decode()
    rows = as_maintenance("SELECT action FROM practice_auditevent WHERE action LIKE 'couple.%%' ORDER BY at")
    assert [action for (action,) in rows] == ["couple.created", "couple.deleted", "couple.restored"]


def test_couple_that_was_asked_anything_is_not_deleted(alice, couple, dana):
    make_sheet(alice, dana)
    page = client_of(alice).get(f"/couples/{couple.id}/delete/").content.decode()
    assert "Close care instead" in page
    assert client_of(alice).post(f"/couples/{couple.id}/delete/").status_code == 409
    with as_staff(alice), pytest.raises(CoupleOnRecord):
        delete_couple(couple)


def test_couple_with_a_held_session_is_not_deleted(alice, couple, session):
    assert client_of(alice).post(f"/couples/{couple.id}/delete/").status_code == 409
    with as_staff(alice):
        delete_session(session)
    assert client_of(alice).post(f"/couples/{couple.id}/delete/").status_code == 409


def test_deleted_session_is_out_of_the_list_and_comes_back(alice, couple, session):
    browser = client_of(alice)
    assert browser.post(f"/sessions/{session.id}/delete/").status_code == 302
    assert browser.get(f"/sessions/{session.id}/").status_code == 404
    with as_staff(alice):
        assert CounselingSession.objects.count() == 0
    assert "Session, deleted" in browser.get("/deleted/").content.decode()
    browser.post("/deleted/", {"restore": str(session.id)})
    assert browser.get(f"/sessions/{session.id}/").status_code == 200


def test_nobody_else_deletes_or_restores(alice, bob, olive, couple, session):
    for member in (bob, olive):
        browser = client_of(member)
        assert browser.post(f"/couples/{couple.id}/delete/").status_code == 404
        assert browser.post(f"/sessions/{session.id}/delete/").status_code == 404
    with as_staff(alice):
        delete_session(session)
    for member in (bob, olive):
        assert "Session, deleted" not in client_of(member).get("/deleted/").content.decode()
        assert client_of(member).post("/deleted/", {"restore": str(session.id)}).status_code == 404


def test_couple_whose_shared_record_was_asked_for_is_kept(alice, couple):
    with as_staff(alice):
        request_shared_record(couple, purpose="copy", membership=alice)
        with pytest.raises(CoupleOnRecord):
            delete_couple(couple)


def test_after_thirty_days_it_is_gone_for_good_and_before_it_is_not(alice, couple, dana):
    with as_staff(alice):
        record_consent(dana, kind="statistics", version="1")
        delete_couple(couple)
    age(Couple, 29.9)
    do_for_every_practice("erase_deleted")
    assert counts() == [1, 2, 1]
    age(Couple, 0.2)
    assert client_of(alice).post("/deleted/", {"restore": str(couple.id)}).status_code == 404
    do_for_every_practice("erase_deleted")
    assert counts() == [0, 0, 0]


def test_erased_session_takes_its_ratings_and_nothing_else(alice, couple, session):
    with as_staff(alice):
        kept = save_rated_session(
            couple, SessionDetails(planned_at=timezone.now() + timedelta(days=3)), Ratings(), membership=alice
        )
        delete_session(session)
    assert as_maintenance("SELECT count(*) FROM assessments_sessionrating WHERE session_id = %s", session.pk) == [(1,)]
    age(CounselingSession, 31)
    do_for_every_practice("erase_deleted")
    with as_staff(alice):
        assert [one.pk for one in CounselingSession.with_deleted.all()] == [kept.pk]
    assert as_maintenance("SELECT count(*) FROM assessments_sessionrating WHERE session_id = %s", session.pk) == [(0,)]
    assert counts()[:2] == [1, 2]


def test_a_file_that_nobody_confirmed_goes_after_a_day(alice):
    with as_staff(alice):
        keep_file("label", membership=alice)
    do_for_every_practice("erase_deleted")
    assert as_maintenance("SELECT count(*) FROM clients_coupleimport") == [(1,)]
    age(CoupleImport, 1.1, "uploaded_at")
    do_for_every_practice("erase_deleted")
    assert as_maintenance("SELECT count(*) FROM clients_coupleimport") == [(0,)]


def test_an_answer_kept_for_a_repeat_goes_after_thirty_days(alice):
    kept = {"actor": alice.id, "fingerprint": "f" * 64, "status": 201, "body": {}, "created_at": timezone.now()}
    with as_staff(alice):
        IdempotencyRecord.objects.create(key="old", **kept)
    age(IdempotencyRecord, 29.9, "created_at")
    do_for_every_practice("erase_deleted")
    assert as_maintenance("SELECT count(*) FROM practice_idempotencyrecord") == [(1,)]
    age(IdempotencyRecord, 0.2, "created_at")
    with as_staff(alice):
        IdempotencyRecord.objects.create(key="new", **kept)
    do_for_every_practice("erase_deleted")
    assert as_maintenance("SELECT key FROM practice_idempotencyrecord") == [("new",)]


def test_database_holds_the_worker_to_the_thirty_days_of_a_repeat(alice, practice):
    kept = {"actor": alice.id, "fingerprint": "f" * 64, "status": 201, "body": {}, "created_at": timezone.now()}
    with as_staff(alice):
        IdempotencyRecord.objects.create(key="new", **kept)
    with as_worker(practice):
        rows = IdempotencyRecord.objects.all()
        assert rows._raw_delete(rows.db) == 0


def test_database_holds_the_worker_to_the_thirty_days(alice, couple, practice):
    with as_staff(alice):
        delete_couple(couple)
    with as_worker(practice):
        rows = Couple.with_deleted.all()
        assert rows._raw_delete(rows.db) == 0
    with pytest.raises(Exception, match="permission denied"), as_worker(practice):
        partners = Partner.objects.all()
        partners._raw_delete(partners.db)
    assert counts()[:2] == [1, 2]


def test_deleted_page_asks_the_same_for_many(alice, couple):
    def delete(one: Couple) -> None:
        with as_staff(alice):
            delete_couple(one)

    delete(couple)
    few = statements(client_of(alice), "/deleted/")
    for number in range(10):
        delete(make_couple(alice, label=f"C {number}", names=(f"A{number}", f"B{number}")))
    assert statements(client_of(alice), "/deleted/") == few
    assert partner_of(alice, couple, 1).couple.deleted_at is not None
