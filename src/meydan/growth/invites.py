"""Inviting somebody: a code for each face, and how many came by it."""

import secrets

from msgspec import Struct

from meydan import tenants
from meydan.kit.database import Tx

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is mistaken for another when read aloud or copied by hand
_LENGTH = 8


class GrowthSettings(tenants.RoomSettings, frozen=True):
    room = "growth"

    invited_reward: int = 10
    """Matches for the invited person, once."""
    inviter_reward: int = 0
    """Matches for whoever invited them."""


class Invite(Struct, frozen=True):
    """``reward`` is what the invited person gets."""

    code: str
    link: str
    invited: int
    rewarded: int
    reward: int


class _Counts(Struct, frozen=True):
    invited: int
    rewarded: int


def normal(code: str) -> str:
    """As it is kept, however it was typed."""
    return code.strip().upper().replace("-", "").replace(" ", "")


async def invite(tx: Tx, base_url: str) -> Invite:
    """The active face's code, made when it is first asked for. Numbers count both faces."""
    code = await _code(tx) or await _make_code(tx)
    counts = await tx.one(
        _Counts,
        """
        select count(*)::integer as invited, (count(*) filter (where reward_given))::integer as rewarded
        from app.referrals where tenant_id = $1 and inviter_user_id = $2
        """,
        tx.me.user_id,
    )
    settings = await tenants.settings(tx, GrowthSettings)
    link = f"{base_url.rstrip('/')}/join?invite={code}"
    return Invite(code, link, counts.invited, counts.rewarded, settings.invited_reward)


async def _code(tx: Tx) -> str | None:
    return await tx.maybe(
        str, "select code from app.invite_codes where tenant_id = $1 and profile_id = $2", tx.me.profile_id
    )


async def _make_code(tx: Tx) -> str:
    """Two of the person's tabs may ask at once, and a code may be taken: whoever lost looks again."""
    while True:
        await tx.run(
            """
            insert into app.invite_codes (tenant_id, user_id, profile_id, code) values ($1, $2, $3, $4)
            on conflict do nothing
            """,
            tx.me.user_id,
            tx.me.profile_id,
            "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)),
        )
        if code := await _code(tx):
            return code
