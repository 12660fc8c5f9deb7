"""Replay of the restore journal: what happened after a backup and must not be undone by it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from meydan.config import Settings
    from meydan.kit.database import Tx
    from meydan.tenants import JournalEntry

Entry = dict[str, Any]


async def do_replay(settings: Settings, entries: Sequence[JournalEntry]) -> int:
    """Does again what the entries say, in their order, each in a transaction. Returns how many concerned this database.

    Idempotent: entries from before the backup change nothing, or are followed by what changed them back."""
    from meydan import startup

    replayed = 0
    async with startup.installation(settings) as db:
        for entry in entries:
            async with db.as_service(entry.tenant_id) as tx:
                if not await tx.one(bool, "select exists (select from app.tenants where id = $1)"):
                    continue  # founded after the backup
                replayed += await _REPLAYS[entry.kind](tx, entry.entry)
    return replayed


async def _do_replay_ban(tx: Tx, entry: Entry) -> bool:
    from meydan import safety
    from meydan.kit.errors import NotFound

    user_id = UUID(entry["user_id"])
    if not await _is_known(tx, user_id):
        return False
    if entry["lifted_at"] is None:
        until = datetime.fromisoformat(entry["until"]) if entry["until"] else None
        await safety.do_ban(tx, user_id, safety.BanReason(entry["reason"]), until=until)
        return True
    try:
        await safety.do_lift(tx, user_id, reason="lifted before the restore")
    except NotFound:
        return False
    return True


async def _do_replay_contact_ban(tx: Tx, entry: Entry) -> bool:
    """Bans the contact also where its account is newer than the backup."""
    from meydan import accounts

    until = datetime.fromisoformat(entry["banned_until"]) if entry["banned_until"] else None
    contact = bytes.fromhex(entry["contact_hash"].removeprefix("\\x"))
    await accounts.do_ban_contact(tx, contact, entry["ban_reason"], until)
    return True


async def _do_replay_erasure(tx: Tx, entry: Entry) -> bool:
    from meydan.kit import personal_data

    user_id = UUID(entry["id"])
    if not await _is_known(tx, user_id):
        return False
    await personal_data.do_erase(tx, user_id)
    return True


async def _do_replay_block(tx: Tx, entry: Entry) -> bool:
    from meydan import safety

    faces = UUID(entry["blocker_profile_id"]), UUID(entry["blocked_profile_id"])
    return await safety.do_restore_block(tx, *faces, safety.BlockScope(entry["scope"]))


async def _do_replay_role(tx: Tx, entry: Entry) -> bool:
    from meydan import accounts
    from meydan.kit.identity import Role

    user_id = UUID(entry["id"])
    if not await _is_known(tx, user_id):
        return False
    await accounts.do_set_role_of(tx, user_id, Role(entry["role"]))
    return True


async def _do_replay_freeze(tx: Tx, entry: Entry) -> bool:
    from meydan.money import wallet

    user_id = UUID(entry["user_id"])
    if not await _is_known(tx, user_id):
        return False
    if entry["thawed_at"] is None:
        await wallet.do_freeze(tx, user_id, "", None)
    else:
        await wallet.do_thaw(tx, user_id, None)
    return True


async def _do_replay_passkey(tx: Tx, entry: Entry) -> bool:
    """Removes a passkey that its owner has removed: it may be lost with a phone, or an intruder's."""
    from meydan import accounts

    return await accounts.do_delete_passkey(tx, UUID(entry["user_id"]), UUID(entry["id"]))


async def _is_known(tx: Tx, user_id: UUID) -> bool:
    """True for an account that the backup holds and that is not erased yet."""
    from meydan import accounts

    return await accounts.lock_standing(tx, user_id) is not None


_REPLAYS: dict[str, Callable[[Tx, Entry], Awaitable[bool]]] = {
    "ban": _do_replay_ban,
    "contact_ban": _do_replay_contact_ban,
    "erasure": _do_replay_erasure,
    "block": _do_replay_block,
    "role": _do_replay_role,
    "freeze": _do_replay_freeze,
    "passkey": _do_replay_passkey,
}
