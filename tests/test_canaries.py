"""B05: a text of its own in every private field, the whole product run, and every artifact searched for them."""

import io
import logging
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import structlog
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from assessments.models import AnswerSheet, SafetyFlag
from practice.logs import configure
from practice.tasks import ring
from tests.api.clients import V1, api_of, partner_api
from tests.assessments.joint import agree
from tests.attacks import connect
from tests.canaries import (
    files_below,
    found,
    private_fields,
    rows_of_every_table,
    text_of_pdf,
    texts,
    valkey,
)
from tests.factories import (
    as_staff,
    client_of,
    deliver_outbox,
    full_answers,
    partner_client,
    with_cover,
)
from tests.practice.test_tenancy_log import log  # noqa: F401 - PostgreSQL's log, turned up
from tests.test_routes import PATTERNS, arguments

pytestmark = [pytest.mark.database, pytest.mark.urls("tests.urls")]
# Of each partner where the field is theirs; `note` in `entries` of a week is encrypted inside the JSON.
OF_EACH = ("name", "email", "phone", "neutral_name")
CANARIES = {
    "clients.couple.label": "qzlabel01",
    **{
        f"clients.partner.{name} {who}": f"qz{who}{name.replace('_', '')}02"
        for name in ("name", "neutral_name")
        for who in ("dana", "erin")
    },
    **{f"clients.partner.email {who}": f"qz{who}mail03@example.org" for who in ("dana", "erin")},
    "clients.partner.phone dana": "0301234500771",
    "clients.partner.phone erin": "0301234500772",
    "clients.coupleimport.content": "qzimport18",
    "clients.counselingsession.note": "qzsession04",
    "clients.counselingsession.note erin": "qztalk05",
    "clients.hold.reason": "qzhold19",
    "assessments.flagevent.note": "qzflag06",
    "assessments.planchange.reason": "qzreason07",
    "assessments.specificrequest.wording": "qzwording08",
    "assessments.specificrequest.agreed_wording": "qzsmaller09",
    "assessments.goal.behaviour": "qzbehaviour10",
    "assessments.goal.behaviour erin": "qzbehaviour11",
    "assessments.goal.how_counted": "qzcounted12",
    "assessments.goal.levels": "qzlevel13",
    "assessments.weekreport.small_wins dana": "qzdanawin14",
    "assessments.weekreport.small_wins erin": "qzerinwin15",
    "assessments.weekreport.entries.note dana": "qzdananote16",
    "assessments.weekreport.entries.note erin": "qzerinnote17",
}
# A safety line by its id: a number says nothing by itself, its line beside it does.
ANSWERED = {"answers": "experienced.SC1"}
OF_ERIN = {name for name in CANARIES if name.endswith("erin")}
SHARED = {"assessments.specificrequest.wording", "assessments.specificrequest.agreed_wording"} | {
    f"assessments.goal.{name}" for name in ("behaviour", "how_counted", "levels")
}


def of(name: str) -> str:
    return CANARIES[name]


@dataclass
class Run:
    """What came out of one run of the product."""

    rows: dict[str, str]
    artifacts: dict[str, str]
    pages: dict[str, str]
    partner: str
    joint: str
    record: str
    mails: list[Any]
    log: Callable[[], str]


def test_every_private_field_has_a_canary() -> None:
    """A new field with words in it is given a canary here, or is named in tests/canaries.py as no private one."""
    assert private_fields() == {name.partition(" ")[0] for name in CANARIES if ".entries." not in name}
    assert {name for name, encrypted in texts().items() if encrypted} == private_fields() - {"clients.couple.label"}
    assert len(set(CANARIES.values())) == len(CANARIES)


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """The application's log with everything in it that the product lets through."""
    root = logging.getLogger()
    kept = root.handlers, root.level
    configure({"level": "DEBUG"})
    stream = io.StringIO()
    root.handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield stream
    root.handlers, root.level = kept


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def person(who: str) -> dict[str, Any]:
    contact = {"channel": "email", "neutral_name": of(f"clients.partner.neutral_name {who}")}
    given = {name: of(f"clients.partner.{name} {who}") for name in ("name", "email", "phone")}
    return {**given, "safe_contact": contact}


class Journey:
    """The product from the couple to the record, through its API and its pages."""

    def __init__(self, therapist: Any) -> None:
        self.therapist, self.program, self.browser = therapist, api_of(therapist), client_of(therapist)
        self.browser.raise_request_exception = False

    def post(self, where: str, given: dict[str, Any], status: int = 201) -> dict[str, Any]:
        answer = self.program.post(f"{V1}{where}", given, format="json", headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code == status, (where, answer.content)
        found: dict[str, Any] = answer.json()
        return found

    def run(self) -> None:
        made = self.post(
            "couples/", {"label": of("clients.couple.label"), "partners": [person("dana"), person("erin")]}
        )
        self.couple = made["id"]
        self.partners = {who: one["id"] for who, one in zip(("dana", "erin"), made["partners"], strict=True)}
        self.look_at_a_file()
        self.plan()
        self.sheets = {form: self.assign(form) for form in ("ena-c", "ena-ck")}
        deliver_outbox()
        for who in ("dana", "erin"):
            self.answer(who)
        self.sessions()
        self.settle()

    def look_at_a_file(self) -> None:
        """Couples to import, looked at and not confirmed."""
        rows = f"label,partner1_name,partner2_name\n{of('clients.coupleimport.content')},Finn,Gil\n"
        file = SimpleUploadedFile("couples.csv", rows.encode(), "text/csv")
        assert self.browser.post("/couples/import/", {"file": file}).status_code == 200

    def plan(self) -> None:
        plan = f"couples/{self.couple}/plan/"
        held = self.program.put(f"{V1}{plan}", {"active_step": "S3"}, format="json")
        assert held.status_code in (200, 201), held.content
        both = list(self.partners.values())
        reason = of("assessments.planchange.reason")
        self.activity = self.post(f"{plan}activities/", {"template": "P33", "partners": both})["id"]
        gated = {"template": "P31", "partners": both, "override_reason": reason}
        self.post(f"{plan}activities/", gated)
        asked = {"asked_by": both[1], "wording": of("assessments.specificrequest.wording"), "cadence": "weekly"}
        request = self.post(f"{plan}requests/", asked)["id"]
        smaller = {"answer": "smaller_yes", "agreed_wording": of("assessments.specificrequest.agreed_wording")}
        answer = self.program.patch(f"{V1}{plan}requests/{request}/", smaller, format="json")
        assert answer.status_code == 200, answer.content
        for owner, suffix in ((None, ""), (both[1], " erin")):
            self.post(f"{plan}goals/", self.goal(owner, suffix))

    def goal(self, owner: str | None, suffix: str) -> dict[str, Any]:
        return {
            "domain": "PR",
            "behaviour": of(f"assessments.goal.behaviour{suffix}"),
            "how_counted": of("assessments.goal.how_counted") if not owner else "days",
            "levels": [of("assessments.goal.levels") if not owner else "none", "1", "2", "3", "4"],
            "review_on": (timezone.localdate() + timedelta(days=1)).isoformat(),
            **({"owner": owner} if owner else {}),
        }

    def assign(self, form: str) -> dict[str, AnswerSheet]:
        made = self.post("assignments/", {"couple": self.couple, "instrument": form})
        with as_staff(self.therapist):
            rows = AnswerSheet.objects.select_related("partner", "couple").filter(wave__assignment=made["id"])
            by_partner = {str(one.partner_id): one for one in rows}
        return {who: by_partner[partner] for who, partner in self.partners.items()}

    def answer(self, who: str) -> None:
        week = self.sheets["ena-ck"][who]
        program = partner_api(week)
        given = {
            "activities": {self.activity: {"done": 2, "note": of(f"assessments.weekreport.entries.note {who}")}},
            "small_wins": [{"text": of(f"assessments.weekreport.small_wins {who}"), "share_via_therapist": False}],
        }
        saved = program.put(f"{V1}partner/weeks/{week.week_of.isoformat()}/", given, format="json")  # type: ignore[union-attr]
        assert saved.status_code == 200, saved.content
        for form, value in (("ena-ck", 1), ("ena-c", 4 if who == "erin" else 1)):
            sheet = self.sheets[form][who]
            program = partner_api(sheet)
            where = f"{V1}partner/sheets/{sheet.id}/"
            answers = program.patch(f"{where}answers/", {"answers": full_answers(sheet, value)}, format="json")
            assert answers.status_code == 200, answers.content
            assert program.post(f"{where}submit/", {}, format="json").status_code == 200

    def sessions(self) -> None:
        held = {"held_at": timezone.now().isoformat(), "safety_reviewed": True}
        where = f"couples/{self.couple}/sessions/"
        note, alone = of("clients.counselingsession.note"), of("clients.counselingsession.note erin")
        self.post(where, {**held, "kind": "couple", "note": note})
        self.post(where, {**held, "kind": "one_to_one", "partner": self.partners["erin"], "note": alone})

    def settle(self) -> None:
        """The alert's mails go out, every flag is closed, both agree, and the report is released and read first."""
        deliver_outbox()
        deliver_outbox()
        with as_staff(self.therapist):
            flags = list(SafetyFlag.objects.values_list("id", flat=True))
        assert flags
        for flag in flags:
            self.post(f"flags/{flag}/close/", {"reason": "referred", "note": of("assessments.flagevent.note")}, 200)
        agree(self.therapist, self.sheets["ena-c"]["dana"].couple)
        wave = str(self.sheets["ena-c"]["dana"].wave_id)
        self.report = self.post(f"couples/{self.couple}/joint-reports/", {"wave": wave})["id"]
        held = self.browser.post(f"/couples/{self.couple}/hold/", {"reason": of("clients.hold.reason")})
        assert held.status_code == 302

    def ids(self) -> dict[str, Any]:
        return {
            "couple_id": self.couple,
            "partner_id": self.partners["dana"],
            "report_id": self.report,
            "sheet_id": self.sheets["ena-c"]["dana"].id,
            "ref": "ena-c@0.2.0",
        }

    def pages(self) -> dict[str, str]:
        """Every page and call that a therapist may read about this couple, by its route."""
        self.browser.get(f"/joint-reports/{self.report}/before/")
        shown = {}
        for name, pattern in PATTERNS.items():
            if set(arguments(pattern)) <= set(self.ids()) and "partner" not in name.partition("-")[0]:
                where = "/" + pattern
                for argument in arguments(pattern):
                    where = where.replace(f"<uuid:{argument}>", str(self.ids()[argument]))
                answer = (self.program if where.startswith("/api/") else self.browser).get(where)
                shown[name] = f"{sorted(answer.headers.items())} {body_of(answer)}"
        return shown

    def record(self) -> str:
        given = {"purpose": "copy", "identity": "on", "safety": "on"}
        where = self.browser.post(f"/partners/{self.partners['dana']}/record/", given)["Location"]
        form = self.browser.get(where).context["form"]
        self.browser.post(where, dict.fromkeys(form.fields, "include"))
        self.browser.post(f"{where}files/")
        offered = self.browser.get(where).context["downloads"]
        files = [self.browser.post(f"/downloads/{one.id}/") for one, _ in offered]
        assert [answer.status_code for answer in files] == [200, 200]
        return " ".join(map(body_of, files))

    def of_partner(self, who: str) -> str:
        shown = ""
        for form in ("ena-c", "ena-ck"):
            browser, program = partner_client(self.sheets[form][who]), partner_api(self.sheets[form][who])
            for where in ("/p/", "/p/1/", "/p/week/1/", "/p/last/", "/p/check/", "/p/help/", "/p/done/", "/p/summary/"):
                shown += f"{browser.get(where).headers} {body_of(browser.get(where))}"
            for call in ("sheets/", f"sheets/{self.sheets[form][who].id}/", "joint-reports/", "results/"):
                shown += body_of(program.get(f"{V1}partner/{call}"))
            monday = self.sheets["ena-ck"][who].week_of
            shown += body_of(program.get(f"{V1}partner/weeks/{monday}/"))
        return shown

    def go_wrong(self) -> None:
        """Requests that fail, each with private words in what is sent."""
        words = " ".join(CANARIES.values())
        guest = Client(raise_request_exception=False)
        for browser in (guest, self.browser):
            browser.get("/failing/", {"search": words})
            browser.get(f"/couples/{words}/")
            browser.get("/", {"search": words})
            browser.post("/failing/", {"note": words}, headers={"Referer": f"http://testserver/?{words}"})
        self.program.post(f"{V1}couples/", {"label": words * 9, "partners": [words]}, format="json")
        self.program.post(f"{V1}couples/", words, content_type="application/json")
        guest.get(f"/f/{of('clients.couple.label')}/")


def body_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return text_of_pdf(content) if "pdf" in answer.headers.get("Content-Type", "") else content.decode()


@pytest.fixture
def run(alice: Any, smtp: Any, said: io.StringIO, temporary: Path, log: Callable[[], str]) -> Run:  # noqa: F811
    with_cover(alice)
    journey = Journey(alice)
    journey.run()
    pages = journey.pages()
    partner = journey.of_partner("dana")
    record = journey.record()
    journey.go_wrong()
    queued = valkey()
    artifacts = {"log": said.getvalue(), "queue and cache": queued, "temporary files": files_below(temporary)}
    return Run(
        rows=rows_of_every_table(),
        artifacts=artifacts,
        pages=pages,
        partner=partner,
        joint=pages["joint-report"] + pages["joint-report-pdf"] + pages["api-joint-report-pdf"],
        record=record,
        mails=list(smtp.messages),
        log=log,
    )


def test_canaries_are_found_in_allowed_places_only(run: Run) -> None:
    """One run, because it takes seconds: what each kind of artifact holds, in turn."""
    copies_hold_nothing(run)
    a_backup_holds_labels(run)
    mails_hold_an_address_and_a_neutral_name(run)
    shared = {"assessments.weekreport.small_wins dana"} | SHARED
    assert found(CANARIES, run.partner) == shared - {"assessments.specificrequest.wording"}
    assert found({**CANARIES, **ANSWERED}, run.joint) <= {f"clients.partner.name {who}" for who in ("dana", "erin")}
    of_others = {"clients.couple.label", "clients.coupleimport.content", "clients.hold.reason"}
    assert found(CANARIES, run.record) == set(CANARIES) - OF_ERIN - of_others


def copies_hold_nothing(run: Run) -> None:
    everywhere = {**CANARIES, **ANSWERED}
    assert {name: found(everywhere, text) for name, text in run.artifacts.items()} == {
        key: set() for key in run.artifacts
    }
    assert found(everywhere, run.log()) == set()
    assert all(word in run.artifacts["log"] for word in ("ZeroDivisionError", "couple"))
    assert "practice.tasks.ring" in run.artifacts["queue and cache"]


def a_backup_holds_labels(run: Run) -> None:
    """Everything else of words is encrypted; a flag names its lines, and the trail those that were opened."""
    rows = {table: found({**CANARIES, **ANSWERED}, text) for table, text in run.rows.items()}
    assert {table: names for table, names in rows.items() if names} == {
        "clients_couple": {"clients.couple.label"},
        "assessments_safetyflag": {"answers"},
    }


def mails_hold_an_address_and_a_neutral_name(run: Run) -> None:
    for mail in run.mails:
        who = [one for one in ("dana", "erin") if of(f"clients.partner.email {one}") == mail["To"]]
        allowed = {f"clients.partner.{name} {one}" for one in who for name in ("email", "neutral_name")}
        assert found({**CANARIES, **ANSWERED}, mail.as_string() + mail.get_content()) <= allowed
    assert {mail["To"].partition("@")[0] for mail in run.mails} >= {"qzdanamail03", "qzerinmail03", "alice", "cora"}


def test_control_each_artifact_tells_when_it_leaks(
    said: io.StringIO,
    temporary: Path,
    log: Callable[[], str],  # noqa: F811
) -> None:
    """Careless code of every kind, each found where it leaks."""
    label = of("clients.couple.label")
    leaked = {"clients.couple.label"}
    structlog.get_logger("attune").info(f"saved {label}")
    assert found(CANARIES, said.getvalue()) == leaked
    assert found(CANARIES, valkey()) == set()
    cache.set(f"couple {label}", of("assessments.flagevent.note"))
    assert found(CANARIES, valkey()) == leaked | {"assessments.flagevent.note"}
    ring.delay(label)
    cache.delete(f"couple {label}")
    assert found(CANARIES, valkey()) == leaked
    (temporary / "export.csv").write_text(label)
    assert found(CANARIES, files_below(temporary)) == leaked
    with connect(cursor_factory=psycopg.ClientCursor) as careless:
        careless.execute("SELECT %s", [label])
    assert found(CANARIES, log()) == leaked
