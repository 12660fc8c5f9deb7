"""Conversations of two profiles: opened and closed with a match, listed, marked as read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import accounts
from meydan.kit import clock, realtime
from meydan.kit.crypto import keys
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.messaging.frames import Receipt

_GRANTED_FOR = timedelta(minutes=10)


class ConversationClosed(Refused):
    code, status, title = "conversation_closed", 409, "This conversation has ended."


class Opened(Struct, frozen=True):
    id: UUID
    match_id: UUID
    expires_at: datetime


class Conversation(Struct, frozen=True):
    """A conversation as one of its two profiles sees it. The ``opener`` creates the MLS group."""

    id: UUID
    match_id: UUID
    peer: accounts.PublicProfile
    me_profile_id: UUID
    opener: bool
    epoch: int
    last_seq: int
    last_id: UUID | None
    last_at: datetime | None
    read_seq: int
    peer_delivered_seq: int
    peer_read_seq: int
    unread: int
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    presence: realtime.Presence
    grant: str | None
    """Authorises ephemeral events on the socket: the peer's presence, and typing. Renewed by the next request."""
    grant_expires_at: datetime | None


class _ConversationRow(Struct, frozen=True):
    id: UUID
    match_id: UUID
    peer_profile_id: UUID
    me_profile_id: UUID
    opener: bool
    epoch: int
    last_seq: int
    last_id: UUID | None
    last_at: datetime | None
    read_seq: int
    peer_delivered_seq: int
    peer_read_seq: int
    unread: int
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None


class _Peer(Struct, frozen=True):
    conversation_id: UUID
    profile_id: UUID
    user_id: UUID


class _SeenPositions(Struct, frozen=True):
    delivered_seq: int
    read_seq: int
    peer_user_id: UUID
    peer_profile_id: UUID


async def do_open(
    tx: Tx, *, members: Sequence[tuple[UUID, UUID]], opener: UUID, expires_at: datetime, match_id: UUID
) -> Opened:
    """Opens a conversation of two ``(user_id, profile_id)`` in the transaction of their match.

    A user's transaction may open only conversations of its own active profile.
    """
    user_ids, profile_ids = [user for user, _ in members], [profile for _, profile in members]
    opened = await tx.one(
        UUID,
        "select app.open_conversation($1, $2, $3, $4, $5, $6)",
        match_id,
        opener,
        user_ids,
        profile_ids,
        expires_at,
    )
    return Opened(id=opened, match_id=match_id, expires_at=expires_at)


async def do_close(tx: Tx, conversation_id: UUID) -> bool:
    """Closes a conversation to new messages; stored ones stay until they expire. Returns False if it changed nothing."""
    closed = await tx.one(bool, "select app.close_conversation($1, $2)", conversation_id)
    if closed:
        await realtime.do_revoke(tx, conversation_id)
    return closed


@realtime.ended_lately
async def ended_lately(tx: Tx) -> list[realtime.Ended]:
    """Conversations whose grants may still live.

    Runs as: service.
    """
    return await tx.all(
        realtime.Ended,
        """
        select id as subject, extract(epoch from closed_at - app.now() + $2::interval)::float8 as seconds
        from app.conversations
        where tenant_id = $1 and purged_at is null and closed_at > app.now() - $2::interval
        """,
        realtime.LONGEST_TOKEN,
    )


async def conversations(tx: Tx) -> list[Conversation]:
    """The active profile's conversations whose messages are still stored, newest first."""
    rows = await tx.all(
        _ConversationRow,
        """
        select c.id, c.match_id, peer.profile_id as peer_profile_id, mine.profile_id as me_profile_id,
            c.opener_profile_id = mine.profile_id as opener, c.epoch, c.last_seq, last.id as last_id, last.created_at as last_at, mine.read_seq,
            peer.delivered_seq as peer_delivered_seq, peer.read_seq as peer_read_seq, new.unread,
            c.created_at, c.expires_at, coalesce(c.closed_at, case when c.expires_at <= app.now() then c.expires_at end) as closed_at
        from app.conversation_members mine
        cross join lateral (
            select tenant_id, id, match_id, opener_profile_id, epoch, last_seq, created_at, expires_at, closed_at, purged_at
            from app.conversations where tenant_id = mine.tenant_id and id = mine.conversation_id offset 0
        ) c
        join app.my_peers($1) peer on peer.conversation_id = mine.conversation_id
        left join app.messages last on last.tenant_id = c.tenant_id and last.conversation_id = c.id and last.seq = c.last_seq
        cross join lateral (
            select count(*) as unread from (
                select from app.messages m
                where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.seq > mine.read_seq
                    and m.kind = 'text' and m.sender_profile_id = peer.profile_id
                limit 100
            ) newest
        ) new
        where mine.tenant_id = $1 and mine.profile_id = $2 and c.purged_at is null
        order by c.created_at desc
        limit 100
        """,
        tx.me.profile_id,
    )
    if not rows:
        return []
    peer_ids = [row.peer_profile_id for row in rows]
    profiles = {profile.id: profile for profile in await accounts.public_profiles(tx, peer_ids)}
    grants_end = clock.now() + _GRANTED_FOR
    grants = await _grants(tx, grants_end)
    return [
        Conversation(
            id=row.id,
            match_id=row.match_id,
            peer=profiles[row.peer_profile_id],
            me_profile_id=row.me_profile_id,
            opener=row.opener,
            epoch=row.epoch,
            last_seq=row.last_seq,
            last_id=row.last_id,
            last_at=row.last_at,
            read_seq=row.read_seq,
            peer_delivered_seq=row.peer_delivered_seq,
            peer_read_seq=row.peer_read_seq,
            unread=row.unread,
            created_at=row.created_at,
            expires_at=row.expires_at,
            closed_at=row.closed_at,
            presence=realtime.Presence(False, None),
            grant=grants.get(row.id),
            grant_expires_at=grants_end if row.id in grants else None,
        )
        for row in rows
        if row.peer_profile_id in profiles
    ]


async def with_presence(tenant_id: int, items: list[Conversation]) -> list[Conversation]:
    """Adds the peers' presence from Valkey. Called after the transaction. A closed conversation shows none."""
    open_peers = [item.peer.id for item in items if item.closed_at is None]
    present = await realtime.presence(tenant_id, open_peers)
    return [
        msgspec.structs.replace(item, presence=present[item.peer.id]) if item.closed_at is None else item
        for item in items
    ]


async def do_mark_seen(tx: Tx, conversation_id: UUID, *, delivered: int = 0, read: int = 0) -> None:
    """Moves this profile's receipts forward, and sends them to the peer and to the user's other tabs."""
    seen = await tx.maybe(
        _SeenPositions,
        "select delivered_seq, read_seq, peer_user_id, peer_profile_id from app.mark_seen($1, $2, $3, $4)",
        conversation_id,
        delivered,
        read,
    )
    if seen is None:
        return

    def receipt(profile_id: UUID, *, mine: bool) -> Receipt:
        return Receipt(profile_id, conversation_id, seen.delivered_seq, seen.read_seq, mine)

    await realtime.send_frame(tx, seen.peer_user_id, receipt(seen.peer_profile_id, mine=False))
    await realtime.send_frame(tx, tx.me.user_id, receipt(tx.me.profile_id, mine=True))


async def check_member(tx: Tx, conversation_id: UUID) -> None:
    """Raises: NotFound."""
    await tx.one(
        UUID,
        """
        select conversation_id from app.conversation_members
        where tenant_id = $1 and conversation_id = $2 and profile_id = $3
        """,
        conversation_id,
        tx.me.profile_id,
    )


async def _grants(tx: Tx, expires_at: datetime) -> dict[UUID, str]:
    keyring = keys.current().token_keyring
    peers = await tx.all(_Peer, "select conversation_id, profile_id, user_id from app.my_peers($1) where open")
    return {
        peer.conversation_id: realtime.sign_grant(
            realtime.Grant(
                tenant_id=tx.tenant_id,
                conversation_id=peer.conversation_id,
                me_profile_id=tx.me.profile_id,
                peer_profile_id=peer.profile_id,
                peer_user_id=peer.user_id,
                expires_at=expires_at,
            ),
            keyring,
        )
        for peer in peers
    }
