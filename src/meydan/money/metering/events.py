"""Events of metering, for the rooms above. Each is published in the transaction that caused it."""

from uuid import UUID

from meydan.kit.events import Event


class MeterWarned(Event, frozen=True):
    """A minute of paid time is left."""

    meter_id: UUID
    payer_user_id: UUID


class MeterEnded(Event, frozen=True):
    meter_id: UUID
    payer_user_id: UUID
    payee_user_id: UUID
    reason: str
    """``hung_up``, ``no_coins``, ``refused`` (the payer's coins are frozen) or ``lost`` (no media was seen for too long)."""
    seconds: int
    paid: int
    """In coins."""
