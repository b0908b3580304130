"""Who is told of an urgent flag, and when: therapist and cover at once, the cover again, then the owners.

Every mail is content-free. The whole chain is in the outbox as soon as the flag is known, one message a step, so that
a mailbox that refuses keeps no later step from running. A step does nothing once somebody has answered. The flag is
read without a lock: whoever answers never waits for a mail server.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID, uuid5

from django.utils import timezone

from assessments.flags import unanswered
from assessments.models import FlagEvent, SafetyFlag
from practice import audit, mail, outbox, tenancy
from practice.cover import cover_of, who_answers
from practice.models import Membership, Practice, Role, User

# Subject and body by step. A bystander reads them: nothing in them says what the program is for.
MAILS = {
    "alert": ("An item needs your attention", "An item needs your attention. Please sign in.\n"),
    "alert_again": ("An item needs your attention", "An item needs your attention. Please sign in.\n"),
    "flag_to_cover": ("An item is still waiting", "An item is still waiting for an answer. Please sign in.\n"),
    "flag_to_owner": ("An item is still waiting", "Nobody has answered an item in time. Please sign in.\n"),
}


def send_alert(reference: UUID) -> None:
    """The worker's part when an urgent flag was raised: ask for every step there may be, by the practice's clock."""
    hours = Practice.objects.values_list("acknowledge_within_hours", flat=True).get(pk=tenancy.practice_id())
    now, time_to_answer = timezone.now(), timedelta(hours=hours)
    outbox.post("alert_therapist", reference)
    outbox.post("alert_cover", reference)
    outbox.post("flag_to_cover", reference, due_at=now + time_to_answer)
    outbox.post("flag_to_owner", reference, due_at=now + 2 * time_to_answer)


def alert_therapist(reference: UUID) -> None:
    """During a leave the cover alone is told, by the step beside this one."""
    flag = _waiting(reference)
    if flag and flag.couple.therapist_id:
        answering = who_answers(flag.couple.therapist_id)
        _mail("alert", flag, [answering] if answering and answering.pk == flag.couple.therapist_id else [])


def alert_again(reference: UUID) -> None:
    """A closed flag got another line: therapist and cover are told that something waits."""
    flag = SafetyFlag.objects.filter(pk=reference, state=SafetyFlag.State.OPEN).select_related("couple").first()
    if flag and flag.couple.therapist_id:
        told = {one for one in (who_answers(flag.couple.therapist_id), cover_of(flag.couple.therapist_id)) if one}
        _mail(f"alert_again {len(flag.lines)}", flag, told)


def alert_cover(reference: UUID) -> None:
    if flag := _waiting(reference):
        cover = cover_of(flag.couple.therapist_id)
        _mail("alert", flag, [cover] if cover else [])


def tell_cover(reference: UUID) -> None:
    """Not answered in time: the cover is told again. Where nobody stands in, the owners are told instead, now."""
    flag = _waiting(reference)
    if flag is None:
        return
    cover = cover_of(flag.couple.therapist_id)
    if cover is None:
        tell_owner(reference)
        return
    _mail("flag_to_cover", flag, [cover])
    _note(flag, FlagEvent.Action.COVER_TOLD)


def tell_owner(reference: UUID) -> None:
    """Not answered by the cover either: every active owner is told that something waits. Once."""
    flag = _waiting(reference)
    if flag is None or FlagEvent.objects.filter(flag=flag, action=FlagEvent.Action.OWNER_TOLD).exists():
        return
    owners = Membership.objects.filter(practice_id=tenancy.practice_id(), role=Role.OWNER, is_active=True)
    _mail("flag_to_owner", flag, owners.order_by("created_at", "id"))
    _note(flag, FlagEvent.Action.OWNER_TOLD)


def _waiting(reference: UUID) -> SafetyFlag | None:
    return unanswered(SafetyFlag.objects.filter(pk=reference)).select_related("couple").first()


def _note(flag: SafetyFlag, action: FlagEvent.Action) -> None:
    FlagEvent.objects.create(flag=flag, partner_id=flag.partner_id, action=action, at=timezone.now())
    audit.record(f"flag.{action}", object_id=flag.id, couple_id=flag.couple_id)


def _mail(step: str, flag: SafetyFlag, members: Iterable[Membership]) -> None:
    subject, body = MAILS[step.partition(" ")[0]]
    sender_name = Practice.objects.values_list("sender_name", flat=True).get(pk=tenancy.practice_id())
    for member in members:
        mail.send_plain(
            to=User.objects.only("email").get(pk=member.user_id).email,
            subject=subject,
            body=body,
            sender_name=sender_name,
            message_id=uuid5(flag.id, f"{step} {member.id}"),
        )
