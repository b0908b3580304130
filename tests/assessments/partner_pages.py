"""A partner's pages, and what a browser gets of them without the token that is new each time."""

import re

from assessments.models import AnswerSheet
from assessments.sheets import form_of
from tests.factories import as_partner

TOKEN = re.compile(rb'(csrfmiddlewaretoken" value|data-leave-token|name="shown" value)="[\w:-]+"')


def pages_of(sheet: AnswerSheet):
    with as_partner(sheet.partner):
        return form_of(AnswerSheet.objects.get(pk=sheet.pk)).pages


def bytes_of(response) -> tuple:
    cookies = sorted(response.cookies)
    return response.status_code, dict(response.headers), cookies, TOKEN.sub(rb"\1", response.content)


def address(page) -> str:
    return f"/p/{page.number}/"
