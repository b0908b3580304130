"""Two practices with the same kinds of rows in every table, so that there is always something that could leak."""

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from django.utils import timezone

from assessments import plans
from assessments.goals import rate_goal
from assessments.inbox import note_read
from assessments.intentions import record_intention
from assessments.models import (
    AnswerSheet,
    FlagEvent,
    ImportedInstrument,
    MeasurementParameters,
    PooledRow,
    SafetyFlag,
    StatisticsRelease,
    StatisticsRow,
)
from assessments.pooled.opting import opt_in
from assessments.session_ratings import Ratings, save_rated_session
from assessments.specific_requests import answer_request, make_request
from assessments.weeks import save_week
from clients.consents import record_consent
from clients.couple_import import keep_file
from clients.models import Couple, Hold, Partner, Treatment
from clients.sessions import SessionDetails
from practice import tenancy
from practice.calendar_feeds import make_feed
from practice.cover import take_leave
from practice.database.context import Scope
from practice.models import (
    ApiToken,
    Archive,
    ArchivePart,
    IdempotencyRecord,
    Membership,
    Practice,
    RetentionTerm,
    Role,
)
from tests import factories


@dataclass(frozen=True)
class World:
    practice: Practice
    therapist: Membership
    couple: Couple
    partner: Partner
    sheet: AnswerSheet

    def scopes(self) -> dict[str, Scope]:
        """A scope of every kind, in this practice."""
        member = {"practice_id": self.practice.id, "membership_id": self.therapist.id}
        one = {"practice_id": self.practice.id, "partner_id": self.partner.id}
        clinician = Scope.staff(**member, clinical=True)
        return {
            "clinician": clinician,
            "administrator": Scope.staff(**member, clinical=False),
            "partner": Scope.partner(**one),
            "scoring": Scope.scoring(**one),
            "worker": Scope.worker(practice_id=self.practice.id),
            "report": Scope.report(practice_id=self.practice.id),
            "measurement": Scope.measurement(practice_id=self.practice.id),
            "statistics": Scope.statistics(practice_id=self.practice.id),
            "archive": Scope.archive(practice_id=self.practice.id),
            "retention": Scope.retention(practice_id=self.practice.id),
            "audit": clinician.for_audit(),
        }


def make_world(slug: str, names: tuple[str, str]) -> World:
    """A practice with a row in every table: one sheet submitted with urgent answers, one link, one open session."""
    practice = factories.make_practice(slug.title(), slug=slug)
    therapist = factories.make_member(practice, f"Therapist {slug}", role=Role.THERAPIST, email=f"t@{slug}.example")
    couple = factories.make_couple(therapist, label=f"{names[0]} & {names[1]}", names=names)
    partner = factories.partner_of(therapist, couple, 1)
    sheet = factories.make_sheet(therapist, partner)
    factories.open_session(sheet)
    factories.submit(sheet, factories.full_answers(sheet, 4))
    _make_plan(therapist, partner)
    _make_report(therapist, sheet)
    factories.make_download(therapist, partner)
    _make_statistics(practice)
    _make_rest(therapist)
    _make_archive(therapist)
    return World(practice, therapist, couple, partner, sheet)


def _make_plan(therapist: Membership, partner: Partner) -> None:
    """A row in every table of the plan, the week and the sessions."""
    couple = partner.couple
    with factories.as_staff(therapist):
        partners = list(Partner.objects.filter(couple=couple))
        plan = plans.agree_plan(couple, membership=therapist)
        plans.assign_activity(plan, template="P33", partners=partners, membership=therapist)
        request = make_request(couple, asked_by=partner, wording="A walk on Sunday", cadence="weekly")
        answer_request(request, answer="yes")
        goal = factories.make_goal(couple)
        rate_goal(goal, level=0, membership=therapist)
        record_intention(partner, wish="improve", membership=therapist)
        record_consent(partner, kind="assessment", version="1", recorded_by=therapist.id)
        save_rated_session(
            couple,
            SessionDetails(held_at=timezone.now(), safety_reviewed=True, note="Went well"),
            Ratings(stages={"S3": 1}, engagement={str(partner.id): 3}),
            membership=therapist,
        )
    sheet = factories.make_sheet(therapist, partner, "ena-ck")
    with factories.as_partner(partner):
        save_week(sheet, {"small_wins": [{"text": "We laughed", "share_via_therapist": True}]})
    with tenancy.begin(Scope.measurement(practice_id=factories.practice_of(couple))):
        MeasurementParameters.objects.create(
            instrument="ena-c", version="own-1", persons=30, sd={}, reliability={}, computed_at=timezone.now()
        )


def _make_report(therapist: Membership, sheet: AnswerSheet) -> None:
    """A flag that something was done about, a joint report, and that the results were read."""
    now = timezone.now()
    with factories.as_staff(therapist):
        note_read(sheet.couple, list(AnswerSheet.objects.filter(pk=sheet.pk)), membership=therapist)
        flag = SafetyFlag.objects.filter(sheet=sheet)[0]
        FlagEvent.objects.create(
            flag=flag, partner_id=flag.partner_id, action=FlagEvent.Action.ACKNOWLEDGED, at=now, by=therapist.id
        )
    factories.keep_report(therapist, sheet)


def _make_statistics(practice: Practice) -> None:
    with tenancy.begin(Scope.measurement(practice_id=practice.id)):
        row = StatisticsRow(quarter="2026Q1", outcome="in_care", months=3)
        StatisticsRow.objects.bulk_create([row])
        place = dict.fromkeys(("outcome", "months", "latest", "change", "completion"), 0)
        PooledRow.objects.bulk_create([PooledRow(practice_id=practice.id, quarter="2026Q1", run=uuid4(), **place)])
    with tenancy.begin(Scope.statistics(practice_id=practice.id)):
        release = StatisticsRelease(quarter="2026Q1", content="{}", couples=1, made_at=timezone.now())
        release.save(force_insert=True)


def _make_archive(owner: Membership) -> None:
    now = timezone.now()
    given = {"asked_by": owner.id, "asked_at": now, "purpose": "copy", "recipient": "age1", "state": "removed"}
    with factories.as_staff(owner):
        opt_in(owner)
        archive = Archive(**given)
        archive.save(force_insert=True)
    with factories.as_worker(owner.practice):
        made = {"rows": 1, "size": 1, "sha256": "0" * 64, "fingerprint": "1 1", "made_at": now}
        ArchivePart(archive=archive, table="clients_couple", **made).save(force_insert=True)


def _make_rest(therapist: Membership) -> None:
    now = timezone.now()
    with factories.at_the_gate():
        ApiToken.objects.create(
            user=therapist.user, membership=therapist, practice_id=therapist.practice_id, name="script"
        )
    with factories.as_staff(therapist):
        make_feed(therapist)
        take_leave(therapist, starts_on=now.date(), ends_on=now.date(), recorded_by=therapist.id)
        keep_file("label,partner1_name,partner2_name", membership=therapist)
        for couple in Couple.objects.all():
            Treatment.objects.create(couple=couple, started_at=now, ended_at=now, handed_over_by=therapist.id)
            Hold.objects.create(couple=couple, reason="A court asked", placed_at=now, placed_by=therapist.id)
        RetentionTerm.objects.create(
            years=7, takes_effect_on=date(2020, 1, 1), country="US", stated_minimum=7, set_at=now, set_by=therapist.id
        )
        IdempotencyRecord.objects.create(
            actor=therapist.id, key="once", fingerprint="f" * 64, status=201, body={}, created_at=now
        )
        ImportedInstrument.objects.create(
            identifier="own",
            version="1.0.0",
            content_hash="0" * 64,
            source=str(uuid4()),
            licence_holder="H",
            licence_reference="R",
            confirmed_by="C",
            imported_at=now,
        )
