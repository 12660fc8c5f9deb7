"""Personal data in messaging: export and erasure."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import accounts
from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.kit.events import listen

COLUMNS = {
    "conversations.opener_profile_id",
    "conversation_members.profile_id",
    "conversation_members.user_id",
    "messages.sender_profile_id",
    "messages.sender_device_id",
    "message_logs.sender_user_id",
    "message_logs.receiver_user_id",
    "message_logs.device_info",
    "message_logs.connection_type",
    "key_packages.user_id",
    "key_packages.profile_id",
    "key_packages.device_id",
    "identity_keys.user_id",
    "identity_keys.profile_id",
    "identity_keys.public_key",
    "identity_transfers.user_id",
    "identity_transfers.profile_id",
    "identity_transfers.body",
}


class ConversationRow(Struct, frozen=True):
    id: UUID
    profile_id: UUID
    peer_profile_id: UUID
    delivered_seq: int
    read_seq: int
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None


class LogRow(Struct, frozen=True):
    conversation_id: UUID
    seq: int
    type: str
    sent_at: datetime
    delivered_at: datetime | None
    device_info: str | None
    connection_type: str | None


class DeviceRow(Struct, frozen=True):
    profile_id: UUID
    device_id: UUID
    key_packages: int


class IdentityRow(Struct, frozen=True):
    profile_id: UUID
    public_key: bytes
    created_at: datetime


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """Exports conversations with their peer profiles and times. Plaintext exists only on devices.

    Runs as: service.
    """
    conversations = await tx.all(
        ConversationRow,
        """
        select c.id, mine.profile_id, peer.profile_id as peer_profile_id, mine.delivered_seq, mine.read_seq,
            c.created_at, c.expires_at, c.closed_at
        from app.conversation_members mine
        join app.conversations c on c.tenant_id = mine.tenant_id and c.id = mine.conversation_id
        join app.conversation_members peer on peer.tenant_id = mine.tenant_id
            and peer.conversation_id = mine.conversation_id and peer.profile_id <> mine.profile_id
        where mine.tenant_id = $1 and mine.user_id = $2 order by c.id
        """,
        user_id,
    )
    logs = await tx.all(
        LogRow,
        """
        select conversation_id, seq, kind as type, sent_at, delivered_at, device_info, connection_type from app.message_logs
        where tenant_id = $1 and sender_user_id = $2 order by sent_at, seq
        """,
        user_id,
    )
    devices = await tx.all(
        DeviceRow,
        """
        select profile_id, device_id, count(*) as key_packages from app.key_packages
        where tenant_id = $1 and user_id = $2 group by profile_id, device_id order by profile_id, device_id
        """,
        user_id,
    )
    identities = await tx.all(
        IdentityRow,
        """
        select profile_id, public_key, created_at from app.identity_keys
        where tenant_id = $1 and user_id = $2 order by profile_id
        """,
        user_id,
    )
    return {
        "conversations": msgspec.to_builtins(conversations),
        "sent": msgspec.to_builtins(logs),
        "devices": msgspec.to_builtins(devices),
        "identity_keys": msgspec.to_builtins(identities),
    }


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Ends the real face's conversations at once, the shadow's with the shadow. Nobody can write in either any more.

    The metadata log stays, because claims need it. Plaintext on the peer's devices is out of reach.

    Runs as: service.
    """
    for table in ("key_packages", "identity_keys", "identity_transfers"):
        await tx.run(f"delete from app.{table} where tenant_id = $1 and user_id = $2", user_id)
    for profile_id in await tx.all(
        UUID, "select id from app.profiles where tenant_id = $1 and user_id = $2 and face = 'real'", user_id
    ):
        await _do_purge(tx, profile_id)
    await tx.run(
        """
        update app.message_logs set device_info = null, connection_type = null
        where tenant_id = $1 and sender_user_id = $2
        """,
        user_id,
    )


@listen(accounts.ShadowEnded)
async def purge_conversations_of_shadow(tx: Tx, event: accounts.ShadowEnded) -> None:
    """Ends the conversations of an erased user's shadow. Those of a banned one end with their time."""
    if event.is_erased:
        await _do_purge(tx, event.profile_id)


async def _do_purge(tx: Tx, profile_id: UUID) -> None:
    """Closes a face's conversations and deletes their ciphertext."""
    await tx.run(
        """
        delete from app.messages m using app.conversation_members mine
        where m.tenant_id = $1 and mine.tenant_id = m.tenant_id and mine.conversation_id = m.conversation_id
            and mine.profile_id = $2
        """,
        profile_id,
    )
    await tx.run(
        """
        update app.conversations c
        set closed_at = coalesce(c.closed_at, app.now()), purged_at = coalesce(c.purged_at, app.now())
        from app.conversation_members mine
        where c.tenant_id = $1 and mine.tenant_id = c.tenant_id and mine.conversation_id = c.id
            and mine.profile_id = $2
        """,
        profile_id,
    )


personal_data.register("messaging", COLUMNS, export, do_erase)
