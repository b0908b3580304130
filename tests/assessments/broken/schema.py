"""Instrument files that the schema must refuse."""

from tests.assessments.variants import Variant, drop, put

RULE = "safety_rules/SR1/any/0"
WHERE = "safety_rules[0].any[0]"

SCHEMA = [
    Variant("operator gt", "ena-c", "schema", f"{WHERE}.gt", put(f"{RULE}/gt", 1)),
    Variant("operator missing", "ena-c", "schema", f"{WHERE}.gte", drop(f"{RULE}/gte")),
    Variant("condition empty", "ena-c", "schema", f"{WHERE}.item", put(RULE, {})),
    Variant("rule without condition", "ena-c", "schema", "safety_rules[0].any", put("safety_rules/SR1/any", [])),
    Variant("threshold that is always met", "ena-c", "schema", f"{WHERE}.gte", put(f"{RULE}/gte", 0)),
    Variant("expression", "ena-c", "schema", WHERE, put(RULE, "SC3 >= 1")),
    Variant("text key in a rule", "ena-c", "schema", "safety_rules[0].text", put("safety_rules/SR1/text", "after")),
    Variant("flag text", "ena-c", "schema", "safety_rules[0].flag", put("safety_rules/SR1/flag", {"en": "Danger"})),
    Variant("level unknown", "ena-c", "schema", "safety_rules[0].level", put("safety_rules/SR1/level", "lethal")),
    Variant(
        "state unknown",
        "ena-c",
        "schema",
        "safety_rules[7].any[0].state_in[1]",
        put("safety_rules/SR8/any/0/state_in/1", "blank"),
    ),
    Variant("no rules", "ena-c", "schema", "safety_rules", put("safety_rules", [])),
    Variant("no actions", "ena-c", "schema", "safety_actions", drop("safety_actions")),
    Variant(
        "action unknown", "ena-c", "schema", "safety_actions.note[0]", put("safety_actions/note/0", "tell_partner")
    ),
    Variant(
        "minimum missing", "ena-c", "schema", "scoring.scores[0].min_answered", drop("scoring/scores/PR/min_answered")
    ),
    Variant(
        "inputs and items", "ena-c", "schema", "scoring.scores[10].items", put("scoring/scores/NEGLECT/items", ["PR1"])
    ),
    Variant("pairing missing", "ena-c", "schema", "scoring.pairing", drop("scoring/pairing")),
    Variant("own formula", "ena-c", "schema", "scoring.item_score", put("scoring/item_score", "raw * 2")),
    Variant("half to even", "ena-c", "schema", "scoring.rounding.half", put("scoring/rounding/half", "even")),
    Variant(
        "numbers in the joint report", "ena-c", "schema", "joint_report.numbers", put("joint_report/numbers", "always")
    ),
    Variant("reference without version", "ena-ck", "schema", "bands.same_as", put("bands/same_as", "ena-c")),
    Variant("audience unknown", "ena-c", "schema", "items[0].visibility", put("items/PR1/visibility", "public")),
    Variant("reverse missing", "ena-c", "schema", "items[0].reverse", drop("items/PR1/reverse")),
    Variant("direction unknown", "ena-c", "schema", "items[0].text", put("items/PR1/text/theirs", {"en": "They did."})),
    Variant("text empty", "ena-c", "schema", "items[3].text.experienced.en", put("items/PR4/text/experienced/en", "")),
    Variant("text in a stub", "ena-c", "schema", "items[0].text", put("license/bundle", "own_licence_only")),
    Variant(
        "value with a fraction",
        "ena-c",
        "schema",
        "response_scales.freq5.options[1].value",
        put("response_scales/freq5/options/1/value", 1.0),
    ),
    Variant(
        "first recall without repeat", "ena-c", "schema", "sections[2].recall_repeat", drop("sections/s3/recall_repeat")
    ),
    Variant(
        "sitting given twice over", "ena-c", "schema", "sittings[1]", put("sittings/two_sittings/sections", ["s1"])
    ),
    Variant("penalty too high", "ena-c", "schema", "measurement.penalty", put("measurement/penalty", 0.5)),
    Variant("status unknown", "ena-c", "schema", "status", put("status", "validated")),
    Variant("version of two parts", "ena-c", "schema", "version", put("version", "0.2")),
    Variant("citation missing", "ena-c", "schema", "citation", drop("citation")),
    Variant("key unknown", "ena-c", "schema", "on_answer", put("on_answer", {"SC1": "show"})),
]
