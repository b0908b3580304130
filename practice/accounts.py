import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

DEMO_PASSWORD = "attune-demo"  # noqa: S105 - public on purpose


# What takes all of a practice away is asked for by who has just signed in, or confirmed that it is they.
RECENT = timedelta(minutes=5)


def signed_in_recently(request: HttpRequest) -> bool:
    """Whether this browser's person gave a password or a second factor within RECENT."""
    given = [one["at"] for one in get_authentication_records(request, request.user)]
    return bool(given) and time.time() - max(given) < RECENT.total_seconds()


def confirm_url(back: str) -> str:
    """Where a member confirms that it is they, and goes on to `back`."""
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"


class PasswordBackend(AuthenticationBackend):
    """Sign-in by e-mail and password. The demo's public password opens nothing outside a demo."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        return None if credentials.get("password") == DEMO_PASSWORD and not settings.DEMO else user


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by a practice, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Plain text only, with none of the site's names in it."""
        message = self.render_mail(template_prefix, email, context)
        message.alternatives = []
        message.send()
