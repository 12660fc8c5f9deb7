"""After a restore: the restore journal is replayed, and nothing that belongs to the time after the backup goes on.

Clients hold sessions, one-time keys and cursors that the restored database does not know, or knows as unused. So every
session ends, key packages are deleted, and Valkey begins empty. Browsers find out by themselves that a talk's log went back
(`messaging.messages.LogRewound`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import click

from meydan.commands import PlainError, contacts
from meydan.commands.backups import replay

if TYPE_CHECKING:
    from datetime import datetime

    import asyncpg

    from meydan.config import Settings
    from meydan.tenants import JournalEntry

_BEGIN_ANEW = """
    update app.sessions set ended_at = app.now(), end_reason = 'revoked' where ended_at is null;
    delete from app.key_packages;
    delete from app.identity_transfers;
    delete from app.outbox;
"""


async def do_finish(settings: Settings, since: datetime, entries: Sequence[JournalEntry], *, forgets: bool) -> None:
    """Replays the journal's entries since this time, then begins anew with everything that clients hold.

    ``forgets`` deletes the hashes of contacts, whose key is lost.

    Raises: PlainError (Valkey does not answer)."""
    from meydan import tenants

    if forgets:
        await _do_execute(settings, contacts.do_forget)
    if forgets:  # their hashes are of the lost key
        entries = [entry for entry in entries if entry.kind is not tenants.JournalKind.contact_ban]
    if settings.database.service_url:
        replayed = await replay.do_replay(settings, entries)
        click.echo(f"Restore journal: {len(entries)} entries, {replayed} did something.")
    elif entries:
        raise PlainError(
            "The database is restored. Set MEYDAN_DATABASE_SERVICE_URL and the other logins, then replay what must not be "
            f"undone before anything starts: meydan recovered --since {since:%Y-%m-%dT%H:%M:%S}, with --journal"
        )
    await _do_execute(settings, _do_begin_anew)
    if settings.valkey.url:
        await _do_empty_valkey(settings.valkey.url)


async def _do_begin_anew(connection: asyncpg.Connection) -> None:
    await connection.execute(_BEGIN_ANEW)
    await connection.execute("analyze")


async def _do_execute(settings: Settings, change: Callable[[asyncpg.Connection], Awaitable[None]]) -> None:
    import asyncpg

    connection = await asyncpg.connect(settings.database.owner_url)
    try:
        async with connection.transaction():
            await change(connection)
    finally:
        await connection.close()


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
