"""A puzzle is dear to solve, cheap to check, and opens one thing once."""

import asyncio
import base64
import time
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
from altcha import Challenge, solve_challenge
from litestar import Litestar

from meydan import accounts, tenants
from meydan.accounts.sign_in import puzzles
from meydan.kit.database import Database
from meydan.kit.rate_limits import Limit
from tests.accounts.conftest import Arrive, Postbox, Prove, code, from_address, new_email, new_phone
from tests.conftest import MovableClock, open_client
from tests.puzzles import solved


async def ask(client: httpx.AsyncClient, to: str, purpose: str = "register", **more: Any) -> httpx.Response:
    channel = "email" if "@" in to else "sms"
    return await client.post("/api/auth/send-otp", json={"channel": channel, "to": to, "purpose": purpose} | more)


@pytest.fixture
async def crowded(db: Database, tenant: tenants.Tenant, api: httpx.AsyncClient, postbox: Postbox) -> None:
    """A community in which one request in an hour is the last that costs nothing."""
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, codes_per_community_hour=1)
    assert (await ask(api, new_email())).status_code == 202


async def test_it_takes_work_to_solve_and_none_to_check(api: httpx.AsyncClient, crowded: None):
    refused = await ask(api, phone := new_phone())
    assert refused.status_code == 428
    parameters = refused.json()["challenge"]["parameters"]
    assert 128 * parameters["cost"] * parameters["memoryCost"] == 4 * 1024 * 1024, "4 MiB for each counter"
    solution = solve_challenge(Challenge.from_dict(refused.json()["challenge"]))
    assert solution is not None
    assert parameters["data"]["highest"] // 2 <= solution.counter <= parameters["data"]["highest"]
    payload, begun = solved(refused), time.perf_counter()
    for _ in range(100):
        assert puzzles._solved(payload) is not None
    assert (time.perf_counter() - begun) / 100 < 0.005
    assert (await ask(api, phone, puzzle=payload)).status_code == 202


async def test_it_opens_one_request_once(
    app: Litestar, api: httpx.AsyncClient, tenant: tenants.Tenant, crowded: None, cheap_puzzles: None,
    moving_clock: MovableClock,
):  # fmt: skip
    phone, other = new_phone(), new_phone()
    payload = solved(await ask(api, phone))
    assert code(await ask(api, other, puzzle=payload)) == "puzzle_wrong", "another number"
    assert code(await ask(api, phone, "login", puzzle=payload)) == "puzzle_wrong", "another purpose"
    assert (await ask(api, phone, puzzle=payload)).status_code == 202
    async with open_client(app, tenant) as again:
        moving_clock.forward(seconds=61)
        assert code(await ask(again, phone, puzzle=payload)) == "puzzle_wrong"
        late = solved(await ask(again, phone))
        moving_clock.forward(seconds=puzzles.LIFETIME.total_seconds() + 1)
        assert code(await ask(again, phone, puzzle=late)) == "puzzle_wrong"


async def test_a_refused_request_spends_no_puzzle(api: httpx.AsyncClient, crowded: None, cheap_puzzles: None, owner):
    phone = new_phone()
    payload = solved(await ask(api, phone))
    assert (await ask(api, phone, puzzle=payload)).status_code == 202
    before = await owner.fetchval("select count(*) from app.spent_puzzles")
    assert code(await ask(api, phone)) == "slow_down"
    assert await owner.fetchval("select count(*) from app.spent_puzzles") == before


@pytest.mark.parametrize(
    "forged",
    [
        "", "x", "e30=", base64.b64encode(b"[]").decode(), base64.b64encode(b"{" * 900).decode(),
        base64.b64encode(b'{"challenge": [], "solution": {}}').decode(),
        base64.b64encode(b'{"challenge": {"parameters": []}, "solution": {"counter": 1, "derivedKey": 1}}').decode(),
    ],
)  # fmt: skip
async def test_nonsense_opens_nothing(api: httpx.AsyncClient, crowded: None, cheap_puzzles: None, forged: str):
    assert code(await ask(api, new_phone(), puzzle=forged)) == "puzzle_wrong"


@pytest.mark.parametrize(
    "change",
    [
        {"cost": 2}, {"data": {"id": "00" * 16, "purpose": "00", "highest": 0}}, {"expiresAt": 9_999_999_999},
        {"keyPrefix": ""}, {"keySignature": None},
    ],
)  # fmt: skip
async def test_a_puzzle_made_easier_opens_nothing(
    api: httpx.AsyncClient, crowded: None, cheap_puzzles: None, change: dict[str, Any]
):
    phone = new_phone()
    payload = msgspec.json.decode(base64.b64decode(solved(await ask(api, phone))))
    payload["challenge"]["parameters"].update(change)
    forged = base64.b64encode(msgspec.json.encode(payload)).decode()
    assert code(await ask(api, phone, puzzle=forged)) == "puzzle_wrong"
    payload["solution"]["derivedKey"] = "00" * 32
    forged = base64.b64encode(msgspec.json.encode(payload)).decode()
    assert code(await ask(api, phone, puzzle=forged)) == "puzzle_wrong"


async def test_a_busy_network_pays_and_its_known_devices_do_not(
    app: Litestar, db: Database, tenant: tenants.Tenant, arrive: Arrive, prove: Prove, cheap_puzzles: None
):
    phone = new_phone()
    person = await arrive(proof=await prove(phone))
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, codes_per_ip_address_hour=2)
    async with from_address(app, tenant, "203.0.113.60") as busy, from_address(app, tenant, "203.0.113.61") as quiet:
        assert [(await ask(busy, new_phone())).status_code for _ in range(3)] == [202, 202, 428]
        assert (await ask(quiet, new_phone())).status_code == 202
        mine = await ask(busy, phone, "login", client_device_id=person.device["id"])
        assert mine.status_code == 202, "the same network, and a device that the account knows"


async def test_a_network_asks_for_so_many_puzzles(
    app: Litestar, tenant: tenants.Tenant, crowded: None, monkeypatch: pytest.MonkeyPatch, cheap_puzzles: None
):
    monkeypatch.setattr(puzzles, "_MADE_FOR_NETWORK", Limit(f"puzzles-{tenant.slug}", timedelta(minutes=1), 3))
    async with from_address(app, tenant, "203.0.113.80") as one, from_address(app, tenant, "203.0.113.81") as other:
        assert [(await ask(one, new_phone())).status_code for _ in range(5)] == [428] * 3 + [429] * 2
        assert (await ask(other, new_phone())).status_code == 428


async def test_the_same_puzzle_twice_at_once_opens_one(
    app: Litestar, tenant: tenants.Tenant, api: httpx.AsyncClient, crowded: None, cheap_puzzles: None
):
    email = new_email()
    payload = solved(await ask(api, email))
    async with from_address(app, tenant, "203.0.113.90") as one, from_address(app, tenant, "203.0.113.91") as other:
        answers = await asyncio.gather(*(ask(client, email, puzzle=payload) for client in (one, other, one, other)))
    assert [answer.status_code for answer in answers].count(202) == 1
