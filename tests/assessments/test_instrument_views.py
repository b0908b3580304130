import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessments.instruments.library import FOLDER
from assessments.models import ImportedInstrument
from practice.models import Membership
from tests.factories import as_staff, client_of

pytestmark = pytest.mark.database

LICENCE = {
    "holder": "Riverside",
    "reference": "L-1",
    "confirmed_by": "Olive",
    "allowed_modes": ["screen", "e-mail"],
}


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


def definition() -> str:
    """The check-in as a practice would bring it: under an id of its own."""
    return (FOLDER / "ena-ck-0.2.0.yaml").read_text().replace("id: ena-ck", "id: own-check", 1)


def test_an_instrument_is_shown_with_items_audience_licence_and_basis(browser):
    content = browser.get("/instruments/ena-c@0.2.0/").content.decode()
    assert "My partner gave me their full attention when we talked." in content
    assert "CC-BY-4.0" in content
    assert "They are not norms and not a diagnosis." in content
    assert "Confidential, opened one by one" in content
    assert browser.get("/instruments/nothing@1.0.0/").status_code == 404


def test_an_import_names_every_fault_by_its_path_and_keeps_the_input(olive):
    response = client_of(olive).post("/instruments/import/", {**LICENCE, "source": "schema: instrument/1\nid: own\n"})
    assert response.status_code == 422
    assert response.context["faults"]
    for fault in response.context["faults"]:
        assert fault["detail"].split("'")[0].encode() in response.content
    assert b"schema: instrument/1\nid: own" in response.content
    assert b'value="Riverside"' in response.content
    with as_staff(olive):
        assert not ImportedInstrument.objects.exists()


def test_one_answer_names_the_faults_of_the_file_and_of_the_licence(olive):
    response = client_of(olive).post("/instruments/import/", {"source": "id: own"})
    assert {"holder", "reference", "confirmed_by", "allowed_modes"} < set(response.context["form"].errors)
    assert response.context["faults"]


def test_the_text_of_a_faulty_file_is_kept_in_the_box(olive):
    given = {**LICENCE, "file": SimpleUploadedFile("own.yaml", b"schema: instrument/1\nid: own\n")}
    response = client_of(olive).post("/instruments/import/", given)
    assert response.status_code == 422
    assert b"schema: instrument/1\nid: own" in response.content
    chosen = re.findall(r'value="([\w-]+)"[^>]*checked', response.content.decode())
    assert chosen == ["screen", "e-mail"]


def test_a_file_that_fits_is_imported(olive):
    response = client_of(olive).post("/instruments/import/", {**LICENCE, "source": definition()})
    assert response["Location"] == "/instruments/own-check@0.2.0/"
    assert b"Imported here" in client_of(olive).get("/instruments/").content
    assert b"screen, e-mail" in client_of(olive).get(response["Location"]).content


def test_a_therapist_imports_nothing(browser):
    assert browser.get("/instruments/import/").status_code == 404
    assert b"/instruments/import/" not in browser.get("/instruments/").content
