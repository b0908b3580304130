"""Scores, bands and values of two people broken in one way each."""

from tests.assessments.variants import Variant, add, both, drop, put

SUM_OF_SC = {"id": "SCX", "kind": "sum", "items": ["CK8"], "directions": ["experienced"], "min_answered": 1}
SUM_OF_SC |= {"range": [0, 4], "better": "lower", "visibility": "therapist_only"}
REPORT = {"band_word_of": ["enacted"], "gap_word_of": ["gap"], "numbers": "never", "missing": "joint_report_missing"}

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
    Variant("joint report without gap words", "ena-c", "ST15", "bands.gap_abs", drop("bands/gap_abs")),
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
