"""Two installations: what one archived, another with keys of its own imports, whole or not at all."""

import base64
import contextlib
import io
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pyrage
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django.test import Client

from clients.models import CounselingSession, Couple, Partner
from practice import encryption
from practice.archive import manifest
from practice.archive.contents import tables
from practice.archive.making import file_of
from practice.database.preparation import prepare_database
from practice.models import Membership, Role, User
from practice.practices import as_maintenance as by_the_owner
from tests.attacks import as_maintenance
from tests.factories import PASSWORD, as_staff, make_member
from tests.practice.archives import IDENTITY, content_of, decrypted, made, manifest_of
from tests.worlds import make_world

pytestmark = pytest.mark.database


@pytest.fixture
def archive(tmp_path, settings) -> Path:
    """The archive of a practice with a row in every table, and the key beside it."""
    settings.ARCHIVE_FOLDER = str(tmp_path)
    world = make_world("north", ("Dana", "Erin"))
    with by_the_owner(), connections["owner"].cursor() as cursor:  # the world's own form is no form that could be read
        cursor.execute("DELETE FROM assessments_importedinstrument")
    owner = make_member(world.practice, "Olive", role=Role.OWNER)
    key_file(tmp_path / "key.txt", IDENTITY)
    return file_of(made(owner).id)


def key_file(path: Path, identity) -> Path:
    path.write_text(f"# created: today\n# public key: {identity.to_public()}\n{identity}\n")
    return path


@contextlib.contextmanager
def another_database(name: str, template: str) -> Iterator[None]:
    """A database made from a template; every connection goes there meanwhile."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", "owner")}
    run_as_owner(before["owner"], f"CREATE DATABASE {name} TEMPLATE {template}")
    move_to(dict.fromkeys(before, name))
    try:
        yield
    finally:
        move_to(before)


@pytest.fixture(scope="module")
def migrated(django_db_setup, django_db_blocker) -> Iterator[str]:
    """An empty database that has gone through the migrations: each installation begins as a copy of it."""
    first = connections["owner"].settings_dict["NAME"]
    name = f"{first}_migrated"
    with django_db_blocker.unblock():
        with another_database(name, "template0"):
            call_command("migrate", database="owner", interactive=False, verbosity=0)
        yield name
        run_as_owner(first, f"DROP DATABASE {name}")


@pytest.fixture
def second_installation(settings, migrated):
    """Opens a database of its own, migrated and prepared, with other keys, and says its name."""

    @contextlib.contextmanager
    def opened() -> Iterator[str]:
        first, keys = connections["owner"].settings_dict["NAME"], settings.ENCRYPTION_KEYS
        name = f"{first}_second"
        try:
            with another_database(name, migrated):
                settings.ENCRYPTION_KEYS = {"k1": base64.urlsafe_b64encode(b"s" * 32).decode()}
                encryption._cipher.cache_clear()
                prepare_database()
                yield name
        finally:
            settings.ENCRYPTION_KEYS = keys
            encryption._cipher.cache_clear()
            run_as_owner(first, f"DROP DATABASE {name} WITH (FORCE)")

    return opened


def move_to(names):
    for alias, name in names.items():
        connections[alias].close()
        if alias == "default":
            connections["default"].close_pool()  # type: ignore[attr-defined]
        connections[alias].settings_dict["NAME"] = name


def run_as_owner(database, statement):
    given = connections["owner"].settings_dict
    where = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    with psycopg.connect(**where, dbname=database, autocommit=True) as connection:
        connection.execute(statement)


def load(path: Path, key: Path | None = None) -> str:
    said = io.StringIO()
    call_command("import_archive", str(path), identity=key or path.parent / "key.txt", stdout=said)
    return said.getvalue()


def nothing_is_there() -> bool:
    return not any(
        as_maintenance(f"SELECT count(*) FROM {name}")[0][0]
        for name in (*(one.name for one in tables()), "practice_user", "account_emailaddress")
    )


def test_another_installation_has_it_whole(archive, second_installation, smtp):
    expected = {one["name"]: one["rows"] for one in manifest_of(archive)["tables"]}
    with second_installation():
        said = load(archive)
        counts = {name: as_maintenance(f"SELECT count(*) FROM {name}")[0][0] for name in expected}
        # The import is on the trail.
        assert counts == {**expected, "practice_auditevent": expected["practice_auditevent"] + 1}
        assert f"{expected['assessments_answers']:>10,}  assessments_answers\n" in said
        assert "t@north.example has no password here yet" in said
        with by_the_owner():
            therapist = Membership.objects.using("owner").get(user__email="t@north.example")
        therapist._state.db = "default"
        with as_staff(therapist):
            couple = Couple.objects.get()
            assert [one.name for one in Partner.objects.filter(couple=couple)] == ["Dana", "Erin"]
            assert CounselingSession.objects.exclude(held_at=None).get().note == "Went well"
        browser = choose_password("t@north.example", smtp)
        page = browser.get(f"/couples/{couple.id}/")
        assert page.status_code == 200
        assert "Dana" in page.text
        assert browser.get(f"/couples/{couple.id}/results/").status_code == 200


def choose_password(address, smtp) -> Client:
    """By the page “Forgot password”, then sign in."""
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": address})
    link = re.search(r"https?://\S+", smtp.messages[-1].get_payload(decode=True).decode())[0]
    chosen = browser.get(urlsplit(link).path, follow=True)
    where = chosen.redirect_chain[-1][0]
    word = f"{PASSWORD}-new"
    assert browser.post(where, {"password1": word, "password2": word}).status_code == 302
    browser = Client()
    assert browser.post("/accounts/login/", {"login": address, "password": word}).status_code == 302
    return browser


def test_every_row_and_every_opened_text_is_the_same(archive, second_installation, tmp_path):
    """Archived once more over there, the parts hold the same to the byte."""
    first = plain_parts(archive)
    with second_installation():
        load(archive)
        with by_the_owner():
            owner = Membership.objects.using("owner").get(user__email="olive@north.example")
        owner._state.db = "default"
        second = plain_parts(file_of(made(owner).id))
    differing = {name for name in first if sorted(first[name].splitlines()) != sorted(second[name].splitlines())}
    # Members have users of their own there, and asking for the archive left its traces.
    assert differing == {"practice_membership", "practice_auditevent", "practice_outboxmessage"}


def plain_parts(path):
    with tarfile.open(path) as packed:
        return {
            one.name.removesuffix(".age"): decrypted(content_of(packed, one))
            for one in packed
            if not one.name.startswith("manifest")
        }


def test_who_has_a_user_there_keeps_it(archive, second_installation):
    with second_installation():
        with by_the_owner():
            User.objects.using("owner").create(email="t@north.example", name="T", password="kept")
        said = load(archive)
        assert "t@north.example" not in said
        assert as_maintenance(
            "SELECT count(*) FROM practice_membership m JOIN practice_user u ON u.id = user_id WHERE password = 'kept'"
        ) == [(1,)]


def test_a_practice_that_is_there_is_not_imported_again(archive):
    before = as_maintenance("SELECT count(*) FROM assessments_answers")
    with pytest.raises(CommandError, match="is here already"):
        load(archive)
    assert as_maintenance("SELECT count(*) FROM assessments_answers") == before


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def rebuilt(archive: Path, target: Path, name: str, content: bytes | None) -> Path:
    """The archive with one entry in place of its own, or without it."""
    with tarfile.open(archive) as packed, tarfile.open(target, "w") as made_anew:
        for one in packed:
            given = content_of(packed, one) if one.name != name else content
            if given is not None:
                one.size = len(given)
                made_anew.addfile(one, io.BytesIO(given))
    return target


def test_what_does_not_fit_is_refused_and_nothing_is_written(archive, second_installation, tmp_path, monkeypatch):
    content = archive.read_bytes()
    bad = tmp_path / "bad.tar"
    other_key = key_file(tmp_path / "other.txt", pyrage.x25519.Identity.generate())
    with tarfile.open(archive) as packed:
        answers = packed.getmember("assessments_answers.age")
        coupled = content_of(packed, packed.getmember("clients_couple.age"))
    swapped = rebuilt(archive, tmp_path / "swapped.tar", "assessments_answers.age", coupled)
    missing = rebuilt(archive, tmp_path / "missing.tar", "clients_consent.age", None)
    with second_installation():
        refused(archive, "does not open", key=other_key)
        for damaged in (content[: len(content) // 2], flipped(content, answers.offset_data + 400)):
            bad.write_bytes(damaged)
            refused(bad, "damaged")
        refused(swapped, "damaged")
        refused(missing, "damaged")
        bad.write_bytes(b"no archive at all")
        refused(bad, "no archive")
        with monkeypatch.context() as patch:
            patch.setattr("practice.archive.reading.FORMAT", 0)
            refused(archive, "newer version")
        assert load(archive)


def refused(path, words, *, key=None):
    with pytest.raises(CommandError, match=words):
        load(path, key or path.parent / "key.txt")
    assert nothing_is_there()


def test_it_is_all_or_nothing(archive, second_installation):
    """The last table cannot be written: nothing of the others stays."""
    with second_installation() as name:
        run_as_owner(name, "ALTER TABLE assessments_statisticsrelease ADD CHECK (false)")
        with pytest.raises(psycopg.errors.CheckViolation):
            load(archive)
        assert nothing_is_there()


def test_forms_that_are_not_here_are_named(archive, second_installation):
    with second_installation():
        changed = [one for one in manifest_of(archive)["tables"] if one["name"] == "assessments_answersheet"]
        assert changed[0]["rows"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("assessments.archived_forms.instruments.shipped", dict)
            with pytest.raises(CommandError, match="ena-c@"):
                load(archive)
        assert nothing_is_there()


def test_versions_are_told_by_migrations():
    known = manifest.schema()
    assert set(known) == {"practice", "clients", "assessments"}
    assert manifest.knows_schema(known)
    assert not manifest.knows_schema({**known, "clients": "9999_later"})
