"""The meter of paid time, its bill and its frames."""

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
    """No heartbeat for too long."""
    refused = "refused"
    """The payer can no longer spend: the wallet is frozen, or has debt."""


class Meter(Struct, frozen=True):
    id: UUID
    payer_user_id: UUID
    payee_user_id: UUID
    subject_id: UUID
    coins_per_minute: int
    share_percent: int
    unit: int
    """The number of the running minute, from 1."""
    used: int
    """Billable time, in milliseconds."""
    created_at: datetime
    seen_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: MeterEnd | None = None

    @property
    def remaining_in_unit(self) -> int:
        """The rest of the running minute, in milliseconds."""
        return self.unit * MINUTE - self.used


class MeterBill(Struct, frozen=True):
    meter_id: UUID
    reason: MeterEnd
    seconds: int
    minutes: int
    """The number of paid minutes."""
    paid: int
    earned: int


class MeterWarning(realtime.Frame, frozen=True, tag="meter_warning"):
    """The payer's coins end with the running minute."""

    meter_id: UUID
    subject_id: UUID
    seconds_left: int


class MeterEndedFrame(realtime.Frame, frozen=True, tag="meter_ended"):
    """Paid time has ended. The payer's frame carries ``paid``, the payee's ``earned``."""

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
