"""Scoring: adds up the points of findings, and maps the sum to an outcome by the tenant's thresholds."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from meydan.money.fraud.rules import PAYMENT_RULES, RENEWAL_RULES, Finding, PaymentSignals, RingSignals, gift_ring
from meydan.money.fraud.settings import FraudSettings


class Outcome(StrEnum):
    allow = "allow"
    delay = "delay"
    """Held for a while, so that a theft may be noticed."""
    review = "review"
    """Held until staff decide."""
    freeze = "freeze"
    """Held until staff decide, and the wallet is frozen."""


class Score(Struct, frozen=True):
    outcome: Outcome
    points: int
    findings: list[Finding]


def score_payment(signals: PaymentSignals, settings: FraudSettings) -> Score:
    return _score((rule(signals, settings) for rule in PAYMENT_RULES), settings)


def score_renewal(signals: PaymentSignals, settings: FraudSettings) -> Score:
    """Renewals are fulfilled in any case: any suspicion becomes a review by staff."""
    score = _score((rule(signals, settings) for rule in RENEWAL_RULES), settings)
    return score if score.outcome is Outcome.allow else Score(Outcome.review, score.points, score.findings)


def score_ring(signals: RingSignals, settings: FraudSettings) -> Score:
    """Gifts have been sent already and cannot be delayed: a delay becomes allow."""
    score = _score([gift_ring(signals, settings)], settings)
    return Score(Outcome.allow, score.points, score.findings) if score.outcome is Outcome.delay else score


def _score(findings: Iterable[Finding | None], settings: FraudSettings) -> Score:
    found = [finding for finding in findings if finding is not None]
    points = sum(finding.points for finding in found)
    return Score(_outcome(points, settings), points, found)


def _outcome(points: int, settings: FraudSettings) -> Outcome:
    """The strictest outcome whose threshold is reached, in whatever order a tenant has set them."""
    if points >= settings.freeze_score:
        return Outcome.freeze
    if points >= settings.review_score:
        return Outcome.review
    return Outcome.delay if points >= settings.delay_score else Outcome.allow
