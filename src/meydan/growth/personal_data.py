"""Personal data in growth: export and erasure."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan.kit import personal_data
from meydan.kit.database import Tx

COLUMNS = {
    "invite_codes.user_id",
    "invite_codes.profile_id",
    "referrals.inviter_user_id",
    "referrals.invited_user_id",
}


class CodeRow(Struct, frozen=True):
    code: str
    created_at: datetime


class ReferralRow(Struct, frozen=True):
    invited_me: bool
    reward_given: bool
    created_at: datetime


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """Runs as: service."""
    codes = await tx.all(
        CodeRow,
        "select code, created_at from app.invite_codes where tenant_id = $1 and user_id = $2 order by id",
        user_id,
    )
    referrals = await tx.all(
        ReferralRow,
        """
        select invited_user_id = $2 as invited_me, reward_given, created_at from app.referrals
        where tenant_id = $1 and $2 in (inviter_user_id, invited_user_id) order by id
        """,
        user_id,
    )
    return {"invite_codes": msgspec.to_builtins(codes), "referrals": msgspec.to_builtins(referrals)}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Deletes invitation codes. Referrals stay, because the other user's counts include them.

    Runs as: service.
    """
    await tx.run("delete from app.invite_codes where tenant_id = $1 and user_id = $2", user_id)


personal_data.register("growth", COLUMNS, export, do_erase)
