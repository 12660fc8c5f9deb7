"""Contacts' hashes as the owner of the schema sees them: made with the contact key, or forgotten with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meydan.commands import PlainError

if TYPE_CHECKING:
    import asyncpg

    from meydan.config import Settings

_FORGET = """
    delete from app.former_accounts;
    delete from app.kept_apart;
    delete from app.known_contacts;
    update app.tickets set marks = '{}', apart = '{}';
"""


async def do_rehash(settings: Settings) -> None:
    """Hashes contacts of older programs again, with the contact key, and says which account has them.

    Raises: PlainError (no key is set).
    """
    import asyncpg

    connection = await asyncpg.connect(settings.database.owner_url)
    try:
        if not await connection.fetchval("select exists (select from app.known_contacts where not is_rehashed)"):
            return
        if not (settings.secrets.contact_key and settings.secrets.seal_key):
            raise PlainError(
                "Set MEYDAN_SECRETS_CONTACT_KEY (openssl rand -hex 32), and MEYDAN_SECRETS_SEAL_KEY as before: contacts "
                "that were proved are hashed with both from now on. Then migrate again."
            )
        async with connection.transaction():
            await _do_rehash_all(connection, settings)
    finally:
        await connection.close()


async def do_forget(connection: asyncpg.Connection) -> None:
    """Deletes every hash and mark of a contact, whose key is lost. Bans and debts of erased accounts are lost with them."""
    await connection.execute(_FORGET)


async def _do_rehash_all(connection: asyncpg.Connection, settings: Settings) -> None:
    """Locks: known_contacts."""
    from meydan.accounts import contact_hash_in, rehashed
    from meydan.kit.runtime import runtime

    with runtime.using(settings.secrets.keys()):
        older = await connection.fetch(
            "select tenant_id, id, contact_hash from app.known_contacts where not is_rehashed for update"
        )
        await connection.executemany(
            """
            update app.known_contacts set contact_hash = $3, is_rehashed = true, left_at = app.now()
            where tenant_id = $1 and id = $2
            """,
            [(row["tenant_id"], row["id"], rehashed(row["contact_hash"])) for row in older],
        )
        people = await connection.fetch(
            "select tenant_id, id, array_remove(array[phone, email], null) as contacts from app.users where erased_at is null"
        )
        await connection.executemany(
            "update app.known_contacts set user_id = $3, left_at = null where tenant_id = $1 and contact_hash = $2",
            [
                (row["tenant_id"], contact_hash_in(row["tenant_id"], contact), row["id"])
                for row in people
                for contact in row["contacts"]
            ],
        )
