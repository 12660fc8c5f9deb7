"""What is kept of a person's gifts and paid calls, and what stays of it when they leave."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan.kit import people
from meydan.kit.database import Tx
from meydan.wallet import metering
from meydan.wallet import people as books

COLUMNS = {
    "gifts_sent.giver_user_id",
    "gifts_sent.giver_profile_id",
    "gifts_sent.receiver_user_id",
    "gifts_sent.receiver_profile_id",
    "gifts_sent.note",
    "meters.payer_user_id",
    "meters.payee_user_id",
}


class GiftRow(Struct, frozen=True):
    gift: str
    quantity: int
    coins: int
    earned: int
    given: bool
    giver_profile_id: UUID
    receiver_profile_id: UUID
    note: str
    created_at: datetime


class CallRow(Struct, frozen=True):
    paid_by_me: bool
    coins_per_minute: int
    seconds: int
    coins: int
    earned: int
    created_at: datetime
    ended_at: datetime | None


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    gifts = await tx.all(
        GiftRow,
        "select gift.key as gift, sent.quantity, sent.coins, sent.earned, sent.giver_user_id = $2 as given, "
        "sent.giver_profile_id, sent.receiver_profile_id, sent.note, sent.created_at "
        "from app.gifts_sent sent join app.gifts gift on gift.tenant_id = sent.tenant_id and gift.id = sent.gift_id "
        "where sent.tenant_id = $1 and $2 in (sent.giver_user_id, sent.receiver_user_id) order by sent.id",
        user_id,
    )
    calls = await tx.all(
        CallRow,
        """
        select meter.payer_user_id = $2 as paid_by_me, meter.coins_per_minute, meter.used / 1000 as seconds,
            coalesce(sum(unit.coins), 0)::bigint as coins, coalesce(sum(unit.earned), 0)::bigint as earned,
            meter.created_at, meter.ended_at
        from app.meters meter
        left join app.meter_units unit
            on unit.tenant_id = meter.tenant_id and unit.meter_id = meter.id and unit.status = 'paid'
        where meter.tenant_id = $1 and $2 in (meter.payer_user_id, meter.payee_user_id)
        group by meter.tenant_id, meter.id order by meter.id
        """,
        user_id,
    )
    return {"gifts": msgspec.to_builtins(gifts), "paid_calls": msgspec.to_builtins(calls)}


async def erase(tx: Tx, user_id: UUID) -> None:
    """What runs is ended and paid. Gifts and calls stay, without a word: they are the other one's books as well."""
    await metering.do_end_all_of(tx, user_id)
    await books.close(tx, user_id)  # a gift that is given at this moment is over first, and its words go with the rest
    await tx.run(
        "update app.gifts_sent set note = '' "
        "where tenant_id = $1 and $2 in (giver_user_id, receiver_user_id) and note <> ''",
        user_id,
    )


people.keeps("gifts", COLUMNS, export, erase)
