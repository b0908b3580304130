"""B08 and B09: nothing that stands in an inbox, a title, a tab, a cookie or a file name says what this is about.

Every mail in every language, and every page that a partner or somebody without an account can reach.
"""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import allauth
import pytest
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.test import Client, RequestFactory, override_settings
from django.utils import translation

from assessments.alerts import MAILS
from assessments.digest import send_digest
from practice.checks import neutral_addresses
from practice.content import client_texts
from practice.mail import send_plain
from practice.models import Practice
from tests.assessments.flagged import raise_flag, run_outbox
from tests.assessments.partner_pages import address, pages_of
from tests.factories import (
    as_worker,
    assign,
    client_of,
    make_couple,
    make_download,
    partner_client,
    partner_of,
    sheet_of,
)
from tests.test_routes import PATTERNS, arguments

ROOT = Path(__file__).parent.parent
# Beginnings of words that name the people, the work or what is asked, in the languages of this list.
FORBIDDEN = re.compile(
    r"\b(?:couple|partner|spous|husband|wife|wives|marriage|marital|divorce|separat|relationship|therap|counsel|abus"
    r"|violen|neglect|affair|intima|sexual|depress|suicid|diagnos|assess|question|survey|safety|risk|attune"
    r"|paar|beziehung|ehe|eheleut|scheidung|beratung|gewalt|missbrauch|vernachl|fragebogen|sicherheit"
    r"|conjoint|mariage|épou|thérap|conseil conjug|maltrait|négligen"
    r"|pareja|matrimoni|espos|terapi|consejer|abuso|maltrato|negligen"
    r"|coppia|coniug|violenz|trascurat|casal|casamento|relacionament|relación|relation)\w*",
    re.IGNORECASE,
)
LANGUAGES = [code for code, _ in settings.LANGUAGES]
# Addresses that open or count something at somebody else's, or hide where they lead.
TRACKING = re.compile(
    r"[?&](?:utm_\w*|mc_\w*|fbclid|gclid|trk|track|open|click|pixel|redirect|next|url|u)=", re.IGNORECASE
)
TELLTALE_HEADERS = ("list-", "x-", "precedence", "disposition-notification-to", "return-receipt-to", "feedback-id")


def told(text: str) -> list[str]:
    return [match.group() for match in FORBIDDEN.finditer(text)]


@pytest.mark.parametrize(
    "text",
    ["Your couple’s form", "ENA assessment", "Paarberatung", "From: Attune", "La pareja", "Thérapie", "safety check"],
)
def test_a_telling_word_is_found(text: str) -> None:
    assert told(text)


# Mails


def account_mails() -> list[str]:
    """The mails of sign-in that can be sent: ours, and those of the library that we have not written anew."""
    found = {
        path.name.removesuffix("_subject.txt")
        for folder in (ROOT / "templates", Path(allauth.__file__).parent / "templates")
        for path in (folder / "account/email").glob("*_subject.txt")
    }
    return sorted(found)


CONTEXT = {
    "password_reset_url": "https://appointments.example/x",
    "activate_url": "https://appointments.example/x",
    "email": "alice@example.org",
    "code": "4321",
    "key": "x",
}
# Ours alone are sent: codes and notes of changes are switched off in the settings.
SENT = {"account_already_exists", "email_confirmation", "password_reset_key", "unknown_account"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_mails_of_sign_in_are_neutral_in_every_language(language: str, rf: RequestFactory) -> None:
    with translation.override(language):
        for name in SENT:
            mail = get_adapter(rf.get("/")).render_mail(f"account/email/{name}", "alice@example.org", dict(CONTEXT))
            assert told(f"{mail.subject} {mail.body} {mail.from_email}".replace(" of your practice", "")) == []


def test_no_other_mail_of_sign_in_is_sent() -> None:
    ours = {path.name.removesuffix("_subject.txt") for path in (ROOT / "templates/account/email").glob("*_subject.txt")}
    assert ours == SENT
    assert set(account_mails()) >= SENT
    assert settings.ACCOUNT_EMAIL_NOTIFICATIONS is False
    assert settings.ACCOUNT_EMAIL_VERIFICATION == "none"
    assert not getattr(settings, "ACCOUNT_LOGIN_BY_CODE_ENABLED", False)
    assert not getattr(settings, "ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED", False)


@pytest.fixture
def mails(alice: Any, olive: Any, practice: Practice, smtp: Any, settings: Any) -> list[Any]:
    """One of each kind that the product sends."""
    couple = make_couple(alice, label="Secret & Label", names=("Dana", "Erin"), email=True)
    assign(alice, couple, "ena-ck")
    raise_flag(alice, partner_of(alice, couple, 1))
    run_outbox()
    for step, (subject, body) in MAILS.items():
        send_plain(
            to=f"{step}@example.org",
            subject=subject,
            body=body,
            sender_name=practice.sender_name,
            message_id=practice.id,
        )
    with as_worker(practice):
        send_digest(alice.id)
    Client().post("/accounts/password/reset/", {"email": "alice@riverside.example"})
    Client().post("/accounts/password/reset/", {"email": "nobody@riverside.example"})
    return list(smtp.messages)


@pytest.mark.database
def test_mails_say_nothing_and_track_nothing(mails: list[Any]) -> None:
    assert {mail["To"].partition("@")[0] for mail in mails} >= {"dana", "erin", "alice", "cora", "nobody", *MAILS}
    for mail in mails:
        assert told(seen_in_an_inbox(mail)) == []
        assert list(traces_of(mail)) == []


def seen_in_an_inbox(mail: Any) -> str:
    """Subject, sender, every other header but the reader's own address, and the text with its links."""
    headers = " ".join(f"{name}: {value}" for name, value in mail.items() if name != "To")
    # The owner of the practice is named to whoever works there.
    return f"{headers} {mail.get_content()}".replace("owner of your practice", "")


def traces_of(mail: Any) -> Iterator[str]:
    """What would tell a sender that a mail was opened, or where its reader went."""
    if mail.get_content_type() != "text/plain" or mail.is_multipart():
        yield mail.get_content_type()
    yield from (name for name in mail if name.lower().startswith(TELLTALE_HEADERS))
    links = re.findall(r"https?://\S+", mail.get_content())
    yield from links[1:]
    own = urlsplit(settings.SITE_URL).netloc
    yield from (link for link in links if urlsplit(link).netloc not in (own, "testserver") or TRACKING.search(link))
    yield from re.findall(r"<\w+[^>]*>", mail.get_content())


@pytest.mark.parametrize(
    ("header", "value", "body"),
    [
        ("Subject", "Your couple form", "Hello"),
        ("List-Unsubscribe", "<https://mail.example/u>", "Hello"),
        ("Disposition-Notification-To", "owner@example.org", "Hello"),
        ("Subject", "Form", '<img src="https://mail.example/pixel.gif">'),
        ("Subject", "Form", "https://localhost:8000/f/x/?utm_source=mail"),
        ("Subject", "Form", "https://click.example/f/x/"),
    ],
)
def test_a_telling_or_tracking_mail_is_found(header: str, value: str, body: str) -> None:
    mail = EmailMessage()
    mail[header] = value
    mail.set_content(body)
    assert told(seen_in_an_inbox(mail)) or list(traces_of(mail))


@pytest.mark.database
def test_mails_are_what_was_read_and_agreed_to(mails: list[Any]) -> None:
    """A snapshot: who changes a mail changes tests/mails.txt, and somebody reads it."""
    seen = sorted({snapshot(mail) for mail in mails})
    assert "\n---\n".join(seen) + "\n" == (ROOT / "tests/mails.txt").read_text()


def snapshot(mail: Any) -> str:
    names = sorted(name for name in mail if name not in ("To", "Date", "Message-ID"))
    body = "\n".join(re.sub(r"https?://\S+", "LINK", mail.get_content()).strip().splitlines())
    return "\n".join([*(f"{name}: {mail[name]}" for name in names), "", body])


def test_senders_and_texts_are_neutral_in_every_language() -> None:
    assert told(" ".join(Practice.SenderName.values)) == []
    texts = client_texts()
    for key in ("invitation_subject", "invitation_body"):
        assert {language: told(words) for language, words in texts[key].items()} == {one: [] for one in texts[key]}


# Pages


class Seen(HTMLParser):
    """What stands in a tab, what a page loads and where it sends: (tag, attribute, address), titles and link texts."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.metas: list[dict[str, Any]] = []
        self._in = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        self._in = tag if tag in ("title", "a", "button") else self._in
        self.links += [""] if tag in ("a", "button") else []
        self.metas += [given] if tag == "meta" else []
        loaded = given.get("src") or (given.get("href") if tag == "link" else None)
        self.loads += [loaded] if loaded else []

    def handle_endtag(self, tag: str) -> None:
        self._in = "" if tag == self._in else self._in

    def handle_data(self, data: str) -> None:
        if self._in == "title":
            self.titles.append(data.strip())
        elif self._in:
            self.links[-1] += data


def seen(response: Any) -> Seen:
    parser = Seen()
    parser.feed(response.content.decode())
    return parser


@pytest.fixture
def shown(alice: Any, couple: Any, dana: Any) -> list[Any]:
    """Every page that a partner or a stranger gets, errors and the way out included."""
    sheets = [sheet_of(alice, assign(alice, couple, form), dana) for form in ("ena-c", "ena-ck")]
    guest = Client(raise_request_exception=False)
    answers = [guest.get(place) for place in ("/f/", "/f/some-key/", "/p/", "/p/help/", "/p/leave/", "/nowhere/")]
    for sheet in sheets:
        browser = partner_client(sheet)
        answers += [browser.get(address(page)) for page in pages_of(sheet)]
        for name, pattern in PATTERNS.items():
            if name.startswith(("partner-", "receipt")) and not arguments(pattern):
                answers += [browser.get(f"/{pattern}"), browser.post(f"/{pattern}")]
    return answers


@pytest.mark.database
def test_pages_name_nothing_and_load_nothing_from_elsewhere(shown: list[Any]) -> None:
    assert len(shown) > 60
    pages = [seen(answer) for answer in shown if "html" in answer.headers.get("Content-Type", "")]
    assert {title for page in pages for title in page.titles} == {"Form"}
    # Help lines are named as they are, the same for everybody: they are what the page is for.
    links = {text.strip() for page in pages for text in page.links}
    lines = {line for line in links if told(line)}
    assert all("Hotline" in line or "Lifeline" in line or "Line" in line for line in lines)
    assert {one for page in pages for one in page.loads if not one.startswith("/static/")} == set()
    assert [meta for page in pages for meta in page.metas if "http-equiv" in meta or "refresh" in str(meta)] == []


@pytest.mark.database
def test_cookies_addresses_and_file_names_are_neutral(shown: list[Any], alice: Any, dana: Any, client: Client) -> None:
    cookies = {name for answer in shown for name in answer.cookies}
    assert cookies <= {"csrf", "session", "form", "link"}
    staff = client_of(alice)
    assert told(" ".join([*cookies, *staff.cookies, settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME])) == []
    places = {answer.headers["Location"] for answer in shown if "Location" in answer.headers}
    assert told(" ".join(places)) == []
    assert told(" ".join(p for name, p in PATTERNS.items() if p.startswith(("p/", "f/")))) == []
    download = make_download(alice, dana)[1]
    assert told(staff.post(f"/downloads/{download}/").headers["Content-Disposition"]) == []


def test_addresses_of_the_mail_server_and_the_site_are_checked_where_it_is_installed() -> None:
    assert neutral_addresses(None) == []
    for name, value in (
        ("SITE_URL", "https://couples-therapy.example"),
        ("DEFAULT_FROM_EMAIL", "Office <couples@practice.example>"),
        ("ALLOWED_HOSTS", ["partner.example"]),
    ):
        with override_settings(**{name: value}):
            assert [warning.id for warning in neutral_addresses(None)] == ["practice.W001"]
