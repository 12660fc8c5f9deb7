"""From findings to what follows: points are added up, and the community's thresholds say what that many mean."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from meydan.money.fraud.rules import PAYMENT_RULES, RENEWAL_RULES, Finding, PaymentFacts, RingFacts, gift_ring
from meydan.money.fraud.settings import FraudSettings


class Outcome(StrEnum):
    allow = "allow"
    delay = "delay"
    """Held until a time, so that a theft may be noticed."""
    review = "review"
    """Held until staff decide."""
    freeze = "freeze"
    """Held until staff decide, and the wallet is frozen."""


class Score(Struct, frozen=True):
    outcome: Outcome
    points: int
    findings: list[Finding]


def score_payment(facts: PaymentFacts, settings: FraudSettings) -> Score:
    return _score((rule(facts, settings) for rule in PAYMENT_RULES), settings)


def score_renewal(facts: PaymentFacts, settings: FraudSettings) -> Score:
    """It is given in any case: what a purchase would wait for, if only for a time, staff look at."""
    score = _score((rule(facts, settings) for rule in RENEWAL_RULES), settings)
    return score if score.outcome is Outcome.allow else Score(Outcome.review, score.points, score.findings)


def score_ring(facts: RingFacts, settings: FraudSettings) -> Score:
    """Gifts have been given: there is nothing to delay, so what would be is allowed."""
    score = _score([gift_ring(facts, settings)], settings)
    return Score(Outcome.allow, score.points, score.findings) if score.outcome is Outcome.delay else score


def _score(findings: Iterable[Finding | None], settings: FraudSettings) -> Score:
    found = [finding for finding in findings if finding is not None]
    points = sum(finding.points for finding in found)
    return Score(_outcome(points, settings), points, found)


def _outcome(points: int, settings: FraudSettings) -> Outcome:
    """The strictest whose threshold is reached, however a community has ordered them."""
    if points >= settings.freeze_score:
        return Outcome.freeze
    if points >= settings.review_score:
        return Outcome.review
    return Outcome.delay if points >= settings.delay_score else Outcome.allow
