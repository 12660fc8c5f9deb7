"""Revenue by day of the tenant's time zone, and the coins that were earned and spent."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from meydan.integrations.payments.contract import DisputeState
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.money import wallet
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.fraud.purchases import configure
from tests.money.fraud.test_rings import give
from tests.money.shops import Shop, disputed, refunded

ISTANBUL = ZoneInfo("Europe/Istanbul")


@pytest.fixture
def midnight(moving_clock: MovableClock) -> MovableClock:
    """Five minutes to midnight in Istanbul: another day there than in London, five minutes later."""
    here = clock.now().astimezone(ISTANBUL)
    later = here.replace(hour=23, minute=55, second=0, microsecond=0)
    moving_clock.forward(seconds=(later - here).total_seconds() % 86_400)
    return moving_clock


@pytest.fixture(autouse=True)
async def unsuspicious(db: Database, shop: Shop) -> None:
    await configure(db, shop.tenant, many_payments_points=0, disputed_points=0, many_refunds_points=0)


async def look(shop: Shop, boss: Person, query: str = "") -> dict[str, Any]:
    """With a token of now: the old one is over when the clock has moved on."""
    return await shop.get(boss, f"/api/staff/revenue{query}")


def today() -> str:
    return clock.now().astimezone(ISTANBUL).date().isoformat()


async def test_money_is_counted_by_day_currency_and_provider(shop: Shop, boss: Person, midnight: MovableClock):
    ana = await shop.person()
    first = today()
    _, one = await shop.buy(ana)
    await shop.buy(ana, package=1)
    midnight.forward(minutes=10)
    second = today()
    assert first < second and clock.now().astimezone(UTC).date().isoformat() == first
    await shop.deliver(refunded(one, 1_000))
    _, lost = await shop.buy(ana)
    await shop.deliver(disputed(lost, DisputeState.opened))
    midnight.forward(minutes=1)
    await shop.deliver(disputed(lost, DisputeState.lost))
    await shop.order(ana)

    seen = await look(shop, boss, f"?from={first}&to={second}")
    assert (seen["first"], seen["last"]) == (first, second)
    line = {"currency": "TRY", "provider": "stripe", "held": 0, "disputed": 0}
    assert seen["days"] == [
        line | {"day": first, "gross": 4_999 + 24_999, "refunded": 0, "charged_back": 0, "payments": 2},
        line | {"day": second, "gross": 4_999, "refunded": 1_000, "charged_back": 4_999, "payments": 1},
    ]
    assert seen["totals"] == [line | {"gross": 34_997, "refunded": 1_000, "charged_back": 4_999, "payments": 3}]
    only = await look(shop, boss, f"?from={second}&to={second}")
    assert [one["day"] for one in only["days"]] == [second]


async def test_money_that_is_held_or_disputed_is_not_the_tenants_yet(shop: Shop, boss: Person, db: Database):
    ana = await shop.person()
    _, first = await shop.buy(ana)
    await configure(db, shop.tenant, many_payments_points=60, payments_per_day=1)
    held = await shop.order(ana)
    await shop.deliver(shop.paid(held))
    assert (await shop.get(ana, f"/api/payments/{held['id']}"))["status"] == "held"
    [day] = (await look(shop, boss))["days"]
    assert (day["gross"], day["payments"], day["held"], day["disputed"]) == (4_999, 1, 4_999, 0)
    await shop.deliver(disputed(first, DisputeState.opened))
    [day] = (await look(shop, boss))["days"]
    assert (day["gross"], day["held"], day["disputed"], day["charged_back"]) == (4_999, 4_999, 4_999, 0)
    await shop.deliver(disputed(first, DisputeState.won))
    seen = await look(shop, boss)
    assert (seen["days"][0]["disputed"], seen["totals"][0]["held"]) == (0, 4_999)


async def test_a_tenant_elsewhere_has_other_days(shop: Shop, boss: Person, midnight: MovableClock, owner):
    await owner.execute("update app.tenants set timezone = 'America/New_York' where id = $1", shop.tenant.id)
    await shop.buy(await shop.person())
    midnight.forward(minutes=10)
    await shop.buy(await shop.person())
    there = clock.now().astimezone(ZoneInfo("America/New_York")).date().isoformat()
    [day] = (await look(shop, boss))["days"]
    assert (day["day"], day["payments"]) == (there, 2)


async def test_coins_are_counted_from_the_ledger(shop: Shop, boss: Person, midnight: MovableClock):
    ana, ben = await shop.person(), await shop.person(coins=7)
    first = today()
    _, paid = await shop.buy(ana, package=1)
    await shop.spend(ana, 30)
    await give(shop.db, ana, ben, 200)
    midnight.forward(minutes=10)
    second = today()
    await shop.deliver(refunded(paid, 4_999))
    async with shop.db.as_service(shop.tenant.id) as tx:
        [spent] = [one for one in (await wallet.history(tx, None, 9, ana.me.user_id)).items if one.type == "spent"]
        await wallet.do_reverse(tx, spent.id, key="again", reason="a mistake")
        call = await wallet.do_transfer(
            tx,
            wallet.TransactionType.call,
            [
                wallet.Entry(wallet.coins_of(ana.me.user_id), -20),
                wallet.Entry(wallet.earnings_of(ben.me.user_id), 12),
                wallet.Entry(wallet.TENANT_REVENUE, 8),
            ],
            key="a call",
            user_id=ana.me.user_id,
        )
    seen = await look(shop, boss, f"?from={first}&to={second}")
    assert seen["coins"] == [
        {"day": first, "sold": 550, "earned": 7, "spent": 230, "gifts": 200, "creator": 100},
        {"day": second, "sold": -109, "earned": 0, "spent": 20 - 30, "gifts": 0, "creator": 12},
    ]
    async with shop.db.as_service(shop.tenant.id) as tx:
        await wallet.do_reverse(tx, call.id, key="once more", reason="another mistake")
    assert (await look(shop, boss))["coins"][-1] == seen["coins"][-1] | {"spent": -30, "creator": 0}
    await shop.audit()


async def test_thirty_days_unless_told_otherwise(shop: Shop, boss: Person, moving_clock: MovableClock):
    await shop.buy(await shop.person())
    moving_clock.forward(hours=24 * 29)
    seen = await look(shop, boss)
    assert seen["last"] == today()
    assert (datetime.fromisoformat(seen["last"]) - datetime.fromisoformat(seen["first"])) == timedelta(days=29)
    assert len(seen["days"]) == 1
    moving_clock.forward(hours=24)
    assert (await look(shop, boss))["days"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=2026-03-02&to=2026-03-01", 422),
        ("from=2025-01-01&to=2026-03-01", 422),
        ("from=0001-01-01&to=0001-01-01", 422),
        ("to=9999-12-31", 422),
        ("from=2026-03-02", 422),
        ("from=tomorrow", 400),
    ],
)
async def test_days_that_are_none(shop: Shop, boss: Person, moving_clock: MovableClock, query: str, status: int):
    moving_clock.forward(hours=24 * 400)
    assert (await shop.ask(boss, "GET", f"/api/staff/revenue?{query}")).status_code == status
