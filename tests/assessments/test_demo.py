from collections import Counter, defaultdict

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from assessments.change import Verdict
from assessments.demo import HILLSIDE, RIVERSIDE, histories
from assessments.models import AnswerSheet, RepairPlan, SafetyFlag, SheetScores
from assessments.record import record_of
from assessments.session_screen import session_screen
from clients.models import Couple, Invitation
from practice.accounts import DEMO_PASSWORD
from practice.models import Membership, Practice, User
from practice.practices import OWNER, as_maintenance
from tests.factories import as_staff

pytestmark = pytest.mark.database

BOTH = ("submitted", "submitted")
BETTER, UNTOLD, WORSE = Verdict.RELIABLY_BETTER, Verdict.CANNOT_TELL_YET, Verdict.RELIABLY_WORSE


def owner_of(slug):
    with as_maintenance():
        found = Membership.objects.using(OWNER).select_related("practice").filter(practice__slug=slug)
        return found.order_by("created_at")[0]


def member_of(login):
    with as_maintenance():
        return Membership.objects.using(OWNER).get(user__email=f"{login}@riverside.example")


def people():
    with as_maintenance():
        return {user.email: user for user in User.objects.using(OWNER).all()}


def count_rows():
    return {model: model.objects.count() for model in (Couple, Invitation, AnswerSheet, SheetScores)}


def sheet_states():
    """How many couples of this week have which states of their two sheets."""
    states = defaultdict(list)
    for couple, state in AnswerSheet.objects.order_by("state").values_list("couple_id", "state"):
        states[couple].append(state)
    new = Couple.objects.exclude(pk__in=RepairPlan.objects.values("couple"))
    return Counter(tuple(states[couple]) for couple in new.values_list("id", flat=True))


def screen_of(history):
    return session_screen(record_of(Couple.objects.get(label=" & ".join(history.partners))))


def words_of(history):
    """The newest verdict of each partner's check-ins, whether an alarm stands, and the trend that is named."""
    return [
        (one.verdict, one.is_worsening, one.trend.direction if one.trend else None)
        for one in screen_of(history).check_ins
    ]


def words_of_form(history):
    """The words on the composite of the last two full forms, partner by partner."""
    forms = screen_of(history).full_forms
    return [one.verdict for one in next(row for row in forms.domains if row.is_primary).changes]


def rules_of(history):
    return [line.rule for line in screen_of(history).agenda]


def check_verdicts():
    """Each history shows in the product's own words what it is called."""
    assert words_of(histories.GETS_BETTER) == [(BETTER, False, "better")] * 2
    assert words_of_form(histories.GETS_BETTER) == [BETTER] * 2
    assert words_of(histories.STAYS) == [(UNTOLD, False, None)] * 2
    assert words_of(histories.GETS_WORSE) == [(WORSE, True, "worse"), (UNTOLD, False, None)]
    assert words_of_form(histories.GETS_WORSE) == [WORSE, UNTOLD]
    assert words_of(histories.DIPS)[0] == (BETTER, False, None)
    assert WORSE in [point.verdict for point in screen_of(histories.DIPS).check_ins[0].points]
    assert words_of(histories.ENDS_TOGETHER) == [(BETTER, False, "better")] * 2
    assert words_of(histories.SEPARATES) == [(UNTOLD, False, None)] * 2
    assert words_of(histories.DRIFTS_APART) == [(BETTER, False, "better"), (WORSE, True, "worse")]


def check_agendas():
    assert rules_of(histories.GETS_WORSE)[0] == "reliably_worse"
    assert "wins_to_share" in rules_of(histories.GETS_BETTER)


def check_ends():
    ended = Couple.objects.exclude(closed_reason="").filter(label__in=["Ada & Silas", "Lotte & Vincent"])
    assert set(ended.values_list("label", "closed_reason")) == {
        ("Ada & Silas", "completed"),
        ("Lotte & Vincent", "separated"),
    }
    follow_up = AnswerSheet.objects.filter(couple__label="Ada & Silas", instrument__startswith="ena-c@")
    assert follow_up.filter(state="submitted").count() == 8
    assert follow_up.filter(wave__assignment__follow_up=True, state="submitted").count() == 2
    assert Couple.objects.filter(own_results_allowed=True).values_list("label", flat=True).get() == "Thea & Milo"


def check_verdicts_of_the_other_therapist():
    screen = screen_of(histories.MISSES)
    assert [one.missing for one in screen.check_ins] == [0, 8]
    assert rules_of(histories.MISSES)[0] == "check_ins_missing"
    assert "noticed_little" in rules_of(histories.DISAGREE)
    assert words_of(histories.SMALL_STEPS)[0] == (UNTOLD, False, "better")
    assert "check_ins_missing" not in rules_of(histories.ONE_LEAVES)
    unsafe = screen_of(histories.DOES_NOT_FEEL_SAFE)
    assert [flag.rule for flag in unsafe.strip.flags] == ["PB1"]
    assert unsafe.agenda[0].rule == "open_flag"


def test_is_refused_outside_a_demo(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("seed_demo")
    with as_maintenance():
        assert not Practice.objects.using(OWNER).exists()


def test_tells_every_story_once():
    call_command("seed_demo")
    riverside, hillside = owner_of("riverside"), owner_of("hillside")
    logins = [f"{login}@riverside.example" for login, *_ in RIVERSIDE]
    assert people().keys() == {*logins, *(f"{login}@hillside.example" for login, *_ in HILLSIDE)}
    assert people()["admin@riverside.example"].check_password(DEMO_PASSWORD)
    with as_staff(riverside):
        assert sheet_states() == {
            (): 16,
            ("not_opened", "not_opened"): 9,
            ("not_opened", "started"): 6,
            ("not_opened", "submitted"): 5,
            BOTH: 44,
            (*BOTH, *BOTH): 12,
            ("expired", "expired"): 5,
        }
        assert Couple.objects.count() == 109
        closed = Couple.objects.filter(state=Couple.State.CLOSED)
        assert set(closed.values_list("closed_reason", flat=True)) == set(Couple.ClosedReason.values)
        assert SafetyFlag.objects.filter(state="open").values("couple").distinct().count() >= 6
        assert SheetScores.objects.count() == AnswerSheet.objects.filter(state="submitted").count()
        check_ends()
        before = count_rows()
    with as_staff(member_of("therapist")):
        check_verdicts()
        check_agendas()
    with as_staff(member_of("therapist2")):
        check_verdicts_of_the_other_therapist()
    with as_staff(hillside):
        assert sheet_states() == {BOTH: 2}
    call_command("seed_demo")
    assert len(people()) == len(RIVERSIDE) + len(HILLSIDE)
    with as_staff(riverside):
        assert count_rows() == before
