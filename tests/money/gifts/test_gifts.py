"""Giving something to somebody one has met, over HTTP, told from both sides."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar

from meydan import safety, tenants
from meydan.kit.database import Database
from meydan.kit.identity import Role
from meydan.money import wallet
from meydan.money.gifts.settings import GiftsSettings
from tests.factories import Person, make_person, make_shadow
from tests.money.coin_scenarios import ask, check_the_books, frames_of, give_coins, make_met, tenant_revenue, wallet_of


async def gift(app: Litestar, person: Person, key: str = "tea") -> dict[str, Any]:
    gifts: list[dict[str, Any]] = (await ask(app, person, "GET", "/api/gifts")).json()
    [found] = [gift for gift in gifts if gift["key"] == key]
    return found


async def send(app: Litestar, giver: Person, receiver: Person, what: str = "tea", quantity: int = 1, **said: Any):
    key = said.pop("key", None) or str(uuid4())
    body = {
        "gift_id": (await gift(app, giver, what))["id"],
        "quantity": quantity,
        "profile_id": str(receiver.me.profile_id),
    }
    return await ask(app, giver, "POST", "/api/gifts/send", body | said, key=key)


@pytest.fixture
async def pair(db: Database, tenant: tenants.Tenant) -> tuple[Person, Person]:
    """Two who have met; the first has a hundred coins."""
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await make_met(db, ada, ben)
    await give_coins(db, ada, 100)
    return ada, ben


async def test_a_community_begins_with_eight_gifts(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    gifts = (await ask(app, ada, "GET", "/api/gifts")).json()
    assert [(gift["key"], gift["price"]) for gift in gifts] == [
        ("tea", 5),
        ("simit", 10),
        ("tulip", 20),
        ("cat", 40),
        ("lantern", 75),
        ("boat", 150),
        ("kilim", 300),
        ("moon", 1000),
    ]
    assert {gift["name"] for gift in gifts} == {None}


async def test_the_giver_pays_the_receiver_earns_a_share_and_both_are_told(app: Litestar, db: Database, pair):
    ada, ben = pair
    answer = await send(app, ada, ben, "tea", 3, note=" İyi ki varsın ")
    assert answer.status_code == 201, answer.text
    given = answer.json()
    assert (given["coins"], given["quantity"], given["note"]) == (15, 3, "İyi ki varsın")
    assert given["profile_id"] == str(ben.me.profile_id)
    assert (given["gift"]["key"], given["wallet"]["balance"]) == ("tea", 85)
    assert (await wallet_of(db, ben)).earnings == 7
    assert await tenant_revenue(db, ada.tenant) == 8

    [frame] = await frames_of(db, ben, "gift_received")
    assert frame["profile_id"] == str(ben.me.profile_id)
    received = frame["gift"]
    assert (received["id"], received["earned"], received["note"]) == (given["id"], 7, "İyi ki varsın")
    assert received["from"] == {
        "id": str(ada.me.profile_id),
        "alias": ada.alias,
        "tag": received["from"]["tag"],
        "avatar_seed": received["from"]["avatar_seed"],
    }
    [news] = (await ask(app, ben, "GET", "/api/notifications")).json()["items"]
    assert news["code"] == "gift_received"
    assert news["data"] == {
        "gift_key": "tea",
        "quantity": 3,
        "earned": 7,
        "from_profile_id": str(ada.me.profile_id),
    }
    assert (await frames_of(db, ada, "wallet"))[-1]["wallet"]["balance"] == 85
    await check_the_books(db, ada.tenant)


async def test_the_history_says_to_whom_and_from_whom(app: Litestar, db: Database, pair):
    ada, ben = pair
    await send(app, ada, ben, "simit", 2)
    [given, _] = (await ask(app, ada, "GET", "/api/coins/history")).json()["items"]
    assert (given["type"], given["amount"]) == ("gift_sent", -20)
    assert given["details"] == {
        "gift_key": "simit",
        "quantity": 2,
        "profile_id": str(ben.me.profile_id),
        "alias": ben.alias,
    }
    [line] = (await ask(app, ben, "GET", "/api/coins/history")).json()["items"]
    assert (line["type"], line["amount"]) == ("gift_received", 10)
    assert line["details"] == {
        "gift_key": "simit",
        "quantity": 2,
        "profile_id": str(ada.me.profile_id),
        "alias": ada.alias,
    }
    [taken] = (await ask(app, ben, "GET", "/api/gifts/received")).json()["items"]
    assert (taken["gift"]["key"], taken["earned"], taken["from"]["alias"]) == ("simit", 10, ada.alias)
    [sent] = (await ask(app, ada, "GET", "/api/gifts/sent")).json()["items"]
    assert (sent["gift"]["key"], sent["coins"], sent["to"]["alias"]) == ("simit", 20, ben.alias)


async def test_what_two_faces_gave_each_other_is_one_list(app: Litestar, db: Database, pair):
    ada, ben = pair
    await give_coins(db, ben, 50)
    await send(app, ada, ben, "tea", note="one")
    await send(app, ben, ada, "tulip", note="two")
    await send(app, ada, ben, "tea", note="three")
    for person, other, mine in ((ada, ben, [True, False, True]), (ben, ada, [False, True, False])):
        lines = (await ask(app, person, "GET", f"/api/gifts/with/{other.me.profile_id}")).json()["items"]
        assert [line["note"] for line in lines] == ["three", "two", "one"]
        assert [line["mine"] for line in lines] == mine


async def test_the_lists_go_on_where_they_stopped(app: Litestar, pair):
    ada, ben = pair
    for quantity in range(1, 6):
        await send(app, ada, ben, "tea", quantity)
    for person, path in ((ben, "received"), (ada, "sent")):
        seen: list[int] = []
        cursor = ""
        while True:
            page = (await ask(app, person, "GET", f"/api/gifts/{path}?limit=2{cursor}")).json()
            seen += [item["quantity"] for item in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert seen == [5, 4, 3, 2, 1]


async def test_the_same_key_gives_once(app: Litestar, db: Database, pair):
    ada, ben = pair
    first = await send(app, ada, ben, "tea", key="k", note="for you")
    again = await send(app, ada, ben, "tea", key="k", note="for you")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    for change in ({"quantity": 2}, {"note": "for you!"}, {"what": "simit"}):
        other = await send(app, ada, ben, **({"what": "tea", "key": "k", "note": "for you"} | change))
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (await wallet_of(db, ada)).balance == 95
    assert len(await frames_of(db, ben, "gift_received")) == 1
    # Another person's key is another key.
    await give_coins(db, ben, 5)
    assert (await send(app, ben, ada, "tea", key="k")).status_code == 201


async def test_a_gift_given_is_answered_again_whatever_has_changed_since(app: Litestar, db: Database, pair):
    ada, ben = pair
    owner = await make_person(db, ada.tenant, role=Role.owner)
    first = await send(app, ada, ben, "tea", key="k")
    tea = await gift(app, ada)
    assert (await ask(app, owner, "PUT", f"/api/staff/gifts/{tea['id']}", {"price": 6})).status_code == 200
    async with db.as_user(ben.me) as tx:
        await safety.do_block(tx, ada.me.profile_id)
    again = await send(app, ada, ben, "tea", key="k")
    assert (again.status_code, again.json()["id"], again.json()["coins"]) == (201, first.json()["id"], 5)


async def test_tapping_twice_at_once_gives_once(app: Litestar, db: Database, pair):
    ada, ben = pair
    answers = await asyncio.gather(*(send(app, ada, ben, "tea", key="once") for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert ((await wallet_of(db, ada)).balance, (await wallet_of(db, ben)).earnings) == (95, 2)
    assert len(await frames_of(db, ben, "gift_received")) == 1
    await check_the_books(db, ada.tenant)


async def test_nobody_gives_more_than_they_have_however_fast(app: Litestar, db: Database, pair):
    ada, ben = pair
    answers = await asyncio.gather(*(send(app, ada, ben, "cat") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["code"] == "balance_too_low"
    assert (await wallet_of(db, ada)).balance == 20
    assert len(await frames_of(db, ben, "gift_received")) == 2
    await check_the_books(db, ada.tenant)


async def test_two_who_give_each_other_at_once_do_not_wait_for_each_other(app: Litestar, db: Database, pair):
    ada, ben = pair
    await give_coins(db, ben, 100)
    for _ in range(3):
        answers = await asyncio.gather(
            *(send(app, giver, receiver, "tea") for giver, receiver in ((ada, ben), (ben, ada)) for _ in range(4))
        )
        assert {answer.status_code for answer in answers} == {201}
    assert ((await wallet_of(db, ada)).balance, (await wallet_of(db, ben)).balance) == (40, 40)
    await check_the_books(db, ada.tenant)


async def test_only_somebody_one_has_met_can_be_given_something(
    app: Litestar, db: Database, pair, other_tenant: tenants.Tenant
):
    ada, ben = pair
    stranger, far = await make_person(db, ada.tenant), await make_person(db, other_tenant)
    for nobody in (stranger, far, ada):
        answer = await send(app, ada, nobody)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), nobody
    # A face that met nobody gives to nobody, and is given nothing for what the other face is.
    shadow = await make_shadow(db, ada)
    assert (await send(app, shadow, ben)).status_code == 404
    await give_coins(db, ben, 50)
    assert (await send(app, ben, shadow)).status_code == 404
    assert (await send(app, ada, shadow)).status_code == 404
    assert (await wallet_of(db, ada)).balance == 100


@pytest.mark.parametrize("blocker", [0, 1])
async def test_a_block_either_way_looks_like_nobody(app: Litestar, db: Database, pair, blocker: int):
    ada, ben = pair
    async with db.as_user(pair[blocker].me) as tx:
        await safety.do_block(tx, pair[1 - blocker].me.profile_id)
    assert (await send(app, ada, ben)).json()["code"] == "not_found"
    assert (await wallet_of(db, ada)).balance == 100


async def test_nothing_is_given_to_who_is_banned_or_gone(app: Litestar, db: Database, pair):
    ada, ben = pair
    async with db.as_service(ada.tenant.id) as tx:
        await safety.do_ban(tx, ben.me.user_id, safety.BanReason.spam)
    assert (await send(app, ada, ben)).status_code == 404
    async with db.as_service(ada.tenant.id) as tx:
        await safety.do_lift(tx, ben.me.user_id, reason="a mistake")
    assert (await send(app, ada, ben)).status_code == 201


async def test_frozen_coins_are_not_given(app: Litestar, db: Database, pair):
    ada, ben = pair
    async with db.as_service(ada.tenant.id) as tx:
        await wallet.do_freeze(tx, ada.me.user_id, "gift_ring", None)
    answer = await send(app, ada, ben)
    assert (answer.status_code, answer.json()["code"]) == (403, "wallet_frozen")
    assert await frames_of(db, ben, "gift_received") == []


async def test_who_owes_gives_nothing(app: Litestar, db: Database, pair):
    ada, ben = pair
    async with db.as_service(ada.tenant.id) as tx:
        await wallet.do_claw_back(
            tx, ada.me.user_id, 130, to=wallet.PROMOTIONS, type=wallet.TransactionType.refund, key="refund"
        )
    answer = await send(app, ada, ben)
    assert (answer.status_code, answer.json()["code"], answer.json()["debt"]) == (409, "debt_blocks", 30)
    assert (await wallet_of(db, ben)).earnings == 0


async def test_nobody_is_showered_with_gifts(app: Litestar, db: Database, pair):
    ada, ben = pair
    codes = [(await send(app, ada, ben, key=f"k{number}", note="x")).status_code for number in range(50)]
    assert codes[:20] == [201] * 20
    assert 429 in codes[30:]
    async with db.as_service(ada.tenant.id) as tx:
        given = await tx.one(int, "select count(*) from app.gifts_sent where tenant_id = $1")
    assert given == codes.count(201) == 20


async def test_the_share_is_the_communitys_to_set(app: Litestar, db: Database, pair):
    ada, ben = pair
    for percent, earned, revenue in ((0, 0, 5), (100, 5, 5), (33, 6, 9)):
        async with db.as_service(ada.tenant.id) as tx:
            await tenants.do_configure(tx, GiftsSettings, gift_share_percent=percent)
        assert (await send(app, ada, ben, "tea")).status_code == 201
        assert ((await wallet_of(db, ben)).earnings, await tenant_revenue(db, ada.tenant)) == (earned, revenue)


@pytest.mark.parametrize(
    "wrong", [{"quantity": 0}, {"quantity": 100}, {"note": "x" * 201}, {"gift_id": "tea"}, {"coins": 0}]
)
async def test_what_makes_no_sense_is_refused(app: Litestar, pair, wrong: dict[str, Any]):
    answer = await send(app, *pair, **wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


async def test_a_gift_needs_a_key(app: Litestar, pair):
    ada, ben = pair
    body = {"gift_id": (await gift(app, ada))["id"], "quantity": 1, "profile_id": str(ben.me.profile_id)}
    answer = await ask(app, ada, "POST", "/api/gifts/send", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


async def test_staff_price_name_and_retire_gifts(app: Litestar, db: Database, pair):
    ada, ben = pair
    admin = await make_person(db, ada.tenant, role=Role.admin)
    own = {"tr": "Bizim çay", "en": "Our tea"}
    made = await ask(app, admin, "POST", "/api/staff/gifts", {"key": "tea", "name": own, "price": 7, "position": 0})
    assert made.status_code == 201, made.text
    assert (made.json()["name"], made.json()["active"]) == (own, True)
    first = (await ask(app, ada, "GET", "/api/gifts")).json()[0]
    assert first["id"] == made.json()["id"]
    body = {"gift_id": first["id"], "quantity": 1, "profile_id": str(ben.me.profile_id)}
    assert (await ask(app, ada, "POST", "/api/gifts/send", body, key="a")).json()["coins"] == 7

    path = f"/api/staff/gifts/{first['id']}"
    changed = (await ask(app, admin, "PUT", path, {"active": False, "name": None})).json()
    assert (changed["active"], changed["name"], changed["price"]) == (False, None, 7)
    assert (await ask(app, ada, "POST", "/api/gifts/send", body, key="b")).status_code == 404
    assert first["id"] not in (await ask(app, ada, "GET", "/api/gifts")).text
    assert first["id"] in (await ask(app, admin, "GET", "/api/staff/gifts")).text
    # What was given stays to be seen.
    assert first["id"] in (await ask(app, ben, "GET", "/api/gifts/received")).text
    assert (await ask(app, admin, "PUT", f"/api/staff/gifts/{uuid4()}", {"price": 1})).status_code == 404
    for wrong in ({"price": 0}, {"name": {"tr": "Çay"}}, {"price": None}, {"active": None}):
        assert (await ask(app, admin, "PUT", path, wrong)).status_code == 400, wrong
    assert (
        await ask(app, admin, "POST", "/api/staff/gifts", {"key": "x", "price": 1, "position": 1})
    ).status_code == 400


@pytest.mark.parametrize("role", [Role.user, Role.creator, Role.moderator])
async def test_gifts_are_changed_by_those_who_run_the_community(
    app: Litestar, db: Database, tenant: tenants.Tenant, role: Role
):
    person = await make_person(db, tenant, role=role)
    for method, path, body in (
        ("GET", "/api/staff/gifts", None),
        ("POST", "/api/staff/gifts", {"key": "tea", "price": 1, "position": 1}),
        ("PUT", f"/api/staff/gifts/{uuid4()}", {"price": 1}),
    ):
        answer = await ask(app, person, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "staff_only")
