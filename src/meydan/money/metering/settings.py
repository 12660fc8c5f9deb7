"""Settings of metering that a tenant may change."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class MeteringSettings(tenants.RoomSettings, frozen=True):
    room = "metering"

    call_share_percent: Annotated[int, Meta(ge=0, le=100)] = 60
    """The payee's share of a paid minute."""
    heartbeat_gap_seconds: Annotated[int, Meta(ge=1, le=60)] = 15
    """The longest gap between two heartbeats that is billed."""
    timeout_seconds: Annotated[int, Meta(ge=10, le=600)] = 60
    """A meter without a heartbeat for so long ends."""
