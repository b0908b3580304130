"""What an installation should not be called, checked by `manage.py check --deploy`."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from practice.content.wording import names_the_topic


@register(Tags.security, deploy=True)
def neutral_addresses(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The address of the site and of its mails stands in a partner's history, inbox and preview."""
    shown = [urlsplit(settings.SITE_URL).hostname or "", settings.DEFAULT_FROM_EMAIL, *settings.ALLOWED_HOSTS]
    telling = [address for address in shown if names_the_topic(address)]
    hint = "Choose a host name and a sender that say nothing of couples, partners or therapy."
    return [Warning(f"An address says what it is about: {', '.join(telling)}.", hint=hint, id="practice.W001")] * bool(
        telling
    )
