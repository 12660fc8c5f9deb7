"""Text messages cost money and reach strangers: nobody spends more than the day holds, and nobody spends another's day."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar

from meydan import accounts, tenants
from meydan.accounts.tasks import purge_old
from meydan.integrations import Adapters, Channel
from meydan.kit import clock, personal_data
from meydan.kit.database import Database
from meydan.kit.events import listen
from meydan.kit.runtime import runtime
from tests.accounts.conftest import (
    PASSWORD,
    Arrive,
    Postbox,
    Prove,
    Queue,
    code,
    device,
    from_address,
    new_email,
    new_phone,
)
from tests.conftest import MovableClock, open_client
from tests.puzzles import solved

COST = 5
paused: list[accounts.CodesPaused] = []


@listen(accounts.CodesPaused)
async def _paused(_tx, event: accounts.CodesPaused):
    paused.append(event)


async def ask(client: httpx.AsyncClient, to: str, purpose: str = "register", **more: Any) -> httpx.Response:
    channel = "email" if "@" in to else "sms"
    return await client.post("/api/auth/send-otp", json={"channel": channel, "to": to, "purpose": purpose} | more)


async def ask_dearly(client: httpx.AsyncClient, to: str, purpose: str = "register", **more: Any) -> httpx.Response:
    """Asks, and solves the puzzle if there is one."""
    answer = await ask(client, to, purpose, **more)
    return await ask(client, to, purpose, puzzle=solved(answer), **more) if answer.status_code == 428 else answer


async def configure(db: Database, tenant: tenants.Tenant, **values: Any) -> None:
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, **values)


@pytest.fixture
async def spent(owner: asyncpg.Connection, moving_clock: MovableClock) -> Any:
    """A day on which nothing was spent yet; how much of it is. Its night is over, so that it does not end in a story."""
    moving_clock.forward_to(3)
    days = await owner.fetchval("select coalesce(max(day) - $1::date, 0) from app.sms_spendings", clock.now().date())
    moving_clock.forward(hours=24 * (days + 1))

    async def read() -> int:
        day = clock.now().date()
        return int(await owner.fetchval("select coalesce(sum(cents), 0) from app.sms_spendings where day = $1", day))

    return read


@contextmanager
def budget(cents: int, countries: list[str] | None = None) -> Iterator[None]:
    now = runtime.get(Adapters)
    with runtime.using(msgspec.structs.replace(now, sms_daily_budget_cents=cents, sms_countries=countries or [])):
        yield


async def test_fifty_at_once_never_spend_more_than_the_day_holds(
    app: Litestar, tenant: tenants.Tenant, other_tenant: tenants.Tenant, postbox: Postbox, spent: Any,
    queue: Queue, owner: asyncpg.Connection,
):  # fmt: skip
    paused.clear()
    clients = [from_address(app, (tenant, other_tenant)[n % 2], f"198.51.100.{n % 25}") for n in range(50)]
    with budget(100):
        answers = await asyncio.gather(*(ask(client, new_phone()) for client in clients))
    for client in clients:
        await client.aclose()
    assert sorted({answer.status_code for answer in answers}) == [202, 503]
    assert {code(answer) for answer in answers if answer.status_code == 503} == {"sending_paused"}
    assert await spent() == 75, "a quarter is kept for known devices"
    assert await queue.work() + await queue.work(other_tenant.id) >= 15
    assert len(postbox.sent) == 15
    assert paused == [accounts.CodesPaused(Channel.sms, 75, 100)] * 2, "each community is told once"
    log = await owner.fetch("select details from app.system_logs where tenant_id = $1", tenant.id)
    assert [msgspec.json.decode(row["details"]) for row in log] == [
        {"channel": "sms", "spent_cents": 75, "budget_cents": 100}
    ]


async def test_e_mail_costs_nothing(api: httpx.AsyncClient, postbox: Postbox, spent: Any):
    with budget(0):
        assert (await ask(api, new_phone())).status_code == 503
        assert (await ask(api, new_email())).status_code == 202
    assert await spent() == 0


async def test_strangers_leave_a_share_that_known_devices_spend(
    app: Litestar, arrive: Arrive, prove: Prove, tenant: tenants.Tenant, postbox: Postbox, spent: Any,
    moving_clock: MovableClock,
):  # fmt: skip
    phone = new_phone()
    home = device()
    await arrive(proof=await prove(phone), device=home)
    moving_clock.forward(hours=72)  # the browser's cookie is forgotten, the device is not
    with budget(40):
        for number in range(8):
            async with from_address(app, tenant, f"203.0.113.{number}") as stranger:
                answer = await ask(stranger, new_phone())
            assert answer.status_code == (202 if number < 6 else 503)
        async with from_address(app, tenant, "192.0.2.1") as anywhere:
            assert code(await ask(anywhere, phone, "login")) == "sending_paused", "a device that nobody knows"
            mine = await ask(anywhere, phone, "login", client_device_id=home["id"])
            assert mine.status_code == 202


async def test_erasing_founding_and_registering_again_reset_nothing(
    app: Litestar, db: Database, api: httpx.AsyncClient, arrive: Arrive, prove: Prove, tenant: tenants.Tenant,
    postbox: Postbox, queue: Queue, spent: Any, owner: asyncpg.Connection, moving_clock: MovableClock,
):  # fmt: skip
    with budget(40):
        for _ in range(5):
            phone = new_phone()
            person = await arrive(proof=await prove(phone))
            async with db.as_service(tenant.id) as tx:
                await personal_data.do_erase(tx, UUID(person.session["me"]["user_id"]))
        assert await spent() == 5 * COST
        founded = await api.post(
            "/api/auth/register",
            json={
                "username": f"founder{uuid4().hex[:8]}", "password": PASSWORD, "alias": "kurucu",
                "birth_date": "1990-05-17", "language": "tr", "device": device(),
                "new_tenant": {"name": "Another", "slug": f"again-{uuid4().hex[:8]}"},
            },
        )  # fmt: skip
        slug = founded.json()["me"]["tenant"]["slug"]
        async with db.as_service(tenant.id) as tx:
            await purge_old(tx)
        for number in range(3):
            answer = await api.post(
                "/api/auth/send-otp",
                headers={"X-Meydan-Tenant": slug},
                json={"channel": "sms", "to": new_phone(), "purpose": "register"},
            )
            assert answer.status_code == (202 if number < 1 else 503)
    kept = await owner.fetchval("select count(*) from app.code_requests where tenant_id = $1", tenant.id)
    assert kept == 5, "and the number is remembered, by a keyed hash"
    async with db.as_service(tenant.id) as tx:
        for change in ("update app.sms_spendings set cents = 1", "delete from app.sms_spendings"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with tx.savepoint():
                    await tx.connection.execute(change)


async def test_a_communitys_own_budget_holds_within_the_installations(
    api: httpx.AsyncClient, db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant, postbox: Postbox,
    spent: Any,
):  # fmt: skip
    await configure(db, tenant, sms_daily_budget_cents=20)
    answers = [await ask(api, new_phone()) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [202] * 3 + [503]
    there = await api.post(
        "/api/auth/send-otp",
        headers={"X-Meydan-Tenant": other_tenant.slug},
        json={"channel": "sms", "to": new_phone(), "purpose": "register"},
    )
    assert there.status_code == 202


async def test_only_the_operators_own_country_is_open(
    api: httpx.AsyncClient, db: Database, tenant: tenants.Tenant, postbox: Postbox
):
    german, satellite = "+491711234567", "+881612345678"
    assert (await ask(api, new_phone())).status_code == 202
    assert code(await ask(api, german)) == "country_closed"
    assert code(await ask(api, satellite)) in {"country_closed", "contact_invalid"}
    with budget(1_000_000, countries=["TR", "DE"]):
        assert (await ask(api, german)).status_code == 202
        await configure(db, tenant, sms_countries=["TR"])
        refused = await ask(api, "+491711234568")
        assert code(refused) == "country_closed"
        assert refused.json()["country"] == "DE"
    await configure(db, tenant, sms_countries=["DE"])
    assert code(await ask(api, "+491711234569")) == "country_closed", "a community opens nothing by itself"
    await configure(db, tenant, sms_countries=[], default_region="PK")
    with budget(1_000_000, countries=["TR"]):
        for own in ("+923211234567", new_phone()):
            assert (await ask(api, own)).status_code == 202
        assert code(await ask(api, german)) == "country_closed"


async def test_a_number_gets_one_text_in_half_a_minute_whatever_it_is_for(
    app: Litestar, tenant: tenants.Tenant, other_tenant: tenants.Tenant, arrive: Arrive, prove: Prove,
    postbox: Postbox, queue: Queue, owner: asyncpg.Connection, moving_clock: MovableClock,
):  # fmt: skip
    phone = new_phone()
    person = await arrive(proof=await prove(phone))
    for where, address in ((tenant, "203.0.113.1"), (other_tenant, "203.0.113.2")):
        async with from_address(app, where, address) as somebody:
            await ask(somebody, phone, "reset")
    change = {"current": PASSWORD, "new": "another quiet Tuesday 78"}
    assert (await person.client.post("/api/auth/password", json=change)).status_code == 204
    leaving = [
        row["leaves_at"]
        for row in await owner.fetch(
            "select leaves_at from app.code_requests where tenant_id = any($1::int[]) order by leaves_at",
            [tenant.id, other_tenant.id],
        )
    ]
    assert len(leaving) == 4, "a code, two from strangers in two communities, and the alert"
    assert all((later - earlier).total_seconds() >= 29.9 for earlier, later in pairwise(leaving))
    due = await owner.fetch(
        "select execute_after from jobs.pgqueuer where headers->>'tenant_id' = $1 order by execute_after",
        str(tenant.id),
    )
    assert (due[-1]["execute_after"] - due[0]["execute_after"]).total_seconds() > 29
    # A worker that was away finds all of them due, and sends one.
    before, sent = len(postbox.to(phone)), []
    for _ in range(4):
        moving_clock.forward(seconds=31)
        for where in (tenant, other_tenant):
            await queue.work(where.id, at_once=True)
        sent.append(len(postbox.to(phone)) - before)
    assert sent == [1, 2, 2, 2], "nobody has an account in the other community: that one is never sent"


async def test_forty_networks_neither_close_a_number_nor_keep_its_owner_out(
    app: Litestar, db: Database, arrive: Arrive, prove: Prove, tenant: tenants.Tenant, postbox: Postbox,
    moving_clock: MovableClock, cheap_puzzles: None,
):  # fmt: skip
    await configure(db, tenant, codes_per_number_day=20)
    phone = new_phone()
    person = await arrive(proof=await prove(phone))
    moving_clock.forward(hours=25)
    answers = []
    for turn in range(45):
        async with from_address(app, tenant, f"198.51.100.{turn % 40}") as attacker:
            answers.append((await ask_dearly(attacker, phone, "login")).status_code)
            answers.append((await ask_dearly(attacker, phone, "login")).status_code)
        moving_clock.forward(seconds=31)
    assert 30 <= answers.count(202) <= 46, "half a minute between two, whoever asks"
    # A browser that nobody knows gets its code, from a network that has not asked for this number,
    async with from_address(app, tenant, "192.0.2.77") as new_browser:
        assert code(await ask(new_browser, phone, "login")) == "puzzle_needed"
        assert (await ask_dearly(new_browser, phone, "login")).status_code == 202
    # and a known one at once, without a puzzle.
    mine = await ask(person.client, phone, "login", client_device_id=person.device["id"])
    assert mine.status_code == 202


async def test_ten_accounts_do_not_eat_what_is_kept_for_known_devices(
    app: Litestar, arrive: Arrive, prove: Prove, tenant: tenants.Tenant, postbox: Postbox, spent: Any,
    moving_clock: MovableClock, owner: asyncpg.Connection, cheap_puzzles: None, cheap_hashes: None,
):  # fmt: skip
    phones = [new_phone() for _ in range(10)]
    puppets = [(phone, await arrive(proof=await prove(phone))) for phone in phones]
    moving_clock.forward(hours=48)
    with budget(1000):
        for _ in range(6):
            for phone, puppet in puppets:
                await ask_dearly(puppet.client, phone, "login", client_device_id=puppet.device["id"])
            moving_clock.forward(minutes=5)
        day = clock.now().date()
        kept = await owner.fetchval("select sum(cents) from app.sms_spendings where day = $1 and is_known", day)
    assert kept == 10 * 4 * COST <= 1000 // 4
    assert await spent() > kept, "after four each pays as a stranger"


async def test_a_network_that_goes_on_waits_longer_and_longer(
    postbox: Postbox, app: Litestar, tenant: tenants.Tenant, moving_clock: MovableClock, cheap_puzzles: None
):
    phone, waited = new_phone(), 0
    for _ in range(8):
        async with open_client(app, tenant) as fresh:  # a new browser each time, in one network
            while (answer := await ask_dearly(fresh, phone)).status_code == 429:
                moving_clock.forward(seconds=answer.json()["retry_after"])
                waited += answer.json()["retry_after"]
            assert answer.status_code == 202
    assert 300 < waited < 3600
