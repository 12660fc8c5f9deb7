"""Coins for coming by: once a day of the community."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from litestar import Litestar

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.money.wallet.settings import WalletSettings
from tests.conftest import MovableClock
from tests.factories import Person, make_person, make_shadow
from tests.money.coin_scenarios import ask, check_the_books, frames_of, wallet_of


async def earn(app: Litestar, person: Person):
    return await ask(app, person, "POST", "/api/coins/earn", {"source": "daily"})


async def daily(app: Litestar, person: Person):
    return (await ask(app, person, "GET", "/api/coins/earn")).json()["daily"]


def tomorrow(zone: str = "Europe/Istanbul") -> datetime:
    now = clock.now().astimezone(ZoneInfo(zone))
    return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


async def test_once_a_day_is_what_a_day_gives(
    app: Litestar, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ada = await make_person(db, tenant)
    assert (await daily(app, ada)) | {"next_at": None} == {"coins": 5, "available": True, "next_at": None}
    answer = await earn(app, ada)
    assert answer.status_code == 201, answer.text
    earned = answer.json()
    assert (earned["wallet"]["balance"], earned["transaction"]["amount"]) == (5, 5)
    assert (earned["transaction"]["type"], earned["transaction"]["description"]) == ("earned", "daily")
    assert datetime.fromisoformat(earned["next_at"]) == tomorrow()
    assert (await frames_of(db, ada, "wallet"))[-1]["wallet"]["balance"] == 5

    again = await earn(app, ada)
    assert (again.status_code, again.json()["code"]) == (409, "already_earned")
    assert datetime.fromisoformat(again.json()["next_at"]) == tomorrow()
    assert (await daily(app, ada))["available"] is False

    moving_clock.forward(seconds=(tomorrow() - clock.now()).total_seconds() + 1)
    assert (await daily(app, ada))["available"] is True
    assert (await earn(app, ada)).json()["wallet"]["balance"] == 10
    await check_the_books(db, tenant)


async def test_two_tabs_two_faces_and_a_hurry_earn_once(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    shadow = await make_shadow(db, ada)
    answers = await asyncio.gather(*(earn(app, person) for person in (ada, shadow) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already_earned"}
    assert (await wallet_of(db, ada)).balance == 5
    assert (await ask(app, shadow, "GET", "/api/coins/balance")).json()["balance"] == 5


async def test_a_community_says_how_much_or_nothing(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, WalletSettings, daily_bonus_coins=12)
    assert (await earn(app, ada)).json()["wallet"]["balance"] == 12
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, WalletSettings, daily_bonus_coins=0)
    refused = await earn(app, ben)
    assert (refused.status_code, refused.json()["code"]) == (409, "earning_off")
    assert (await daily(app, ben)) | {"next_at": None} == {"coins": 0, "available": False, "next_at": None}


async def test_there_is_one_source(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    for body in ({"source": "ads"}, {}, {"source": "daily", "coins": 99}):
        answer = await ask(app, ada, "POST", "/api/coins/earn", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert (await wallet_of(db, ada)).balance == 0


async def test_who_has_proved_nothing_earns_nothing(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant, verified=False)
    answer = await earn(app, ada)
    assert (answer.status_code, answer.json()["code"]) == (403, "verification_needed")
    assert (await wallet_of(db, ada)).balance == 0
