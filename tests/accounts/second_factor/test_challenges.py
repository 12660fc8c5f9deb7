"""Logging in with a second factor: after the password, after a one-time code, and never without."""

import asyncio

import asyncpg
import httpx
import pytest
from litestar import Litestar

from meydan import accounts, tenants
from meydan.accounts.second_factor import challenges
from meydan.kit.database import Database
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
from tests.accounts.second_factor.authenticator import (
    Protected,
    challenge_of,
    first_step,
    protect,
    second_step,
    wrong,
)
from tests.conftest import MovableClock, open_client

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
async def ada(arrive: Arrive, moving_clock: MovableClock) -> Protected:
    return await protect(await arrive(), moving_clock)


async def test_the_password_alone_opens_nothing(ada: Protected, browser: httpx.AsyncClient, owner: asyncpg.Connection):
    kept = "select (select count(*) from app.sessions), (select count(*) from app.devices)"
    before = await owner.fetchrow(kept)
    answer = await first_step(browser, ada.username)
    assert answer.status_code == 202
    assert set(answer.json()) == {"challenge", "expires_at"}
    assert "meydan_refresh" not in browser.cookies
    assert await owner.fetchrow(kept) == before, "neither a session nor a known device"
    assert (await browser.post("/api/auth/refresh")).status_code == 401

    done = await second_step(browser, answer.json()["challenge"], ada.authenticator.next_code())
    assert done.status_code == 200, done.text
    assert done.json()["me"]["user_id"] == ada.person.me["user_id"]
    assert (await browser.post("/api/auth/refresh")).status_code == 200


async def test_after_a_one_time_code_as_well(
    arrive: Arrive, prove: Prove, moving_clock: MovableClock, browser: httpx.AsyncClient
):
    phone = new_phone()
    owner = await protect(await arrive(proof=await prove(phone)), moving_clock)
    moving_clock.forward(minutes=2)
    challenge = await challenge_of(browser, phone, proof=await prove(phone, "login", browser))
    assert code(await second_step(browser, challenge, wrong(owner.authenticator.code()))) == "second_factor_wrong"
    assert (await second_step(browser, challenge, owner.authenticator.code())).status_code == 200


async def test_each_code_opens_once_and_its_neighbours_too(ada: Protected, browser: httpx.AsyncClient):
    # The present step's code switched it on; the clock of a phone may be half a minute off.
    for steps_away, outcome in ((0, "second_factor_used"), (2, "second_factor_wrong"), (-2, "second_factor_wrong")):
        challenge = await challenge_of(browser, ada.username)
        assert code(await second_step(browser, challenge, ada.authenticator.code(steps_away))) == outcome
    for steps_away in (-1, 1):
        typed = ada.authenticator.code(steps_away)
        challenge = await challenge_of(browser, ada.username)
        assert (await second_step(browser, challenge, f"{typed[:3]} {typed[3:]}")).status_code == 200
        challenge = await challenge_of(browser, ada.username)
        assert code(await second_step(browser, challenge, typed)) == "second_factor_used"


async def test_twenty_times_the_same_code_at_once_opens_one_session(
    ada: Protected, app: Litestar, tenant: tenants.Tenant
):
    clients = [open_client(app, tenant) for _ in range(10)]
    begun = [await challenge_of(client, ada.username, device=ada.person.device) for client in clients]
    typed = ada.authenticator.next_code()
    answers = await asyncio.gather(
        *(second_step(client, challenge, typed) for client, challenge in zip(clients, begun, strict=True) for _ in "12")
    )
    for client in clients:
        await client.aclose()
    assert sorted(answer.status_code for answer in answers).count(200) == 1
    assert {code(answer) for answer in answers if answer.status_code != 200} <= {
        "second_factor_used",
        "log_in_expired",
        "slow_down",
    }


async def test_it_belongs_to_the_browser_that_asked(
    ada: Protected, app: Litestar, tenant: tenants.Tenant, other_tenant: tenants.Tenant, browser: httpx.AsyncClient
):
    challenge, typed = await challenge_of(browser, ada.username), ada.authenticator.next_code()
    async with open_client(app, tenant) as thief:
        assert code(await second_step(thief, challenge, typed)) == "log_in_expired"
        await thief.post("/api/auth/send-otp", json={"channel": "sms", "to": new_phone(), "purpose": "register"})
        assert code(await second_step(thief, challenge, typed)) == "log_in_expired", "with a cookie of its own"
    async with open_client(app, other_tenant) as next_door:
        next_door.cookies = browser.cookies
        assert code(await second_step(next_door, challenge, typed)) == "log_in_expired"
    assert (await second_step(browser, challenge, typed)).status_code == 200
    assert code(await second_step(browser, challenge, ada.authenticator.next_code())) == "log_in_expired", "once"


async def test_two_people_at_one_browser_do_not_mix(
    ada: Protected, arrive: Arrive, moving_clock: MovableClock, browser: httpx.AsyncClient
):
    bora = await protect(await arrive(), moving_clock)
    hers, his = await challenge_of(browser, ada.username), await challenge_of(browser, bora.username)
    assert code(await second_step(browser, his, ada.authenticator.next_code())) == "second_factor_wrong"
    done = await second_step(browser, hers, ada.authenticator.code())
    assert done.json()["me"]["user_id"] == ada.person.me["user_id"]


async def test_it_is_over_after_ten_minutes(
    ada: Protected, browser: httpx.AsyncClient, moving_clock: MovableClock, db: Database, tenant: tenants.Tenant
):
    challenge = await challenge_of(browser, ada.username)
    moving_clock.forward(seconds=challenges.LIFETIME.total_seconds())
    assert code(await second_step(browser, challenge, ada.authenticator.next_code())) == "log_in_expired"
    async with db.as_service(tenant.id) as tx:
        await challenges.do_purge_old(tx)
        assert await tx.one(int, "select count(*)::integer from app.login_challenges where tenant_id = $1") == 0


async def test_a_new_password_cancels_it_and_leaves_the_second_factor(
    arrive: Arrive, prove: Prove, moving_clock: MovableClock, browser: httpx.AsyncClient
):
    phone = new_phone()
    owner = await protect(await arrive(proof=await prove(phone)), moving_clock)
    moving_clock.forward(minutes=2)
    challenge = await challenge_of(browser, phone)
    reset = {"proof": await prove(phone, "reset", browser), "password": "another quiet Sunday 7"}
    assert (await browser.post("/api/auth/reset-password", json=reset)).status_code == 204
    assert code(await second_step(browser, challenge, owner.authenticator.next_code())) == "log_in_expired"
    challenge = await challenge_of(browser, phone, password=reset["password"])
    assert (await second_step(browser, challenge, owner.authenticator.code())).status_code == 200


async def test_a_ban_between_the_steps_holds(
    ada: Protected, browser: httpx.AsyncClient, db: Database, tenant: tenants.Tenant
):
    challenge = await challenge_of(browser, ada.username)
    async with db.as_service(tenant.id) as tx:
        await accounts.do_set_ban(tx, ada.person.me["user_id"], None, "other")
    assert code(await second_step(browser, challenge, ada.authenticator.next_code())) == "banned"


async def test_wrong_passwords_are_wrong_in_one_way_with_a_second_factor_or_without(
    ada: Protected, arrive: Arrive, browser: httpx.AsyncClient
):
    plain = await arrive()
    for name in (ada.username, plain.me["username"], "nobody_at_all"):
        refused = await first_step(browser, name, password="not the password 5")
        assert (refused.status_code, code(refused)) == (401, "login_failed")


async def test_guessing_gets_slower_and_keeps_no_known_device_out(
    ada: Protected, app: Litestar, tenant: tenants.Tenant, moving_clock: MovableClock
):
    """The guesser has the password. The owner comes in where they came in before, and gets rid of the guesser there."""
    outcomes: list[str] = []
    for network in range(6):
        async with from_address(app, tenant, f"198.51.100.{network}") as guesser:
            challenge = await challenge_of(guesser, ada.username)
            guesses = [await second_step(guesser, challenge, wrong(ada.authenticator.code())) for _ in range(5)]
        outcomes += map(code, guesses)
    assert outcomes[:20] == ["second_factor_wrong"] * 20
    assert "slow_down" in outcomes[20:], "all networks together wait"

    async with from_address(app, tenant, "192.0.2.7") as home:
        challenge = await challenge_of(home, ada.username, device=ada.person.device)
        assert (await second_step(home, challenge, ada.authenticator.next_code())).status_code == 200


async def test_who_knows_no_password_counts_nowhere(ada: Protected, app: Litestar, tenant: tenants.Tenant):
    async with from_address(app, tenant, "198.51.100.77") as stranger:
        for _ in range(30):
            refused = await second_step(stranger, "b7f1c9de-5f0a-4a7e-9d0b-0d3c4c1b2a10", "123456")
            assert code(refused) == "log_in_expired"
        challenge = await challenge_of(stranger, ada.username)
        assert (await second_step(stranger, challenge, ada.authenticator.next_code())).status_code == 200


async def test_a_recovery_code_opens_once_and_the_owner_hears_of_it(
    arrive: Arrive,
    prove: Prove,
    postbox: Postbox,
    queue: Queue,
    moving_clock: MovableClock,
    browser: httpx.AsyncClient,
):
    email = new_email()
    owner = await protect(await arrive(proof=await prove(email)), moving_clock)
    await queue.work(at_once=True)
    spoken = owner.recovery_codes[0].upper().replace("-", " ").replace("0", "O")
    done = await second_step(browser, await challenge_of(browser, email), spoken)
    assert done.status_code == 200, done.text
    await queue.work(at_once=True)
    assert "kurtarma kodu" in postbox.to(email)[-1].body
    assert code(await second_step(browser, await challenge_of(browser, email), spoken)) == "second_factor_wrong"
    assert (await owner.person.get("/api/auth/second-factor"))["recovery_codes_left"] == 9


async def test_a_new_device_needs_no_one_time_code_besides(
    ada: Protected, browser: httpx.AsyncClient, db: Database, tenant: tenants.Tenant
):
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, step_up=True)
    challenge = await challenge_of(browser, ada.username, password=PASSWORD, device=device("Opera"))
    assert (await second_step(browser, challenge, ada.authenticator.next_code())).status_code == 200
