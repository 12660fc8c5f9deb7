"""Domain events run their listeners inside the publisher's transaction."""

import pytest

from meydan import tenants
from meydan.kit.database import Database, Tx
from meydan.kit.events import Event, listen, publish


class Happened(Event, frozen=True):
    what: str


@listen(Happened)
async def _note(tx: Tx, event: Happened) -> None:
    await tenants.do_record(tx, event.what)
    if event.what == "refused":
        raise ValueError(event.what)


async def actions(db: Database, tenant: tenants.Tenant) -> list[str]:
    async with db.as_service(tenant.id) as tx:
        return await tx.all(str, "select action from app.system_logs where tenant_id = $1")


async def test_a_listener_is_part_of_what_happened(db: Database, tenant: tenants.Tenant):
    async with db.as_service(tenant.id) as tx:
        await publish(tx, Happened("kept"))
    assert await actions(db, tenant) == ["kept"]


async def test_a_listener_that_fails_undoes_what_happened(db: Database, tenant: tenants.Tenant):
    with pytest.raises(ValueError, match="refused"):
        async with db.as_service(tenant.id) as tx:
            await publish(tx, Happened("before"))
            await publish(tx, Happened("refused"))
    assert await actions(db, tenant) == []
