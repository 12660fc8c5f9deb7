"""Settings of metering that a tenant may change."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class MeteringSettings(tenants.RoomSettings, frozen=True):
    room = "metering"

    call_share_percent: Annotated[int, Meta(ge=0, le=100)] = 60
    """How much of a paid minute the one who is paid earns."""
    heartbeat_gap_seconds: Annotated[int, Meta(ge=1, le=60)] = 15
    """Between two signs of media further apart than this, nothing is counted."""
    timeout_seconds: Annotated[int, Meta(ge=10, le=600)] = 60
    """Paid time of which no sign was seen for so long is over."""
