"""Row-level security of gifts and paid time: rows that users may read and change, tried in SQL."""

from dataclasses import dataclass
from uuid import uuid4

import asyncpg
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.accounts.faces import shadow_endings
from meydan.kit import personal_data
from meydan.kit.database import Database
from meydan.kit.identity import Identity
from tests.conftest import MovableClock
from tests.factories import Person, make_person, make_shadow
from tests.money.coin_scenarios import ask, check_the_books, give_coins, make_met, wallet_of
from tests.money.metering import scenarios
from tests.money.metering.scenarios import Call


@dataclass
class Square:
    ada: Person
    ben: Person
    shadow: Person
    """Ada's other face, which ben has met as well."""
    call: Call


@pytest.fixture
async def square(app: Litestar, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock) -> Square:
    """Ada gave ben tea under her name and a tulip as a shadow, and pays for a call with him."""
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    shadow = await make_shadow(db, ada)
    await give_coins(db, ada, 200)
    for face, what, words in ((ada, "tea", "by day"), (shadow, "tulip", "by night")):
        await make_met(db, face, ben)
        [gift] = [one for one in (await ask(app, face, "GET", "/api/gifts")).json() if one["key"] == what]
        body = {"gift_id": gift["id"], "quantity": 1, "profile_id": str(ben.me.profile_id), "note": words}
        assert (await ask(app, face, "POST", "/api/gifts/send", body, key=what)).status_code == 201
    call = await scenarios.start(db, moving_clock, ada, ben)
    await call.talk(60)
    return Square(ada, ben, shadow, call)


async def seen(db: Database, me: Identity) -> list[str]:
    async with db.as_user(me) as tx:
        return await tx.all(str, "select note from app.gifts_sent where tenant_id > $1 - 1000000 order by id")


async def test_each_face_sees_what_it_gave_and_was_given(
    db: Database, square: Square, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    assert await seen(db, square.ada.me) == ["by day"]
    assert await seen(db, square.shadow.me) == ["by night"]
    assert await seen(db, square.ben.me) == ["by day", "by night"]
    for outsider in (await make_person(db, tenant), await make_person(db, other_tenant)):
        assert await seen(db, outsider.me) == []


async def test_nothing_ties_the_two_faces_of_a_giver(app: Litestar, db: Database, square: Square):
    """All that ben can ask for, and all that was said to him."""
    answers = [
        (await ask(app, square.ben, "GET", path)).text
        for path in (
            "/api/gifts/received",
            "/api/gifts/sent",
            "/api/coins/history",
            "/api/notifications",
            "/api/users/export",
        )
    ]
    async with db.as_service(square.ben.tenant.id) as tx:
        answers += await tx.all(
            str, "select payload from app.outbox where tenant_id = $1 and user_id = $2", square.ben.me.user_id
        )
    assert len(answers) > 7
    assert not any(str(square.ada.me.user_id) in answer for answer in answers)
    by_day = (await ask(app, square.ben, "GET", f"/api/gifts/with/{square.ada.me.profile_id}")).text
    assert "by day" in by_day
    assert "by night" not in by_day


async def test_a_faces_lists_show_nothing_of_the_other(app: Litestar, square: Square):
    for face, own, other in ((square.ada, "by day", "by night"), (square.shadow, "by night", "by day")):
        for path in ("sent", f"with/{square.ben.me.profile_id}"):
            said = (await ask(app, face, "GET", f"/api/gifts/{path}")).text
            assert own in said
            assert other not in said


@pytest.mark.parametrize(
    "statement",
    [
        "select giver_user_id from app.gifts_sent where tenant_id = $1",
        "select receiver_user_id from app.gifts_sent where tenant_id = $1",
        "select idempotency_key from app.gifts_sent where tenant_id = $1",
        (
            "insert into app.gifts_sent (tenant_id, gift_id, quantity, coins, earned, giver_user_id, giver_profile_id, "
            "receiver_user_id, receiver_profile_id, idempotency_key) "
            "values ($1, uuidv7(), 1, 1, 1, app.user_id(), app.profile_id(), uuidv7(), uuidv7(), 'k')"
        ),
        "update app.gifts_sent set note = 'x' where tenant_id = $1",
        "delete from app.gifts_sent where tenant_id = $1",
        "insert into app.gifts (tenant_id, key, price) values ($1, 'tea', 1)",
        "update app.gifts set price = 1 where tenant_id = $1",
        "delete from app.gifts where tenant_id = $1",
        "select app.seed_default_gifts($1)",
        "select id from app.meters where tenant_id = $1",
        "update app.meters set used = 0 where tenant_id = $1",
        "insert into app.meter_units (tenant_id, meter_id, number, hold_id, coins) values ($1, uuidv7(), 1, uuidv7(), 1)",
        "delete from app.meter_units where tenant_id = $1",
        (
            "select id from app.move_coins($1, 'k', 'gift_received', array[('tenant_revenue', null, null, null, -5),"
            " ('creator_revenue', app.user_id(), null, null, 5)]::app.ledger_entry[],"
            " app.user_id(), '', null, '{}', null, null, false)"
        ),
    ],
)
async def test_people_change_nothing_past_the_function(db: Database, square: Square, statement: str):
    for person in (square.ada, square.ben):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(person.me) as tx:
                await tx.run(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "update app.gifts_sent set coins = 1 where tenant_id = $1",
        "delete from app.gifts_sent where tenant_id = $1",
        "delete from app.gifts where tenant_id = $1",
        "delete from app.meters where tenant_id = $1",
        "delete from app.meter_units where tenant_id = $1",
    ],
)
async def test_even_the_service_rewrites_no_history(db: Database, square: Square, statement: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.as_service(square.ada.tenant.id) as tx:
            await tx.run(statement)


async def test_the_function_asks_for_the_tenant_too(db: Database, square: Square, other_tenant: tenants.Tenant):
    far = await make_person(db, other_tenant)
    for person, tenant_id in ((far, square.ada.tenant.id), (square.ada, other_tenant.id)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(person.me) as tx:
                await tx.connection.fetch(
                    "select id from app.send_gift($1, $2, 1, $3, '', 'k')",
                    *(tenant_id, uuid4(), square.ben.me.profile_id),
                )


async def test_everybody_is_shown_their_own_and_nobody_elses_id(db: Database, square: Square):
    async with db.as_service(square.ada.tenant.id) as tx:
        kept = [await personal_data.export(tx, one.me.user_id) for one in (square.ada, square.ben)]
    adas, bens = [one["gifts"] | one["metering"] for one in kept]
    assert [(gift["gift"], gift["given"], gift["note"]) for gift in adas["gifts"]] == [
        ("tea", True, "by day"),
        ("tulip", True, "by night"),
    ]
    assert [gift["given"] for gift in bens["gifts"]] == [False, False]
    assert [(call["paid_by_me"], call["seconds"], call["coins"]) for call in adas["paid_calls"]] == [(True, 60, 10)]
    assert [(call["paid_by_me"], call["earned"]) for call in bens["paid_calls"]] == [(False, 6)]
    assert str(square.ada.me.user_id) not in str(bens)
    assert str(square.ben.me.user_id) not in str(adas)


@pytest.mark.parametrize("leaver", ["ada", "ben"])
async def test_who_leaves_takes_the_words_and_ends_the_call(app: Litestar, db: Database, square: Square, leaver: str):
    gone: Person = getattr(square, leaver)
    await square.call.talk(40)
    async with db.as_service(gone.tenant.id) as tx:
        await personal_data.do_erase(tx, gone.me.user_id)
        await shadow_endings.do_end(tx, square.shadow.me.profile_id)  # nothing where the shadow's person is still here
    row = await square.call.row()
    assert (row.end_reason, row.paid_units, row.held_units) == ("lost", 2, 0)
    async with db.as_service(gone.tenant.id) as tx:
        assert await tx.all(str, "select distinct note from app.gifts_sent where tenant_id = $1") == [""]
        again = await personal_data.export(tx, gone.me.user_id)
        await personal_data.do_erase(tx, gone.me.user_id)
    assert [gift["note"] for gift in again["gifts"]["gifts"]] == ["", ""]
    other = square.ben if leaver == "ada" else square.ada
    assert (await wallet_of(db, gone)).balance == (await wallet_of(db, gone)).earnings == 0
    if leaver == "ada":
        received = (await ask(app, other, "GET", "/api/gifts/received")).json()["items"]
        assert {item["from"]["alias"] for item in received} == {""}
        assert (await wallet_of(db, other)).earnings == 2 + 10 + 12
    await check_the_books(db, gone.tenant)
