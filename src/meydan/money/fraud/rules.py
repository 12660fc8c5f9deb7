"""The rules: plain functions from facts and a community's settings to a finding, or to nothing.

A finding carries the numbers it saw and what would have been usual, so that staff, and whoever speaks for somebody who is
wrongly suspected, can follow it. No rule looks anything up; facts are gathered before.
"""

from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

from meydan.money.fraud.settings import FraudSettings, amount_for


class Rule(StrEnum):
    many_payments = "many_payments"
    much_money = "much_money"
    new_device = "new_device"
    shared_card = "shared_card"
    shared_device = "shared_device"
    many_cards = "many_cards"
    many_failures = "many_failures"
    many_refunds = "many_refunds"
    disputed = "disputed"
    gift_ring = "gift_ring"


class Finding(Struct, frozen=True):
    rule: Rule
    points: int
    facts: dict[str, int | str]
    """What was seen; names that begin with ``usual_`` say what would not have been suspicious."""


class PaymentFacts(Struct, frozen=True):
    """A payment that has just arrived and what surrounds it, itself included. All of one community."""

    amount: int
    currency: str
    payments_hour: int
    payments_day: int
    amount_hour: int
    """In the same currency."""
    amount_day: int
    device_hours: int | None
    """Since its person first used the device; None when it was bought without a device of ours (in a store)."""
    card_accounts: int
    """Different people who paid with this card. Those whom staff have trusted with it do not count."""
    device_accounts: int
    cards_day: int
    failures_day: int
    payments_kept: int
    """Settled in the days that are looked at for refunds."""
    refunds: int
    disputes: int
    """Of this person, or on this card."""


class RingFacts(Struct, frozen=True):
    """Gifts that came back to where they began."""

    people: int
    coins: int
    """That went all the way round: what the weakest link carried."""
    gifts: int


def _found(
    rule: Rule, points: int, times: float, facts: dict[str, int | str], *, from_exactly: bool = False
) -> Finding | None:
    """``times`` the usual was seen. The usual itself is not suspicious, except where it is named as where suspicion begins."""
    if points == 0 or times < 1 or (times == 1 and not from_exactly):
        return None
    return Finding(rule, points * 2 if times >= 2 else points, facts)


PaymentRule = Callable[[PaymentFacts, FraudSettings], Finding | None]


def _count_rule(
    rule: Rule,
    noun: str,
    *,
    seen: Callable[[PaymentFacts], int],
    usual: Callable[[FraudSettings], int],
    points: Callable[[FraudSettings], int],
    days: Callable[[FraudSettings], int] | None = None,
) -> PaymentRule:
    """A rule that holds one count against its usual number."""

    def find(facts: PaymentFacts, settings: FraudSettings) -> Finding | None:
        numbers: dict[str, int | str] = {noun: seen(facts), f"usual_{noun}": usual(settings)}
        if days is not None:
            numbers["days"] = days(settings)
        return _found(rule, points(settings), seen(facts) / usual(settings), numbers)

    return find


def many_payments(facts: PaymentFacts, settings: FraudSettings) -> Finding | None:
    times = max(
        facts.payments_hour / settings.payments_per_hour,
        facts.payments_day / settings.payments_per_day,
    )
    return _found(
        Rule.many_payments,
        settings.many_payments_points,
        times,
        {
            "hour": facts.payments_hour,
            "day": facts.payments_day,
            "usual_hour": settings.payments_per_hour,
            "usual_day": settings.payments_per_day,
        },
    )


def much_money(facts: PaymentFacts, settings: FraudSettings) -> Finding | None:
    an_hour = amount_for(settings.amount_per_hour, facts.currency)
    a_day = amount_for(settings.amount_per_day, facts.currency)
    seen: dict[str, int | str] = {"hour": facts.amount_hour, "day": facts.amount_day, "currency": facts.currency}
    times = 0.0
    if an_hour is not None:
        seen["usual_hour"], times = an_hour, facts.amount_hour / an_hour
    if a_day is not None:
        seen["usual_day"], times = a_day, max(times, facts.amount_day / a_day)
    return _found(Rule.much_money, settings.much_money_points, times, seen)


def new_device(facts: PaymentFacts, settings: FraudSettings) -> Finding | None:
    large = amount_for(settings.large_purchase, facts.currency)
    if facts.device_hours is None or facts.device_hours >= settings.new_device_hours or large is None:
        return None
    return _found(
        Rule.new_device,
        settings.new_device_points,
        facts.amount / large,
        {
            "amount": facts.amount,
            "currency": facts.currency,
            "device_hours": facts.device_hours,
            "usual_amount": large,
            "usual_device_hours": settings.new_device_hours,
        },
        from_exactly=True,
    )


shared_card = _count_rule(
    Rule.shared_card,
    "people",
    seen=lambda facts: facts.card_accounts,
    usual=lambda settings: settings.accounts_per_card,
    points=lambda settings: settings.shared_card_points,
    days=lambda settings: settings.fingerprint_window_days,
)
shared_device = _count_rule(
    Rule.shared_device,
    "people",
    seen=lambda facts: facts.device_accounts,
    usual=lambda settings: settings.accounts_per_device,
    points=lambda settings: settings.shared_device_points,
    days=lambda settings: settings.fingerprint_window_days,
)
many_cards = _count_rule(
    Rule.many_cards,
    "cards",
    seen=lambda facts: facts.cards_day,
    usual=lambda settings: settings.cards_per_day,
    points=lambda settings: settings.many_cards_points,
)
many_failures = _count_rule(
    Rule.many_failures,
    "failures",
    seen=lambda facts: facts.failures_day,
    usual=lambda settings: settings.failures_per_day,
    points=lambda settings: settings.many_failures_points,
)


def many_refunds(facts: PaymentFacts, settings: FraudSettings) -> Finding | None:
    percent = facts.refunds * 100 // max(facts.payments_kept, 1)
    if percent <= settings.refund_percent:
        return None
    return _found(
        Rule.many_refunds,
        settings.many_refunds_points,
        facts.refunds / settings.refunds,
        {
            "refunds": facts.refunds,
            "payments": facts.payments_kept,
            "percent": percent,
            "usual_refunds": settings.refunds,
            "usual_percent": settings.refund_percent,
            "days": settings.refund_lookback_days,
        },
    )


def disputed(facts: PaymentFacts, settings: FraudSettings) -> Finding | None:
    return _found(
        Rule.disputed,
        settings.disputed_points,
        # From one more than is usual on; with none usual, a second one weighs double.
        facts.disputes / (settings.disputes + 1),
        {
            "disputes": facts.disputes,
            "usual_disputes": settings.disputes,
            "days": settings.refund_lookback_days,
        },
        from_exactly=True,
    )


def gift_ring(facts: RingFacts, settings: FraudSettings) -> Finding | None:
    usual = settings.pair_coins if facts.people == 2 else settings.ring_coins
    return _found(
        Rule.gift_ring,
        settings.ring_points,
        facts.coins / usual,
        {
            "people": facts.people,
            "coins": facts.coins,
            "gifts": facts.gifts,
            "usual_coins": usual,
            "days": settings.ring_days,
        },
        from_exactly=True,
    )


PAYMENT_RULES: tuple[PaymentRule, ...] = (
    many_payments,
    much_money,
    new_device,
    shared_card,
    shared_device,
    many_cards,
    many_failures,
    many_refunds,
    disputed,
)
# Of what was neither begun by hand nor on a device: whose card it is by now, and how its person pays.
RENEWAL_RULES: tuple[PaymentRule, ...] = (
    shared_card,
    many_refunds,
    disputed,
)
