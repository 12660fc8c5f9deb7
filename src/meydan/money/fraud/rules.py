"""The rules: pure functions from signals and a tenant's settings to a finding or None.

A finding carries the numbers seen and the usual ones, so that staff can explain and contest it. Rules query nothing.
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
    """The numbers seen; names with ``usual_`` carry the largest unsuspicious ones."""


class PaymentSignals(Struct, frozen=True):
    """Signals of a payment that has just arrived; counts include the payment itself. All of one tenant."""

    amount: int
    currency: str
    payments_hour: int
    payments_day: int
    amount_hour: int
    """In the payment's currency."""
    amount_day: int
    device_hours: int | None
    """Hours since the user first used the device; None for a purchase in a store, without a device of ours."""
    card_accounts: int
    """Different users who paid with this card. Users trusted with it do not count."""
    device_accounts: int
    cards_day: int
    failures_day: int
    payments_kept: int
    """Payments settled in the lookback period of refunds."""
    refunds: int
    disputes: int
    """Disputed payments of this user or on this card."""


class RingSignals(Struct, frozen=True):
    """Signals of a gift ring."""

    people: int
    coins: int
    """Coins that went all the way round: the smallest link's."""
    gifts: int


def _found(
    rule: Rule, points: int, times: float, facts: dict[str, int | str], *, from_exactly: bool = False
) -> Finding | None:
    """A finding if more than the usual was seen; with ``from_exactly``, from the usual itself on."""
    if points == 0 or times < 1 or (times == 1 and not from_exactly):
        return None
    return Finding(rule, points * 2 if times >= 2 else points, facts)


PaymentRule = Callable[[PaymentSignals, FraudSettings], Finding | None]


def _count_rule(
    rule: Rule,
    noun: str,
    *,
    seen: Callable[[PaymentSignals], int],
    usual: Callable[[FraudSettings], int],
    points: Callable[[FraudSettings], int],
    days: Callable[[FraudSettings], int] | None = None,
) -> PaymentRule:
    """A rule that compares one count with its usual number."""

    def find(signals: PaymentSignals, settings: FraudSettings) -> Finding | None:
        numbers: dict[str, int | str] = {noun: seen(signals), f"usual_{noun}": usual(settings)}
        if days is not None:
            numbers["days"] = days(settings)
        return _found(rule, points(settings), seen(signals) / usual(settings), numbers)

    return find


def many_payments(signals: PaymentSignals, settings: FraudSettings) -> Finding | None:
    times = max(
        signals.payments_hour / settings.payments_per_hour,
        signals.payments_day / settings.payments_per_day,
    )
    return _found(
        Rule.many_payments,
        settings.many_payments_points,
        times,
        {
            "hour": signals.payments_hour,
            "day": signals.payments_day,
            "usual_hour": settings.payments_per_hour,
            "usual_day": settings.payments_per_day,
        },
    )


def much_money(signals: PaymentSignals, settings: FraudSettings) -> Finding | None:
    an_hour = amount_for(settings.amount_per_hour, signals.currency)
    a_day = amount_for(settings.amount_per_day, signals.currency)
    seen: dict[str, int | str] = {"hour": signals.amount_hour, "day": signals.amount_day, "currency": signals.currency}
    times = 0.0
    if an_hour is not None:
        seen["usual_hour"], times = an_hour, signals.amount_hour / an_hour
    if a_day is not None:
        seen["usual_day"], times = a_day, max(times, signals.amount_day / a_day)
    return _found(Rule.much_money, settings.much_money_points, times, seen)


def new_device(signals: PaymentSignals, settings: FraudSettings) -> Finding | None:
    large = amount_for(settings.large_purchase, signals.currency)
    if signals.device_hours is None or signals.device_hours >= settings.new_device_hours or large is None:
        return None
    return _found(
        Rule.new_device,
        settings.new_device_points,
        signals.amount / large,
        {
            "amount": signals.amount,
            "currency": signals.currency,
            "device_hours": signals.device_hours,
            "usual_amount": large,
            "usual_device_hours": settings.new_device_hours,
        },
        from_exactly=True,
    )


shared_card = _count_rule(
    Rule.shared_card,
    "people",
    seen=lambda signals: signals.card_accounts,
    usual=lambda settings: settings.accounts_per_card,
    points=lambda settings: settings.shared_card_points,
    days=lambda settings: settings.fingerprint_window_days,
)
shared_device = _count_rule(
    Rule.shared_device,
    "people",
    seen=lambda signals: signals.device_accounts,
    usual=lambda settings: settings.accounts_per_device,
    points=lambda settings: settings.shared_device_points,
    days=lambda settings: settings.fingerprint_window_days,
)
many_cards = _count_rule(
    Rule.many_cards,
    "cards",
    seen=lambda signals: signals.cards_day,
    usual=lambda settings: settings.cards_per_day,
    points=lambda settings: settings.many_cards_points,
)
many_failures = _count_rule(
    Rule.many_failures,
    "failures",
    seen=lambda signals: signals.failures_day,
    usual=lambda settings: settings.failures_per_day,
    points=lambda settings: settings.many_failures_points,
)


def many_refunds(signals: PaymentSignals, settings: FraudSettings) -> Finding | None:
    percent = signals.refunds * 100 // max(signals.payments_kept, 1)
    if percent <= settings.refund_percent:
        return None
    return _found(
        Rule.many_refunds,
        settings.many_refunds_points,
        signals.refunds / settings.refunds,
        {
            "refunds": signals.refunds,
            "payments": signals.payments_kept,
            "percent": percent,
            "usual_refunds": settings.refunds,
            "usual_percent": settings.refund_percent,
            "days": settings.refund_lookback_days,
        },
    )


def disputed(signals: PaymentSignals, settings: FraudSettings) -> Finding | None:
    return _found(
        Rule.disputed,
        settings.disputed_points,
        # Suspicious from one more than usual on; with none usual, the second one counts double.
        signals.disputes / (settings.disputes + 1),
        {
            "disputes": signals.disputes,
            "usual_disputes": settings.disputes,
            "days": settings.refund_lookback_days,
        },
        from_exactly=True,
    )


def gift_ring(signals: RingSignals, settings: FraudSettings) -> Finding | None:
    usual = settings.pair_coins if signals.people == 2 else settings.ring_coins
    return _found(
        Rule.gift_ring,
        settings.ring_points,
        signals.coins / usual,
        {
            "people": signals.people,
            "coins": signals.coins,
            "gifts": signals.gifts,
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
# Renewals start without a user's act or device, so only the card's users and the user's history count.
RENEWAL_RULES: tuple[PaymentRule, ...] = (
    shared_card,
    many_refunds,
    disputed,
)
