"""An archive holds everything of one practice, nothing of another, and is opened by nobody here."""

import json
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.db import connections

from practice.archive import making
from practice.archive.contents import LEFT_OUT, tables
from practice.archive.making import file_of
from practice.database.context import Scope
from practice.database.grants.archive import ARCHIVED
from practice.encryption import _cipher
from practice.models import Archive, ArchivePart, Role
from practice.practices import as_maintenance as by_the_owner
from practice.tenancy import TenantModel
from tests.attacks import REFUSED, as_maintenance, attacker, outcome, tables_with_practice
from tests.factories import as_staff, deliver_outbox, make_member
from tests.practice.archives import RECIPIENT, again, ask, deliver_all, made, manifest_of, opened
from tests.worlds import World, make_world

pytestmark = pytest.mark.database


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    settings.ARCHIVE_FOLDER = str(tmp_path)
    return tmp_path


@pytest.fixture
def world() -> World:
    return make_world("north", ("Dana canary-d", "Erin canary-e"))


@pytest.fixture
def owner(world):
    return make_member(world.practice, "Olive", role=Role.OWNER)


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_every_table_of_a_practice_is_in_it_or_left_out_for_a_reason():
    assert set(tables_with_practice()) | {"practice_practice"} == set(ARCHIVED) | set(LEFT_OUT)
    assert not set(ARCHIVED) & set(LEFT_OUT)


def test_tables_stand_after_those_they_refer_to():
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
        )
        pairs = cursor.fetchall()
    order = {name: at for at, name in enumerate(ARCHIVED)}
    late = [(a, b) for a, b in pairs if a in order and b in order and a != b and order[a] < order[b]]
    assert late == []


def test_it_holds_every_row_of_the_practice_and_none_of_another(folder, world, owner):
    other = make_world("south", ("Trudy canary-t", "Walter canary-w"))
    archive = made(owner)
    assert archive.state == Archive.State.READY
    parts = opened(file_of(archive.id))
    counts = {one["name"]: one["rows"] for one in json.loads(parts["manifest.json"])["tables"]}
    for table in tables():
        key = "id" if table.name == "practice_practice" else "practice_id"
        waiting = " AND done_at IS NULL" if table.name == "practice_outboxmessage" else ""
        there = as_maintenance(f"SELECT count(*) FROM {table.name} WHERE {key} = %s{waiting}", world.practice.id)
        # What was noted of the archive itself while it was made is younger than its moment.
        more = 2 if table.name in ("practice_auditevent", "practice_outboxmessage") else 0
        assert 0 <= there[0][0] - counts[table.name] <= more, table.name
    text = b"\n".join(parts.values()).decode()
    assert "canary-d" in text
    assert "canary-e" in text
    assert "canary-t" not in text
    assert str(other.practice.id) not in text


def test_what_is_encrypted_here_is_open_in_it(folder, world, owner):
    parts = opened(file_of(made(owner).id))
    assert b"A walk on Sunday" in parts["assessments_specificrequest"]
    assert b"Went well" in parts["clients_counselingsession"]
    assert b"We laughed" in parts["assessments_weekreport"]
    assert not [name for name, content in parts.items() if b"v1|" in content]


def test_nothing_of_it_lies_open_on_the_disk(folder, world, owner):
    seen = b""
    archive = ask(owner)
    while again(owner, archive).state == Archive.State.MAKING:
        deliver_outbox()
        seen += b"".join(path.read_bytes() for path in files_of(folder))
    assert len(seen) > 10_000
    assert not [word for word in (b"canary", b"Went well", b"assessments_wave\t", b"practice_id") if word in seen]
    assert {path.name for path in files_of(folder)} == {f"{archive.id}.tar"}


def test_no_link_token_session_or_key_is_in_it(folder, world, owner):
    parts = opened(file_of(made(owner).id))
    assert not set(LEFT_OUT) & set(parts)
    assert b"argon2" not in b"".join(parts.values())
    secrets = as_maintenance(
        "SELECT encode(key_hash, 'hex') FROM clients_linkkey UNION ALL SELECT encode(token_hash, 'hex') "
        "FROM clients_partnersession UNION ALL SELECT digest FROM practice_apitoken"
    )
    text = b"".join(parts.values()).decode()
    assert secrets
    assert not [one for (one,) in secrets if one in text]


def test_members_go_along_by_address_and_without_password(folder, world, owner):
    members = manifest_of(file_of(made(owner).id))["members"]
    assert {one["email"] for one in members} >= {"t@north.example", "olive@north.example"}
    assert {tuple(one) for one in members} == {("user", "email", "name")}


def test_a_killed_worker_goes_on_with_the_part_it_was_at(folder, world, owner, monkeypatch):
    archive = ask(owner)
    for _ in range(5):
        deliver_outbox()
    before = {path.name: path.stat().st_mtime_ns for path in files_of(folder)}
    assert len(before) == 5

    class Killed(BaseException):
        pass

    def killed(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(making, "fingerprint_of", killed)  # after the file of the sixth is there, before it is noted
        deliver_outbox()
    with as_staff(owner):
        assert ArchivePart.objects.filter(archive=archive).count() == 5
    deliver_outbox()
    after = {path.name: path.stat().st_mtime_ns for path in files_of(folder)}
    assert len(after) == 6
    assert before.items() <= after.items()
    deliver_all()
    assert again(owner, archive).state == Archive.State.READY


def test_it_is_of_one_moment(folder, world, owner):
    """What changed after its part was made is read again at the end; what did not is not."""
    archive = ask(owner)
    while (folder / str(archive.id) / "clients_couple.age").exists() is False:
        deliver_outbox()
    with by_the_owner(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE clients_couple SET label = 'changed meanwhile' WHERE practice_id = %s", [world.practice.id]
        )
    with as_staff(owner):
        was = dict(ArchivePart.objects.filter(archive=archive).values_list("table", "made_at"))
    deliver_all()
    parts = opened(file_of(archive.id))
    assert b"changed meanwhile" in parts["clients_couple"]
    with as_staff(owner):
        now = dict(ArchivePart.objects.filter(archive=archive).values_list("table", "made_at"))
    assert now["clients_couple"] > was["clients_couple"]
    assert now["practice_membership"] == was["practice_membership"]


def test_its_role_reads_its_practice_and_writes_nothing(world):
    other = make_world("south", ("Trudy", "Walter"))
    with attacker(Scope.archive(practice_id=world.practice.id)) as connection:
        for table in ARCHIVED:
            key = "id" if table == "practice_practice" else "practice_id"
            assert outcome(connection, f"SELECT DISTINCT {key} FROM {table}") in ([(world.practice.id,)], []), table
            assert outcome(connection, f"SELECT {key} FROM {table} WHERE {key} = %s", other.practice.id) == []
            for verb in (f"DELETE FROM {table}", f"UPDATE {table} SET {key} = {key}"):
                assert outcome(connection, verb) == REFUSED
        for table in (*LEFT_OUT, "practice_user", "mfa_authenticator", "django_session"):
            assert outcome(connection, f"SELECT count(*) FROM {table}") == REFUSED, table


def test_a_full_disk_is_seen_and_told(folder, world, owner, settings):
    """The folder is a file: nothing can be written there. After some tries it waits for somebody."""
    (folder / "file").write_text("x")
    settings.ARCHIVE_FOLDER = str(folder / "file")
    archive = ask(owner)
    deliver_outbox()
    noted = again(owner, archive)
    assert (noted.state, noted.problem, noted.tries) == (Archive.State.MAKING, making.FOLDER, 1)


def test_a_missing_encryption_key_fails_at_once_and_is_told(folder, world, owner, settings):
    settings.ENCRYPTION_KEYS = {"other": next(iter(configured.ENCRYPTION_KEYS.values()))}
    _cipher.cache_clear()
    archive = ask(owner)
    deliver_all()
    failed = again(owner, archive)
    assert (failed.state, failed.problem) == (Archive.State.FAILED, making.KEY)


def test_the_file_goes_after_a_week(folder, world, owner):
    archive = made(owner)
    assert file_of(archive.id).exists()
    with by_the_owner(), connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE practice_outboxmessage SET due_at = now() WHERE kind = 'remove_archive'")
        assert cursor.rowcount == 1
    deliver_all()
    assert again(owner, archive).state == Archive.State.REMOVED
    assert files_of(folder) == []


def test_models_of_tenants_know_no_other_encrypted_column():
    """What is encrypted by hand, within a value, is told to the archive in the settings."""
    from django.apps import apps

    names = {model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)}
    assert {key.split(".")[0] for key in configured.SEALED_WITHIN} <= names
    assert RECIPIENT.startswith("age1")
