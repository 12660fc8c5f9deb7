"""Products for sale, and staff's right to change them."""

from uuid import uuid4

import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from meydan.kit.identity import Role
from tests.factories import make_person
from tests.money.shops import Shop

PACKAGE = {"coins": 5_000, "bonus": 2_000, "price": 199_999, "currency": "TRY", "name": {"tr": "Sandık", "en": "Chest"}}
PLAN = {"period": "week", "price": 4_999, "currency": "TRY", "coin_price": 150, "matches_per_day": 30}


async def test_a_new_tenant_has_default_products(app: Litestar, db: Database, tenant: tenants.Tenant):
    person = await make_person(db, tenant)
    async with person.client(app) as client:
        packages = (await client.get("/api/coins/packages")).json()["items"]
        plans = (await client.get("/api/premium")).json()["plans"]
    assert [(item["coins"] + item["bonus"], item["price"], item["currency"]) for item in packages] == [
        (100, 4_999, "TRY"),
        (550, 24_999, "TRY"),
        (1_200, 49_999, "TRY"),
        (2_600, 99_999, "TRY"),
    ]
    assert [(plan["period"], plan["price"], plan["coin_price"]) for plan in plans] == [
        ("month", 14_999, 450),
        ("year", 119_999, None),
    ]
    assert "store_product_id" not in packages[0]


async def test_staff_change_what_is_sold(shop: Shop, db: Database):
    boss, ana = await make_person(db, shop.tenant, role=Role.owner), await shop.person()
    made = await shop.ask(boss, "POST", "/api/staff/packages", PACKAGE)
    assert (made.status_code, made.json()["name"]) == (201, PACKAGE["name"])
    old = await shop.order(ana, 0)
    changed = {**PACKAGE, "price": 150_000, "active": True}
    assert (await shop.ask(boss, "PUT", f"/api/staff/packages/{made.json()['id']}", changed)).json()["price"] == 150_000
    first = shop.packages[0]
    gone = await shop.ask(
        boss,
        "PUT",
        f"/api/staff/packages/{first['id']}",
        {"coins": 1, "price": 1, "currency": "TRY", "active": False},
    )
    assert gone.status_code == 200
    now = (await shop.get(ana, "/api/coins/packages"))["items"]
    assert first["id"] not in [item["id"] for item in now]
    refused = await shop.ask(ana, "POST", "/api/coins/purchase", {"package_id": first["id"]}, "k")
    assert refused.json()["code"] == "not_found"
    await shop.deliver(shop.paid(old))
    assert (await shop.wallet(ana)).balance == 100, "what was ordered is what is given"
    listed = (await shop.get(boss, "/api/staff/packages"))["items"]
    assert len(listed) == 5
    plan = await shop.ask(boss, "POST", "/api/staff/plans", PLAN)
    assert plan.status_code == 201, plan.text
    assert (await shop.ask(boss, "PUT", f"/api/staff/plans/{plan.json()['id']}", {**PLAN, "active": False})).json()[
        "active"
    ] is False
    assert len((await shop.get(boss, "/api/staff/plans"))["items"]) == 3
    assert len((await shop.get(ana, "/api/premium"))["plans"]) == 2


@pytest.mark.parametrize("role", [Role.user, Role.creator, Role.moderator])
async def test_other_roles_may_not_change_products(shop: Shop, db: Database, role: Role):
    person = await make_person(db, shop.tenant, role=role)
    for method, path, body in (
        ("GET", "/api/staff/packages", None),
        ("POST", "/api/staff/packages", PACKAGE),
        ("PUT", f"/api/staff/packages/{shop.packages[0]['id']}", PACKAGE),
        ("GET", "/api/staff/plans", None),
        ("POST", "/api/staff/plans", PLAN),
        ("PUT", f"/api/staff/plans/{shop.plans[0]['id']}", PLAN),
        ("GET", "/api/staff/providers", None),
    ):
        answer = await shop.ask(person, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "staff_only"), path


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": 0},
        {"price": -5},
        {"coins": 0},
        {"coins": 10_000_001},
        {"currency": "try"},
        {"currency": "TRY\n"},
        {"bonus": -1},
        {"name": {"de": "Truhe"}},
        {"name": {}},
        {"name": {"tr": ""}},
        {"store_product_id": ""},
        {"surprise": 1},
    ],
)
async def test_invalid_products_are_refused(shop: Shop, db: Database, wrong: dict[str, object]):
    boss = await make_person(db, shop.tenant, role=Role.admin)
    answer = await shop.ask(boss, "POST", "/api/staff/packages", {**PACKAGE, **wrong})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


async def test_a_store_product_id_belongs_to_one_product(shop: Shop, db: Database):
    boss = await make_person(db, shop.tenant, role=Role.admin)
    for expected in (201, 409):
        answer = await shop.ask(boss, "POST", "/api/staff/packages", {**PACKAGE, "store_product_id": "chest"})
        assert answer.status_code == expected
    assert answer.json()["code"] == "store_product_taken"
    unknown = await shop.ask(boss, "PUT", f"/api/staff/packages/{uuid4()}", PACKAGE)
    assert unknown.status_code == 404


async def test_another_communitys_staff_change_nothing_here(shop: Shop, db: Database, other_tenant: tenants.Tenant):
    stranger = await make_person(db, other_tenant, role=Role.owner)
    answer = await shop.ask(stranger, "PUT", f"/api/staff/packages/{shop.packages[0]['id']}", PACKAGE)
    assert answer.status_code == 404
    theirs = (await shop.get(stranger, "/api/staff/packages"))["items"]
    assert not {item["id"] for item in theirs} & {item["id"] for item in shop.packages}
