from collections import Counter, defaultdict

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from assessments.demo import HILLSIDE, RIVERSIDE
from assessments.models import AnswerSheet, SafetyFlag, SheetScores
from clients.models import Couple, Invitation
from practice.accounts import DEMO_PASSWORD
from practice.models import Membership, Practice, User
from practice.practices import OWNER, as_maintenance
from tests.factories import as_staff

pytestmark = pytest.mark.database

BOTH = ("submitted", "submitted")


def owner_of(slug):
    with as_maintenance():
        found = Membership.objects.using(OWNER).select_related("practice").filter(practice__slug=slug)
        return found.order_by("created_at")[0]


def people():
    with as_maintenance():
        return {user.email: user for user in User.objects.using(OWNER).all()}


def count_rows():
    return {model: model.objects.count() for model in (Couple, Invitation, AnswerSheet, SheetScores)}


def sheet_states():
    """How many couples have which states of their two sheets."""
    states = defaultdict(list)
    for couple, state in AnswerSheet.objects.order_by("state").values_list("couple_id", "state"):
        states[couple].append(state)
    return Counter(tuple(states[couple]) for couple in Couple.objects.values_list("id", flat=True))


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
            (): 4,
            ("not_opened", "not_opened"): 8,
            ("not_opened", "started"): 6,
            ("not_opened", "submitted"): 5,
            BOTH: 32,
            ("expired", "expired"): 5,
        }
        closed = Couple.objects.filter(state=Couple.State.CLOSED)
        assert sorted(closed.values_list("closed_reason", flat=True)) == sorted(Couple.ClosedReason.values)
        assert SafetyFlag.objects.filter(state="open").values("couple").distinct().count() >= 6
        assert SheetScores.objects.count() == AnswerSheet.objects.filter(state="submitted").count() == 69
        before = count_rows()
    with as_staff(hillside):
        assert sheet_states() == {BOTH: 2}
    call_command("seed_demo")
    assert len(people()) == len(RIVERSIDE) + len(HILLSIDE)
    with as_staff(riverside):
        assert count_rows() == before
