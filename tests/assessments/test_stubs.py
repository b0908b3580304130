from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from assessments.instruments import library
from assessments.instruments.checks import instrument_faults
from assessments.instruments.definition import Instrument
from practice.content import ContentError, Fault, strings
from tests.assessments.variants import ORIGINALS, as_text, both, put


def with_text(stub: Instrument) -> dict[str, Any]:
    """A practice's own file for a stub: the same keys, with text."""
    data = deepcopy(stub.definition)
    direction = data["domains"][0]["directions"][0]
    data["license"] = {"text": "Licence of the holder", "bundle": "allowed"}
    data["instructions"] = {"en": "Choose one answer a line."}
    data["directions"] = {direction: {"about": "self", "label": {"en": "About me"}}}
    data["sections"] = [{"id": "all", "items": [item["id"] for item in data["items"]]}]
    data["safety_actions"] = ORIGINALS["ena-c"]["safety_actions"]
    for item in data["items"]:
        item["text"] = {direction: {"en": f"Line {item['id']}"}}
    return data


def refused(data: dict[str, Any]) -> tuple[Fault, ...]:
    with pytest.raises(ContentError) as error:
        library.parse(as_text(data), bundle="imported")
    return error.value.faults


@pytest.fixture(params=["phq-9", "gad-7", "hark"])
def stub(request) -> Instrument:
    return library.stubs()[request.param]


def test_stubs_are_named_after_their_id_and_version():
    folder = Path(library.__file__).parent / "stubs"
    assert {path.stem for path in folder.glob("*.yaml")} == {f"{s.id}-{s.version}" for s in library.stubs().values()}


def test_stub_cannot_be_assigned(stub):
    assert stub.is_stub
    assert stub.ref not in library.shipped()
    with pytest.raises(KeyError):
        library.latest(stub.id)


def test_stub_has_no_fault_and_no_text_of_a_line(stub):
    assert instrument_faults(stub.definition) == []
    assert {line.text for line in stub.lines} == {""}
    assert not [path for path, _ in strings(stub.definition) if ".text" in path and not path.startswith("license")]


def test_stub_shares_nothing(stub):
    assert {line.audience for line in stub.lines} == {"therapist_only"}
    assert {score["visibility"] for score in stub.scores.values()} == {"therapist_only"}


@pytest.mark.parametrize(
    ("score", "span", "cut_off", "loinc"),
    [
        ("PHQ-9", [0, 27], 10, "44261-6"),
        ("PHQ-2", [0, 6], 3, "55758-7"),
        ("GAD-7", [0, 21], 10, "70274-6"),
        ("GAD-2", [0, 6], 3, None),
        ("HARK", [0, 4], 1, "76504-0"),
    ],
)
def test_ranges_cut_offs_and_codes_are_the_published_ones(score, span, cut_off, loinc):
    scores = {name: entry for stub in library.stubs().values() for name, entry in stub.scores.items()}
    assert (scores[score]["range"], scores[score]["positive_at"]) == (span, cut_off)
    assert scores[score].get("loinc") == loinc


def test_item_codes_are_those_of_the_items_not_of_the_panels():
    codes = {item["id"]: item["loinc"] for stub in library.stubs().values() for item in stub.definition["items"]}
    assert (codes["PHQ-9.9"], codes["HARK.1"], codes["GAD-7.7"]) == ("44260-8", "76500-8", "69736-7")
    assert len(set(codes.values())) == len(codes) == 20


def test_text_can_be_imported_for_a_stub(stub):
    imported = library.parse(as_text(with_text(stub)), bundle="imported")
    assert not imported.is_stub
    assert [line.item for line in imported.lines] == [line.item for line in stub.lines]


def test_stub_itself_cannot_be_imported(stub):
    faults = refused(stub.definition)
    assert [(fault.check, fault.path) for fault in faults] == [("import", "license.bundle")]


@pytest.mark.parametrize(
    ("change", "check", "path"),
    [
        (put("safety_rules/0/id", "OURS"), "import", "safety_rules"),
        (put("safety_rules/0/level", "note"), "import", "safety_rules"),
        (put("items/PHQ-9.1/reverse", True), "import", "items"),
        (both(put("items/PHQ-9.9/safety_relevant", False), put("safety_rules", [])), "import", "items"),
    ],
    ids=["rule renamed", "rule weakened", "key turned", "mark lost"],
)
def test_import_must_keep_the_published_keys_and_rules(change, check, path):
    data = with_text(library.stubs()["phq-9"])
    change(data)
    assert (check, path) in {(fault.check, fault.path) for fault in refused(data)}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (put("response_scales/days4/options/0/label/en", "Never"), "response_scales.days4.options[0].label"),
        (
            put("therapist_notes", [{"id": "T", "items": ["PHQ-9.9"], "directions": ["self"], "text": {"en": "Ask."}}]),
            "therapist_notes",
        ),
        (
            put(
                "sections",
                [
                    {
                        "id": "a",
                        "items": [f"PHQ-9.{n}" for n in range(1, 10)],
                        "recall_first": {"label": {"en": "Past"}, "iso8601": "P2W", "page_line": {"en": "Think back."}},
                        "recall_repeat": {"label": {"en": "Past"}, "iso8601": "P2W"},
                    }
                ],
            ),
            "sections[0].recall_first.page_line",
        ),
    ],
    ids=["answer words", "note", "page line"],
)
def test_text_of_a_holder_is_refused_in_a_stub(change, path):
    data = deepcopy(library.stubs()["phq-9"].definition)
    change(data)
    with pytest.raises(ContentError) as error:
        library.parse(as_text(data))
    assert [(fault.check, fault.path) for fault in error.value.faults] == [("ST22", path)]
