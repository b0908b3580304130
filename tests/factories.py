"""Makes what tests need, the way the product makes it: through domain functions, each call a transaction of its own.

Call them outside any scope. Practices and members are the operator's part and made on the owner's connection.
"""

import functools
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.test import Client
from django.utils import timezone

from assessments import answers, assignments
from assessments.assignments import end_assignment
from assessments.goals import write_goal
from assessments.instruments.definition import CONTEXT
from assessments.models import AnswerSheet, Assignment, Goal, JointReport
from assessments.passages import decide_passages, passages_of, request_record, request_shared_record
from assessments.plans import agree_plan, assign_activity
from assessments.sheets import form_of
from assessments.specific_requests import make_request
from assessments.tasks import for_practice
from clients.access import PARTNER_COOKIE
from clients.couples import PartnerDetails, create_couple
from clients.invitations import Issued, open_link
from clients.models import Couple, Invitation, Partner, PartnerSession
from practice import outbox, tenancy
from practice.content import crisis_resources
from practice.database.context import Scope
from practice.downloads import offer_download
from practice.models import Membership, Practice, Role, User
from practice.practices import as_maintenance, practice_ids
from practice.tenancy import TenantModel

PASSWORD = "five quiet otters"


@functools.cache
def hashed_password() -> str:
    return make_password(PASSWORD)


def make_practice(name: str = "Riverside", *, slug: str, country: str = "US", confirmed: bool = True) -> Practice:
    """A practice; `confirmed` says whether it has confirmed its help lines, without which no safety line is asked."""
    found = Practice(name=name, slug=slug, country=country)
    if confirmed:
        found.resources_version = str(crisis_resources()["version"])
        found.resources_confirmed_at, found.resources_confirmed_by = timezone.now(), "Olive"
    with as_maintenance():
        found.save(using="owner", force_insert=True)
    found._state.db = "default"
    return found


def make_member(practice: Practice, name: str, *, role: str = Role.THERAPIST, email: str = "") -> Membership:
    email = email or f"{name.lower()}@{practice.slug}.example"
    with as_maintenance():
        user, made = User.objects.using("owner").get_or_create(
            email=email, defaults={"name": name, "password": hashed_password()}
        )
        if made:
            EmailAddress.objects.using("owner").create(user=user, email=email, verified=True, primary=True)
        membership = Membership(practice_id=practice.id, user_id=user.id, role=role, name=name)
        membership.save(using="owner", force_insert=True)
    user._state.db = membership._state.db = "default"
    membership.user, membership.practice = user, practice
    return membership


def with_cover(therapist: Membership) -> Membership:
    """The same therapist, with a cover: Cora, who is made once a practice. Who was given a cover keeps it."""
    if therapist.cover_id is None:
        cora = f"cora@{therapist.practice.slug}.example"
        with as_maintenance():
            members = Membership.objects.using("owner").filter(practice_id=therapist.practice_id)
            found = members.filter(user__email=cora).values_list("id", flat=True).first()
        therapist.cover_id = found or make_member(therapist.practice, "Cora", email=cora).id
        with as_maintenance():
            members.filter(pk=therapist.pk).update(cover_id=therapist.cover_id)
    return therapist


def as_staff(membership: Membership) -> AbstractContextManager[None]:
    """A transaction as this member, as the middleware opens it for a view."""
    return tenancy.begin(
        Scope.staff(practice_id=membership.practice_id, membership_id=membership.id, clinical=membership.is_clinical)
    )


def practice_of(row: TenantModel) -> UUID:
    assert row.practice_id is not None
    return row.practice_id


def as_partner(partner: Partner) -> AbstractContextManager[None]:
    return tenancy.begin(Scope.partner(practice_id=practice_of(partner), partner_id=partner.id))


def as_worker(practice: Practice) -> AbstractContextManager[None]:
    return tenancy.begin(Scope.worker(practice_id=practice.id))


def at_the_gate() -> AbstractContextManager[Any]:
    return transaction.atomic(durable=True)


def make_couple(
    therapist: Membership, *, label: str = "D & E", names: Sequence[str] = ("Dana", "Erin"), email: bool = False
) -> Couple:
    """A couple of this therapist, who gets a cover. With `email`, each partner can be reached at name@example.org."""
    with_cover(therapist)
    partners = [
        PartnerDetails(name=name, email=f"{name.lower()}@example.org", channel="email")
        if email
        else PartnerDetails(name=name)
        for name in names
    ]
    with as_staff(therapist):
        return create_couple(label=label, partners=partners, therapist=therapist)


def partner_of(member: Membership, couple: Couple, position: int) -> Partner:
    """Partner 1 or 2, read as a member of the practice."""
    with as_staff(member):
        return Partner.objects.select_related("couple").get(couple=couple, position=position)


def assign(therapist: Membership, couple: Couple, instrument: str = "ena-c", **options: Any) -> Assignment:
    """An assignment whose first wave is open, unless `schedule` in the options says otherwise."""
    with as_staff(therapist):
        return assignments.assign_instrument(couple, instrument=instrument, membership=therapist, **options)


def sheet_of(therapist: Membership, assignment: Assignment, partner: Partner, *, wave: int = 1) -> AnswerSheet:
    with as_staff(therapist):
        return AnswerSheet.objects.select_related("partner", "couple", "wave").get(
            wave__assignment=assignment, wave__number=wave, partner=partner
        )


def make_sheet(therapist: Membership, partner: Partner, instrument: str = "ena-c") -> AnswerSheet:
    """A fresh assignment's open sheet of this partner."""
    return sheet_of(therapist, assign(therapist, partner.couple, instrument), partner)


def make_goal(couple: Couple, *, owner: Partner | None = None, domain: str = "PR", review_in: int = 30) -> Goal:
    """A goal of the pair, or of its owner. Call it as staff."""
    return write_goal(
        couple,
        owner=owner,
        domain=domain,
        behaviour="Ten minutes in the evening without screens",
        how_counted="Days a week; the lower of both counts",
        levels=["0 days", "1 day", "3 to 4 days", "5 days", "6 or 7 days"],
        review_on=timezone.localdate() + timedelta(days=review_in),
    )


def make_plan(therapist: Membership, couple: Couple, partner: Partner) -> tuple[UUID, UUID, UUID]:
    """An activity, a request and a goal of the couple."""
    with as_staff(therapist):
        plan = agree_plan(couple, membership=therapist)
        activity = assign_activity(plan, template="P33", partners=[partner], membership=therapist)
        asked = make_request(couple, asked_by=partner, wording="A walk on Sunday", cadence="weekly")
        return activity.id, asked.id, make_goal(couple).id


def make_download(therapist: Membership, partner: Partner) -> tuple[UUID, UUID]:
    """A request for the record of a partner, its passages decided, and a download of its file."""
    with as_staff(therapist):
        asked = request_record(partner, purpose="copy", membership=therapist)
        passages = passages_of(asked)
        decide_passages(asked, {one.key: "include" for one in passages}, membership=therapist)
        return asked.id, offer_download("partner_record_json", asked.id, purpose="copy", membership=therapist).id


def make_export(therapist: Membership, couple: Couple) -> UUID:
    """A file of what both share, on offer to who treats them."""
    with as_staff(therapist):
        asked = request_shared_record(couple, purpose="copy", membership=therapist)
        decide_passages(asked, {one.key: "include" for one in passages_of(asked)}, membership=therapist)
        return offer_download("couple_record_json", asked.id, purpose="copy", membership=therapist).id


def full_answers(sheet: AnswerSheet, value: int = 3) -> dict[str, Any]:
    """`value` on every line of the sheet; nothing is ticked in the checklist, where there is one."""
    with as_partner(sheet.partner):
        lines = form_of(AnswerSheet.objects.get(pk=sheet.pk)).lines
    asked = [line.id for line in lines if line.direction != CONTEXT]
    checklist: dict[str, Any] = {f"{CONTEXT}.CX": []} if len(asked) < len(lines) else {}
    return {**dict.fromkeys(asked, value), **checklist}


def save(sheet: AnswerSheet, given: Mapping[str, Any]) -> None:
    with as_partner(sheet.partner):
        answers.save_answers(AnswerSheet.objects.get(pk=sheet.pk), given)


def submit(sheet: AnswerSheet, given: Mapping[str, Any] | None = None) -> None:
    """Save (3 everywhere, if nothing is given) and submit. Rules and scores have run when it returns."""
    save(sheet, full_answers(sheet) if given is None else given)
    with as_partner(sheet.partner):
        answers.submit_sheet(AnswerSheet.objects.get(pk=sheet.pk))


def keep_report(therapist: Membership, sheet: AnswerSheet) -> JointReport:
    """A report of this sheet's wave that nobody released: the database lets nobody without both keys."""
    report = JointReport(
        practice_id=practice_of(sheet),
        couple_id=sheet.couple_id,
        wave_id=sheet.wave_id,
        content={"language": "en", "header": "", "basis": "", "topics": []},
        released_by=therapist.id,
        released_at=timezone.now(),
    )
    with as_staff(therapist), as_maintenance():
        report.save(using="owner", force_insert=True)
    return report


def hand_over(therapist: Membership, sheet: AnswerSheet) -> Issued:
    """A link handed over in person; `.key` opens it."""
    with as_staff(therapist):
        return assignments.invite_to_sheet(sheet, delivery=Invitation.Delivery.IN_PERSON)


def open_session(sheet: AnswerSheet) -> tuple[str, PartnerSession]:
    """The token and the session of a partner who has opened this sheet's link."""
    therapist = sheet.couple.therapist_id
    assert therapist is not None
    scope = Scope.staff(practice_id=practice_of(sheet), membership_id=therapist, clinical=True)
    with tenancy.begin(scope):
        key = assignments.invite_to_sheet(sheet, delivery=Invitation.Delivery.IN_PERSON).key
    assert key is not None
    with at_the_gate():
        opened = open_link(key, browser=None)
    return opened.token, opened.session


def client_of(membership: Membership, **options: Any) -> Client:
    """A browser in which this member is signed in."""
    client = Client(**options)
    with at_the_gate():
        client.force_login(membership.user)
    return client


def partner_client(sheet: AnswerSheet, **options: Any) -> Client:
    """A browser in which this sheet's partner has opened the link."""
    client = Client(**options)
    client.cookies[PARTNER_COOKIE] = open_session(sheet)[0]
    return client


def deliver_outbox() -> int:
    """Does what is due, as the worker would; returns how many messages."""
    due = outbox.due_ids()
    return sum(outbox.deliver(message_id) for message_id in due)


def do_for_every_practice(work: str) -> None:
    """Does what beat asks for, as the worker would."""
    for practice_id in practice_ids():
        for_practice(work, str(practice_id))


def in_days(days: float) -> Any:
    return timezone.now() + timedelta(days=days)


def make_flagged(therapist: Membership, label: str, value: int = 4) -> Couple:
    couple = make_couple(therapist, label=label)
    partner = partner_of(therapist, couple, 1)
    sheet = make_sheet(therapist, partner)
    submit(sheet, full_answers(sheet, value))
    return couple


def answer_check_in(therapist: Membership, partner: Partner, missing: int) -> None:
    """A check-in in which everything is missing as often as `missing`, 0 to 4, says."""
    sheet = make_sheet(therapist, partner, "ena-ck")
    given = dict.fromkeys(full_answers(sheet), 4 - missing) | {"self.CK7": missing, "experienced.CK8": 0}
    submit(sheet, given)
    end_assignments(therapist, partner.couple)


def end_assignments(therapist: Membership, couple: Couple) -> None:
    with as_staff(therapist):
        for assignment in Assignment.objects.filter(couple=couple, ended_at=None):
            end_assignment(assignment)
