import re
from copy import deepcopy

import pytest

from practice import content
from practice.content import ContentError, Fault, read_yaml, schema_faults
from practice.content.resources import resource_faults
from practice.content.texts import text_faults
from tests.assessments.variants import ORIGINALS, Variant, add, double, drop, put

BROKEN_TEXTS = [
    Variant(
        "text that depends on an answer", "texts", "schema", "after_flag", put("after_flag", {"en": "You said yes."})
    ),
    Variant(
        "placeholder lost", "texts", "schema", "after_safety.en", put("after_safety/en", "Call {emergency_number}.")
    ),
    Variant("text in no English", "texts", "schema", "not_watched.en", put("not_watched", {"de": "Niemand"})),
    Variant(
        "exit button by another name",
        "texts",
        "ST29",
        "privacy_before_start.en",
        put("exit_button/label/en", "Leave now"),
    ),
    Variant(
        "exit button untranslated",
        "texts",
        "ST29",
        "privacy_before_start.de",
        put("privacy_before_start/de", "Allein antworten."),
    ),
    Variant(
        "telling subject",
        "texts",
        "ST30",
        "invitation_subject.en",
        put("invitation_subject/en", "Your relationship form"),
    ),
    Variant(
        "telling body",
        "texts",
        "ST30",
        "invitation_body.en",
        put("invitation_body/en", "Your therapist asks you to fill in a form."),
    ),
    Variant("claim", "texts", "ST23", "joint_report_gap.en", put("joint_report_gap/en", "A proven place to start.")),
]

BROKEN_RESOURCES = [
    Variant("line without a way to reach it", "resources", "schema", "resources[4].phone", drop("resources/4/phone")),
    Variant("found without a source", "resources", "schema", "resources[1].source_ref", drop("resources/1/source_ref")),
    Variant(
        "directory for emergencies",
        "resources",
        "schema",
        "activation.directory_may_stand_for",
        put("activation/directory_may_stand_for", ["emergency"]),
    ),
    Variant("line listed twice", "resources", "ST02", "resources[22]", double("resources/0")),
    Variant("claim", "resources", "ST23", "policy", put("policy", "A proven list.")),
    Variant(
        "placeholder that no text uses",
        "resources",
        "ST27",
        "placeholders.extra",
        put("placeholders/extra", {"topics": ["directory"], "form": "list"}),
    ),
    Variant("country without a line for partner violence", "resources", "ST28", "resources", drop("resources/1")),
    Variant(
        "country without an emergency number",
        "resources",
        "ST28",
        "resources",
        put(
            "resources/4",
            {
                "country": "CA",
                "topic": "emergency",
                "name": "Emergency",
                "url": "https://example.org",
                "source": "general",
            },
        ),
    ),
    Variant(
        "country outside the EU with the EU number alone",
        "resources",
        "ST28",
        "resources",
        add(
            "resources",
            {"country": "CH", "topic": "partner_violence", "name": "Help", "phone": "142", "source": "general"},
        ),
    ),
    Variant("no directory to stand in", "resources", "ST28", "resources", drop("resources/21")),
]


@pytest.mark.parametrize("variant", BROKEN_TEXTS, ids=lambda variant: variant.name)
def test_broken_texts_are_refused_at_their_path(variant):
    faults = text_faults(variant.data())
    assert {(fault.check, fault.path) for fault in faults} == {(variant.check, variant.path)}


@pytest.mark.parametrize("variant", BROKEN_RESOURCES, ids=lambda variant: variant.name)
def test_broken_resources_are_refused_at_their_path(variant):
    faults = resource_faults(variant.data(), ORIGINALS["texts"])
    assert (variant.check, variant.path) in {(fault.check, fault.path) for fault in faults}
    assert {fault.check for fault in faults} == {variant.check}


def test_placeholder_without_topics_is_refused():
    texts = deepcopy(ORIGINALS["texts"])
    texts["not_watched"]["en"] += " {weather}"
    faults = resource_faults(ORIGINALS["resources"], texts)
    assert [(fault.check, fault.path) for fault in faults] == [("ST27", "not_watched.en")]


def test_shipped_texts_and_resources_have_no_fault():
    assert text_faults(content.client_texts()) == []
    assert resource_faults(content.crisis_resources(), content.client_texts()) == []


def test_text_keys_are_those_with_one_text_a_language():
    keys = content.client_text_keys()
    assert {"safety_preface", "safety_page_footer", "after_safety", "joint_report_missing"} <= keys
    assert not keys & {"schema", "version", "change_words", "exit_button"}


def test_own_lines_come_before_those_of_the_eu():
    germany = content.resolve_resources("DE")
    assert [line["phone"] for line in germany["emergency"]] == ["112"]
    assert [line["phone"] for line in germany["partner_violence"]] == ["116 016"]
    assert "emergency" not in content.resolve_resources("CH")


@pytest.mark.parametrize(
    ("country", "missing"),
    [
        ("US", []),
        ("DE", []),
        ("FR", ["partner_violence", "suicide_crisis"]),
        ("CH", ["emergency", "partner_violence", "suicide_crisis"]),
    ],
)
def test_missing_topics_keep_safety_lines_off(country, missing):
    assert content.missing_topics(country) == missing


def test_placeholders_hold_a_number_and_lists_in_the_order_of_topics():
    filled = content.placeholders("GB")
    resources = content.crisis_resources()["resources"]
    names = ["National Domestic Abuse Helpline (Refuge)", "Men's Advice Line", "National LGBT+ helpline (Galop)"]
    assert filled["emergency_number"] == "999"
    assert filled["resources"] == [line for name in names for line in resources if line["name"] == name]
    assert filled["resources_for_people_who_use_harm"] == [
        line for line in resources if line["name"] in ("Respect Phoneline", "Find A Helpline")
    ]


def test_country_without_a_number_shows_none():
    assert content.placeholders("CH")["emergency_number"] == ""


def test_every_placeholder_of_the_texts_is_filled():
    used = set(re.findall(r"\{(\w+)\}", " ".join(text for _, text in content.strings(content.client_texts()))))
    assert used == set(content.placeholders("US"))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: [1, 2\nb: 3", "line 2, column 2"),
        ("a: 1\nb: 2\na: 3", "line 3, column 1"),
        ("a: 1\n1: 2", "line 2, column 1"),
        ("a: &x [1]\nb: *x", "line 2, column 4"),
        ("a: 1\n<<: {b: 2}", "line 2, column 1"),
        ("[" * 41 + "]" * 41, "line 1, column 41"),
        ("a: !!python/object:os.system {}", "line 1, column 4"),
        ("a: 'b\0'", ""),
    ],
)
def test_unreadable_text_gives_one_fault_with_its_place(text, path):
    with pytest.raises(ContentError) as refused:
        read_yaml(text)
    assert [(fault.path, fault.check) for fault in refused.value.faults] == [(path, "yaml")]


@pytest.mark.parametrize(
    "value", ["2026-01-01", "2026-01-01 10:00:00", "!!binary aGk=", "!!set {a}", ".inf", ".nan", '"\\0"', '"\\ud800"']
)
def test_values_that_are_not_plain_are_refused_at_their_path(value):
    with pytest.raises(ContentError) as refused:
        read_yaml(f"a: [{{b: {value}}}]")
    assert {fault.check for fault in refused.value.faults} == {"yaml"}


def test_file_above_the_limit_is_refused_unread():
    with pytest.raises(ContentError) as refused:
        read_yaml("#" * (512 * 1024 + 1))
    assert [fault.message for fault in refused.value.faults] == ["The file is larger than 512 kB."]


def test_nested_aliases_cost_nothing():
    bomb = "a: &a [x]\n" + "\n".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(20)
    )
    with pytest.raises(ContentError):
        read_yaml(bomb)


def test_schema_faults_name_each_place_once():
    schema = {"type": "object", "required": ["a", "b"], "additionalProperties": False, "properties": {"a": {}, "b": {}}}
    assert schema_faults({"c": 1}, schema) == [
        Fault("a", "schema", "This is required."),
        Fault("b", "schema", "This is required."),
        Fault("c", "schema", "This is not known here."),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("48% of couples", ["48%"]),
        ("48 % of couples", ["48 %"]),
        ("148% and 4.31% of it", []),
        ("31%", ["31%"]),
        ("the #1 reason for it", ["#1 reason"]),
        ("a 75% success rate", ["75% success"]),
        ("60% more likely", ["60% more likely"]),
        ("PROVEN", ["PROVEN"]),
        ("unproven", []),
        ("a cure", ["cure"]),
        ("secure and curious", []),
        ("a diagnosis", ["diagnosis"]),
        ("not a test and not a diagnosis", []),
        ("not a\n  diagnosis", []),
        ("not a real diagnosis", ["diagnosis"]),
        ("Diagnostic", ["Diagnostic"]),
    ],
)
def test_claims_are_whole_words_in_any_case(text, found):
    assert content.claims(text) == found


def test_safety_is_not_spelled_out_in_a_message():
    assert content.tells_too_much("A safe form for Couples about neglect") == ["safe", "Couples", "neglect"]
    assert content.tells_too_much("Please fill in a form on a private device.") == []
