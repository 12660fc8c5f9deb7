"""Invitations: a code for each face, and the number of users who registered with it."""

import secrets

from msgspec import Struct

from meydan import tenants
from meydan.growth.settings import GrowthSettings
from meydan.kit.database import Tx
from meydan.kit.typed_text import as_typed

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no look-alikes: codes are read aloud and copied by hand
_LENGTH = 8


class Invite(Struct, frozen=True):
    """``reward`` is the invited user's, in matches."""

    code: str
    link: str
    invited: int
    rewarded: int
    reward: int


class _Counts(Struct, frozen=True):
    invited: int
    rewarded: int


def normalized(code: str) -> str:
    """A typed code in its stored form."""
    return as_typed(code).upper().replace("-", "").replace(" ", "")


async def do_get_or_create_invite(tx: Tx, base_url: str) -> Invite:
    """The active face's code, created on first use. Counts cover both faces."""
    code = await _code(tx) or await _do_create_code(tx)
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


async def _do_create_code(tx: Tx) -> str:
    """Retries until the face has a code: a random one may be taken, and another tab may insert first."""
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
