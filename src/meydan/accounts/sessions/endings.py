"""Ends of sessions: by their user, by others of their sessions, or by the community; access tokens die with them."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan.accounts import events
from meydan.kit import realtime
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound
from meydan.kit.events import publish


class EndReason(StrEnum):
    logout = "logout"
    revoked = "revoked"
    token_reuse = "token_reuse"  # noqa: S105 -- a reason, no secret
    password = "password"  # noqa: S105 -- a reason, no secret
    banned = "banned"
    erased = "erased"
    staff = "staff"
    too_many = "too_many"
    """Newer sessions of the user have taken its place."""
    second_factor = "second_factor"
    """The user switched a second factor on or off in another session."""


class _Ended(Struct, frozen=True):
    id: UUID
    device_id: UUID


async def do_end_one(tx: Tx, user_id: UUID, session_id: UUID) -> None:
    """Ends one of the user's live sessions at their wish.

    Raises: NotFound.
    Runs as: service.
    """
    if not await _do_end(tx, user_id, EndReason.revoked, "id = $4", session_id):
        raise NotFound


async def do_end(tx: Tx, user_id: UUID, session_id: UUID, reason: EndReason) -> None:
    await _do_end(tx, user_id, reason, "id = $4", session_id)


async def do_end_all(tx: Tx, user_id: UUID, reason: EndReason, *, except_session: UUID | None = None) -> None:
    """Ends all sessions of a user, except one if given.

    Runs as: service.
    """
    await _do_end(tx, user_id, reason, "id is distinct from $4", except_session)


async def do_end_of_device(tx: Tx, user_id: UUID, device_id: UUID) -> None:
    await _do_end(tx, user_id, EndReason.revoked, "device_id = $4", device_id)


async def _do_end(tx: Tx, user_id: UUID, reason: EndReason, condition: str, value: UUID | None) -> bool:
    """Returns whether a session was live."""
    ended = await tx.all(
        _Ended,
        f"""
        update app.sessions set ended_at = app.now(), end_reason = $3
        where tenant_id = $1 and user_id = $2 and ended_at is null and {condition} returning id, device_id
        """,
        user_id,
        reason,
        value,
    )
    for session in ended:
        await realtime.do_revoke(tx, session.id)
    if ended:
        signed_out = await _signed_out_devices(tx, [session.device_id for session in ended])
        await realtime.send_frame(tx, user_id, events.SessionsChanged())
        await publish(tx, events.SessionsEnded(user_id, reason, signed_out))
    return bool(ended)


async def _signed_out_devices(tx: Tx, device_ids: list[UUID]) -> list[UUID]:
    return await tx.all(
        UUID,
        """
        select device.client_id from app.devices device
        where device.tenant_id = $1 and device.id = any($2::uuid[]) and not exists (
            select from app.sessions live where live.tenant_id = device.tenant_id and live.device_id = device.id
                and live.ended_at is null and live.expires_at > app.now()
        )
        """,
        device_ids,
    )


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


async def do_purge_old(tx: Tx) -> None:
    """Deletes sessions a month after they ended or expired; until then they answer questions about what happened."""
    await tx.run(
        """
        delete from app.sessions where tenant_id = $1
        and (ended_at < app.now() - interval '30 days' or expires_at < app.now() - interval '30 days')
        """
    )
