from django.http import HttpResponse
from django.views.decorators.http import require_safe

from assessments.joint_reading import report_for_partner
from clients.access import PartnerRequest, partner
from clients.partner_pages import partner_page, practice_of_partner


@partner
@require_safe
def summary(request: PartnerRequest) -> HttpResponse:
    """A released joint report; else one page, whatever the reason that there is none."""
    page = report_for_partner(request.partner_session.partner_id)
    return partner_page(request, "summary", practice_of_partner(), page=page)
