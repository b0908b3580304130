"""Bearer tokens of members, for programs. Got with e-mail, password and second factor; shown once, stored hashed.

Runs at the gate. Every try is counted before it is checked, by the same limits as signing in by hand, and what is
wrong is not told apart.
"""

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.mfa.base.forms import BaseAuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from practice import audit, tenancy
from practice.access import enter_as, memberships_of, practice_required
from practice.errors import DomainError
from practice.models import ApiToken, Membership, User


class InvalidCredentials(DomainError):
    """This did not work. Check the e-mail address, the password, the code and the practice."""

    code = "invalid_credentials"
    status = 401


class OtpRequired(DomainError):
    """This account has a second factor: send its code as “otp”."""

    code = "otp_required"
    status = 401


class TooManyTries(DomainError):
    """Too many tries. Wait a few minutes."""

    code = "throttled"
    status = 429
    # The longest window of allauth's limits on failed sign-ins.
    retry_after = 300


def member_who_signs_in(
    request: HttpRequest, *, email: str, password: str, otp: str = "", practice: str = ""
) -> Membership:
    """Who gave these credentials, in which practice (its slug; needed by those who belong to several).

    Raises InvalidCredentials, OtpRequired, TooManyTries, PracticeRequired.
    """
    user = _user_with(request, email=email, password=password)
    if is_mfa_enabled(user):
        _check_otp(user, otp)
    memberships = memberships_of(user)
    if len(memberships) > 1 and not practice:
        raise practice_required(memberships)
    found = next((one for one in memberships if practice in ("", one.practice.slug)), None)
    if found is None:
        raise InvalidCredentials
    return found


def issue_token(request: HttpRequest, membership: Membership, *, name: str) -> tuple[ApiToken, str]:
    """A token bound to this membership, and its secret, which nothing shows again. Leaves the member in scope."""
    tenancy.assume(None)
    token, secret = ApiToken.objects.create(
        User(pk=membership.user_id), membership=membership, practice_id=membership.practice_id, name=name
    )
    enter_as(request, membership)
    audit.record("token.created", object_id=token.id)
    return token, secret


def tokens_of(membership: Membership) -> QuerySet[ApiToken]:
    own: QuerySet[ApiToken] = ApiToken.objects.filter(practice_id=membership.practice_id, membership=membership)
    return own


def revoke_token(token: ApiToken) -> None:
    """The next request with it is refused."""
    token.delete()
    audit.record("token.revoked", object_id=token.id)


def _user_with(request: HttpRequest, *, email: str, password: str) -> User:
    if not ratelimit.consume(request, action="login"):
        raise TooManyTries
    try:
        user: User | None = get_adapter().authenticate(request, email=email, password=password)
    except ValidationError as error:
        raise TooManyTries from error
    if user is None or not user.is_active:
        raise InvalidCredentials
    return user


def _check_otp(user: User, otp: str) -> None:
    if not otp:
        raise OtpRequired
    form = BaseAuthenticateForm({"code": otp}, user=user)
    if form.is_valid():
        form.authenticator.record_usage()
    elif form.has_error("code", "too_many_login_attempts"):
        raise TooManyTries
    else:
        raise InvalidCredentials
