"""Personal data of paid calls: exported on request, ended when the user leaves."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.money.metering import metering

COLUMNS = {"meters.payer_user_id", "meters.payee_user_id"}


class CallRow(Struct, frozen=True):
    paid_by_me: bool
    coins_per_minute: int
    seconds: int
    coins: int
    earned: int
    created_at: datetime
    ended_at: datetime | None


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
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
    return {"paid_calls": msgspec.to_builtins(calls)}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Ends and bills running meters. Calls stay, because they are the other user's books as well.

    Runs as: service.
    """
    await metering.do_end_meters_of(tx, user_id)


personal_data.register("metering", COLUMNS, export, do_erase)
