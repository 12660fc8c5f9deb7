"""Bans: every session ends at once, the client shows the reason, and the same phone cannot register again."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import accounts, tenants
from meydan.kit.database import Tx
from meydan.kit.events import publish
from meydan.safety import events


class BanReason(StrEnum):
    reports = "reports"
    """Stands in older bans, which enough reports caused. Nothing bans by itself any more."""
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


async def do_ban(
    tx: Tx,
    user_id: UUID,
    reason: BanReason,
    *,
    until: datetime | None = None,
    banned_by_user_id: UUID | None = None,
    **evidence: object,
) -> Ban:
    """Bans a user, for good unless ``until`` is given. A ban that lasts at least as long stays, and no event is
    published.

    ``banned_by_user_id`` is absent for an operator at the command line. ``evidence`` goes into the audit log. The ban
    of an erased account reaches its heirs.

    Locks: users.
    Raises: NotFound.
    Runs as: service.
    """
    await accounts.lock_standing(tx, user_id)
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
        insert into app.bans as known (tenant_id, user_id, reason, until, banned_by_user_id)
        select tenant_id, id, $3, $4, $5 from app.users where tenant_id = $1 and id = $2
        on conflict (tenant_id, user_id) where lifted_at is null
        do update set reason = excluded.reason, until = excluded.until, banned_by_user_id = excluded.banned_by_user_id
        where known.until < coalesce(excluded.until, 'infinity')
        returning id
        """,
        user_id,
        reason,
        until,
        banned_by_user_id,
    )
    ban = await tx.one(
        Ban,
        "select id, reason, until, created_at from app.bans where tenant_id = $1 and user_id = $2 and lifted_at is null",
        user_id,
    )
    for heir in await accounts.inheritance.heirs_of(tx, user_id):
        await do_ban(
            tx, heir, reason, until=until, banned_by_user_id=banned_by_user_id, former_user_id=user_id, **evidence
        )
    if changed is None:
        return ban
    await accounts.do_set_ban(tx, user_id, ban.until, ban.reason)
    await tenants.do_record(
        tx,
        "ban",
        user_id=user_id,
        acted_by_user_id=banned_by_user_id,
        ban_id=ban.id,
        reason=ban.reason,
        until=ban.until,
        **evidence,
    )
    return ban


async def do_lift(
    tx: Tx, user_id: UUID, *, reason: str, ban_id: UUID | None = None, lifted_by_user_id: UUID | None = None
) -> None:
    """Lifts the user's ban, or only this one. The reason goes into the audit log.

    Locks: users.
    Raises: NotFound (not banned, or no longer).
    Runs as: service.
    """
    await accounts.lock_standing(tx, user_id)
    lifted = await tx.one(
        UUID,
        """
        update app.bans set lifted_at = app.now(), lifted_by_user_id = $3
        where tenant_id = $1 and user_id = $2 and lifted_at is null and (until is null or until > app.now())
            and ($4::uuid is null or id = $4)
        returning id
        """,
        user_id,
        lifted_by_user_id,
        ban_id,
    )
    await accounts.do_lift_ban(tx, user_id)
    await tenants.do_record(
        tx, "ban_lifted", user_id=user_id, acted_by_user_id=lifted_by_user_id, ban_id=lifted, reason=reason
    )
    await publish(tx, events.BanLifted(user_id=user_id))
