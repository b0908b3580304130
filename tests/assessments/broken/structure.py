"""Ids, references, scales, texts and pages broken in one way each."""

from tests.assessments.variants import Variant, add, both, double, drop, put

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
    Variant("offer without a code", "ena-c", "ST03", "items[2].na_allowed", drop("response_scales/freq5/non_scored/0")),
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
