import base64
import uuid

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from clients.models import Couple, Partner
from practice.encryption import DecryptionError, decrypt, encrypt
from practice.models import Membership
from tests.attacks import as_maintenance, connect
from tests.factories import as_staff

PRACTICE, PLACE = uuid.UUID(int=1), "clients_partner.name|1"


def sealed(plain: str = "Dana") -> str:
    return encrypt(plain, practice_id=PRACTICE, place=PLACE)


def change_byte(value: str, position: int) -> str:
    head, _, encoded = value.rpartition("|")
    raw = bytearray(base64.urlsafe_b64decode(encoded))
    raw[position] ^= 1
    return f"{head}|{base64.urlsafe_b64encode(raw).decode()}"


@given(st.text(), st.uuids(), st.text())
def test_text_comes_back(plain: str, practice_id: uuid.UUID, place: str) -> None:
    value = encrypt(plain, practice_id=practice_id, place=place)
    assert decrypt(value, practice_id=practice_id, place=place) == plain


@given(st.integers(min_value=0, max_value=31))
def test_changed_byte_is_refused(position: int) -> None:
    with pytest.raises(DecryptionError):
        decrypt(change_byte(sealed(), position), practice_id=PRACTICE, place=PLACE)


@pytest.mark.parametrize("value", ["Dana", "v1|", "v1|k1", "v0|k1|AAAA", "v1|unknown|AAAA", "v1||AAAA", "v1|k1|!"])
def test_value_that_was_not_sealed_is_refused(value: str) -> None:
    with pytest.raises(DecryptionError):
        decrypt(value, practice_id=PRACTICE, place=PLACE)


def test_value_cut_short_or_of_another_version_is_refused() -> None:
    for value in (sealed()[:-8], "v2" + sealed()[2:]):
        with pytest.raises(DecryptionError):
            decrypt(value, practice_id=PRACTICE, place=PLACE)


def test_value_moved_to_another_place_or_practice_is_refused() -> None:
    for moved in ({"practice_id": uuid.UUID(int=2), "place": PLACE}, {"practice_id": PRACTICE, "place": PLACE + "2"}):
        with pytest.raises(DecryptionError):
            decrypt(sealed(), **moved)  # type: ignore[arg-type]


def test_same_text_is_sealed_differently_each_time() -> None:
    assert len({sealed() for _ in range(1000)}) == 1000


def test_older_key_opens_what_it_sealed(settings: object) -> None:
    old = sealed()
    keys = {"new": base64.urlsafe_b64encode(b"n" * 32).decode(), **settings.ENCRYPTION_KEYS}  # type: ignore[attr-defined]
    settings.ENCRYPTION_KEYS = keys  # type: ignore[attr-defined]
    assert sealed().split("|")[1] == "new"
    assert decrypt(old, practice_id=PRACTICE, place=PLACE) == "Dana"


def test_key_that_was_taken_away_is_an_error(settings: object) -> None:
    old = sealed().replace(f"|{next(iter(settings.ENCRYPTION_KEYS))}|", "|gone|")  # type: ignore[attr-defined]
    with pytest.raises(DecryptionError):
        decrypt(old, practice_id=PRACTICE, place=PLACE)


COLUMNS = ("name", "email", "phone", "neutral_name")


@pytest.mark.database
def test_contact_data_is_unreadable_in_the_table(alice: Membership, couple: Couple) -> None:
    kid = next(iter(settings.ENCRYPTION_KEYS))
    rows = as_maintenance("SELECT name, clients_partner::text FROM clients_partner")
    assert [name.startswith(f"v1|{kid}|") for name, _ in rows] == [True, True]
    assert [word in row for _, row in rows for word in ("Dana", "Erin")] == [False] * 4


@pytest.mark.database
@pytest.mark.parametrize(
    "move",
    [
        "UPDATE clients_partner a SET name = b.name FROM clients_partner b WHERE b.position <> a.position "
        "AND b.couple_id = a.couple_id",
        "UPDATE clients_partner SET email = name",
        "UPDATE clients_partner SET name = 'Dana'",
    ],
    ids=["row", "column", "plain"],
)
def test_value_moved_in_the_table_is_refused(alice: Membership, couple: Couple, move: str) -> None:
    with connect("owner") as owner:
        owner.execute("SET LOCAL ROLE attune_maintenance")
        owner.execute(move.encode())
    with as_staff(alice), pytest.raises(DecryptionError):
        [(partner.name, partner.email) for partner in Partner.objects.all()]


@pytest.mark.database
def test_value_of_another_practice_is_refused(alice: Membership, couple: Couple, other_couple: Couple) -> None:
    sql = "UPDATE clients_partner SET name = (SELECT name FROM clients_partner WHERE couple_id = %s LIMIT 1)"
    with connect("owner") as owner:
        owner.execute("SET LOCAL ROLE attune_maintenance")
        owner.execute(sql, [other_couple.id])
    with as_staff(alice), pytest.raises(DecryptionError):
        [partner.name for partner in Partner.objects.all()]


@pytest.mark.database
def test_encrypted_column_cannot_be_filtered_or_set_in_bulk(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        with pytest.raises(TypeError):
            Partner.objects.filter(name="Dana").exists()
        assert not Partner.objects.filter(name__icontains="Dana").exists()
        with pytest.raises(TypeError):
            Partner.objects.update(name="Dana")
