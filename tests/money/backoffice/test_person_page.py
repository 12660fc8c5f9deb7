"""A person's money as staff see it, the search that leads there, and coins moved by hand."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit import personal_data as kept
from meydan.kit.database import Database
from meydan.kit.identity import Role
from meydan.money import wallet
from meydan.money.backoffice.settings import BackofficeSettings
from tests.conftest import MovableClock
from tests.factories import Person, make_person, make_shadow
from tests.meeting_scenarios import bring_together
from tests.money.shops import Answer, Shop, refunded


async def found(staff: httpx.AsyncClient, name: str) -> list[str]:
    answer = await staff.get("/api/staff/people", params={"name": name})
    assert answer.status_code == 200, answer.text
    return [one["alias"] for one in answer.json()["items"]]


async def look(staff: httpx.AsyncClient, person: Person) -> Answer:
    answer = await staff.get(f"/api/staff/people/{person.me.user_id}")
    assert answer.status_code == 200, answer.text
    seen: Answer = answer.json()
    return seen


async def adjust(
    staff: httpx.AsyncClient, person: Person, direction: str, coins: int, reason: str = "put right", key: str = ""
) -> httpx.Response:
    return await staff.post(
        f"/api/staff/wallets/{person.me.user_id}/adjust",
        json={"direction": direction, "coins": coins, "reason": reason},
        headers={"Idempotency-Key": key or uuid4().hex},
    )


async def test_somebody_is_found_by_how_their_name_begins(db: Database, tenant: tenants.Tenant, staff):
    people = [await make_person(db, tenant, alias=alias) for alias in ("Işıl", "ışıldak", "isyan", "İnci")]
    assert await found(staff, "IŞIL") == ["Işıl", "ışıldak"]
    assert sorted(await found(staff, " i ")) == sorted(person.alias for person in people)
    async with db.as_service(tenant.id) as tx:
        tag = await tx.one(
            str, "select tag from app.profiles where (tenant_id, id) = ($1, $2)", people[0].me.profile_id
        )
    assert await found(staff, f"ışıl#{tag}") == ["Işıl"]
    assert await found(staff, f"ışıl#{tag[:2]}") == ["Işıl"]
    assert await found(staff, "ışıl#x") == []
    for nobody in ("", "  ", "#", "#0", "%", "_", "\\", "zz"):
        assert await found(staff, nobody) == [], nobody
    assert (await staff.get("/api/staff/people", params={"name": "x" * 41})).status_code == 400


async def test_at_most_twenty_are_shown(db: Database, tenant: tenants.Tenant, staff):
    for number in range(22):
        await make_person(db, tenant, alias=f"many{number:02}")
    assert await found(staff, "many") == [f"many{number:02}" for number in range(20)]


async def test_a_shadow_is_found_by_nobody(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant, staff: httpx.AsyncClient
):
    ana = await make_person(db, tenant, alias="ana")
    shadow = await make_shadow(db, ana, alias="moonlit")
    await make_person(db, other_tenant, alias="moonlit-elsewhere")
    assert await found(staff, "moon") == []
    seen = await staff.get(f"/api/staff/people/{ana.me.user_id}")
    assert "moonlit" not in seen.text and str(shadow.me.profile_id) not in seen.text


async def test_a_person_with_all_their_money(shop: Shop, staff: httpx.AsyncClient):
    ana = await shop.person()
    _, paid = await shop.buy(ana)
    await shop.spend(ana, 60)
    await shop.deliver(refunded(paid, paid.amount))
    seen = await look(staff, ana)
    assert seen["person"]["user_id"] == str(ana.me.user_id)
    assert (seen["wallet"]["balance"], seen["wallet"]["debt"], seen["wallet"]["held"]) == (0, 60, 0)
    assert (seen["freeze"], seen["cases"], seen["adjustments"], seen["conflict_of_interest"]) == (None, [], [], False)
    await staff.post(f"/api/staff/wallets/{ana.me.user_id}/freeze", json={"reason": "Please write to us"})
    freeze = (await look(staff, ana))["freeze"]
    assert (freeze["reason"], freeze["by"]["alias"]) == ("Please write to us", "boss")
    lines = (await staff.get(f"/api/staff/transactions?user_id={ana.me.user_id}")).json()["items"]
    assert {line["type"] for line in lines} == {"purchased", "spent", "refund"}
    assert (await staff.get(f"/api/staff/people/{uuid4()}")).status_code == 404


async def test_coins_are_given_and_taken_with_a_reason_that_is_read(shop: Shop, staff: httpx.AsyncClient, boss: Person):
    ana = await shop.person()
    answer = await adjust(staff, ana, "give", 70, "the call broke off")
    assert answer.status_code == 200, answer.text
    assert answer.json()["wallet"]["balance"] == 70
    assert (await adjust(staff, ana, "take", 20, "given twice")).json()["wallet"]["balance"] == 50
    history = (await shop.get(ana, "/api/coins/history"))["items"]
    assert [(line["type"], line["amount"], line["details"]["note"]) for line in history] == [
        ("adjustment", -20, "given twice"),
        ("adjustment", 70, "the call broke off"),
    ]
    assert str(boss.me.user_id) not in str(history)
    assert (await shop.frames(ana, "wallet"))[-1]["wallet"]["balance"] == 50
    seen = await look(staff, ana)
    assert [(one["coins"], one["reason"], one["by"]["alias"]) for one in seen["adjustments"]] == [
        (-20, "given twice", "boss"),
        (70, "the call broke off", "boss"),
    ]
    async with shop.db.as_service(shop.tenant.id) as tx:
        logged = await tx.all(
            dict[str, Any],
            "select details from app.system_logs where tenant_id = $1 and action = 'coins_adjusted'"
            " and (user_id, acted_by_user_id) = ($2, $3) order by id",
            *(ana.me.user_id, boss.me.user_id),
        )
    assert [(line["coins"], line["reason"]) for line in logged] == [(70, "the call broke off"), (-20, "given twice")]
    await shop.audit()


async def test_the_same_key_moves_coins_once(shop: Shop, staff: httpx.AsyncClient):
    ana = await shop.person()
    answers = await asyncio.gather(*(adjust(staff, ana, "give", 30, key="one") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await shop.wallet(ana)).balance == 30
    for changed in ("take", 30, "put right"), ("give", 31, "put right"), ("give", 30, "another"):
        answer = await adjust(staff, ana, *changed, key="one")
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert (await staff.post(f"/api/staff/wallets/{ana.me.user_id}/adjust", json={})).status_code == 400


async def test_what_is_owed_is_paid_by_what_is_given(shop: Shop, staff: httpx.AsyncClient):
    ana = await shop.person()
    _, paid = await shop.buy(ana)
    await shop.spend(ana, 60)
    await shop.deliver(refunded(paid, paid.amount))
    wallet = (await adjust(staff, ana, "give", 80)).json()["wallet"]
    assert (wallet["balance"], wallet["debt"]) == (20, 0)
    await shop.audit()


async def test_nobody_comes_to_owe_by_what_is_taken(shop: Shop, staff: httpx.AsyncClient):
    ana = await shop.person(coins=40)
    answer = await adjust(staff, ana, "take", 41)
    assert (answer.status_code, answer.json()["code"]) == (409, "balance_too_low")
    assert (await shop.wallet(ana)).balance == 40
    for wrong in 0, -5, 10**10:
        assert (await adjust(staff, ana, "take", wrong)).status_code == 400
    assert (await adjust(staff, ana, "give", 5, reason="")).status_code == 400


async def test_a_day_has_its_bound_for_each_of_the_staff(
    shop: Shop, app: Litestar, staff: httpx.AsyncClient, moving_clock: MovableClock
):
    ana, ben = await shop.person(), await shop.person()
    async with shop.db.as_service(shop.tenant.id) as tx:
        await tenants.do_configure(tx, BackofficeSettings, adjustment_limit_per_day=100)
    answers = await asyncio.gather(*(adjust(staff, person, "give", 40) for person in (ana, ben) * 3))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409, 409, 409]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["code"], refused["left"]) == ("adjustment_too_large", 20)
    assert (await look(staff, ana))["adjustable"] == 20
    another = await make_person(shop.db, shop.tenant, role=Role.admin)
    async with another.client(app) as client:
        assert (await adjust(client, ana, "give", 100)).status_code == 200
    moving_clock.forward(hours=24, seconds=1)
    assert (await look(staff, ana))["adjustable"] == 100
    await shop.audit()


async def test_nothing_is_given_to_somebody_who_left_and_their_words_go(shop: Shop, staff: httpx.AsyncClient):
    ana = await shop.person()
    await adjust(staff, ana, "give", 10, "her birthday")
    async with shop.db.as_service(shop.tenant.id) as tx:
        assert (await kept.export(tx, ana.me.user_id))["backoffice"]["adjustments"][0]["reason"] == "her birthday"
        await kept.do_erase(tx, ana.me.user_id)
        assert await tx.all(str, "select reason from app.coin_adjustments where tenant_id = $1") == [""]
    answer = await adjust(staff, ana, "give", 10)
    assert (answer.status_code, answer.json()["code"]) == (409, "person_gone")
    assert (await look(staff, ana))["person"]["alias"] == ""


@pytest.mark.parametrize("shadow_gives", [True, False])
async def test_staff_do_not_learn_whose_shadow_gave_them_something(
    shop: Shop, app: Litestar, boss: Person, staff: httpx.AsyncClient, shadow_gives: bool
):
    ana = await shop.person(coins=100)
    shadow = await make_shadow(shop.db, ana, alias="moonlit")
    await bring_together(shop.db, shadow, boss)
    giver, receiver = (shadow, boss) if shadow_gives else (boss, shadow)
    async with shop.db.as_service(shop.tenant.id) as tx:
        gift_id = await tx.one(str, "select id::text from app.gifts where tenant_id = $1 order by price limit 1")
    if not shadow_gives:
        someone_else = await make_person(shop.db, shop.tenant, role=Role.owner)
        async with someone_else.client(app) as client:
            assert (await adjust(client, boss, "give", 100)).status_code == 200
    body = {"gift_id": gift_id, "quantity": 1, "profile_id": str(receiver.me.profile_id), "note": ""}
    answer = await shop.ask(giver, "POST", "/api/gifts/send", body, "one")
    assert answer.status_code == 201, answer.text
    for path in "/api/staff/transactions", f"/api/staff/transactions?user_id={ana.me.user_id}":
        lines = (await staff.get(path)).json()["items"]
        assert all(line["person"]["alias"] == "boss" for line in lines if line["type"].startswith("gift_"))
    colleague = await make_person(shop.db, shop.tenant, role=Role.admin)
    async with colleague.client(app) as client:
        lines = (await client.get("/api/staff/transactions")).json()["items"]
        assert {line["person"]["alias"] for line in lines if line["type"].startswith("gift_")} == {"boss", ana.alias}


@pytest.mark.parametrize("boss_calls", [True, False])
async def test_nor_whose_shadow_they_called(
    shop: Shop, app: Litestar, boss: Person, staff: httpx.AsyncClient, boss_calls: bool
):
    ana, colleague = await shop.person(), await make_person(shop.db, shop.tenant, role=Role.owner)
    payer, payee = (boss, ana) if boss_calls else (ana, boss)
    async with colleague.client(app) as client:
        assert (await adjust(client, payer, "give", 100)).status_code == 200
        async with shop.db.as_service(shop.tenant.id) as tx:
            await wallet.do_transfer(
                tx,
                wallet.TransactionType.call,
                [
                    wallet.Entry(wallet.coins_of(payer.me.user_id), -10),
                    wallet.Entry(wallet.earnings_of(payee.me.user_id), 6),
                    wallet.Entry(wallet.TENANT_REVENUE, 4),
                ],
                key="call",
                user_id=payer.me.user_id,
            )
        [line] = (await client.get("/api/staff/transactions?type=call")).json()["items"]
        named = {entry["person"]["alias"] for entry in line["entries"] if entry["person"]}
        assert named == {"boss", ana.alias}
    async with shop.db.as_service(shop.tenant.id) as tx:
        await wallet.do_reverse(tx, UUID(line["id"]), key="undone", reason="a mistake")
    mine, theirs = f"user_id={boss.me.user_id}", f"user_id={ana.me.user_id}"
    for query, seen in (("", boss_calls), (mine, boss_calls), (theirs, False)):
        for what in ("call", "reversal"):
            answer = await staff.get(f"/api/staff/transactions?type={what}&{query}")
            assert ana.alias not in answer.text
            assert len(answer.json()["items"]) == int(seen), "that it is among theirs would say it all"
