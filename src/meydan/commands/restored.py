"""After a restore: nothing that belongs to the time after the backup goes on.

Clients hold sessions, one-time keys and cursors that the restored database does not know, or knows as unused. So every
session ends, key packages are deleted, and Valkey begins empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from meydan.commands import PlainError, contacts

if TYPE_CHECKING:
    from meydan.config import Settings

_BEGIN_ANEW = """
    update app.sessions set ended_at = app.now(), end_reason = 'revoked' where ended_at is null;
    delete from app.key_packages;
    delete from app.outbox;
"""


async def do_begin_anew(settings: Settings, *, forget_contacts: bool) -> None:
    """Ends every session and deletes key packages, frames on their way, and all that Valkey holds.

    Raises: PlainError (Valkey does not answer)."""
    connection = await asyncpg.connect(settings.database.owner_url)
    try:
        async with connection.transaction():
            await connection.execute(_BEGIN_ANEW)
            if forget_contacts:
                await contacts.do_forget(connection)
        await connection.execute("analyze")
    finally:
        await connection.close()
    if settings.valkey.url:
        await _do_empty_valkey(settings.valkey.url)


async def _do_empty_valkey(url: str) -> None:
    from meydan.kit.valkey import Valkey

    valkey = Valkey(url, name="meydan-restore")
    valkey.start()
    try:
        if not await valkey.wait_up(5):
            raise PlainError(
                "The database is restored, but Valkey does not answer. It holds frames and limits of before: empty it "
                "(FLUSHDB) before anything starts."
            )
        await valkey.execute("FLUSHDB")
    finally:
        await valkey.close()
