"""Whom a community does not want any more: logged out everywhere at once, told why, kept from coming back by the same phone."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import accounts, tenants
from meydan.kit.database import Tx
from meydan.kit.events import Event, publish


class BanReason(StrEnum):
    reports = "reports"
    """So many different people reported the same person that nobody had to decide."""
    harassment = "harassment"
    sexual_content = "sexual_content"
    underage = "underage"
    spam = "spam"
    threat = "threat"
    other = "other"


class Ban(Struct, frozen=True):
    id: UUID
    reason: BanReason
    until: datetime | None
    created_at: datetime


class Banned(Event, frozen=True):
    """Listeners tidy up what is open; that a banned person starts nothing new is checked where things start."""

    user_id: UUID
    reason: BanReason
    until: datetime | None


class BanLifted(Event, frozen=True):
    user_id: UUID


async def do_ban(
    tx: Tx,
    user_id: UUID,
    reason: BanReason,
    *,
    until: datetime | None = None,
    actor: UUID | None = None,
    **evidence: object,
) -> Ban:
    """Ban a person, for good unless ``until`` says otherwise. A service transaction.

    Who is banned at least as long already stays banned as they are, and nobody is told twice. ``actor`` is the member of
    staff who decided; absent when the system did. ``evidence`` goes into the log. Raises NotFound.
    """
    await tx.run(
        """
        update app.bans set lifted_at = until
        where tenant_id = $1 and user_id = $2 and lifted_at is null and until <= app.now()
        """,
        user_id,
    )
    changed = await tx.maybe(
        UUID,
        """
        insert into app.bans as known (tenant_id, user_id, reason, until, banned_by)
        select tenant_id, id, $3, $4, $5 from app.users where tenant_id = $1 and id = $2
        on conflict (tenant_id, user_id) where lifted_at is null
        do update set reason = excluded.reason, until = excluded.until, banned_by = excluded.banned_by
        where known.until < coalesce(excluded.until, 'infinity')
        returning id
        """,
        user_id,
        reason,
        until,
        actor,
    )
    ban = await tx.one(
        Ban,
        "select id, reason, until, created_at from app.bans where tenant_id = $1 and user_id = $2 and lifted_at is null",
        user_id,
    )
    if changed is None:
        return ban
    # What is open is tidied up before the sessions end: the person's own screen shows it go, and then why.
    await publish(tx, Banned(user_id=user_id, reason=ban.reason, until=ban.until))
    await accounts.do_set_ban(tx, user_id, ban.until, ban.reason)
    await tenants.record(
        tx, "ban", user_id=user_id, actor=actor, ban_id=ban.id, reason=ban.reason, until=ban.until, **evidence
    )
    return ban


async def do_lift(tx: Tx, user_id: UUID, *, actor: UUID | None = None) -> None:
    """The person may log in again. A service transaction. Raises NotFound when they are not banned."""
    ban_id = await tx.one(
        UUID,
        """
        update app.bans set lifted_at = app.now(), lifted_by = $3
        where tenant_id = $1 and user_id = $2 and lifted_at is null returning id
        """,
        user_id,
        actor,
    )
    await accounts.do_lift_ban(tx, user_id)
    await tenants.record(tx, "ban_lifted", user_id=user_id, actor=actor, ban_id=ban_id)
    await publish(tx, BanLifted(user_id=user_id))
