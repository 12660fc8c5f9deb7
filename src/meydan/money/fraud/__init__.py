"""Fraud: assesses payments before they are fulfilled, and gifts for rings. The queue for staff is in ``cases``."""

from meydan.money.fraud import cases, personal_data, tasks  # noqa: F401 -- importing the room registers jobs and what it keeps of a person
from meydan.money.fraud.assessment import Verdict, do_assess_payment, do_assess_renewal
from meydan.money.fraud.cases import CaseStatus, Choice, Decision, PersonGone
from meydan.money.fraud.fingerprints import do_record_card
from meydan.money.fraud.reviewer import FraudReviewer
from meydan.money.fraud.rules import Finding
from meydan.money.fraud.scoring import Outcome
from meydan.money.fraud.settings import FraudSettings

__all__ = [
    "CaseStatus",
    "Choice",
    "Decision",
    "Finding",
    "FraudReviewer",
    "FraudSettings",
    "Outcome",
    "PersonGone",
    "Verdict",
    "cases",
    "do_assess_payment",
    "do_assess_renewal",
    "do_record_card",
]
