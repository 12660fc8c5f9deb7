"""Sessions: started by a login, continued by rotating refresh tokens.

The database keeps the session's current number and a salt, never a token.
The newest number rotates the session. The previous one, within the grace period, is a second tab or a lost response,
and gets the same successor. A session rotates at most once in the grace period.
Signed by the browser, the previous number gets the successor for longer, until the successor was used.
Any other number is token reuse: somebody has a copy, so the session ends for both.
"""

import os
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address
from ipaddress import ip_address as parse_ip_address
from uuid import UUID

from msgspec import Struct

from meydan.accounts import events
from meydan.accounts.sessions import endings, refresh_tokens
from meydan.accounts.sessions.authentication import Authentication
from meydan.accounts.sessions.endings import EndReason
from meydan.kit import realtime
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound, Refused
from meydan.kit.identity import Face, Identity, Role

MOST = 20
"""Live sessions of a user. The next one ends the one unused longest."""
GRACE = timedelta(seconds=30)
SIGNED_GRACE = timedelta(days=7)
INACTIVE_LIFETIME = timedelta(days=30)
"""Time after its last rotation in which a session can be continued."""
ABSOLUTE_LIFETIME = timedelta(days=365)
"""Time after its start in which a session can be continued, however often it is used."""


class Expiry(StrEnum):
    """Lifetime that a session has outlived. It is computed, never stored."""

    inactive = "inactive"
    absolute = "absolute"


class SessionEnded(Refused):
    """``reason`` is an EndReason or an Expiry, for tokens of a session that we know."""

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
    signs_refreshes: bool
    """True when the browser gave a key at the login."""


class _Row(Struct, frozen=True):
    id: UUID
    user_id: UUID
    refresh_salt: bytes
    refresh_number: int
    newest_used: bool
    browser_key: bytes | None
    rotated_at: datetime
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    end_reason: EndReason | None
    now: datetime
    """The database's time: the other columns are written by its clock too, and machines' clocks may differ."""

    @property
    def is_in_grace(self) -> bool:
        return self.now - self.rotated_at < GRACE

    def ended(self) -> SessionEnded | None:
        if self.ended_at is not None:
            return SessionEnded(reason=self.end_reason)
        if self.expires_at > self.now:
            return None
        # A day in PostgreSQL may have 23 hours, if the server's time zone has summer time.
        is_old = self.expires_at > self.created_at + ABSOLUTE_LIFETIME - timedelta(days=1)
        return SessionEnded(reason=Expiry.absolute if is_old else Expiry.inactive)

    def replays_to(self, token: str, signature: str | None) -> bool:
        """True when the previous number's token still gets the newest one."""
        if self.is_in_grace:
            return True
        if self.browser_key is None or signature is None or self.newest_used:
            return False
        return self.now - self.rotated_at < SIGNED_GRACE and refresh_tokens.is_signed(
            token, signature, self.browser_key
        )


_COLUMNS = """
    id, user_id, refresh_salt, refresh_number, newest_used, browser_key, rotated_at, created_at, expires_at, ended_at,
    end_reason, app.now() as now
"""
_LOCK = f"select {_COLUMNS} from app.sessions where tenant_id = $1 and id = $2 for update"


async def do_start(
    tx: Tx,
    user_id: UUID,
    device_id: UUID,
    ip_address: str,
    authenticated_by: Authentication,
    browser_key: bytes | None = None,
) -> Opened:
    """Starts a session under the real face. ``device_id`` is the row's. Ends the one unused longest where there are many.

    The caller holds the user's standing, so that two logins count one after the other.

    Runs as: service.
    """
    row = await tx.one(
        _Row,
        f"""
        insert into app.sessions
            (tenant_id, user_id, device_id, profile_id, address_hint, refresh_salt, browser_key, expires_at, authenticated_by)
        select $1, $2, $3, p.id, $4, $5, $6, app.now() + $7::interval, $8 from app.profiles p
        where p.tenant_id = $1 and p.user_id = $2 and p.face = 'real'
        returning {_COLUMNS}
        """,
        user_id,
        device_id,
        ip_address_hint(ip_address),
        os.urandom(16),
        browser_key,
        INACTIVE_LIFETIME,
        authenticated_by,
    )
    for surplus in await tx.all(
        UUID,
        """
        select id from app.sessions
        where tenant_id = $1 and user_id = $2 and ended_at is null and expires_at > app.now() and id <> $3
        order by last_seen_at desc, id desc offset $4
        """,
        user_id,
        row.id,
        MOST - 1,
    ):
        await endings.do_end(tx, user_id, surplus, EndReason.too_many)
    await realtime.send_frame(tx, user_id, events.SessionsChanged())
    return await _opened(tx, row, row.refresh_number)


async def do_refresh(tx: Tx, token: str, signature: str | None = None) -> Opened | SessionEnded:
    """Rotates the session. Returns the error instead of raising it, so that ending a reused session is committed.

    Locks: sessions.
    Runs as: service.
    """
    found = await _lock_found(tx, token)
    if found is None:
        return SessionEnded()
    number, row = found
    if (ended := row.ended()) is not None:
        return ended
    behind = row.refresh_number - number
    if behind > 1 or (behind == 1 and not row.replays_to(token, signature)):
        await endings.do_end(tx, row.user_id, row.id, EndReason.token_reuse)
        return SessionEnded(reason=EndReason.token_reuse)
    newest = row.refresh_number
    if behind == 0 and not row.is_in_grace:
        newest += 1
        await _do_rotate(tx, row.id, newest)
    elif behind == 0 and not row.newest_used:
        await tx.run("update app.sessions set newest_used = true where tenant_id = $1 and id = $2", row.id)
    return await _opened(tx, row, newest)


async def _do_rotate(tx: Tx, session_id: UUID, number: int) -> None:
    await tx.run(
        """
        update app.sessions set refresh_number = $3, newest_used = false, rotated_at = app.now(),
        last_seen_at = app.now(), expires_at = least(app.now() + $4::interval, created_at + $5::interval)
        where tenant_id = $1 and id = $2
        """,
        session_id,
        number,
        INACTIVE_LIFETIME,
        ABSOLUTE_LIFETIME,
    )


async def lock_by_token(tx: Tx, token: str) -> tuple[UUID, UUID] | None:
    """The user and session of any token of a live session, also an outdated one: it still may log out.

    Locks: sessions.
    Runs as: service.
    """
    found = await _lock_found(tx, token)
    if found is None or found[1].ended_at is not None:
        return None
    return found[1].user_id, found[1].id


async def _lock_found(tx: Tx, token: str) -> tuple[int, _Row] | None:
    """The session of a token, and the token's number.

    Locks: sessions.
    """
    parsed = refresh_tokens.parse(token)
    row = None if parsed is None else await tx.maybe(_Row, _LOCK, parsed.session_id)
    if parsed is None or row is None or not parsed.is_ours(tx, row.refresh_salt):
        return None
    return parsed.number, row


async def _opened(tx: Tx, row: _Row, number: int) -> Opened:
    token = refresh_tokens.written(tx, row.id, row.refresh_salt, number)
    return Opened(await _identity(tx, row.id), token, row.browser_key is not None)


async def authentication(tx: Tx, session_id: UUID) -> Authentication | None:
    """The session's authentication; None for one that has ended.

    Runs as: service.
    """
    return await tx.maybe(
        Authentication,
        "select authenticated_by from app.sessions where tenant_id = $1 and id = $2 and ended_at is null",
        session_id,
    )


async def do_set_authentication(tx: Tx, session_id: UUID, authenticated_by: Authentication) -> None:
    """Runs as: service."""
    await tx.run(
        "update app.sessions set authenticated_by = $3 where tenant_id = $1 and id = $2", session_id, authenticated_by
    )


async def mine(tx: Tx) -> list[SessionLine]:
    """The caller's live sessions, the newest first."""
    return await tx.all(
        SessionLine,
        """
        select s.id, d.client_id as client_device_id, d.name as device_name, s.id = $2 as current,
            s.address_hint as ip_address_hint, s.created_at, s.last_seen_at
        from app.sessions s
        cross join lateral (
            select client_id, name from app.devices where tenant_id = s.tenant_id and id = s.device_id offset 0
        ) d
        where s.tenant_id = $1 and s.ended_at is null and s.expires_at > app.now() order by s.last_seen_at desc, s.id
        """,
        tx.me.session_id,
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
        cross join lateral (
            select role from app.users where tenant_id = s.tenant_id and id = s.user_id offset 0
        ) u
        cross join lateral (
            select face from app.profiles where tenant_id = s.tenant_id and id = s.profile_id offset 0
        ) p
        cross join lateral (
            select client_id from app.devices
            where tenant_id = s.tenant_id and user_id = s.user_id and id = s.device_id offset 0
        ) d
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
