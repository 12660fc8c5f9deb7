"""Passwords under attack: guessing gets dear, a known device always has its turn, a new one in bounded time."""

import asyncio
import threading

import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.accounts.sign_in import login_throttle, passwords
from meydan.accounts.sign_in.login_throttle import Scope
from meydan.kit.bounded_threads import BoundedThreads
from tests.accounts.conftest import PASSWORD, Arrive, Somebody, code, device, from_address
from tests.puzzles import solved
from tests.waiting import PATIENCE


async def log_in(client: httpx.AsyncClient, identifier: str, password: str = PASSWORD, **more) -> httpx.Response:
    wanted = {"identifier": identifier, "password": password, "device": device()} | more
    return await client.post("/api/auth/login", json=wanted)


async def guess_from(app: Litestar, tenant: tenants.Tenant, victim: Somebody, network: int) -> list[int]:
    """Five wrong passwords from one network; puzzles are solved."""
    statuses = []
    async with from_address(app, tenant, f"198.51.100.{network}") as attacker:
        for number in range(5):
            answer = await log_in(attacker, victim.me["username"], f"a guess from far away {number}")
            if answer.status_code == 428:
                puzzle = solved(answer)
                answer = await log_in(attacker, victim.me["username"], f"a guess {number}", puzzle=puzzle)
            statuses.append(answer.status_code)
    return statuses


async def test_five_wrong_from_forty_networks_keep_nobody_out(
    cheap_puzzles: None, cheap_hashes: None, arrive: Arrive, app: Litestar, tenant: tenants.Tenant
):
    owner = await arrive()
    tried = [await guess_from(app, tenant, owner, network) for network in range(40)]
    assert sum(statuses.count(401) for statuses in tried) == 200, "each cost a puzzle after the first twenty"
    # The owner's own browser pays nothing.
    assert (await log_in(owner.client, owner.me["username"], device=owner.device)).status_code == 200
    # A new one, in a network of its own, pays one puzzle and waits for nobody.
    async with from_address(app, tenant, "192.0.2.9") as elsewhere:
        refused = await log_in(elsewhere, owner.me["username"])
        assert code(refused) == "puzzle_needed"
        assert "retry_after" not in refused.json()
        puzzle = solved(refused)
        assert (await log_in(elsewhere, owner.me["username"], puzzle=puzzle)).status_code == 200
        assert code(await log_in(elsewhere, owner.me["username"], puzzle=puzzle)) == "puzzle_wrong"


async def test_it_is_as_dear_where_there_is_no_account(
    cheap_puzzles: None, cheap_hashes: None, arrive: Arrive, app: Litestar, tenant: tenants.Tenant
):
    owner = await arrive()
    answers: dict[str, list[int]] = {owner.me["username"]: [], "nobody.at.all": []}
    for name, statuses in answers.items():
        for number in range(24):
            async with from_address(app, tenant, f"203.0.113.{number}") as attacker:
                statuses.append((await log_in(attacker, name, "not the password")).status_code)
    known, unknown = answers.values()
    free = login_throttle.FREE_OF_PUZZLES[Scope.account]
    assert known == unknown == [401] * free + [428] * (24 - free)


async def test_the_queue_of_hashes_is_bounded_and_keeps_places_for_known_devices(
    arrive: Arrive, app: Litestar, tenant: tenants.Tenant, monkeypatch: pytest.MonkeyPatch
):
    owner = await arrive()
    enough = threading.Event()
    right = passwords._is_right

    def hash_when_told(stored_hash: str, password: str) -> bool:
        assert enough.wait(PATIENCE)
        return right(stored_hash, password)

    monkeypatch.setattr(passwords, "_is_right", hash_when_told)
    monkeypatch.setattr(passwords, "_threads", BoundedThreads("passwords", 2, 8))
    clients = [from_address(app, tenant, f"198.51.100.{number}") for number in range(30)]
    answered: list[httpx.Response] = []
    refused = asyncio.Event()

    async def guess(client: httpx.AsyncClient, number: int) -> None:
        answered.append(await log_in(client, f"nobody{number}", "a wrong password"))
        if [answer.status_code for answer in answered].count(503) == 22:
            refused.set()

    guesses = asyncio.gather(*(guess(client, number) for number, client in enumerate(clients)))
    async with asyncio.timeout(PATIENCE):
        await refused.wait()
    assert {code(answer) for answer in answered} == {"too_busy"}
    assert {answer.headers["retry-after"] for answer in answered} == {"2"}
    mine = asyncio.create_task(log_in(owner.client, owner.me["username"], device=owner.device))
    enough.set()
    assert (await mine).status_code == 200
    await guesses
    assert [answer.status_code for answer in answered].count(401) == 8
    for client in clients:
        await client.aclose()
