"""Referrals: an invited user's first proved phone, if it is new, rewards both users once."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import accounts, meeting, tenants
from meydan.growth.events import ReferralRewarded
from meydan.growth.invites import normalized
from meydan.growth.settings import GrowthSettings
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import listen, publish


class Refusal(StrEnum):
    """Reasons for which a referral earns no reward. The registration succeeds all the same."""

    own_device = "own_device"
    phone_known = "phone_known"


class InviteInvalid(Refused):
    code, status, title = "invite_invalid", 422, "This invitation code does not exist."


class _Inviter(Struct, frozen=True):
    user_id: UUID
    shares_device: bool


class _Referral(Struct, frozen=True):
    id: UUID
    inviter_user_id: UUID
    refused: Refusal | None


@listen(accounts.Registered)
async def record_referral(tx: Tx, event: accounts.Registered) -> None:
    """Stores the referral. An invalid code rolls back the registration, so that the user can correct it.

    Raises: InviteInvalid.
    """
    if not event.invite_code:
        return
    inviter = await tx.maybe(
        _Inviter,
        """
        select code.user_id, exists (
            select from app.devices theirs
            join app.devices mine on mine.tenant_id = theirs.tenant_id and mine.client_id = theirs.client_id
            where theirs.tenant_id = code.tenant_id and theirs.user_id = code.user_id and mine.id = $3
        ) as shares_device
        from app.invite_codes code
        where code.tenant_id = $1 and code.code = $2
        """,
        normalized(event.invite_code),
        event.device_id,
    )
    if inviter is None:
        raise InviteInvalid
    await tx.run(
        "insert into app.referrals (tenant_id, inviter_user_id, invited_user_id, refused) values ($1, $2, $3, $4)",
        inviter.user_id,
        event.user_id,
        Refusal.own_device if inviter.shares_device else None,
    )


@listen(accounts.Verified)
async def reward_new_phone(tx: Tx, event: accounts.Verified) -> None:
    """Decides the referral by the first proved phone. A phone proved before, by any account, earns nothing.

    Locks: referrals.
    """
    referral = await tx.maybe(
        _Referral,
        """
        select id, inviter_user_id, refused from app.referrals
        where tenant_id = $1 and invited_user_id = $2 and decided_at is null for update
        """,
        event.user_id,
    )
    if referral is None:
        return
    refused = referral.refused or (None if event.is_new_phone else Refusal.phone_known)
    await tx.run(
        "update app.referrals set refused = $3, reward_given = $4, decided_at = app.now() where tenant_id = $1 and id = $2",
        referral.id,
        refused,
        refused is None,
    )
    if refused is None:
        await _do_reward(tx, event.user_id, referral.inviter_user_id)


async def _do_reward(tx: Tx, invited: UUID, inviter: UUID) -> None:
    settings = await tenants.settings(tx, GrowthSettings)
    if settings.invited_reward > 0:
        await meeting.do_grant_bonus(tx, invited, amount=settings.invited_reward, reason="referral")
    if settings.inviter_reward > 0:
        await meeting.do_grant_bonus(tx, inviter, amount=settings.inviter_reward, reason="referral")
    await publish(
        tx,
        ReferralRewarded(
            invited_user_id=invited,
            inviter_user_id=inviter,
            invited_reward=settings.invited_reward,
            inviter_reward=settings.inviter_reward,
        ),
    )
