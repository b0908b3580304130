"""Every route and who may call it. A route without a row here fails; so does a row without a route.

A row says what each role gets for the object of Alice's couple, with an empty body. Unknown and foreign objects are
answered alike, byte for byte.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from assessments.models import AnswerSheet, Assignment, SafetyFlag
from assessments.session_ratings import Ratings, save_rated_session
from clients.access import PARTNER_COOKIE
from clients.models import Couple, Partner
from clients.sessions import SessionDetails
from practice.models import ApiToken, Membership
from tests.attacks import as_maintenance
from tests.factories import (
    as_partner,
    as_staff,
    assign,
    at_the_gate,
    client_of,
    keep_report,
    make_download,
    make_export,
    make_plan,
    open_session,
    save,
    sheet_of,
)

pytestmark = pytest.mark.database
ROLES = ("anonymous", "admin", "owner", "colleague", "supervisor", "other", "partner", "therapist")
# What each role gets, in this order, for a GET and for a POST.
MATRIX: dict[str, tuple[str, str]] = {
    "account_change_password": ("302 200 200 200 200 200 302 200", "302 200 200 200 200 200 302 200"),
    "account_confirm_email": ("200 200 200 200 200 200 200 200", "404 404 404 404 404 404 404 404"),
    "account_confirm_login_code": ("302 302 302 302 302 302 302 302", "302 302 302 302 302 302 302 302"),
    "account_email": ("302 200 200 200 200 200 302 200", "302 302 302 302 302 302 302 302"),
    "account_email_verification_sent": ("200 200 200 200 200 200 200 200", "405 405 405 405 405 405 405 405"),
    "account_inactive": ("200 200 200 200 200 200 200 200", "405 405 405 405 405 405 405 405"),
    "account_login": ("200 302 302 302 302 302 200 302", "200 302 302 302 302 302 200 302"),
    "account_logout": ("302 200 200 200 200 200 302 200", "302 302 302 302 302 302 302 302"),
    "account_reauthenticate": ("302 200 200 200 200 200 302 200", "302 200 200 200 200 200 302 200"),
    "account_reset_password": ("200 200 200 200 200 200 200 200", "200 200 200 200 200 200 200 200"),
    "account_reset_password_done": ("200 200 200 200 200 200 200 200", "405 405 405 405 405 405 405 405"),
    "account_reset_password_from_key": ("200 200 200 200 200 200 200 200", "200 200 200 200 200 200 200 200"),
    "account_reset_password_from_key_done": ("200 200 200 200 200 200 200 200", "405 405 405 405 405 405 405 405"),
    "account_set_password": ("302 302 302 302 302 302 302 302", "302 302 302 302 302 302 302 302"),
    "account_signup": ("200 302 302 302 302 302 200 302", "200 302 302 302 302 302 200 302"),
    "agenda": ("302 404 200 200 404 200 302 200", "302 404 405 405 404 405 302 405"),
    "agenda-session-new": ("302 404 200 200 404 200 302 200", "302 404 422 422 404 422 302 422"),
    "api-assignment-pause": ("401 404 405 405 404 405 401 405", "401 404 404 404 404 404 401 409"),
    "api-assignment-resume": ("401 404 405 405 404 405 401 405", "401 404 404 404 404 404 401 200"),
    "assignment-change": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "assignment-pause": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 409"),
    "assignment-resume": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 302"),
    "calendar-feed": ("404 404 404 404 404 404 404 404", "404 404 404 404 404 404 404 404"),
    "calendar-feed-end": ("302 404 405 405 404 405 302 405", "302 404 302 302 404 302 302 302"),
    "calendar-feed-make": ("302 404 405 405 404 405 302 405", "302 404 200 200 404 200 302 200"),
    "couple-calendar": ("302 404 404 404 404 404 302 200", "302 404 405 405 405 405 302 405"),
    "session-move": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "api-answers": ("401 401 401 401 401 401 405 401", "401 401 401 401 401 401 405 401"),
    "api-assignment": ("401 404 404 404 404 404 401 200", "401 404 405 405 405 405 401 405"),
    "api-assignment-end": ("401 404 405 405 404 405 401 405", "401 404 404 404 404 404 401 200"),
    "api-assignments": ("401 404 200 200 200 200 401 200", "401 404 422 422 404 422 401 422"),
    "api-couple": ("401 404 404 404 404 404 401 200", "401 404 405 405 405 405 401 405"),
    "api-caseload": ("401 404 200 200 200 200 401 200", "401 404 405 405 405 405 401 405"),
    "api-couples": ("401 404 200 200 200 200 401 200", "401 404 422 422 404 422 401 422"),
    "api-decline": ("401 401 401 401 401 401 405 401", "401 401 401 401 401 401 200 401"),
    "api-docs": ("200 200 200 200 200 200 200 200", "405 405 405 405 405 405 405 405"),
    "api-export": ("401 404 404 404 404 404 401 200", "401 405 405 405 404 405 401 405"),
    "api-export-file": ("401 404 404 404 404 404 401 403", "401 405 405 405 404 405 401 405"),
    "api-exports": ("401 405 405 405 404 405 401 405", "401 422 422 422 404 422 401 422"),
    "api-statistics": ("401 200 200 404 404 404 401 404", "401 405 405 404 404 404 401 404"),
    "api-flag-acknowledge": ("401 404 405 405 404 405 401 405", "401 404 404 404 404 404 401 200"),
    "api-flag-close": ("401 404 405 405 404 405 401 405", "401 404 404 404 404 404 401 422"),
    "api-flag-reopen": ("401 404 405 405 404 405 401 405", "401 404 404 404 404 404 401 409"),
    "api-flags": ("401 404 200 200 200 200 401 200", "401 404 405 405 405 405 401 405"),
    "api-instrument": ("401 200 200 200 200 200 401 200", "401 405 405 405 405 405 401 405"),
    "api-instruments": ("401 200 200 200 200 200 401 200", "401 422 422 404 404 404 401 404"),
    "api-intention": ("401 401 401 401 401 401 405 401", "401 401 401 401 401 401 405 401"),
    "api-invitations": ("401 404 405 405 404 405 401 405", "401 404 404 404 404 404 401 422"),
    "api-me": ("401 200 200 200 200 200 401 200", "401 405 405 405 405 405 401 405"),
    "api-missing": ("404 404 404 404 404 404 404 404", "404 404 404 404 404 404 404 404"),
    "api-open": ("405 405 405 405 405 405 405 405", "422 422 422 422 422 422 422 422"),
    "api-own-results": ("401 401 401 401 401 401 404 401", "401 401 401 401 401 401 405 401"),
    "api-own-sheet": ("401 401 401 401 401 401 200 401", "401 401 401 401 401 401 405 401"),
    "api-own-sheets": ("401 401 401 401 401 401 200 401", "401 401 401 401 401 401 405 401"),
    "api-progress": ("401 404 404 404 404 404 401 200", "401 404 405 405 405 405 401 405"),
    "api-plan": ("401 404 404 404 404 404 401 200", "401 404 405 405 404 405 401 405"),
    "api-plan-activities": ("401 404 405 405 404 405 401 405", "401 404 404 404 404 404 401 422"),
    "api-plan-activity": ("401 404 405 405 404 405 401 405", "401 404 405 405 404 405 401 405"),
    "api-plan-goal": ("401 404 405 405 404 405 401 405", "401 404 405 405 404 405 401 405"),
    "api-plan-goals": ("401 404 404 404 404 404 401 200", "401 404 404 404 404 404 401 422"),
    "api-plan-ratings": ("401 404 405 405 404 405 401 405", "401 404 404 404 404 404 401 422"),
    "api-plan-request": ("401 404 405 405 404 405 401 405", "401 404 405 405 404 405 401 405"),
    "api-plan-requests": ("401 404 404 404 404 404 401 200", "401 404 404 404 404 404 401 422"),
    "api-plan-suggestions": ("401 404 404 404 404 404 401 200", "401 404 405 405 405 405 401 405"),
    "api-proposals": ("401 404 404 404 404 404 401 200", "401 404 405 405 405 405 401 405"),
    "api-joint-report-pdf": ("401 404 404 404 404 404 401 409", "401 404 405 405 404 405 401 405"),
    "api-joint-report-withdraw": ("401 404 405 405 404 405 401 405", "401 404 404 404 404 404 401 200"),
    "api-joint-reports": ("401 404 404 404 404 404 401 200", "401 404 404 404 404 404 401 409"),
    "api-own-choices": ("401 401 401 401 401 401 200 401", "401 401 401 401 401 401 405 401"),
    "api-own-data": ("401 401 401 401 401 401 200 401", "401 401 401 401 401 401 405 401"),
    "api-own-joint-reports": ("401 401 401 401 401 401 200 401", "401 401 401 401 401 401 405 401"),
    "api-results": ("401 404 404 404 404 404 401 200", "401 404 405 405 405 405 401 405"),
    "api-schema": ("200 200 200 200 200 200 200 200", "405 405 405 405 405 405 405 405"),
    "api-session": ("401 404 405 405 404 405 401 405", "401 404 405 405 404 405 401 405"),
    "api-session-cancel": ("401 404 405 405 404 405 401 405", "401 404 404 404 404 404 401 200"),
    "api-sessions": ("401 404 404 404 404 404 401 200", "401 404 404 404 404 404 401 422"),
    "api-submit": ("401 401 401 401 401 401 405 401", "401 401 401 401 401 401 200 401"),
    "api-token": ("401 405 405 405 405 405 401 405", "401 405 405 405 405 405 401 405"),
    "api-tokens": ("401 200 200 200 200 200 401 200", "422 422 422 422 422 422 422 422"),
    "api-week": ("401 401 401 401 401 401 200 401", "401 401 401 401 401 401 405 401"),
    "assignment-end": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 302"),
    "choose-practice": ("302 200 200 200 200 200 302 200", "302 200 200 200 200 200 302 200"),
    "consent-record": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 302"),
    "consent-withdraw": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 302"),
    "couple": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 200"),
    "couple-ask-again": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 409"),
    "couple-assign": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "couple-close": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "couple-delete": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 409"),
    "couple-edit": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "couple-hand-over": ("302 200 200 200 404 200 302 200", "302 422 422 422 404 422 302 422"),
    "couple-hold": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "couple-hold-lift": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 409"),
    "couple-import": ("302 404 200 200 404 200 302 200", "302 404 422 422 404 422 302 422"),
    "couple-import-template": ("302 404 200 200 404 200 302 200", "302 404 405 405 404 405 302 405"),
    "couple-lines": ("302 404 405 405 405 405 302 405", "302 404 404 404 404 404 302 404"),
    "couple-new": ("302 404 200 200 404 200 302 200", "302 404 422 422 404 422 302 422"),
    **dict.fromkeys(
        ("couple-prepare", "couple-progress", "couple-room"),
        ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 200"),
    ),
    "couple-plan": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 302"),
    "couple-plan-activity-dose": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 422"),
    "couple-plan-activity-end": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 422"),
    "couple-plan-activity-new": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 404"),
    "couple-plan-goal-end": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 302"),
    "couple-plan-goal-new": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "couple-plan-goal-rate": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 422"),
    "couple-plan-request-answer": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 422"),
    "couple-plan-request-end": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 302"),
    "couple-plan-request-new": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 422"),
    "couple-record-request": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "couple-results": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 200"),
    "couple-sessions": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 200"),
    "couples-assign": ("302 404 302 302 404 302 302 302", "302 404 302 302 404 302 302 302"),
    "couples-assign-undo": ("302 404 405 405 404 405 302 405", "302 404 302 302 404 302 302 302"),
    "couples-csv": ("302 404 200 200 200 200 302 200", "302 404 200 200 200 200 302 200"),
    "couples-names": ("302 404 405 405 405 405 302 405", "302 404 302 302 302 302 302 302"),
    "couples": ("302 302 200 200 200 200 302 200", "302 302 200 200 200 200 302 200"),
    "deleted": ("302 404 200 200 404 200 302 200", "302 404 404 404 404 404 302 404"),
    "flag": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 200"),
    "flag-acknowledge": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 302"),
    "flag-close": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 422"),
    "flag-reopen": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 409"),
    "flags": ("302 404 200 200 200 200 302 200", "302 404 200 200 200 200 302 200"),
    "inbox": ("302 404 200 200 404 200 302 200", "302 404 200 200 404 200 302 200"),
    "inbox-count": ("302 404 302 302 404 302 302 302", "302 404 405 405 404 405 302 405"),
    "inbox-mail": ("302 404 405 405 404 405 302 405", "302 404 302 302 404 302 302 302"),
    "inbox-set-aside": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 404"),
    "individual-mode": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 302"),
    "joint-report": ("302 404 404 404 404 404 302 302", "302 404 405 405 404 405 302 405"),
    "joint-report-brief": ("302 404 404 404 404 404 302 200", "302 404 405 405 404 405 302 405"),
    "joint-report-pdf": ("302 404 404 404 404 404 302 302", "302 404 405 405 404 405 302 405"),
    "joint-report-release": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 409"),
    "joint-report-withdraw": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 302"),
    "instrument": ("302 200 200 200 200 200 302 200", "302 200 200 200 200 200 302 200"),
    "instrument-import": ("302 200 200 404 404 404 302 404", "302 422 422 404 404 404 302 404"),
    "instruments": ("302 200 200 200 200 200 302 200", "302 200 200 200 200 200 302 200"),
    "link": ("303 303 303 303 303 303 303 303", "405 405 405 405 405 405 405 405"),
    "link-open": ("200 200 200 200 200 200 200 200", "410 410 410 410 410 410 410 410"),
    "live": ("200 200 200 200 200 200 200 200", "200 200 200 200 200 200 200 200"),
    "mfa_activate_totp": ("302 302 302 302 302 302 302 302", "302 302 302 302 302 302 302 302"),
    "mfa_authenticate": ("302 302 302 302 302 302 302 302", "302 302 302 302 302 302 302 302"),
    "mfa_deactivate_totp": ("302 404 404 404 404 404 302 404", "302 404 404 404 404 404 302 404"),
    "mfa_download_recovery_codes": ("302 404 404 404 404 404 302 404", "302 404 404 404 404 404 302 404"),
    "mfa_generate_recovery_codes": ("302 302 302 302 302 302 302 302", "302 302 302 302 302 302 302 302"),
    "mfa_index": ("302 200 200 200 200 200 302 200", "302 405 405 405 405 405 302 405"),
    "mfa_reauthenticate": ("302 302 302 302 302 302 302 302", "302 302 302 302 302 302 302 302"),
    "mfa_view_recovery_codes": ("302 404 404 404 404 404 302 404", "302 405 405 405 405 405 302 405"),
    "own-results": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 302"),
    "partner-check": ("410 410 410 410 410 410 200 410", "410 410 410 410 410 410 405 410"),
    "partner-decline": ("410 410 410 410 410 410 200 410", "410 410 410 410 410 410 303 410"),
    "partner-help": ("200 200 200 200 200 200 200 200", "405 405 405 405 405 405 405 405"),
    "partner-intention": ("410 410 410 410 410 410 200 410", "410 410 410 410 410 410 303 410"),
    "partner-intention-save": ("410 410 410 410 410 410 405 410", "410 410 410 410 410 410 204 410"),
    "partner-leave": ("303 303 303 303 303 303 303 303", "303 303 303 303 303 303 303 303"),
    "partner-leaves": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 302"),
    "partner-me": ("410 410 410 410 410 410 200 410", "410 410 410 410 410 410 303 410"),
    "partner-page": ("410 410 410 410 410 410 200 410", "410 410 410 410 410 410 303 410"),
    "partner-results": ("410 410 410 410 410 410 410 410", "410 410 410 410 410 410 405 410"),
    "partner-returns": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 302"),
    "partner-save": ("410 410 410 410 410 410 405 410", "410 410 410 410 410 410 204 410"),
    "partner-start": ("410 410 410 410 410 410 200 410", "410 410 410 410 410 410 303 410"),
    "partner-submit": ("410 410 410 410 410 410 405 410", "410 410 410 410 410 410 303 410"),
    "partner-summary": ("410 410 410 410 410 410 200 410", "410 410 410 410 410 410 405 410"),
    "partner-week": ("410 410 410 410 410 410 200 410", "410 410 410 410 410 410 303 410"),
    "partner-week-save": ("410 410 410 410 410 410 405 410", "410 410 410 410 410 410 204 410"),
    "practice-archive": ("302 404 404 404 404 404 302 404", "302 404 404 404 404 404 302 404"),
    "practice-archive-again": ("302 404 405 404 404 404 302 404", "302 404 404 404 404 404 302 404"),
    "practice-archive-offer": ("302 404 405 404 404 404 302 404", "302 404 404 404 404 404 302 404"),
    "practice-archive-remove": ("302 404 405 404 404 404 302 404", "302 404 404 404 404 404 302 404"),
    "practice-archives": ("302 404 200 404 404 404 302 404", "302 404 302 404 404 404 302 404"),
    "practice-retention": ("302 200 200 200 404 200 302 200", "302 422 422 404 404 404 302 404"),
    "practice-settings": ("302 200 200 200 200 200 302 200", "302 422 422 404 404 404 302 404"),
    "ready": ("200 200 200 200 200 200 200 200", "200 200 200 200 200 200 200 200"),
    "receipt": ("410 410 410 410 410 410 303 410", "410 410 410 410 410 410 405 410"),
    "download": ("302 405 405 405 405 405 302 405", "302 404 404 404 404 404 302 200"),
    "record": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 302"),
    "record-files": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 302"),
    "record-request": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "sheet-invite": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 409"),
    "session-cancel": ("302 404 405 405 404 405 302 405", "302 404 404 404 404 404 302 302"),
    "sheet-move": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "session-delete": ("302 404 404 404 404 404 302 409", "302 404 404 404 404 404 302 409"),
    "session-edit": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "session-new": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "statistics": ("302 200 200 404 404 404 302 404", "302 405 405 404 404 404 302 404"),
    "statistics-files": ("302 405 405 404 404 404 302 404", "302 422 422 404 404 404 302 404"),
    "statistics-across": ("302 200 200 404 404 404 302 404", "302 405 405 404 404 404 302 404"),
    "statistics-across-join": ("302 404 405 404 404 404 302 404", "302 404 302 404 404 404 302 404"),
    "statistics-across-leave": ("302 404 405 404 404 404 302 404", "302 404 302 404 404 404 302 404"),
    "talks-plan": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "team-cover": ("302 404 405 405 404 405 302 405", "302 404 422 422 404 422 302 422"),
    "team-leave": ("302 405 405 405 404 405 302 405", "302 422 422 422 404 422 302 422"),
    "team-leave-end": ("302 405 405 405 404 405 302 405", "302 404 404 404 404 404 302 404"),
    "wave-window": ("302 404 404 404 404 404 302 200", "302 404 404 404 404 404 302 422"),
    "team": ("302 200 200 200 200 200 302 200", "302 200 200 200 200 200 302 200"),
}


@dataclass(frozen=True)
class Objects:
    couple_id: uuid.UUID
    sheet_id: uuid.UUID
    assignment_id: uuid.UUID
    token_id: uuid.UUID
    partner_id: uuid.UUID
    activity_id: uuid.UUID
    request_id: uuid.UUID
    goal_id: uuid.UUID
    session_id: uuid.UUID
    flag_id: uuid.UUID
    report_id: uuid.UUID
    record_id: uuid.UUID
    download_id: uuid.UUID
    wave_id: uuid.UUID
    archive_id: uuid.UUID
    export_id: uuid.UUID
    monday: str = "2026-01-05"
    key: str = "not-a-key"
    number: int = 1
    ref: str = "ena-c@0.2.0"
    uidb36: str = "x"


def routes() -> Iterator[tuple[str, str]]:
    """The name and the pattern of every route of the URLconf."""

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, str]]:
        for one in patterns:
            where = f"{before}{one.pattern}"
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, where)
            else:
                yield one.name or "", where

    yield from walk(get_resolver().url_patterns, "")


def arguments(pattern: str) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", pattern)


PATTERNS = dict(routes())


def routes_by_object() -> dict[str, list[str]]:
    """The names of the routes that lead to an object, by the arguments that say which."""
    found: dict[str, list[str]] = {}
    for name in sorted(name for name, pattern in PATTERNS.items() if "<uuid:" in pattern):
        found.setdefault(" ".join(ids_in(name)), []).append(name)
    return found


def ids_in(name: str) -> list[str]:
    return [one for one in arguments(PATTERNS[name]) if one.endswith("_id")]


def url(name: str, objects: Objects) -> str:
    return reverse(name, kwargs={one: getattr(objects, one) for one in arguments(PATTERNS[name])})


def make_objects(
    therapist: Membership, couple: Couple, partner: Partner, instrument: str = "ena-c"
) -> tuple[Objects, AnswerSheet]:
    assignment: Assignment = assign(therapist, couple, instrument)
    sheet = sheet_of(therapist, assignment, partner)
    with at_the_gate():
        token = ApiToken.objects.create(
            user=therapist.user, membership=therapist, practice_id=therapist.practice_id, name="script"
        )[0]
    monday = str(sheet.week_of) if sheet.week_of else Objects.monday
    plan = make_plan(therapist, couple, partner)
    with as_staff(therapist):
        planned = SessionDetails(planned_at=timezone.now())
        session = save_rated_session(couple, planned, Ratings(), membership=therapist)
    save(sheet, {"experienced.CK8" if sheet.week_of else "experienced.SC1": 4})
    with as_staff(therapist):
        flag = SafetyFlag.objects.get(sheet=sheet)
    report = keep_report(therapist, sheet)
    record = make_download(therapist, partner)
    made = (couple.id, sheet.id, assignment.id, token.id, partner.id, *plan, session.id, flag.id, report.id, *record)
    return Objects(*made, sheet.wave_id, uuid.uuid4(), make_export(therapist, couple), monday=monday), sheet


@pytest.fixture
def objects(
    alice: Membership, couple: Couple, dana: Partner, request: pytest.FixtureRequest
) -> tuple[Objects, AnswerSheet]:
    """A week is on the sheet of a check-in alone."""
    name = request.node.callspec.params.get("name", "")
    return make_objects(alice, couple, dana, "ena-ck" if name.endswith(("week", "week-save")) else "ena-c")


@pytest.fixture
def browsers(
    objects: tuple[Objects, AnswerSheet],
    adam: Membership,
    olive: Membership,
    bob: Membership,
    sue: Membership,
    mallory: Membership,
    alice: Membership,
) -> dict[str, Client]:
    """A browser, or a program, of each role, in the order of ROLES. The partner's sends its token either way."""
    token, _ = open_session(objects[1])
    dana = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})
    dana.cookies[PARTNER_COOKIE] = token
    members = (adam, olive, bob, sue, mallory)
    staff = [client_of(member, raise_request_exception=False) for member in (*members, alice)]
    return dict(zip(ROLES, [Client(raise_request_exception=False), *staff[:-1], dana, staff[-1]], strict=True))


def send(browser: Client, method: str, where: str) -> int:
    return request(browser, method, where).status_code


def request(browser: Client, method: str, where: str) -> Any:
    """With an empty body: a JSON object for the API, a form for a page."""
    if where.startswith("/api/"):
        return browser.generic(method, where, data="{}", content_type="application/json")
    return browser.generic(method, where)


def statuses(browsers: dict[str, Client], method: str, where: str) -> str:
    return " ".join(str(send(browsers[role], method, where)) for role in ROLES)


def test_every_route_has_a_row() -> None:
    names = [name for name, _ in routes()]
    assert sorted(names) == sorted(MATRIX)


@pytest.mark.parametrize("name", PATTERNS)
def test_route_answers_each_role_as_listed(
    objects: tuple[Objects, AnswerSheet], browsers: dict[str, Client], name: str
) -> None:
    where = url(name, objects[0])
    got = tuple(statuses(browsers, method, where) for method in ("GET", "POST"))
    assert got == MATRIX[name]


def body(browser: Client, method: str, where: str, secret: uuid.UUID) -> tuple[int, bytes]:
    """Status and body, with the id that was asked for and the form's own token taken out."""
    response = request(browser, method, where)
    text = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", response.content)
    return response.status_code, text.replace(str(secret).encode(), b"")


def hidden(browser: Client, name: str, method: str, foreign: Objects) -> None:
    for argument in ids_in(name):
        unknown: dict[str, Any] = {argument: uuid.uuid4()}
        random = replace(foreign, **unknown)
        for_foreign = body(browser, method, url(name, foreign), getattr(foreign, argument))
        for_random = body(browser, method, url(name, random), getattr(random, argument))
        assert for_foreign == for_random
        assert for_foreign[0] == 302 or for_foreign[0] >= 400
        assert for_foreign[0] != 429


# One world serves all routes to a kind of object: to make it takes longer than to ask for one of them, and who is
# refused changes nothing.
@pytest.mark.parametrize("names", [pytest.param(names, id=ids) for ids, names in routes_by_object().items()])
def test_foreign_object_is_answered_like_one_that_does_not_exist(
    objects: tuple[Objects, AnswerSheet], bob: Membership, olive: Membership, mallory: Membership,
    trudy: Partner, erin: Partner, names: list[str], subtests: pytest.Subtests,
) -> None:  # fmt: skip
    foreign, sheet = objects
    stranger = make_objects(mallory, trudy.couple, trudy)[1]
    tokens = [open_session(one)[0] for one in (stranger, sheet_of_partner(sheet, erin))]
    staff = [client_of(member) for member in (bob, olive, mallory)]
    programs = [Client(headers={"Authorization": f"Bearer {token}"}) for token in tokens]
    for name in names:
        with subtests.test(name):
            for browser in (*staff, *programs):
                for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
                    hidden(browser, name, method, foreign)
    # Nobody was refused for having been signed out on the way.
    assert [browser.get(reverse("couples")).status_code for browser in staff] == [200] * len(staff)
    assert [browser.get(reverse("api-own-sheets")).status_code for browser in programs] == [200] * len(programs)


def sheet_of_partner(sheet: AnswerSheet, partner: Partner) -> AnswerSheet:
    """The same wave's sheet of the other partner."""
    with as_partner(partner):
        found = AnswerSheet.objects.get(wave_id=sheet.wave_id)
    found.partner, found.couple = partner, sheet.couple
    return found


@pytest.mark.parametrize(("field", "status"), [("couple", 404), ("couples", 201)])
def test_foreign_couple_in_a_body_is_answered_like_one_that_does_not_exist(
    alice: Membership, couple: Couple, other_couple: Couple, field: str, status: int
) -> None:
    def answer(couple_id: uuid.UUID) -> tuple[int, str]:
        named = str(couple_id) if field == "couple" else [str(couple_id)]
        body = {field: named, "instrument": "ena-c"}
        response = client_of(alice).post(reverse("api-assignments"), body, content_type="application/json")
        return response.status_code, response.content.decode().replace(str(couple_id), "")

    assert answer(other_couple.id) == answer(uuid.uuid4())
    assert answer(other_couple.id)[0] == status
    assert as_maintenance("SELECT count(*) FROM assessments_assignment") == [(0,)]
    assert answer(couple.id)[0] == 201
