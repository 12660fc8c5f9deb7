"""Opening of a session: the last step of every way to log in."""

from uuid import UUID

from meydan.accounts import me
from meydan.accounts.me import LoggedIn
from meydan.accounts.sessions import devices, sessions
from meydan.accounts.sessions.authentication import Authentication
from meydan.accounts.sessions.devices import ClientDevice
from meydan.kit.database import Tx


async def do_open(
    tx: Tx,
    user_id: UUID,
    device: ClientDevice,
    browser_key: bytes | None,
    ip_address: str,
    authenticated_by: Authentication,
) -> LoggedIn:
    """Records the device and starts a session on it. The caller holds the user's standing.

    Runs as: service.
    """
    device_row = await devices.do_record_device(tx, user_id, device)
    opened = await sessions.do_start(tx, user_id, device_row, ip_address, authenticated_by, browser_key)
    return await me.logged_in(tx, opened)
