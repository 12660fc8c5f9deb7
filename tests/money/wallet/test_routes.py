"""A person's coins as their client sees them."""

from uuid import uuid4

import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from meydan.money import wallet
from tests.factories import Person, make_person
from tests.money.coin_scenarios import ask, check_the_books, frames_of, give_coins, wallet_of


async def earn_from_others(db: Database, person: Person, amount: int) -> None:
    async with db.as_service(person.tenant.id) as tx:
        await wallet.do_transfer(
            tx,
            wallet.TransactionType.adjustment,
            [
                wallet.Entry(wallet.PROMOTIONS, -amount),
                wallet.Entry(wallet.earnings_of(person.me.user_id), amount),
            ],
            key=f"story:{uuid4()}",
            user_id=None,
        )


async def owe(db: Database, person: Person, amount: int) -> None:
    """They spent what was then taken back."""
    async with db.as_service(person.tenant.id) as tx:
        await wallet.do_claw_back(
            tx,
            person.me.user_id,
            amount,
            to=wallet.PROMOTIONS,
            type=wallet.TransactionType.refund,
            key=f"story:{uuid4()}",
        )


async def convert(app: Litestar, person: Person, amount: int, key: str) -> httpx.Response:
    return await ask(app, person, "POST", "/api/coins/convert", {"amount": amount}, key=key)


async def test_a_newcomer_has_nothing(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    assert (await ask(app, ada, "GET", "/api/coins/balance")).json() == {
        "balance": 0,
        "held": 0,
        "available": 0,
        "debt": 0,
        "earnings": 0,
        "frozen": None,
    }
    assert (await ask(app, ada, "GET", "/api/coins/history")).json() == {"items": [], "next": None}


async def test_the_history_is_ones_own_and_goes_on(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    for amount in (1, 2, 3, 4, 5):
        await give_coins(db, ada, amount)
    seen: list[int] = []
    cursor = ""
    while True:
        page = (await ask(app, ada, "GET", f"/api/coins/history?limit=2{cursor}")).json()
        seen += [item["amount"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [5, 4, 3, 2, 1]
    assert (await ask(app, ben, "GET", "/api/coins/history")).json()["items"] == []


async def test_earnings_become_coins(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    await earn_from_others(db, ada, 30)
    answer = await convert(app, ada, 20, "k")
    assert answer.status_code == 201, answer.text
    assert (answer.json()["type"], answer.json()["amount"]) == ("conversion", 20)
    wallet_now = await wallet_of(db, ada)
    assert (wallet_now.balance, wallet_now.earnings) == (20, 10)
    assert (await convert(app, ada, 20, "k")).json() == answer.json()
    assert (await frames_of(db, ada, "wallet"))[-1]["wallet"]["earnings"] == 10
    reused = await convert(app, ada, 5, "k")
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    too_much = await convert(app, ada, 11, "l")
    assert (too_much.status_code, too_much.json()["code"]) == (409, "balance_too_low")
    assert (await wallet_of(db, ada)).earnings == 10
    await check_the_books(db, tenant)


async def test_what_is_owed_is_paid_before_there_are_coins(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    await earn_from_others(db, ada, 30)
    await owe(db, ada, 12)
    answer = await convert(app, ada, 20, "k")
    assert answer.status_code == 201, answer.text
    now = await wallet_of(db, ada)
    assert (now.balance, now.debt, now.earnings) == (8, 0, 10)
    assert (await convert(app, ada, 20, "k")).json() == answer.json()
    await check_the_books(db, tenant)


async def test_nothing_is_converted_while_coins_are_frozen(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    await earn_from_others(db, ada, 30)
    async with db.as_service(tenant.id) as tx:
        await wallet.do_freeze(tx, ada.me.user_id, "gift_ring", None)
    answer = await convert(app, ada, 10, "k")
    assert (answer.status_code, answer.json()["code"]) == (403, "wallet_frozen")
    assert (await ask(app, ada, "GET", "/api/coins/balance")).json()["frozen"] == "gift_ring"
    assert (await wallet_of(db, ada)).earnings == 30


@pytest.mark.parametrize("amount", [0, -1, 1_000_000_001, 2**63, "five", None])
async def test_an_amount_is_a_number_of_coins(app: Litestar, db: Database, tenant: tenants.Tenant, amount: object):
    ada = await make_person(db, tenant)
    answer = await ask(app, ada, "POST", "/api/coins/convert", {"amount": amount}, key="k")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


async def test_converting_needs_a_key(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    for key in (None, "x" * 65):
        answer = await ask(app, ada, "POST", "/api/coins/convert", {"amount": 1}, key=key)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


async def test_coins_are_for_those_who_are_logged_in(api: httpx.AsyncClient):
    for method, path in (
        ("GET", "/api/coins/balance"),
        ("GET", "/api/coins/history"),
        ("GET", "/api/coins/earn"),
        ("POST", "/api/coins/earn"),
        ("POST", "/api/coins/convert"),
        ("GET", "/api/gifts"),
        ("POST", "/api/gifts/send"),
        ("GET", "/api/gifts/received"),
        ("GET", "/api/gifts/sent"),
        ("GET", f"/api/gifts/with/{uuid4()}"),
        ("GET", "/api/staff/gifts"),
    ):
        answer = await api.request(method, path, json={} if method == "POST" else None)
        assert answer.status_code == 401, (path, answer.text)
