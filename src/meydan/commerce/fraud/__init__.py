"""Fraud: whether a payment is what it seems, before what it bought is given. The queue for staff is in ``cases``."""

from meydan.commerce.fraud.judging import Verdict, do_judge, do_look_at_renewal
from meydan.commerce.fraud.marks import do_see_card
from meydan.commerce.fraud.scoring import Outcome
from meydan.commerce.fraud.settings import FraudSettings

__all__ = ["FraudSettings", "Outcome", "Verdict", "do_judge", "do_look_at_renewal", "do_see_card"]
