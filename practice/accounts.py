from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

DEMO_PASSWORD = "attune-demo"  # noqa: S105 - public on purpose


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
