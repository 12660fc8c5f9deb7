"""The device of an order over HTTP: the one its session runs on."""

from uuid import UUID, uuid4

from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from tests.factories import make_person


async def test_an_order_knows_its_device(app: Litestar, db: Database, tenant: tenants.Tenant):
    ayse = await make_person(db, tenant)
    async with ayse.client(app) as client:
        packages = (await client.get("/api/coins/packages")).json()["items"]
        ordered = await client.post(
            "/api/coins/purchase", json={"package_id": packages[0]["id"]}, headers={"Idempotency-Key": str(uuid4())}
        )
        assert ordered.status_code == 201, ordered.text
    async with db.as_service(tenant.id) as tx:
        device = await tx.one(
            UUID,
            "select d.id from app.payments p join app.devices d"
            " on (d.tenant_id, d.user_id, d.client_id) = (p.tenant_id, p.user_id, p.device_id)"
            " where p.tenant_id = $1 and p.id = $2",
            UUID(ordered.json()["id"]),
        )
    assert device == ayse.device_row
