"""Settings of fraud rules, per tenant: usual numbers, points per rule, and thresholds of outcomes.

A rule of 0 points is off. Twice its threshold or more counts double points.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from meydan import tenants

Count = Annotated[int, Meta(ge=0, le=10_000)]
AtLeastOne = Annotated[int, Meta(ge=1, le=10_000)]
Points = Annotated[int, Meta(ge=0, le=1000)]
Percent = Annotated[int, Meta(ge=1, le=100)]
Days = Annotated[int, Meta(ge=1, le=366)]
Coins = Annotated[int, Meta(ge=1, le=1_000_000_000)]

Amounts = dict[Annotated[str, Meta(pattern=r"^([A-Z]{3}|\*)$(?!\n)")], Annotated[int, Meta(ge=1, le=10**12)]]
"""By currency, in its minor unit; ``*`` covers every other currency."""


class FraudSettings(tenants.RoomSettings, frozen=True):
    room = "fraud"

    delay_score: AtLeastOne = 30
    """Points from which a purchase is delayed."""
    delay_minutes: Annotated[int, Meta(ge=1, le=10_080)] = 120
    """The length of a delay. Stolen cards are often noticed soon."""
    review_score: AtLeastOne = 60
    """Points from which it waits for a decision of staff."""
    freeze_score: AtLeastOne = 120
    """Points from which the wallet is frozen too."""

    payments_per_hour: AtLeastOne = 4
    """The usual number of one user's payments."""
    payments_per_day: AtLeastOne = 10
    many_payments_points: Points = 30

    amount_per_hour: Amounts = msgspec.field(default_factory=lambda: {"TRY": 500_000, "*": 15_000})
    """The usual sum of one user's payments."""
    amount_per_day: Amounts = msgspec.field(default_factory=lambda: {"TRY": 1_000_000, "*": 30_000})
    much_money_points: Points = 30

    new_device_hours: AtLeastOne = 24
    """Hours for which a device counts as new to its user."""
    large_purchase: Amounts = msgspec.field(default_factory=lambda: {"TRY": 200_000, "*": 5_000})
    """The amount from which a purchase on a new device is suspicious."""
    new_device_points: Points = 30

    fingerprint_window_days: Days = 90
    """The lookback period for other users of the same card or device."""
    accounts_per_card: AtLeastOne = 2
    """The usual number of users of one card: a family, not a crowd."""
    shared_card_points: Points = 40
    accounts_per_device: AtLeastOne = 2
    shared_device_points: Points = 30

    cards_per_day: AtLeastOne = 2
    """The usual number of different cards that a user tries."""
    many_cards_points: Points = 40
    failures_per_day: AtLeastOne = 4
    """The usual number of failed attempts of one user or device."""
    many_failures_points: Points = 30

    refund_lookback_days: Days = 180
    """The lookback period of refunds and disputes."""
    refunds: AtLeastOne = 2
    """The usual number of refunds. More are suspicious if they also exceed ``refund_percent`` of the user's payments."""
    refund_percent: Percent = 40
    many_refunds_points: Points = 40
    disputes: Count = 0
    """The usual number of disputed payments of one user or card."""
    disputed_points: Points = 60

    ring_days: Annotated[int, Meta(ge=1, le=60)] = 7
    """The lookback period of gifts."""
    ring_length: Annotated[int, Meta(ge=2, le=6)] = 5
    """The largest number of users in a ring that is searched."""
    ring_coins: Coins = 500
    """Coins all the way round from which three or more users are a ring."""
    pair_coins: Coins = 2_000
    """Coins in each direction from which two users are a ring. Friends give to and fro, so it is larger."""
    ring_points: Points = 60


def amount_for(amounts: Amounts, currency: str) -> int | None:
    """The currency's amount; None if none is set, so that no amount is unusual."""
    return amounts.get(currency, amounts.get("*"))
