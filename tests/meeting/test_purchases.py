"""Coins buy meetings: paid and given together, once for each key."""

import asyncio
from uuid import uuid4

from meydan import meeting, tenants
from meydan.kit.database import Database
from tests.meeting.factories import left
from tests.money.shops import Shop, owner, scripted, shop

__all__ = ["owner", "scripted", "shop"]


async def test_coins_become_meetings(shop: Shop, db: Database):
    ana = await shop.person(coins=100)
    assert await shop.get(ana, "/api/coins/offers") == {"items": [{"item": "meeting", "price": 10}]}
    answer = await shop.ask(ana, "POST", "/api/coins/spend", {"item": "meeting", "quantity": 3}, "k")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["wallet"]["balance"], answer.json()["transaction"]["amount"]) == (70, -30)
    assert await left(db, ana) == 13
    await shop.audit()


async def test_one_key_buys_once(shop: Shop, db: Database):
    ana, key = await shop.person(coins=100), uuid4().hex
    body = {"item": "meeting", "quantity": 2}
    answers = await asyncio.gather(*(shop.ask(ana, "POST", "/api/coins/spend", body, key) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["transaction"]["id"] for answer in answers}) == 1
    assert (await left(db, ana), (await shop.wallet(ana)).balance) == (12, 80)
    other = await shop.ask(ana, "POST", "/api/coins/spend", {"item": "meeting", "quantity": 1}, key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_without_coins_nothing_is_given(shop: Shop, db: Database):
    ana = await shop.person(coins=19)
    answer = await shop.ask(ana, "POST", "/api/coins/spend", {"item": "meeting", "quantity": 2}, "k")
    assert (answer.status_code, answer.json()["code"]) == (409, "balance_too_low")
    assert await left(db, ana) == 10
    for quantity in (0, -1, 21):
        answer = await shop.ask(ana, "POST", "/api/coins/spend", {"item": "meeting", "quantity": quantity}, "k")
        assert answer.status_code == 400


async def test_a_community_that_sells_none(shop: Shop, db: Database):
    ana = await shop.person(coins=100)
    async with db.as_service(shop.tenant.id) as tx:
        await tenants.do_configure(tx, meeting.MeetingSettings, meeting_price=0)
    assert await shop.get(ana, "/api/coins/offers") == {"items": []}
    answer = await shop.ask(ana, "POST", "/api/coins/spend", {"item": "meeting"}, "k")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_for_sale")
