"""Products that leak on purpose: each tells Dana, somewhere, that there is a flag of Erin's."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse

from tests.attacks import as_maintenance

COUNT = """
SELECT count(*) FROM assessments_safetyflag flag JOIN clients_partner own ON own.couple_id = flag.couple_id
 WHERE own.id = %s AND flag.partner_id <> own.id
"""


def body(response: HttpResponse) -> None:
    response.content += b" "


def headers(response: HttpResponse) -> None:
    response["X-Urgent"] = "1"


def cookies(response: HttpResponse) -> None:
    response.set_cookie("theme", "dark")


def status(response: HttpResponse) -> None:
    response.status_code += 3


def statements(response: HttpResponse) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


LEAKS: dict[str, Callable[[HttpResponse], None]] = {
    one.__name__: one for one in (body, headers, cookies, status, statements)
}


class Leaking:
    """Middleware around the view alone. `by` is how; None keeps everything."""

    by: Callable[[HttpResponse], None] | None = None

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session: Any = getattr(request, "partner_session", None)
        if Leaking.by and session and flags_beside(session.partner_id):
            Leaking.by(response)
        return response


def flags_beside(partner_id: UUID) -> int:
    """How many flags the other partner has; asked as no role of a partner could."""
    return int(as_maintenance(COUNT, partner_id)[0][0])
