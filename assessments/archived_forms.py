"""Whether this program has the forms and plans that an imported practice uses, in exactly the wording it used."""

from uuid import UUID

from django.db import connections

from assessments.instruments import library as instruments
from assessments.plan_templates import library as templates
from practice.practices import OWNER

USED = """
SELECT instrument, content_hash FROM assessments_assignment WHERE practice_id = %(practice)s
 UNION SELECT instrument, content_hash FROM assessments_answersheet WHERE practice_id = %(practice)s
 UNION SELECT template, content_hash FROM assessments_repairplan WHERE practice_id = %(practice)s
EXCEPT SELECT identifier || '@' || version, content_hash FROM assessments_importedinstrument
        WHERE practice_id = %(practice)s
"""


def missing_forms(practice_id: UUID) -> list[str]:
    """References that were used and are neither shipped nor brought along. Asked on the owner's connection."""
    shipped = {(one.ref, one.content_hash) for one in instruments.shipped().values()}
    shipped |= {(one.ref, one.content_hash) for one in templates.shipped().values()}
    with connections[OWNER].cursor() as cursor:
        cursor.execute(USED, {"practice": practice_id})
        return sorted({ref for ref, content in cursor.fetchall() if (ref, content) not in shipped})
