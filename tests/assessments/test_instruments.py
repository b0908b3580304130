import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.instruments import library
from assessments.instruments.building import build, content_hash
from assessments.instruments.definition import DECLINED, NOT_APPLICABLE, AnswerFault, Instrument
from practice.content import ContentError, Fault
from tests.assessments.variants import FILES, ORIGINALS, as_text, drop, put

ENA_C = library.latest("ena-c")
ENA_CK = library.latest("ena-ck")

OWN_ID = "our-form"


def imported(*changes, of: str = "ena-c", **options) -> Instrument:
    data = deepcopy(ORIGINALS[of])
    data["id"] = OWN_ID
    for change in changes:
        change(data)
    return library.parse(as_text(data), bundle="imported", **options)


def refused(text: str, **options) -> tuple[Fault, ...]:
    with pytest.raises(ContentError) as error:
        library.parse(text, **options)
    return error.value.faults


def code_of(call, *arguments) -> str:
    with pytest.raises(AnswerFault) as fault:
        call(*arguments)
    return fault.value.code


def test_shipped_are_the_two_assignable_ones_and_read_once():
    assert set(library.shipped()) == {"ena-c@0.2.0", "ena-ck@0.2.0"}
    assert library.shipped() is library.shipped()
    assert library.get("ena-c@0.2.0") is ENA_C


def test_unknown_reference_and_id_are_key_errors():
    with pytest.raises(KeyError):
        library.get("ena-c@0.1.0")
    with pytest.raises(KeyError):
        library.latest("phq-9")


def test_ena_c_has_87_lines_and_a_checklist_of_ten():
    assert [len([line for line in ENA_C.lines if line.direction == d]) for d in ("experienced", "enacted", "self")] == [
        33,
        33,
        21,
    ]
    assert len([line for line in ENA_C.lines if line.direction == "context"]) == 10
    assert len(ENA_CK.lines) == 8


def test_checklist_closes_the_part_about_oneself_before_the_safety_page():
    ids = [line.id for line in ENA_C.lines]
    first, last = ids.index("context.CX.work"), ids.index("context.CX.none")
    assert (ids[first - 1], last - first, ids[last + 1]) == ("self.CP4", 9, "experienced.SC1")


def test_positions_count_up_within_each_audience():
    for instrument in (ENA_C, ENA_CK):
        assert [line.index for line in instrument.lines] == list(range(len(instrument.lines)))
        for audience in ("joint_ok", "therapist_only", "confidential"):
            positions = [line.position for line in instrument.lines if line.audience == audience]
            assert positions == list(range(len(positions)))


def test_audiences_are_those_of_the_design():
    confidential = {line.id for line in ENA_C.lines if line.audience == "confidential"}
    shared = {line.domain for line in ENA_C.lines if line.audience == "joint_ok"}
    assert confidential == {"self.IM11", "self.RC4", "context.CX.breach"}
    assert shared == {"PR", "LV", "AA", "RF", "RP", "CR"}
    assert [line.item for line in ENA_CK.lines if line.audience == "therapist_only"] == ["CK7", "CK8"]


def test_it_did_not_come_up_is_offered_where_the_design_says():
    offered = {line.item for line in ENA_C.lines if "not_applicable" in line.codes}
    assert offered == {"AA2", "AA3", "PR3", "RF1", "RF3", "RP4", "CR1", "CR2", "CR3", "CR4"}
    assert [line.item for line in ENA_CK.lines if "not_applicable" in line.codes] == ["CK6"]
    assert all("declined" in line.codes for line in ENA_C.lines if line.direction != "context")


def test_lines_without_safety_lines_are_those_that_raise_no_flag():
    given_lines = ENA_C.lines_given(safety_lines=False)
    assert len(given_lines) == 97 - 2 * (6 + 3) - 3
    assert not {"RS1", "RS6", "SC1", "IM3", "IM4", "IM5"} & {line.item for line in given_lines}
    assert {line.item for line in ENA_CK.lines_given(safety_lines=False)} == {f"CK{n}" for n in range(1, 8)}


def test_sitting_limits_the_lines_and_the_first_is_the_default():
    assert (
        ENA_C.lines_given(None, safety_lines=True)
        == ENA_C.lines_given("two_sittings", safety_lines=True)
        == ENA_C.lines
    )
    assert len(ENA_C.lines_given("experienced_only", safety_lines=True)) == 33
    assert ENA_CK.lines_given("one_sitting", safety_lines=True) == ENA_CK.lines
    with pytest.raises(KeyError):
        ENA_C.lines_given("three_sittings", safety_lines=True)


def test_references_are_resolved_into_the_definition():
    assert ENA_CK.definition["bands"] == ENA_C.definition["bands"]
    assert ENA_CK.definition["response_scales"] == ENA_C.definition["response_scales"]
    assert ENA_CK.actions == ENA_C.actions
    assert "same_as" not in json.dumps(ENA_CK.definition)


def test_hash_is_that_of_what_is_asked():
    assert content_hash(ENA_C.definition) == ENA_C.content_hash != ENA_CK.content_hash
    turned = dict(reversed(ENA_C.definition.items()))
    assert content_hash(turned) == ENA_C.content_hash
    changed = deepcopy(ENA_CK.definition)
    changed["bands"]["cut"][0]["label"]["en"] = "Nothing"
    assert content_hash(changed) != ENA_CK.content_hash


def test_stored_definition_builds_the_same_instrument():
    again = build(json.loads(json.dumps(ENA_C.definition)))
    assert (again.lines, again.content_hash) == (ENA_C.lines, ENA_C.content_hash)


def test_basis_says_what_the_numbers_are():
    assert ENA_C.basis["status"] == "provisional"
    assert "not a diagnosis" in ENA_C.basis["note"]


def test_notes_stand_beside_the_enacted_line_only():
    assert len(ENA_C.notes_for(ENA_C.by_id["enacted.CR1"])) == 1
    assert ENA_C.notes_for(ENA_C.by_id["experienced.CR1"]) == []


@pytest.mark.parametrize(
    ("line", "value", "stored"),
    [
        ("experienced.PR1", 0, 0),
        ("experienced.PR1", 4, 4),
        ("experienced.PR1", "declined", DECLINED),
        ("experienced.PR3", "not_applicable", NOT_APPLICABLE),
        ("experienced.PR3", None, None),
        ("experienced.SC1", "declined", DECLINED),
    ],
)
def test_answer_is_encoded_and_decoded(line, value, stored):
    assert ENA_C.encode(line, value) == stored
    assert ENA_C.decode(line, stored) == value


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("experienced.PR1", 5),
        ("experienced.PR1", -1),
        ("experienced.PR1", True),
        ("experienced.PR1", 1.0),
        ("experienced.PR1", "3"),
        ("experienced.PR1", [3]),
        ("experienced.PR1", "not_applicable"),
        ("experienced.SC1", "not_applicable"),
        ("context.CX.work", "declined"),
        ("context.CX.work", 2),
    ],
)
def test_answer_a_line_does_not_allow_is_refused(line, value):
    assert code_of(ENA_C.encode, line, value) == "value_not_allowed"


def test_unknown_line_is_refused():
    assert code_of(ENA_C.encode, "self.PR1", 1) == code_of(ENA_C.decode, "PR1", 1) == "unknown_line"


@given(
    st.sampled_from(ENA_C.lines),
    st.one_of(st.none(), st.integers(-5, 9), st.sampled_from(["declined", "not_applicable", "blank"])),
)
def test_whatever_is_accepted_comes_back_as_it_was(line, value):
    try:
        stored = ENA_C.encode(line.id, value)
    except AnswerFault:
        return
    assert ENA_C.decode(line.id, stored) == value


def test_checklist_is_spread_over_its_options():
    spread = ENA_C.expand({"context.CX": ["work", "breach"], "experienced.PR1": 3})
    assert [line for line, value in spread.items() if value == 1] == ["context.CX.work", "context.CX.breach"]
    assert sum(value == 0 for value in spread.values()) == 8
    assert spread["experienced.PR1"] == 3


@pytest.mark.parametrize("cleared", [[], None])
def test_checklist_is_cleared(cleared):
    assert set(ENA_C.expand({"context.CX": cleared}).values()) == {None}


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"context.CX": ["none", "work"]}, "exclusive_option"),
        ({"context.CX": ["weather"]}, "unknown_option"),
        ({"context.CX": "work"}, "value_not_allowed"),
        ({"context.CX": [1]}, "value_not_allowed"),
        ({"context.CX.work": 1}, "unknown_line"),
        ({"context.CY": ["work"]}, "unknown_line"),
        ({"experienced.PR1": 9}, "value_not_allowed"),
    ],
)
def test_answers_that_do_not_fit_are_refused(answers, code):
    assert code_of(ENA_C.expand, answers) == code


def test_exclusive_option_alone_is_taken():
    assert ENA_C.expand({"context.CX": ["none"]})["context.CX.none"] == 1


def test_instrument_without_a_checklist_has_no_such_line():
    assert code_of(ENA_CK.expand, {"context.CX": ["work"]}) == "unknown_line"


def test_practice_imports_its_own_form_by_reference_to_a_shipped_one():
    own = imported(of="ena-ck")
    assert own.ref == f"{OWN_ID}@0.2.0"
    assert own.definition["bands"] == ENA_C.definition["bands"]


def test_import_without_checklist_and_sittings_is_given_whole():
    own = imported(drop("context_checklist"), drop("sittings"))
    assert len(own.lines_given(safety_lines=True)) == 87


def test_import_must_not_take_the_id_of_a_shipped_one():
    faults = refused(FILES["ena-c"].read_text(), bundle="imported")
    assert [(fault.path, fault.check) for fault in faults] == [("id", "import")]


def test_ids_already_taken_can_be_named():
    with pytest.raises(ContentError):
        imported(taken={OWN_ID})
    assert imported(taken={"another"}).id == OWN_ID


def test_every_fault_of_an_import_is_named():
    broken = as_text(ORIGINALS["ena-c"] | {"id": "ena-ck", "client_title": {"en": "Couples"}, "default_scale": "freq7"})
    faults = refused(broken, bundle="imported")
    assert [fault.path for fault in faults] == ["client_title.en", "default_scale", "id"]


def test_malformed_text_gives_one_fault_with_line_and_column():
    faults = refused("schema: instrument/1\nitems: [PR1, PR2\nid: x", bundle="imported")
    assert [(fault.path, fault.check) for fault in faults] == [("line 3, column 3", "yaml")]


@pytest.mark.parametrize("text", ["", "- a", "just words", "null", "{}"])
def test_text_that_is_no_definition_is_refused(text):
    assert {fault.check for fault in refused(text, bundle="imported")} == {"schema"}


def test_better_higher_and_sums_over_unlike_scales_are_allowed():
    sums = {
        "id": "ALL",
        "kind": "sum",
        "items": ["CK1", "CK8"],
        "directions": ["experienced"],
        "min_answered": 2,
        "range": [0, 8],
        "better": "higher",
        "visibility": "therapist_only",
    }
    own = imported(
        put("domains/SC/id", "FEAR"),
        put("items/CK8/domain", "FEAR"),
        put("scoring/scores/CKJ", sums),
        put("measurement/reliability", {"CK": 0.85, "ALL": 0.8}),
        of="ena-ck",
    )
    assert own.scores["ALL"]["better"] == "higher"
