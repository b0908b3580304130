"""Plan templates broken in one way each."""

from tests.assessments.variants import Variant, add, both, double, drop, put

GATE = "gates/G0/any/0/all"
OPTIONS = "practice_defaults/fields/barrier/options"

SCHEMA = [
    Variant(
        "tested without a source", "plan", "schema", "practices[11].evidence.cite", drop("practices/P42/evidence/cite")
    ),
    Variant("tag unknown", "plan", "schema", "practices[1].tags[0]", put("practices/P11/tags/0", "homework")),
    Variant(
        "gate that tells the client",
        "plan",
        "schema",
        "gates[0].on_block.show_client",
        put("gates/G0/on_block/show_client", "Not yet"),
    ),
    Variant(
        "practice withdrawn by a flag",
        "plan",
        "schema",
        "gates[0].on_new_flag.withdraw_automatically",
        put("gates/G0/on_new_flag/withdraw_automatically", "always"),
    ),
    Variant(
        "shared report field",
        "plan",
        "schema",
        "practice_defaults.fields[0].visibility",
        put("practice_defaults/fields/done/visibility", "joint_ok"),
    ),
    Variant(
        "noticed asked of all",
        "plan",
        "schema",
        "practice_defaults.fields[1].only_if",
        drop("practice_defaults/fields/noticed/only_if"),
    ),
    Variant(
        "support that both see",
        "plan",
        "schema",
        "practices[19].visible_to",
        put("practices/P61/visible_to", "both"),
        alone=False,
    ),
    Variant("goal levels of seven", "plan", "schema", "goals.scale", put("goals/scale", [-3, -2, -1, 0, 1, 2, 3])),
    Variant("ratings shared", "plan", "schema", "goals.ratings_visibility", put("goals/ratings_visibility", "both")),
]

STATIC = [
    Variant("practice twice", "plan", "ST02", "practices[24].id", double("practices/P73")),
    Variant(
        "step twice",
        "plan",
        "ST02",
        "steps[7].id",
        both(
            put("steps/S7/id", "S6"),
            *(put(f"practices/P7{n}/step", "S6") for n in (1, 2, 3)),
            put("steps/7/targets", ["PR", "LV", "AA", "RF", "RP", "CR", "IM", "RC", "CP"]),
        ),
    ),
    Variant("gate twice", "plan", "ST02", "gates[1].id", double("gates/G0")),
    Variant("field twice", "plan", "ST02", "practice_defaults.fields[5].id", double("practice_defaults/fields/note")),
    Variant(
        "title in no language of the form",
        "plan",
        "ST04",
        "practices[0].title.en",
        put("practices/P01/title", {"de": "Einzeln"}),
    ),
    Variant(
        "closing text unknown", "plan", "ST13", "practice_defaults.after", put("practice_defaults/after", "after_flag")
    ),
    Variant("licence not on the list", "plan", "ST22", "license.text", put("license/text", "All rights reserved")),
    Variant(
        "promise of success",
        "plan",
        "ST23",
        "practices[1].how.en",
        put("practices/P11/how/en", "This has a 75% success rate."),
    ),
    Variant("practice in two steps", "plan", "ST24", "steps", add("steps/S1/practices", "P21")),
    Variant("practice in another step", "plan", "ST24", "practices[1].step", put("practices/P11/step", "S7")),
    Variant("practice in no step", "plan", "ST24", "practices[0].step", put("steps/S0/practices", ["P02"])),
    Variant("order with a hole", "plan", "ST24", "steps", put("steps/S7/order", 8)),
    Variant("target of no domain", "plan", "ST24", "steps[1].targets", add("steps/S1/targets", "XX")),
    Variant("target outside the step", "plan", "ST24", "practices[1].targets", add("practices/P11/targets", "AA")),
    Variant(
        "slot of an unknown practice",
        "plan",
        "ST24",
        "practices[11].may_share_slot_with",
        put("practices/P42/may_share_slot_with", "P99"),
    ),
    Variant(
        "slot of its own",
        "plan",
        "ST24",
        "practices[11].may_share_slot_with",
        put("practices/P42/may_share_slot_with", "P42"),
    ),
    Variant(
        "share default unexplained",
        "plan",
        "ST24",
        "practice_defaults.share_default",
        drop("practice_defaults/share_values/private_by_default"),
    ),
    Variant(
        "share value unexplained",
        "plan",
        "ST24",
        "practices[22].share",
        drop("practice_defaults/share_values/via_therapist"),
    ),
    Variant(
        "barrier rule on an unknown field",
        "plan",
        "ST24",
        "practice_defaults.barrier_rules[0].field",
        put("practice_defaults/barrier_rules/PB1/field", "mood"),
    ),
    Variant(
        "barrier rule on an unknown option",
        "plan",
        "ST24",
        "practice_defaults.barrier_rules[0].equals",
        put(f"{OPTIONS}/3", "felt_uneasy"),
    ),
    Variant("tag lost by the gate", "plan", "ST25", "practices[12].tags", drop("gates/G0/blocks/1")),
    Variant(
        "blocked tag of no practice",
        "plan",
        "ST25",
        "gates",
        both(put("practices/P43/tags", ["joint_conversation"]), put("practices/P45/tags", ["joint_conversation"])),
    ),
    Variant("tag lost by a practice for two", "plan", "ST25", "practices[14].tags", drop("practices/P45/tags")),
    Variant("predicate undefined", "plan", "ST25", "gates[0].any[0].all", add(GATE, "moon_is_full")),
    Variant("gate without safety check", "plan", "ST25", "gates[0].any[0].all", drop(f"{GATE}/0")),
    Variant("gate that ignores flags", "plan", "ST25", "gates[0].any[0].all", drop(f"{GATE}/2")),
    Variant(
        "safety line lost",
        "plan",
        "ST25",
        "predicates.safety_check_answered_by_both.items",
        drop("predicates/safety_check_answered_by_both/items/2"),
    ),
    Variant(
        "safety check of the other side",
        "plan",
        "ST25",
        "predicates.safety_check_answered_by_both.items",
        put("predicates/safety_check_answered_by_both/direction", "enacted"),
    ),
    Variant(
        "review flags ignored",
        "plan",
        "ST25",
        "predicates.no_open_urgent_or_review_flag.levels",
        put("predicates/no_open_urgent_or_review_flag/levels", ["urgent"]),
    ),
    Variant(
        "fear as a note",
        "plan",
        "ST25",
        "practice_defaults.barrier_rules",
        put("practice_defaults/barrier_rules/PB1/level", "note"),
    ),
    Variant(
        "fear without a rule",
        "plan",
        "ST25",
        "practice_defaults.barrier_rules",
        put("practice_defaults/barrier_rules", []),
    ),
    Variant("goal of the pair on respect", "plan", "ST26", "goals.example.domain", put("goals/example/domain", "RS")),
    Variant("goal on no domain", "plan", "ST26", "goals.example.domain", put("goals/example/domain", "XX")),
    Variant("goal of one that both see", "plan", "ST26", "goals.example.visibility", put("goals/example/owner", "A")),
    Variant(
        "level left empty", "plan", "ST26", "goals.example.text_per_level.2", put("goals/example/text_per_level/2", " ")
    ),
    Variant(
        "level left out", "plan", "ST26", "goals.example.text_per_level.-1", drop("goals/example/text_per_level/-1")
    ),
]
