"""Erasure races with incoming coins and gifts: an erased user keeps none of them."""

import asyncio
from uuid import UUID, uuid4

import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit import personal_data
from meydan.kit.database import Database
from meydan.money.gifts import gifts
from tests.factories import Person, make_person
from tests.money.coin_scenarios import Answer, ask, check_the_books, give_coins, make_met
from tests.waiting import until_somebody_waits


@pytest.fixture
async def pair(db: Database, tenant: tenants.Tenant) -> tuple[Person, Person]:
    giver, receiver = await make_person(db, tenant), await make_person(db, tenant)
    await give_coins(db, giver, 100)
    await make_met(db, giver, receiver)
    return giver, receiver


@pytest.mark.parametrize("share", [50, 0])
async def test_who_is_leaving_is_given_nothing(
    app: Litestar, db: Database, pair: tuple[Person, Person], tenant: tenants.Tenant, share: int
):
    giver, receiver = pair
    gift: Answer = (await ask(app, giver, "GET", "/api/gifts")).json()[0]
    body = {"gift_id": gift["id"], "quantity": 1, "profile_id": str(receiver.me.profile_id), "note": "dear Bora"}
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure_key(tx, "gifts.gift_share_percent", share)
    async with db.as_service(tenant.id) as tx:
        await personal_data.do_erase(tx, receiver.me.user_id)
        given = asyncio.create_task(ask(app, giver, "POST", "/api/gifts/send", body, key=uuid4().hex))
        await until_somebody_waits(tx)
    answer = await given
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    async with db.as_service(tenant.id) as tx:
        assert await tx.one(int, "select count(*) from app.gifts_sent where tenant_id = $1") == 0
    await check_the_books(db, tenant)


@pytest.mark.parametrize("who", [0, 1])
async def test_words_of_a_gift_that_was_quicker_go_too(
    app: Litestar, db: Database, pair: tuple[Person, Person], tenant: tenants.Tenant, who: int
):
    giver, receiver = pair
    gift: Answer = (await ask(app, giver, "GET", "/api/gifts")).json()[0]

    async def leave() -> None:
        async with db.as_service(tenant.id) as tx:
            await personal_data.do_erase(tx, pair[who].me.user_id)

    async with db.as_service(tenant.id) as watch, db.as_user(giver.me) as tx:
        await gifts.do_send(tx, UUID(gift["id"]), 1, receiver.me.profile_id, "dear Bora", key="k")
        left = asyncio.create_task(leave())
        await until_somebody_waits(watch)
    await left
    async with db.as_service(tenant.id) as tx:
        assert await tx.all(str, "select note from app.gifts_sent where tenant_id = $1") == [""]
    await check_the_books(db, tenant)
