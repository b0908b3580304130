"""Safety rules and their actions broken in one way each."""

from tests.assessments.variants import Variant, add, drop, put

ONE_SIDED = {"item": "IM3", "direction": "self", "gte": 3}

SAFETY = [
    Variant(
        "rule reads an unknown line",
        "ena-c",
        "ST18",
        "safety_rules[6].any[1]",
        add("safety_rules/SR7/any", {**ONE_SIDED, "item": "IM99"}),
    ),
    Variant(
        "rule reads an unasked direction",
        "ena-c",
        "ST18",
        "safety_rules[6].any[1]",
        add("safety_rules/SR7/any", {**ONE_SIDED, "direction": "enacted"}),
    ),
    Variant(
        "rule reads an unmarked line",
        "ena-c",
        "ST18",
        "safety_rules[6].any[1]",
        add("safety_rules/SR7/any", {**ONE_SIDED, "item": "IM1"}),
    ),
    Variant(
        "rule reads an unknown score",
        "ena-c",
        "ST18",
        "safety_rules[6].any[1]",
        add("safety_rules/SR7/any", {"score": "SC", "direction": "self", "gte": 5}),
    ),
    Variant(
        "rule reads an unknown partner score",
        "ena-c",
        "ST18",
        "safety_rules[8].any[0]",
        put("safety_rules/SR9/any/0/minus_partner/score", "XX"),
        alone=False,
    ),
    Variant(
        "threshold above the scale", "ena-c", "ST18", "safety_rules[6].any[0].gte", put("safety_rules/SR7/any/0/gte", 5)
    ),
    Variant(
        "count threshold above the scale",
        "ena-c",
        "ST18",
        "safety_rules[9].any[0].item_gte",
        put("safety_rules/SR10/any/0/item_gte", 5),
    ),
    Variant(
        "score threshold above the range",
        "ena-c",
        "ST18",
        "safety_rules[4].any[1].gte",
        put("safety_rules/SR5/any/1/gte", 101),
    ),
    Variant(
        "difference above the range",
        "ena-c",
        "ST18",
        "safety_rules[8].any[0].gte",
        put("safety_rules/SR9/any/0/gte", 101),
    ),
    Variant(
        "count above the items",
        "ena-c",
        "ST18",
        "safety_rules[9].any[0].count_gte",
        put("safety_rules/SR10/any/0/count_gte", 6),
    ),
    Variant(
        "no way to decline",
        "ena-c",
        "ST18",
        "safety_rules[7].any[0].state_in",
        drop("response_scales/event5/non_scored/0"),
    ),
    Variant(
        "two-sided rule in a partner's record",
        "ena-c",
        "ST19",
        "safety_rules[8].stored_on",
        drop("safety_rules/SR9/stored_on"),
    ),
    Variant(
        "two-sided rule that locks", "ena-c", "ST19", "safety_rules[8].level", put("safety_rules/SR9/level", "review")
    ),
    Variant(
        "two-sided rule mixed with a one-sided",
        "ena-c",
        "ST19",
        "safety_rules[8].any",
        add("safety_rules/SR9/any", ONE_SIDED),
    ),
    Variant(
        "one-sided rule on the couple",
        "ena-c",
        "ST19",
        "safety_rules[6].stored_on",
        put("safety_rules/SR7/stored_on", "couple"),
    ),
    Variant("rule on worth lost", "ena-c", "ST20", "safety_rules", drop("safety_rules/SR7")),
    Variant("rule on harm lost", "ena-c", "ST20", "safety_rules", drop("safety_rules/SR1/any/0")),
    Variant("rule on own harm lost", "ena-c", "ST20", "safety_rules", drop("safety_rules/SR3/any/0")),
    Variant("rule on own disrespect lost", "ena-c", "ST20", "safety_rules", drop("safety_rules/SR10")),
    Variant("rule on own respect lost", "ena-c", "ST20", "safety_rules", drop("safety_rules/SR9")),
    Variant("line marked and not read", "ena-c", "ST20", "safety_rules", put("items/IM1/safety_relevant", True)),
    Variant("declined not read", "ena-c", "ST20", "safety_rules", drop("safety_rules/SR8/any/0/state_in/0")),
    Variant("blank of own harm not read", "ena-c", "ST20", "safety_rules", drop("safety_rules/SR8/any/1")),
    Variant("blank of the check-in not read", "ena-ck", "ST20", "safety_rules", drop("safety_rules/CKS3")),
    Variant("urgent that waits", "ena-c", "ST21", "safety_actions.urgent", drop("safety_actions/urgent/0")),
    Variant("review that locks nothing", "ena-c", "ST21", "safety_actions.review", drop("safety_actions/review/1")),
    Variant("review that blocks nothing", "ena-c", "ST21", "safety_actions.review", drop("safety_actions/review/2")),
    Variant("note that alerts", "ena-c", "ST21", "safety_actions.note", add("safety_actions/note", "alert_now")),
]
