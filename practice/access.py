"""Who may call a view. Every view says its audience; a view that says none is not served."""

from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from knox.crypto import hash_token

from practice import audit, tenancy
from practice.calendar_feeds import member_of_feed
from practice.database.context import Scope
from practice.database.grants.gate import SEEN_OF_PRACTICE
from practice.errors import DomainError
from practice.models import ApiToken, Membership, Practice, Role
from practice.sessions import expired

PRACTICE_IN_SESSION = "practice"


class StaffRequest(HttpRequest):
    """What a view of the audience `staff` is called with."""

    membership: Membership


class NotSignedIn(DomainError):
    """Sign in first: send a token as “Authorization: Bearer …”."""

    code = "not_authenticated"
    status = 401


class InvalidToken(DomainError):
    """This token is not valid, or no longer. Get a new one."""

    code = "invalid_token"
    status = 401


class PracticeRequired(DomainError):
    """You belong to several practices. Say which one you mean."""

    code = "practice_required"


class Audience(Protocol):
    name: str

    def enter(self, request: HttpRequest) -> HttpResponse | None:
        """Take the caller's scope for the view, or answer in its place."""


class Gate:
    """Anybody; the view runs at the gate and reaches identities only."""

    def __init__(self, name: str) -> None:
        self.name = name

    def enter(self, request: HttpRequest) -> HttpResponse | None:
        return None


PUBLIC = Gate("public")
SIGN_IN = Gate("sign-in")


class Staff:
    """A signed-in member of a practice, in one of the roles."""

    name = "staff"

    def __init__(self, *roles: str) -> None:
        self.roles = roles or tuple(Role.values)

    def enter(self, request: HttpRequest) -> HttpResponse | None:
        if not request.user.is_authenticated or expired(request):
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        membership = chosen_membership(request)
        if membership is None:
            return redirect("choose-practice")
        if membership.role not in self.roles:
            raise Http404
        enter_as(request, membership)
        return None


class StaffApi(Staff):
    """A program with a bearer token, or a signed-in browser.

    Who is not let in stays at the gate; `request.refusal` is the error that the API answers with.
    """

    name = "staff-api"

    def enter(self, request: HttpRequest) -> HttpResponse | None:
        try:
            membership = member_behind(request)
        except DomainError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return None
        if membership.role in self.roles:
            enter_as(request, membership)
        else:
            request.refusal = Http404()  # type: ignore[attr-defined]
        return None


class Guarded(Staff):
    """Members in a browser, for what nobody else may so much as try to reach.

    Whoever else of the practice calls, by another role or with a token, is answered 404, and that is kept as `action`.
    """

    def __init__(self, action: str, *roles: str) -> None:
        super().__init__(*roles)
        self.action = action

    def enter(self, request: HttpRequest) -> HttpResponse | None:
        with_token = bearer_of(request) is not None
        answer = self._enter_with_token(request) if with_token else Staff().enter(request)
        if answer is not None:
            return answer
        role = request.membership.role  # type: ignore[attr-defined]
        if with_token or role not in self.roles:
            match = request.resolver_match
            audit.record(self.action, couple_id=match.kwargs.get("couple_id") if match else None)
            raise Http404
        return None

    def _enter_with_token(self, request: HttpRequest) -> HttpResponse | None:
        try:
            enter_as(request, member_behind(request))
        except DomainError:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        return None


class CalendarProgram:
    """A calendar that reads a member's secret address. Every address that is not in force is answered alike."""

    name = "calendar"

    def enter(self, request: HttpRequest) -> HttpResponse | None:
        match = request.resolver_match
        member = member_of_feed(match.kwargs["key"]) if match else None
        if member is None:
            raise Http404
        enter_as(request, member)
        return None


class ByMethod:
    """One URL with an audience of its own for some methods."""

    def __init__(self, otherwise: Audience, **methods: Audience) -> None:
        self.name = otherwise.name
        self.otherwise = otherwise
        self.methods = methods

    def enter(self, request: HttpRequest) -> HttpResponse | None:
        return self.methods.get(request.method or "", self.otherwise).enter(request)


def member_behind(request: HttpRequest) -> Membership:
    """The caller of the API. A token that is sent is the one that counts. Raises 401 and PracticeRequired."""
    token = bearer_of(request)
    if token is not None:
        found = live_token(token)
        request.user = found.user
        request.api_token = found  # type: ignore[attr-defined]
        member: Membership = found.membership
        return member
    if not request.user.is_authenticated or expired(request):
        raise NotSignedIn
    membership = chosen_membership(request)
    if membership is None:
        raise practice_required(memberships_of(request.user))
    return membership


def bearer_of(request: HttpRequest) -> str | None:
    """The token in the Authorization header, "" for a header that holds none, None without the header."""
    if "Authorization" not in request.headers:
        return None
    scheme, _, token = request.headers["Authorization"].partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def live_token(token: str) -> ApiToken:
    """The token, its member and their user, in one statement. Raises InvalidToken."""
    live = ApiToken.objects.filter(expiry__gt=timezone.now(), user__is_active=True, membership__is_active=True)
    live = live.select_related("user", "membership__practice")
    found = live.defer("user__password", *unseen_practice_fields("membership__practice")).filter(
        digest=hash_token(token)
    )
    row: ApiToken | None = found.first() if token else None
    if row is None:
        raise InvalidToken
    return row


def practice_required(memberships: list[Membership]) -> PracticeRequired:
    choices = [{"slug": one.practice.slug, "name": one.practice.name} for one in memberships]
    return PracticeRequired(choices=choices)


def memberships_of(user: Any) -> list[Membership]:
    rows = Membership.objects.filter(user=user, is_active=True).select_related("practice").order_by("practice__name")
    return list(rows.defer(*unseen_practice_fields()))


def unseen_practice_fields(path: str = "practice") -> list[str]:
    unseen = (field.attname for field in Practice._meta.concrete_fields if field.attname not in SEEN_OF_PRACTICE)
    return [f"{path}__{name}" for name in unseen]


def chosen_membership(request: HttpRequest) -> Membership | None:
    """The membership of the practice in the session; the only one where there is one."""
    memberships = memberships_of(request.user)
    chosen = request.session.get(PRACTICE_IN_SESSION)
    if len(memberships) == 1:
        return memberships[0]
    return next((one for one in memberships if str(one.practice_id) == chosen), None)


def enter_as(request: HttpRequest, membership: Membership) -> None:
    timezone.activate(membership.practice.time_zone)
    request.membership = membership  # type: ignore[attr-defined]
    tenancy.assume(
        Scope.staff(
            practice_id=membership.practice_id,
            membership_id=membership.id,
            clinical=membership.is_clinical,
        )
    )
    if membership.role == Role.SUPERVISOR:
        record_supervision(request)


def record_supervision(request: HttpRequest) -> None:
    """A supervisor treats nobody, so each page and each call of theirs is on record, refused ones too."""
    match = request.resolver_match
    named = {name: value for name, value in (match.kwargs if match else {}).items() if isinstance(value, UUID)}
    audit.record(
        "supervisor.called",
        object_id=next(iter(named.values()), None),
        couple_id=named.get("couple_id"),
        route=match.url_name if match else None,
    )


def audience(who: Audience) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.audience = who  # type: ignore[attr-defined]
        return view

    return mark


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    return audience(PUBLIC)(view)


def sign_in(view: Callable[..., Any]) -> Callable[..., Any]:
    return audience(SIGN_IN)(view)


def staff(*roles: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return audience(Staff(*roles))


def calendar_program(view: Callable[..., Any]) -> Callable[..., Any]:
    return audience(CalendarProgram())(view)


CLINICIANS = (Role.OWNER, Role.THERAPIST, Role.SUPERVISOR)


def audience_of(view: Callable[..., Any]) -> Audience:
    """The audience of a resolved view. Raises ImproperlyConfigured for a view that says none, or is asynchronous."""
    if iscoroutinefunction(view):
        raise ImproperlyConfigured(
            f"{view.__module__} has an asynchronous view: it may leave the request's connection."
        )
    who = getattr(view, "audience", None) or getattr(getattr(view, "cls", None), "audience", None)
    if who is None and view.__module__.startswith("allauth."):
        return SIGN_IN
    if who is None:
        raise ImproperlyConfigured(f"{view.__module__}.{getattr(view, '__name__', view)} says no audience.")
    return who  # type: ignore[no-any-return]
