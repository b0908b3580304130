from clients.models.couple import Couple, Partner, Treatment
from clients.models.holds import Hold
from clients.models.imports import CoupleImport
from clients.models.links import Invitation, LinkKey, PartnerSession
from clients.models.records import Consent, RecordDecision, RecordRequest
from clients.models.sessions import CounselingSession

__all__ = [
    "Consent",
    "CounselingSession",
    "Couple",
    "CoupleImport",
    "Hold",
    "Invitation",
    "LinkKey",
    "Partner",
    "PartnerSession",
    "RecordDecision",
    "RecordRequest",
    "Treatment",
]
