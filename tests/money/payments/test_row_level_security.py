"""Purchases are invisible to other users and other tenants, over HTTP and with the application's own login."""

from uuid import uuid4

import asyncpg
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from tests.factories import make_person, make_shadow
from tests.money.shops import Shop

TABLES = [
    *("coin_packages", "premium_plans", "billing_customers", "provider_accounts", "subscriptions", "payments"),
    *("webhook_events", "deferred_events", "payment_refunds", "payment_disputes", "reconciliations"),
    "reconciliation_differences",
]


async def test_others_purchases_are_not_found(shop: Shop, app: Litestar, db: Database, other_tenant: tenants.Tenant):
    ana = await shop.person()
    payment, _ = await shop.buy(ana)
    await shop.go_premium(ana)
    for stranger in (await shop.person(), await make_person(db, other_tenant)):
        for method, path, body in (
            ("GET", f"/api/payments/{payment['id']}", None),
            ("POST", f"/api/payments/{payment['id']}/check", None),
            ("POST", f"/api/payments/{payment['id']}/receipt", {"receipt": "x"}),
        ):
            answer = await shop.ask(stranger, method, path, body)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
        assert (await shop.get(stranger, "/api/payments"))["items"] == []
        assert (await shop.get(stranger, "/api/premium"))["subscription"] is None
    assert not [row for row in await shop.work() if row == "payments.check_payment"]


async def test_both_faces_of_a_person_have_one_wallet_and_one_premium(shop: Shop, db: Database):
    ana = await shop.person()
    payment, _ = await shop.buy(ana)
    shadow = await make_shadow(db, ana)
    assert (await shop.get(shadow, f"/api/payments/{payment['id']}"))["status"] == "paid"


async def test_a_persons_login_reads_its_own_and_writes_nothing(shop: Shop, db: Database, other_tenant: tenants.Tenant):
    ana, bora = await shop.person(), await shop.person()
    await shop.buy(ana)
    await shop.go_premium(ana)
    for person, seen in ((ana, 2), (bora, 0), (await make_person(db, other_tenant), 0)):
        async with db.as_user(person.me) as tx:
            assert await tx.one(int, "select count(*)::int from app.payments where tenant_id = $1 or true") == seen
            assert (
                await tx.one(int, "select count(*)::int from app.subscriptions where tenant_id = $1 or true")
                == seen // 2
            )
    for table in TABLES:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(ana.me) as tx:
                await tx.run(f"delete from app.{table} where tenant_id = $1")
    for statement in (
        "update app.payments set status = 'paid' where tenant_id = $1",
        "update app.subscriptions set period_ends_at = 'infinity' where tenant_id = $1",
        "update app.coin_packages set price = 1 where tenant_id = $1",
        "select provider_charge_id from app.payments where tenant_id = $1",
        "select sealed from app.provider_accounts where tenant_id = $1",
        "select payload from app.webhook_events where tenant_id = $1",
        "select app.seed_default_products($1)",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(ana.me) as tx:
                await tx.run(statement)


async def test_a_service_of_one_tenant_sees_no_other(shop: Shop, db: Database, other_tenant: tenants.Tenant):
    await shop.buy(await shop.person())
    async with db.as_service(other_tenant.id) as tx:
        for table in TABLES[2:]:
            assert await tx.one(int, f"select count(*)::int from app.{table} where tenant_id = $1 or true") == 0, table


async def test_books_are_not_thrown_away(shop: Shop, db: Database):
    await shop.buy(await shop.person())
    for table in ("payments", "subscriptions", "payment_refunds", "payment_disputes", "coin_packages", "premium_plans"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_service(shop.tenant.id) as tx:
                await tx.run(f"delete from app.{table} where tenant_id = $1")


async def test_nobody_without_a_log_in_buys(shop: Shop, api):
    for method, path in (
        ("POST", "/api/coins/purchase"),
        ("GET", "/api/payments"),
        ("GET", f"/api/payments/{uuid4()}"),
        ("POST", "/api/coins/spend"),
        ("POST", "/api/premium/subscribe"),
        ("GET", "/api/staff/packages"),
    ):
        assert (await api.request(method, path, json={})).status_code in (400, 401), path
    assert (await api.get("/api/payments")).status_code == 401
