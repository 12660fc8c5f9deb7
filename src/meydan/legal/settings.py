"""Settings of legal: who runs the community, as its texts name them."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants

Line = Annotated[str, Meta(max_length=200, pattern=r"^[^\r\n]*$")]


class LegalSettings(tenants.RoomSettings, frozen=True):
    room = "legal"

    operator_name: Line = ""
    """Name of the person or company that runs the community. Empty: the delivered texts say that it is missing."""
    operator_address: Line = ""
    """Postal address, as the delivered texts show it."""
    operator_contact: Line = ""
    """E-mail address or page at which people reach them. Empty: the delivered texts say that it is missing."""
