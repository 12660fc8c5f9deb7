"""What a community may set about suspicion: how much is usual, what each rule weighs, and what follows from how many points.

A rule that weighs 0 points is off. What lies at twice its threshold or beyond weighs double.
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
"""By currency, in its minor unit; ``*`` is for every currency that is not named."""


class FraudSettings(tenants.RoomSettings, frozen=True):
    room = "fraud"

    delay_score: AtLeastOne = 30
    """From so many points on a purchase waits for a while."""
    delay_minutes: Annotated[int, Meta(ge=1, le=10_080)] = 120
    """How long it waits. Stolen cards are often noticed soon."""
    review_score: AtLeastOne = 60
    """From so many points on it waits until staff have decided."""
    freeze_score: AtLeastOne = 120
    """From so many points on the wallet is frozen too."""

    payments_per_hour: AtLeastOne = 4
    """How many payments of one person are usual."""
    payments_per_day: AtLeastOne = 10
    many_payments_points: Points = 30

    amount_per_hour: Amounts = msgspec.field(default_factory=lambda: {"TRY": 500_000, "*": 15_000})
    """How much one person usually pays."""
    amount_per_day: Amounts = msgspec.field(default_factory=lambda: {"TRY": 1_000_000, "*": 30_000})
    much_money_points: Points = 30

    new_device_hours: AtLeastOne = 24
    """So long a device counts as new to its person."""
    large_purchase: Amounts = msgspec.field(default_factory=lambda: {"TRY": 200_000, "*": 5_000})
    """What is a large purchase for a new device."""
    new_device_points: Points = 30

    fingerprint_window_days: Days = 90
    """How far back is looked for others with the same card or device."""
    accounts_per_card: AtLeastOne = 2
    """How many people usually pay with one card: a family, not a crowd."""
    shared_card_points: Points = 40
    accounts_per_device: AtLeastOne = 2
    shared_device_points: Points = 30

    cards_per_day: AtLeastOne = 2
    """How many different cards somebody usually tries."""
    many_cards_points: Points = 40
    failures_per_day: AtLeastOne = 4
    """How many attempts usually fail, of one person or from one device."""
    many_failures_points: Points = 30

    refund_lookback_days: Days = 180
    """How far back refunds and disputes are looked for."""
    refunds: AtLeastOne = 2
    """More refunds than these are a habit, if they are also more than ``refund_percent`` of somebody's payments."""
    refund_percent: Percent = 40
    many_refunds_points: Points = 40
    disputes: Count = 0
    """More disputed payments than these, of one person or on one card."""
    disputed_points: Points = 60

    ring_days: Annotated[int, Meta(ge=1, le=60)] = 7
    """Gifts of so many days are looked at together."""
    ring_length: Annotated[int, Meta(ge=2, le=6)] = 5
    """Rings of up to so many people are looked for."""
    ring_coins: Coins = 500
    """From so many coins on that went all the way round, three or more people are a ring."""
    pair_coins: Coins = 2_000
    """Two who like each other give to and fro: from so many coins on in both directions it is suspicious."""
    ring_points: Points = 60


def amount_for(amounts: Amounts, currency: str) -> int | None:
    """None: nothing is set for this currency, so nothing is unusual."""
    return amounts.get(currency, amounts.get("*"))
