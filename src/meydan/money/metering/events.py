"""Events of metering, for the rooms above. Each is published in the transaction that caused it."""

from uuid import UUID

from meydan.kit.events import Event


class MeterWarned(Event, frozen=True):
    """The payer's coins end with the running minute."""

    meter_id: UUID
    payer_user_id: UUID


class MeterEnded(Event, frozen=True):
    meter_id: UUID
    payer_user_id: UUID
    payee_user_id: UUID
    reason: str
    """A ``MeterEnd``."""
    seconds: int
    paid: int
    """In coins."""
