"""Instrument files broken in one way each: what the schema must refuse, then what each static check must."""

from tests.assessments.variants import Variant, add, both, double, drop, put

ONE_SIDED = {"item": "IM3", "direction": "self", "gte": 3}
SUM_OF_SC = {"id": "SCX", "kind": "sum", "items": ["CK8"], "directions": ["experienced"], "min_answered": 1}
SUM_OF_SC |= {"range": [0, 4], "better": "lower", "visibility": "therapist_only"}
REPORT = {"band_word_of": ["enacted"], "gap_word_of": ["gap"], "numbers": "never", "missing": "joint_report_missing"}
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

STRUCTURE = [
    Variant("reference to an unknown version", "ena-ck", "ST01", "bands.same_as", put("bands/same_as", "ena-c@9.0.0")),
    Variant("reference to a reference", "ena-ck", "ST01", "bands.same_as", put("bands/same_as", "ena-ck@0.2.0")),
    Variant(
        "reference to nothing",
        "ena-ck",
        "ST01",
        "response_scales.freq7.same_as",
        put("response_scales/freq7", {"same_as": "ena-c@0.2.0"}),
    ),
    Variant("item twice", "ena-c", "ST02", "items[54].id", double("items/PR1")),
    Variant("domain twice", "ena-c", "ST02", "domains[11].id", double("domains/PR")),
    Variant("score twice", "ena-c", "ST02", "scoring.scores[11].id", double("scoring/scores/CP")),
    Variant("rule twice", "ena-c", "ST02", "safety_rules[10].id", double("safety_rules/SR7")),
    Variant("section twice", "ena-ck", "ST02", "sections[1].id", put("sections/k2/id", "k1")),
    Variant("sitting twice", "ena-c", "ST02", "sittings[3].id", double("sittings/one_sitting")),
    Variant(
        "dyadic value twice",
        "ena-c",
        "ST02",
        "scoring.dyadic[2].id",
        put("scoring/dyadic/couple_diff/id", "couple_mean"),
    ),
    Variant("note twice", "ena-c", "ST02", "therapist_notes[1].id", put("therapist_notes/TN2/id", "TN1")),
    Variant("band twice", "ena-c", "ST02", "bands.cut[1].id", put("bands/cut/some/id", "low")),
    Variant("gap word twice", "ena-c", "ST02", "bands.gap_abs[1].id", put("bands/gap_abs/differ/id", "similar")),
    Variant(
        "option twice",
        "ena-c",
        "ST02",
        "context_checklist.options[1].code",
        put("context_checklist/options/baby/code", "work"),
    ),
    Variant(
        "state twice",
        "ena-c",
        "ST02",
        "response_scales.freq5.non_scored[2].code",
        double("response_scales/freq5/non_scored/declined"),
    ),
    Variant(
        "value left out",
        "ena-c",
        "ST03",
        "response_scales.freq5.options",
        put("response_scales/freq5/options/4/value", 5),
    ),
    Variant(
        "value that is a stored code",
        "ena-c",
        "ST03",
        "response_scales.event5.options",
        both(*(put(f"response_scales/event5/options/{n}/value", n - 1) for n in range(5))),
    ),
    Variant("default scale unknown", "ena-c", "ST03", "default_scale", put("default_scale", "freq7")),
    Variant("scale unknown", "ena-c", "ST03", "items[30].scale", put("items/SC1/scale", "event7")),
    Variant("domain unknown", "ena-c", "ST04", "items[0].domain", put("items/PR1/domain", "XX")),
    Variant("scored item unknown", "ena-c", "ST04", "scoring.scores[0].items", put("scoring/scores/PR/items/3", "PR9")),
    Variant("input unknown", "ena-c", "ST04", "scoring.scores[10].of", put("scoring/scores/NEGLECT/of/5", "XX")),
    Variant("item of a page unknown", "ena-c", "ST04", "sections[0].items", add("sections/s1/items", "PR9")),
    Variant(
        "item of a note unknown", "ena-c", "ST04", "therapist_notes[1].items", add("therapist_notes/TN2/items", "CP9")
    ),
    Variant(
        "direction of a domain undeclared",
        "ena-ck",
        "ST04",
        "domains[0].directions",
        add("domains/CK/directions", "enacted"),
    ),
    Variant(
        "paired text missing", "ena-c", "ST04", "items[0].text.enacted", drop("items/PR1/text/enacted"), alone=False
    ),
    Variant(
        "direction outside the domain",
        "ena-c",
        "ST04",
        "items[33].text.enacted",
        put("items/IM1/text/enacted", {"en": "I was."}),
        alone=False,
    ),
    Variant(
        "one direction translated", "ena-c", "ST04", "items[0].text", put("items/PR1/text/enacted/de", "Ich war da.")
    ),
    Variant("own language missing", "ena-c", "ST04", "domains[0].label.en", put("domains/PR/label", {"de": "Da sein"})),
    Variant("line on no page", "ena-c", "ST11", "sections", drop("sections/s1/items/0")),
    Variant(
        "line on two pages",
        "ena-c",
        "ST11",
        "sections[5].items[0]",
        add("sections", {"id": "s6", "direction": "self", "items": ["IM1"]}),
    ),
    Variant("page without direction", "ena-c", "ST11", "sections[0].direction", drop("sections/s1/direction")),
    Variant(
        "page in the wrong direction", "ena-c", "ST11", "sections[1].items[0]", put("sections/s2/direction", "enacted")
    ),
    Variant(
        "recall of an unknown page",
        "ena-c",
        "ST11",
        "sections[4].recall_same_as",
        put("sections/s5/recall_same_as", "s9"),
    ),
    Variant(
        "recall of a page without one",
        "ena-c",
        "ST11",
        "sections[4].recall_same_as",
        put("sections/s5/recall_same_as", "s1"),
    ),
    Variant(
        "sitting with stray parts", "ena-c", "ST11", "sittings[0]", put("sittings/one_sitting/parts", [["s1"], ["s2"]])
    ),
    Variant(
        "sitting with an unknown page", "ena-c", "ST11", "sittings[2]", add("sittings/experienced_only/sections", "s9")
    ),
    Variant("sitting with a page twice", "ena-c", "ST11", "sittings[1]", add("sittings/two_sittings/parts/1", "s1")),
    Variant("safety lines without own page", "ena-c", "ST12", "sections[2]", drop("sections/s3/own_page")),
    Variant("safety page without footer", "ena-c", "ST12", "sections[4].footer", drop("sections/s5/footer")),
    Variant("safety page without closing text", "ena-ck", "ST12", "sections[1].after", drop("sections/k2/after")),
    Variant(
        "safety line among others",
        "ena-c",
        "ST12",
        "sections[0]",
        both(drop("sections/s3/items/0"), add("sections/s1/items", "SC1")),
    ),
    Variant(
        "text that depends on an answer",
        "ena-c",
        "ST13",
        "sections[2].after",
        put("sections/s3/after", "after_safety_if_yes"),
    ),
    Variant(
        "key that holds no text", "ena-c", "ST13", "joint_report.missing", put("joint_report/missing", "change_words")
    ),
]

SCORING = [
    Variant(
        "item laxer than its domain", "ena-c", "ST05", "items[36].visibility", put("items/IM4/visibility", "joint_ok")
    ),
    Variant("shared safety line", "ena-ck", "ST05", "items[7].visibility", put("items/CK8/visibility", "joint_ok")),
    Variant(
        "shared RS score",
        "ena-c",
        "ST06",
        "scoring.scores[6].visibility",
        put("scoring/scores/RS/visibility", "joint_ok"),
    ),
    Variant(
        "shared check-in score",
        "ena-ck",
        "ST06",
        "scoring.scores[0].visibility",
        put("scoring/scores/CK/visibility", "joint_ok"),
    ),
    Variant(
        "confidential line scored",
        "ena-c",
        "ST06",
        "scoring.scores[7].visibility",
        add("scoring/scores/IM/items", "IM11"),
    ),
    Variant(
        "RS in the composite", "ena-c", "ST06", "scoring.scores[10].visibility", add("scoring/scores/NEGLECT/of", "RS")
    ),
    Variant(
        "safety line scored",
        "ena-ck",
        "ST06",
        "scoring.scores[2]",
        both(add("scoring/scores", SUM_OF_SC), put("measurement/reliability/SCX", 0.8)),
    ),
    Variant(
        "pooling forgotten", "ena-ck", "ST07", "scoring.scores[0].items", drop("scoring/scores/CK/pool_directions")
    ),
    Variant(
        "pooling of paired lines",
        "ena-c",
        "ST07",
        "scoring.scores[0].items",
        put("scoring/scores/PR/pool_directions", True),
    ),
    Variant(
        "score in a direction of no item",
        "ena-c",
        "ST07",
        "scoring.scores[7].items",
        add("scoring/scores/IM/directions", "experienced"),
    ),
    Variant(
        "composite in a direction of no input",
        "ena-c",
        "ST07",
        "scoring.scores[10].of",
        add("scoring/scores/NEGLECT/directions", "self"),
    ),
    Variant(
        "minimum above the items",
        "ena-c",
        "ST08",
        "scoring.scores[0].min_answered",
        put("scoring/scores/PR/min_answered", 5),
    ),
    Variant(
        "minimum below three quarters",
        "ena-c",
        "ST08",
        "scoring.scores[7].min_answered",
        put("scoring/scores/IM/min_answered", 8),
    ),
    Variant(
        "minimum above the inputs",
        "ena-c",
        "ST08",
        "scoring.scores[10].min_inputs",
        put("scoring/scores/NEGLECT/min_inputs", 7),
    ),
    Variant(
        "pairing above the inputs", "ena-c", "ST08", "scoring.pairing.min_inputs", put("scoring/pairing/min_inputs", 7)
    ),
    Variant(
        "complete forms with gaps",
        "ena-c",
        "ST08",
        "scoring.scores[0].min_answered",
        put("scoring/missing", "complete_only"),
    ),
    Variant("range too short", "ena-ck", "ST09", "scoring.scores[1].range", put("scoring/scores/CKJ/range", [0, 10])),
    Variant(
        "composite with another range",
        "ena-c",
        "ST09",
        "scoring.scores[10].range",
        put("scoring/scores/NEGLECT/range", [0, 4]),
        alone=False,
    ),
    Variant(
        "inputs that differ in direction",
        "ena-c",
        "ST09",
        "scoring.scores[10].of",
        put("scoring/scores/PR/better", "higher"),
    ),
    Variant(
        "composite better the other way",
        "ena-c",
        "ST09",
        "scoring.scores[10].better",
        put("scoring/scores/NEGLECT/better", "higher"),
    ),
    Variant(
        "composite of itself", "ena-c", "ST09", "scoring.scores[10].of", add("scoring/scores/NEGLECT/of", "NEGLECT")
    ),
    Variant("mean over unlike scales", "ena-c", "ST09", "scoring.scores[0].items", put("items/PR1/scale", "event5")),
    Variant("range of a gap", "ena-c", "ST09", "scoring.dyadic[0].range", put("scoring/dyadic/gap/range", [0, 100])),
    Variant("two primary scores", "ena-c", "ST10", "scoring.scores", put("scoring/scores/PR/primary", True)),
    Variant("no primary score", "ena-c", "ST10", "scoring.scores", drop("scoring/scores/NEGLECT/primary")),
    Variant(
        "gap of two experiences",
        "ena-c",
        "ST14",
        "scoring.dyadic[0]",
        put("scoring/dyadic/gap/right/direction", "experienced"),
    ),
    Variant(
        "gap the other way round",
        "ena-c",
        "ST14",
        "scoring.dyadic[0]",
        both(
            put("scoring/dyadic/gap/left/direction", "enacted"),
            put("scoring/dyadic/gap/right/direction", "experienced"),
        ),
    ),
    Variant(
        "side compared with itself",
        "ena-c",
        "ST14",
        "scoring.dyadic[1]",
        put("scoring/dyadic/couple_mean/right/who", "X"),
    ),
    Variant(
        "shared maximum",
        "ena-c",
        "ST14",
        "scoring.dyadic[4].visibility",
        put("scoring/dyadic/couple_max/visibility", "inherit"),
    ),
    Variant(
        "shared self-contrast",
        "ena-c",
        "ST14",
        "scoring.dyadic[3].visibility",
        put("scoring/dyadic/self_contrast/visibility", "inherit"),
    ),
    Variant(
        "maximum in the joint report",
        "ena-c",
        "ST14",
        "joint_report.gap_word_of",
        put("joint_report/gap_word_of", ["couple_max"]),
    ),
    Variant(
        "joint report of an unasked direction",
        "ena-ck",
        "ST14",
        "joint_report.band_word_of",
        put("joint_report", REPORT),
    ),
    Variant("gap between bands", "ena-c", "ST15", "bands.cut[1].min", put("bands/cut/some/min", 30)),
    Variant("overlapping bands", "ena-c", "ST15", "bands.cut[1].min", put("bands/cut/some/min", 20)),
    Variant("bands that end early", "ena-c", "ST15", "bands.cut[3].max", put("bands/cut/very_high/max", 99)),
    Variant("bands that begin late", "ena-c", "ST15", "bands.cut[0].min", put("bands/cut/low/min", 1)),
    Variant(
        "band without width",
        "ena-c",
        "ST15",
        "bands.cut[1].max",
        both(put("bands/cut/some/max", 25), put("bands/cut/high/min", 25)),
    ),
    Variant(
        "bands of whole numbers that touch",
        "ena-c",
        "ST15",
        "bands.cut[1].min",
        put("bands/interval", "closed_integer"),
    ),
    Variant(
        "gap words that end early", "ena-c", "ST15", "bands.gap_abs[2].max", put("bands/gap_abs/far_apart/max", 60)
    ),
    Variant("gap between gap words", "ena-c", "ST15", "bands.gap_abs[1].min", put("bands/gap_abs/differ/min", 16)),
    Variant("reliability missing", "ena-c", "ST17", "measurement.reliability.RS", drop("measurement/reliability/RS")),
    Variant(
        "reliability of no score", "ena-c", "ST17", "measurement.reliability.SC", put("measurement/reliability/SC", 0.8)
    ),
    Variant(
        "reliability eaten by the penalty",
        "ena-c",
        "ST17",
        "measurement.reliability.CP",
        put("measurement/reliability/CP", 0.05),
    ),
    Variant("dyadic values without measurement", "ena-c", "ST17", "measurement", drop("measurement")),
]

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

WORDING = [
    Variant("bands without the mark", "ena-c", "ST16", "bands.provisional", put("bands/provisional", False)),
    Variant("bands without a note", "ena-c", "ST16", "bands.note", put("bands/note/en", " ")),
    Variant("citation without the mark", "ena-c", "ST16", "citation", put("citation", "Project authors. ENA-C 0.2.0.")),
    Variant("citation of another version", "ena-c", "ST16", "citation", put("version", "0.2.1")),
    Variant("licence not on the list", "ena-c", "ST22", "license", put("license/text", "All rights reserved")),
    Variant(
        "licence to be checked",
        "ena-c",
        "ST22",
        "license",
        put("license", {"text": "unclear", "bundle": "allowed_after_check"}),
    ),
    Variant(
        "claim in a line",
        "ena-c",
        "ST23",
        "items[36].text.self.en",
        put("items/IM4/text/self/en", "These are proven signs."),
    ),
    Variant("claim of a diagnosis", "ena-c", "ST23", "title.en", put("title/en", "A diagnostic form")),
    Variant(
        "claim in the citation",
        "ena-ck",
        "ST23",
        "citation",
        put("citation", "ENA-CK 0.2.0 (provisional), a proven form."),
    ),
    Variant(
        "percentage of the articles", "ena-c", "ST23", "instructions.en", put("instructions/en", "48 % feel this.")
    ),
    Variant("telling title", "ena-c", "ST30", "client_title.en", put("client_title/en", "Form for couples")),
    Variant(
        "telling title in another language", "ena-ck", "ST30", "client_title.de", put("client_title/de", "Partnercheck")
    ),
]

STATIC = [*STRUCTURE, *SCORING, *SAFETY, *WORDING]
