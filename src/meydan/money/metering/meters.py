"""A meter of paid time, its bill, and what is told of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan.kit import realtime

MINUTE = 60_000
"""In milliseconds."""


class MeterEnd(StrEnum):
    hung_up = "hung_up"
    no_coins = "no_coins"
    lost = "lost"
    """No sign of media for too long."""
    refused = "refused"
    """The payer's coins may not be spent any more: frozen, or something is owed."""


class Meter(Struct, frozen=True):
    id: UUID
    payer_user_id: UUID
    payee_user_id: UUID
    subject_id: UUID
    coins_per_minute: int
    share_percent: int
    unit: int
    """The minute that runs, from 1."""
    used: int
    """Time that counts, in milliseconds."""
    created_at: datetime
    seen_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: MeterEnd | None = None

    @property
    def left_of_unit(self) -> int:
        """Of the minute that runs, in milliseconds."""
        return self.unit * MINUTE - self.used


class MeterBill(Struct, frozen=True):
    meter_id: UUID
    reason: MeterEnd
    seconds: int
    minutes: int
    """That were paid for."""
    paid: int
    earned: int


class MeterWarning(realtime.Frame, frozen=True, tag="meter_warning"):
    """The minute that runs is the last that one's coins pay for."""

    meter_id: UUID
    subject_id: UUID
    seconds_left: int


class MeterEndedFrame(realtime.Frame, frozen=True, tag="meter_ended"):
    """Paid time is over: ``paid`` is told to the one who paid, ``earned`` to the other."""

    meter_id: UUID
    subject_id: UUID
    reason: MeterEnd
    seconds: int
    paid: int | None = None
    earned: int | None = None


METER = (
    "id, payer_user_id, payee_user_id, subject_id, coins_per_minute, share_percent, unit, used, created_at, seen_at, "
    "ended_at, end_reason"
)
