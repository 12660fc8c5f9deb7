"""Sessions: started by a login, continued by rotating refresh tokens, revoked at once.

A refresh token is ``session.number.mac``: the database keeps the session's current number and a salt, never a token.
The newest number rotates the session. The previous one, within the grace period, is a second tab or a lost response,
and gets the same successor. An older number is token reuse: somebody has a copy, so the session ends for both.
A session rotates at most once in the grace period, so the previous number cannot be older than it seems.
"""

import base64
import binascii
import os
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address
from ipaddress import ip_address as parse_ip_address
from uuid import UUID

from msgspec import Struct

from meydan.accounts import events
from meydan.kit import realtime
from meydan.kit.crypto import seal
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound, Refused
from meydan.kit.events import publish
from meydan.kit.identity import Face, Identity, Role

GRACE = timedelta(seconds=30)
LIFETIME = timedelta(days=30)


class EndReason(StrEnum):
    logout = "logout"
    revoked = "revoked"
    token_reuse = "token_reuse"  # noqa: S105 -- a reason, no secret
    password = "password"  # noqa: S105 -- a reason, no secret
    banned = "banned"
    erased = "erased"
    staff = "staff"


class SessionEnded(Refused):
    code, status, title = "session_ended", 401, "This session has ended. Please log in again."


class SessionLine(Struct, frozen=True):
    """A session as its owner sees it in the list."""

    id: UUID
    client_device_id: UUID
    device_name: str
    current: bool
    ip_address_hint: str
    created_at: datetime
    last_seen_at: datetime


class Opened(Struct, frozen=True):
    """A live session: the identity that acts in it, and its newest refresh token."""

    identity: Identity
    refresh_token: str


class _Row(Struct, frozen=True):
    id: UUID
    user_id: UUID
    refresh_salt: bytes
    refresh_number: int
    rotated_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    now: datetime
    """The database's time: the other columns are written by its clock too, and machines' clocks may differ."""


_COLUMNS = "id, user_id, refresh_salt, refresh_number, rotated_at, expires_at, ended_at, app.now() as now"
_LOCK = f"select {_COLUMNS} from app.sessions where tenant_id = $1 and id = $2 for update"


async def do_start(tx: Tx, user_id: UUID, device_id: UUID, ip_address: str) -> Opened:
    """Starts a session under the real face. ``device_id`` is the row's.

    Runs as: service.
    """
    row = await tx.one(
        _Row,
        f"""
        insert into app.sessions (tenant_id, user_id, device_id, profile_id, address_hint, refresh_salt, expires_at)
        select $1, $2, $3, p.id, $4, $5, app.now() + $6::interval from app.profiles p
        where p.tenant_id = $1 and p.user_id = $2 and p.face = 'real'
        returning {_COLUMNS}
        """,
        user_id,
        device_id,
        ip_address_hint(ip_address),
        os.urandom(16),
        LIFETIME,
    )
    await realtime.send_frame(tx, user_id, events.SessionsChanged())
    return Opened(await _identity(tx, row.id), _token(tx, row, row.refresh_number))


async def do_refresh(tx: Tx, token: str) -> Opened | SessionEnded:
    """Rotates the session. Returns the error instead of raising it, so that ending a reused session is committed.

    Locks: sessions.
    Runs as: service.
    """
    parsed = _parse(token)
    row = None if parsed is None else await tx.maybe(_Row, _LOCK, parsed[0])
    if parsed is None or row is None or not seal.constant_time_equal(parsed[2], _mac(tx, row, parsed[1])):
        return SessionEnded()
    if row.ended_at is not None or row.expires_at <= row.now:
        return SessionEnded()
    number, in_grace = parsed[1], row.now - row.rotated_at < GRACE
    if number < row.refresh_number - (1 if in_grace else 0):
        await do_end(tx, row.user_id, row.id, EndReason.token_reuse)
        return SessionEnded()
    newest = row.refresh_number
    if number == newest and not in_grace:
        newest += 1
        await tx.run(
            """
            update app.sessions set refresh_number = $3, rotated_at = app.now(), last_seen_at = app.now(),
            expires_at = app.now() + $4::interval where tenant_id = $1 and id = $2
            """,
            row.id,
            newest,
            LIFETIME,
        )
    return Opened(await _identity(tx, row.id), _token(tx, row, newest))


async def lock_by_token(tx: Tx, token: str) -> tuple[UUID, UUID] | None:
    """The user and session of any token of a live session, also an outdated one: it still may log out.

    Locks: sessions.
    Runs as: service.
    """
    parsed = _parse(token)
    row = None if parsed is None else await tx.maybe(_Row, _LOCK, parsed[0])
    if (
        parsed is None
        or row is None
        or row.ended_at
        or not seal.constant_time_equal(parsed[2], _mac(tx, row, parsed[1]))
    ):
        return None
    return row.user_id, row.id


async def mine(tx: Tx) -> list[SessionLine]:
    """The caller's live sessions, the newest first."""
    return await tx.all(
        SessionLine,
        """
        select s.id, d.client_id as client_device_id, d.name as device_name, s.id = $2 as current,
            s.address_hint as ip_address_hint, s.created_at, s.last_seen_at
        from app.sessions s join app.devices d on d.tenant_id = s.tenant_id and d.id = s.device_id
        where s.tenant_id = $1 and s.ended_at is null and s.expires_at > app.now() order by s.last_seen_at desc, s.id
        """,
        tx.me.session_id,
    )


async def do_end_mine(tx: Tx, session_id: UUID) -> None:
    """Ends one of the caller's live sessions.

    Raises: NotFound.
    """
    ended = await tx.maybe(
        UUID,
        """
        update app.sessions set ended_at = app.now(), end_reason = 'revoked'
        where tenant_id = $1 and id = $2 and ended_at is null returning id
        """,
        session_id,
    )
    if ended is None:
        raise NotFound
    await realtime.do_revoke(tx, session_id)
    await realtime.send_frame(tx, tx.me.user_id, events.SessionsChanged())


async def do_end(tx: Tx, user_id: UUID, session_id: UUID, reason: EndReason) -> None:
    await _do_end(tx, user_id, reason, "id = $4", session_id)


async def do_end_all(tx: Tx, user_id: UUID, reason: EndReason, *, except_session: UUID | None = None) -> None:
    """Ends all sessions of a user, except one if given.

    Runs as: service.
    """
    await _do_end(tx, user_id, reason, "id is distinct from $4", except_session)


async def do_end_of_device(tx: Tx, user_id: UUID, device_id: UUID) -> None:
    await _do_end(tx, user_id, EndReason.revoked, "device_id = $4", device_id)


async def _do_end(tx: Tx, user_id: UUID, reason: EndReason, condition: str, value: UUID | None) -> None:
    ended = await tx.all(
        UUID,
        f"""
        update app.sessions set ended_at = app.now(), end_reason = $3
        where tenant_id = $1 and user_id = $2 and ended_at is null and {condition} returning id
        """,
        user_id,
        reason,
        value,
    )
    for session_id in ended:
        await realtime.do_revoke(tx, session_id)
    if ended:
        await realtime.send_frame(tx, user_id, events.SessionsChanged())
        await publish(tx, events.SessionsEnded(user_id, reason))


@realtime.ended_lately
async def ended_lately(tx: Tx) -> list[realtime.Ended]:
    """Sessions whose access tokens may still live. A Valkey that lost its data learns of them again.

    Runs as: service.
    """
    return await tx.all(
        realtime.Ended,
        """
        select id as subject, extract(epoch from ended_at - app.now() + $2::interval)::float8 as seconds
        from app.sessions where tenant_id = $1 and ended_at > app.now() - $2::interval
        """,
        realtime.LONGEST_TOKEN,
    )


async def do_switch_face(tx: Tx, session_id: UUID, user_id: UUID, face: Face) -> Identity:
    """Continues the session under another of the user's faces.

    Raises: NotFound (no such face).
    Runs as: service.
    """
    changed = await tx.maybe(
        UUID,
        """
        update app.sessions s set profile_id = p.id from app.profiles p
        where s.tenant_id = $1 and s.id = $2 and s.user_id = $3 and s.ended_at is null
        and p.tenant_id = $1 and p.user_id = $3 and p.face = $4 returning s.id
        """,
        session_id,
        user_id,
        face,
    )
    if changed is None:
        raise NotFound
    return await _identity(tx, session_id)


async def do_purge_old(tx: Tx) -> None:
    """Deletes sessions a month after they ended or expired; until then they answer questions about what happened."""
    await tx.run(
        """
        delete from app.sessions where tenant_id = $1
        and (ended_at < app.now() - interval '30 days' or expires_at < app.now() - interval '30 days')
        """
    )


def ip_address_hint(ip_address: str) -> str:
    """A masked IP address in which its user recognises their network: ``88.240.12.x``."""
    try:
        ip = parse_ip_address(ip_address)
    except ValueError:
        return ""
    if isinstance(ip, IPv4Address):
        return ".".join(ip_address.split(".")[:3]) + ".x"
    return ":".join(ip.exploded.split(":")[:3]) + "::"


class _Actor(Struct, frozen=True):
    user_id: UUID
    profile_id: UUID
    face: Face
    client_device_id: UUID
    role: Role


async def _identity(tx: Tx, session_id: UUID) -> Identity:
    actor = await tx.one(
        _Actor,
        """
        select s.user_id, s.profile_id, p.face, d.client_id as client_device_id, u.role from app.sessions s
        join app.users u on u.tenant_id = s.tenant_id and u.id = s.user_id
        join app.profiles p on p.tenant_id = s.tenant_id and p.id = s.profile_id
        join app.devices d on d.tenant_id = s.tenant_id and d.id = s.device_id
        where s.tenant_id = $1 and s.id = $2
        """,
        session_id,
    )
    return Identity(
        tenant_id=tx.tenant_id,
        user_id=actor.user_id,
        profile_id=actor.profile_id,
        session_id=session_id,
        client_device_id=actor.client_device_id,
        role=actor.role,
        face=actor.face,
    )


def _mac(tx: Tx, row: _Row, number: int) -> bytes:
    return seal.mac("refresh tokens", tx.tenant_id, row.id, row.refresh_salt, number)


def _token(tx: Tx, row: _Row, number: int) -> str:
    return f"{row.id.hex}.{number}.{base64.urlsafe_b64encode(_mac(tx, row, number)).decode().rstrip('=')}"


def _parse(token: str) -> tuple[UUID, int, bytes] | None:
    try:
        session, number, mac = token.split(".")
        return UUID(hex=session), int(number), base64.urlsafe_b64decode(mac + "=" * (-len(mac) % 4))
    except (ValueError, binascii.Error):
        return None
