"""Twelve couples of Riverside with months behind them. What each story shows is said by the product's own verdicts."""

from assessments.demo.courses import Aim, Asked, Course, Given, History, series

EVENINGS = Aim(
    "PR", "Ten minutes in the evening without screens", "Evenings a week; the lower of both counts",
    ("None", "1 or 2 evenings", "3 or 4 evenings", "5 evenings", "6 or 7 evenings"), (1, 1, 1), review=12, week=6,
)  # fmt: skip
PROMISES = Aim(
    "RF", "Small promises are kept, or changed before they are due", "Promises kept of those made in a week",
    ("Fewer than a quarter", "About half", "Three of four", "Nearly all", "All"), (0, 0, 0), review=6,
)  # fmt: skip
TIME_FOR_TWO = Aim(
    "RP", "An evening for the two of us", "Evenings that took place in four weeks",
    ("None", "1", "2", "3", "4 or more"), (0, -1, 0), review=12, week=5,
)  # fmt: skip
AFTER_A_QUARREL = Aim(
    "CR", "After a quarrel one of us comes back within a day", "Quarrels after which it happened",
    ("Never", "Now and then", "Half of them", "Most", "All"), (-1, -2, -1), review=12, week=4,
)  # fmt: skip
SLEEP = Aim(
    "IM", "Say in the evening when I felt alone, instead of going silent", "Evenings a week",
    ("None", "1", "2", "3", "4 or more"), (1, None, 1), review=12, week=6, owner=1,
)  # fmt: skip

GETS_BETTER = History(
    "gets better", ("Thea", "Milo"),
    (
        Course(series("68 64 64 57 54 46 43 39 36 32 32 29"), (69, 60, 33), (45, 42, 30), 0.9, 0.9, 3),
        Course(series("61 61 57 54 50 43 43 36 32 32 29 25"), (60, 52, 26), (50, 44, 28), 0.85, 0.85, 3),
    ),
    ("LV", "PR"),
    (Given("P31", times=4), Given("P33", until=7), Given("P53", week=7), Given("P42", week=7)),
    steps={1: "S3", 7: "S4"}, reviews=(6, 12), own_results=True, engagement=(4, 3),
    requests=(Asked(1, "Ask me once a day how my day was inside", kept=(0.8, 0.9), cadence="daily"),
              Asked(2, "Say hello before the phone when you come home", week=3, kept=(0.9, 0.9), cadence="daily")),
    aims=(PROMISES, EVENINGS, SLEEP),
    wins=((11, 1, "He put the phone away before I asked.", True), (12, 2, "We laughed about the broken kettle.", True),
          (12, 1, "I said that I was lonely, and he stayed.", False)),
)  # fmt: skip
STAYS = History(
    "stays", ("June", "Ellis"),
    (
        Course(series("54 57 50 54 61 54 50 57 54 50 57 54"), (55, 53), (40, 41), 0.5, 0.5, 1),
        Course(series("46 43 50 46 43 46 50 43 46 50 46 43"), (44, 46), (48, 46), 0.45, 0.5, 1, "forgot"),
    ),
    ("RP", "AA"), (Given("P41"), Given("P53", times=5)), steps={1: "S4"}, engagement=(2, 2),
    stages=(0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
    requests=(Asked(1, "One evening a week that you plan", "smaller_yes", "One in two weeks", kept=(0.4, 0.6)),),
    aims=(TIME_FOR_TWO,), wins=((12, 2, "We had coffee on the stairs.", True),),
)  # fmt: skip
GETS_WORSE = History(
    "gets worse", ("Nell", "Rory"),
    (
        Course(series("46 43 50 54 57 64 68 71 75 79 79 82"), (47, 72), (36, 42), 0.4, 0.3, 1, "partner_not_available"),
        Course(series("39 43 39 43 46 43 50 46 50 54 50 54"), (41, 49), (44, 52), 0.2, 0.4, 1, "did_not_want_to"),
    ),
    ("PR", "CR"), (Given("P31", times=5), Given("P51")), engagement=(3, 1),
    stages=(0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0), reviews=(11,),
    requests=(Asked(1, "Come to bed at the same time twice a week", kept=(0.1, 0.5)),
              Asked(1, "Tell me before you work late", "open", week=11, cadence="when_it_comes_up")),
    aims=(AFTER_A_QUARREL,),
)  # fmt: skip
DIPS = History(
    "dips and comes back", ("Isla", "Hugh"),
    (
        Course(series("50 50 46 64 79 82 75 61 46 36 25 21"), (52, 30), (40, 28), 0.7, 0.7, 2),
        Course(series("54 50 50 61 68 68 57 50 43 39 32 32"), (53, 34), (45, 33), 0.7, 0.6, 2),
    ),
    ("RF", "CR"), (Given("P51"), Given("P53", week=6), Given("P31", week=6, times=3)),
    steps={1: "S5", 6: "S3"}, reviews=(11,), stages=(0, 1, 1, 0, 0, 0, 1, 1, 2, 2, 3, 3),
    aims=(AFTER_A_QUARREL,), wins=((12, 1, "He came back the same evening and said sorry.", True),),
)  # fmt: skip
MISSES = History(
    "misses reports", ("Wren", "Cato"),
    (
        Course(series("57 54 57 54 50 50 54 50 46 50 46 50"), (56, 50), (40, 38), 0.7, 0.5, 2),
        Course(series("50 - 46 - - 50 - 46 - - - -"), (47, 45), (45, 44), 0.5, 0.6, 2),
    ),
    ("PR", "LV"), (Given("P33", times=5), Given("P31", times=3)), therapist="therapist2", engagement=(3, 1),
    requests=(Asked(1, "Answer the check-in on Wednesdays", kept=(0.3, 1.0)),),
    wins=((12, 1, "Two dinners without a screen.", True),),
)  # fmt: skip
DISAGREE = History(
    "sees it differently", ("Orla", "Bram"),
    (
        Course(series("64 64 61 64 61 61 57 61 57 57 61 57"), (66, 60), (30, 28), 0.6, 0.2, 1),
        Course(series("32 32 36 32 29 32 32 29 32 29 29 32"), (33, 30), (28, 22), 1.0, 0.8, 3),
    ),
    ("AA", "RP"), (Given("P53"), Given("P33"), Given("P45", week=4)), therapist="therapist2", steps={1: "S4"},
    requests=(Asked(1, "Thank me for one thing a day", cadence="daily", kept=(0.2, 1.0)),),
    aims=(TIME_FOR_TWO,), wins=((12, 2, "I made breakfast every day.", True),),
)  # fmt: skip
ENDS_TOGETHER = History(
    "ends together", ("Ada", "Silas"),
    (
        Course(series("61 57 54 50 46 39 36 32 29 25"), (60, 42, 28, 26), (42, 33, 27, 25), 0.9, 0.9, 3),
        Course(series("57 54 54 46 43 39 32 32 29 29"), (56, 41, 29, 28), (44, 35, 28, 27), 0.9, 0.85, 3),
    ),
    ("LV", "RP"), (Given("P31", times=5, until=7), Given("P41"), Given("P44", week=7)),
    steps={1: "S3", 7: "S4", 9: "S7"}, reviews=(6, 10), weeks=10, ended_weeks_ago=14, ending="completed",
    engagement=(4, 4), stages=(0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4), aims=(PROMISES,),
)  # fmt: skip
SEPARATES = History(
    "separates", ("Lotte", "Vincent"),
    (
        Course(series("64 68 64 68 71 64 68 68"), (66, 68), (44, 46), 0.3, 0.3, 1, "did_not_want_to", "clarify"),
        Course(series("57 57 54 57 61 57 - 54"), (58, 57), (46, 47), 0.3, 0.4, 1, wish="clarify"),
    ),
    ("CR", "RF"), (Given("P31", times=2), Given("P51")), steps={1: "S3", 5: "S7"}, weeks=8, ended_weeks_ago=2,
    ending="separated", engagement=(2, 2), stages=(0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0),
)  # fmt: skip
ONE_LEAVES = History(
    "one goes on alone", ("Paula", "Konrad"),
    (
        Course(series("61 61 57 61 57 54 50 46 46 43 39 36"), (62, 40), (40, 35), 0.8, 0.6, 2),
        Course(series("54 57 54 57 61 - - - - - - -"), (55,), (50,), 0.3, 0.4, 1, "did_not_want_to", "clarify"),
    ),
    ("PR", "RF"), (Given("P33", until=6), Given("P53", until=6), Given("P61", week=6, who=(1,))),
    therapist="therapist2", steps={1: "S3", 6: "S6"}, left_after=5, engagement=(3, 1),
    wins=((12, 1, "I called my sister, as I had planned.", True),),
)  # fmt: skip
SMALL_STEPS = History(
    "small steps", ("Greer", "Anton"),
    (
        Course(series("61 61 57 57 54 54 50 50 46 43 43 39"), (61, 47), (43, 37), 0.7, 0.7, 2),
        Course(series("57 54 54 54 50 46 46 46 43 43 39 36"), (55, 45), (45, 38), 0.7, 0.6, 2),
    ),
    ("LV", "AA"), (Given("P12"), Given("P53", week=4)), therapist="therapist2", steps={1: "S1", 4: "S5"},
    aims=(EVENINGS,), wins=((12, 1, "She noticed that I was tired.", True), (12, 2, "A good Sunday.", False)),
)  # fmt: skip
DRIFTS_APART = History(
    "one better, one worse", ("Selma", "Ivor"),
    (
        Course(series("68 64 61 57 50 46 43 39 39 36 32 32"), (68, 38), (34, 30), 0.8, 0.7, 3),
        Course(series("36 36 39 43 46 54 57 61 64 64 68 71"), (37, 66), (56, 40), 0.9, 0.3, 1, "other"),
    ),
    ("RP", "PR"), (Given("P41"), Given("P33", times=5)), steps={1: "S4"}, reviews=(11,), engagement=(4, 2),
    requests=(Asked(2, "One evening a week with my friends, without a quarrel", "no", week=2),
              Asked(1, "Eat together on weekdays", kept=(0.9, 0.9), cadence="daily")),
)  # fmt: skip
DOES_NOT_FEEL_SAFE = History(
    "an activity does not feel safe", ("Marit", "Dario"),
    (
        Course(series("57 57 54 57 54 54 57 54 57 61 57 61"), (58, 57), (38, 38), 0.4, 0.5, 1),
        Course(series("46 46 43 46 46 43 46 43 46 46 43 46"), (45, 45), (46, 46), 0.6, 0.6, 2),
    ),
    ("AA", "CR"), (Given("P43", week=2, times=5), Given("P53", times=5)), therapist="therapist2", steps={1: "S4"},
    unsafe_week=11, wins=((12, 2, "We cooked together.", True),),
)  # fmt: skip

HISTORIES = (
    GETS_BETTER, STAYS, GETS_WORSE, DIPS, MISSES, DISAGREE, ENDS_TOGETHER, SEPARATES, ONE_LEAVES, SMALL_STEPS,
    DRIFTS_APART, DOES_NOT_FEEL_SAFE,
)  # fmt: skip
