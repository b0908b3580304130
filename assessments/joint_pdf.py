"""A joint report on paper: a tagged PDF, the same bytes for the same report, made without a network or other fonts.

What people wrote goes in as data only: the template sets it as text, so nothing in a name is ever markup.
"""

import json
from pathlib import Path

import typst
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.joint_reading import ReportPage

TEMPLATE = Path(__file__).parent / "joint_report.typ"


def report_pdf(page: ReportPage) -> bytes:
    """The file. Its only date is that of the release, and it has no author and no time of making."""
    data = {
        "title": _("Summary"),
        "language": page.language,
        "released_on": date_format(page.released_on, "j F Y"),
        "header": page.header,
        "basis": page.basis,
        "topics": [
            {
                "label": topic.label,
                "lines": [{"about": line.about, "word": line.word} for line in topic.lines],
                "talk": topic.talk,
            }
            for topic in page.topics
        ],
    }
    inputs = {"report": json.dumps(data)}
    return typst.compile(TEMPLATE, format="pdf", sys_inputs=inputs, ignore_system_fonts=True)
