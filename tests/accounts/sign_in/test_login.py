"""Logging in: by whichever name, by password or code; guessing is slow, and nobody is kept out by others' guessing."""

import asyncio
import statistics
import threading
import time
import unicodedata
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import bcrypt
import httpx
import pytest
from litestar import Litestar

from meydan import accounts, tenants
from meydan.accounts.sign_in import passwords
from meydan.kit import clock, personal_data
from meydan.kit.database import Database
from meydan.kit.events import listen
from tests.accounts.conftest import (
    PASSWORD,
    Arrive,
    Postbox,
    Prove,
    Queue,
    Somebody,
    code,
    device,
    form,
    from_address,
    new_email,
    new_phone,
)
from tests.conftest import MovableClock
from tests.waiting import PATIENCE

new_devices: list[accounts.NewDevice] = []


@listen(accounts.NewDevice)
async def _new_device(_tx, event: accounts.NewDevice):
    new_devices.append(event)


async def log_in(client: httpx.AsyncClient, identifier: str, password: str = PASSWORD, **more) -> httpx.Response:
    wanted = {"identifier": identifier, "password": password, "device": device()} | more
    return await client.post("/api/auth/login", json=wanted)


async def test_every_name_opens_the_account(arrive: Arrive, prove: Prove, browser: httpx.AsyncClient):
    phone, email = new_phone(), new_email()
    person = await arrive(proof=await prove(phone))
    verified = await person.client.post(
        "/api/auth/verify", json={"proof": await prove(email, "verify"), "password": PASSWORD}
    )
    assert verified.json()["email"] == email
    national = "0" + phone.removeprefix("+90")
    spaced = f"{national[:4]} {national[4:7]} {national[7:]}"
    for name in (phone, national, spaced, email.upper(), person.me["username"].upper(), f" {email} "):
        response = await log_in(browser, name)
        assert response.status_code == 200, name
        assert response.json()["me"]["user_id"] == person.me["user_id"]


async def test_a_code_opens_it_too_and_only_once(
    arrive: Arrive, prove: Prove, browser: httpx.AsyncClient, moving_clock: MovableClock
):
    phone = new_phone()
    person = await arrive(proof=await prove(phone))
    moving_clock.forward(minutes=2)
    wanted = {"identifier": phone, "proof": await prove(phone, "login"), "device": device()}
    assert (await browser.post("/api/auth/login", json=wanted)).json()["me"]["user_id"] == person.me["user_id"]
    assert code(await browser.post("/api/auth/login", json=wanted)) == "proof_refused"


async def test_wrong_is_wrong_in_one_way(arrive: Arrive, browser: httpx.AsyncClient):
    person = await arrive()
    answers = [
        await log_in(browser, person.me["username"], "not the password"),
        await log_in(browser, "nobody.at.all", "not the password"),
        await log_in(browser, "+905320000000", "not the password"),
        await log_in(browser, "nobody@example.org", "not the password"),
        await log_in(browser, "\u0000 what", "not the password"),
        await log_in(browser, person.me["username"], ""),
        await log_in(browser, person.me["username"], "x" * 100_000),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


async def test_the_time_says_nothing_either(arrive: Arrive, db: Database, tenant: tenants.Tenant, app: Litestar):
    person = await arrive()
    times: dict[str, list[float]] = {person.me["username"]: [], "nobody.at.all": []}
    for number in range(12):
        async with from_address(app, tenant, f"203.0.113.{number}") as client:
            for name, taken in times.items():
                begun = time.perf_counter()
                assert (await log_in(client, name, "not the password")).status_code == 401
                taken.append(time.perf_counter() - begun)
    known, unknown = (statistics.median(taken) for taken in times.values())
    assert 0.5 < known / unknown < 2


@pytest.mark.parametrize(
    "written",
    ["\u202a+90 {} {}\u202c", "+90\u00a0{}\u00a0{}", "+90\u2011{}\u2011{}", "＋９０ {} {}", "tel:+90{}{}", "٠{} {}"],
)
async def test_a_pasted_number_registers_and_logs_in_with_the_same_text(
    arrive: Arrive, browser: httpx.AsyncClient, postbox: Postbox, queue: Queue, written: str
):
    phone = new_phone()
    pasted = written.format(phone[3:6], phone[6:])
    asked = await browser.post("/api/auth/send-otp", json={"channel": "sms", "to": pasted, "purpose": "register"})
    assert asked.json()["to"] == phone
    await queue.work()
    arabic = str(postbox.to(phone)[-1].code).translate({ord("0") + digit: 0x660 + digit for digit in range(10)})
    typed = {"to": pasted, "code": f"\u200e{arabic} ", "purpose": "register"}
    proof = (await browser.post("/api/auth/verify-otp", json=typed)).json()["proof"]
    person = await arrive(proof=proof)
    for name in (pasted, phone):
        response = await log_in(browser, name)
        assert response.json()["me"]["user_id"] == person.me["user_id"], name


async def test_a_bcrypt_hash_is_accepted_once_and_becomes_argon2(
    arrive: Arrive, browser: httpx.AsyncClient, db: Database, tenant: tenants.Tenant
):
    person = await arrive()

    async def kept() -> str:
        async with db.as_service(tenant.id) as tx:
            return await tx.one(str, "select password_hash from app.users where tenant_id = $1")

    assert (await kept()).startswith("$argon2id$")
    old = bcrypt.hashpw(b"a much older secret", bcrypt.gensalt(4)).decode()
    async with db.as_service(tenant.id) as tx:
        await tx.run("update app.users set password_hash = $2 where tenant_id = $1", old)
    assert (await log_in(browser, person.me["username"], "a much older secre")).status_code == 401
    assert await kept() == old
    assert (await log_in(browser, person.me["username"], "a much older secret")).status_code == 200
    assert (await kept()).startswith("$argon2id$")
    assert (await log_in(browser, person.me["username"], "a much older secret")).status_code == 200


async def test_a_password_is_the_same_however_its_letters_are_composed(
    arrive: Arrive, browser: httpx.AsyncClient, db: Database, tenant: tenants.Tenant
):
    wanted = "çok güzel gün 2026 ş"
    composed, apart = (unicodedata.normalize(form, wanted) for form in ("NFC", "NFD"))
    hard_spaces = wanted.replace(" ", "\u00a0")
    for registered in (composed, apart):
        person = await arrive(password=registered)
        for typed in (composed, apart, hard_spaces):
            assert (await log_in(browser, person.me["username"], typed)).status_code == 200
    change = {"current": hard_spaces, "new": unicodedata.normalize("NFD", "başka güzel gün 2027")}
    assert (await person.client.post("/api/auth/password", json=change)).status_code == 204
    assert (await log_in(browser, person.me["username"], "başka güzel gün 2027")).status_code == 200
    # A hash of the letters as they were typed, made before passwords were normalised, opens once more and is replaced.
    async with db.as_service(tenant.id) as tx:
        old, username = passwords._hasher.hash(apart), person.me["username"]
        await tx.run("update app.users set password_hash = $2 where tenant_id = $1 and username = $3", old, username)
    assert (await log_in(browser, person.me["username"], composed)).status_code == 401, "never hashed like this"
    assert (await log_in(browser, person.me["username"], apart)).status_code == 200
    assert (await log_in(browser, person.me["username"], composed)).status_code == 200


async def test_guessing_gets_slower_and_the_owner_comes_in_all_the_same(
    arrive: Arrive, prove: Prove, app: Litestar, tenant: tenants.Tenant, moving_clock: MovableClock
):
    phone = new_phone()
    owner = await arrive(proof=await prove(phone))
    moving_clock.forward(minutes=2)
    async with from_address(app, tenant, "198.51.100.7") as attacker:
        answers = [await log_in(attacker, phone, f"guess number {number}") for number in range(10)]
        assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 5
        waits = []
        for _ in range(12):
            refused = await log_in(attacker, phone, "another guess")
            waits.append(refused.json()["retry_after"])
            assert refused.headers["retry-after"] == str(waits[-1])
            moving_clock.forward(seconds=waits[-1])
            assert (await log_in(attacker, phone, "another guess")).status_code == 401
        assert waits == sorted(waits)
        assert waits[-1] == 15 * 60
        # Even the right password has to wait there.
        assert code(await log_in(attacker, phone, PASSWORD)) == "slow_down"
    # The owner's own browser waits for nothing, wherever it is,
    again = await log_in(owner.client, phone, device=owner.device)
    assert again.status_code == 200
    # a new one waits little,
    async with from_address(app, tenant, "192.0.2.9") as elsewhere:
        first = await log_in(elsewhere, phone)
        assert first.status_code == 200 or first.json()["retry_after"] <= 30
        # and with a code not at all.
        by_code = {"identifier": phone, "proof": await prove(phone, "login"), "device": device()}
        assert (await elsewhere.post("/api/auth/login", json=by_code)).status_code == 200


async def test_a_hundred_guesses_at_the_same_moment_gain_nothing(arrive: Arrive, app: Litestar, tenant: tenants.Tenant):
    owner = await arrive()
    async with from_address(app, tenant, "198.51.100.7") as attacker:
        answers = await asyncio.gather(*(log_in(attacker, owner.me["username"], f"guess {n}") for n in range(100)))
    # Five are free; a slow machine takes seconds over a hundred, and each second that passes allows one more.
    assert 5 <= [answer.status_code for answer in answers].count(401) <= 8
    assert {answer.status_code for answer in answers} == {401, 429}


async def test_right_and_wrong_at_once_do_not_wait_for_each_other_in_a_circle(
    arrive: Arrive, app: Litestar, tenant: tenants.Tenant
):
    owner = await arrive()
    async with from_address(app, tenant, "198.51.100.7") as one, from_address(app, tenant, "198.51.100.8") as other:
        answers = await asyncio.gather(
            *(
                log_in(client, owner.me["username"], password)
                for _ in range(10)
                for client in (one, other)
                for password in (PASSWORD, "not the password")
            )
        )
    assert {answer.status_code for answer in answers} <= {200, 401, 429}


async def test_even_a_known_device_may_not_guess_for_ever(arrive: Arrive):
    owner = await arrive()
    answers = [await log_in(owner.client, owner.me["username"], "x" * 12, device=owner.device) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 3


async def test_right_passwords_are_not_counted(arrive: Arrive, browser: httpx.AsyncClient):
    owner = await arrive()
    for _ in range(30):
        assert (await log_in(browser, owner.me["username"])).status_code == 200


async def test_hashing_does_not_stop_everybody_else(
    arrive: Arrive, app: Litestar, tenant: tenants.Tenant, monkeypatch: pytest.MonkeyPatch
):
    owner = await arrive()
    begun, enough = threading.Event(), threading.Event()

    def hash_for_long(*_: object) -> bool:
        begun.set()
        assert enough.wait(PATIENCE), "everybody else had to wait for it"
        return False

    monkeypatch.setattr(passwords, "_is_right", hash_for_long)
    async with from_address(app, tenant, "198.51.100.7") as client:
        busy = asyncio.gather(*(log_in(client, f"nobody{number}", PASSWORD) for number in range(4)))
        await asyncio.to_thread(begun.wait, PATIENCE)
        for _ in range(20):
            assert (await owner.client.get("/api/auth/profile")).status_code == 200
        assert not busy.done()
        enough.set()
        assert {answer.status_code for answer in await busy} == {401}


async def test_a_new_device_is_told_of_the_first_is_not(arrive: Arrive, browser: httpx.AsyncClient):
    new_devices.clear()
    person = await arrive()
    assert new_devices == []
    phone = device("Pixel")
    assert (await log_in(browser, person.me["username"], device=phone)).status_code == 200
    assert [(str(new.user_id), str(new.client_device_id), new.device_name) for new in new_devices] == [
        (person.me["user_id"], phone["id"], "Pixel")
    ]
    assert (await log_in(browser, person.me["username"], device=phone)).status_code == 200
    assert len(new_devices) == 1


async def test_step_up_wants_a_code_on_a_new_device(
    arrive: Arrive,
    prove: Prove,
    browser: httpx.AsyncClient,
    db: Database,
    tenant: tenants.Tenant,
    moving_clock: MovableClock,
):
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, step_up=True)
    phone, other_phone = new_phone(), new_phone()
    person = await arrive(proof=await prove(phone))
    await arrive(proof=await prove(other_phone))
    moving_clock.forward(minutes=2)
    here = device()
    refused = await log_in(browser, person.me["username"], device=here)
    assert code(refused) == "step_up_needed"
    assert refused.json()["hints"] == [f"•••{phone[-2:]}"]
    # somebody else's code does not help
    wrong = await log_in(browser, person.me["username"], device=here, proof=await prove(other_phone, "login"))
    assert code(wrong) == "login_failed"
    right = await log_in(browser, person.me["username"], device=here, proof=await prove(phone, "login"))
    assert right.status_code == 200
    # from now on it is known
    assert (await log_in(browser, person.me["username"], device=here)).status_code == 200
    # and somebody with nothing proved is not shut out
    unverified = await arrive()
    assert (await log_in(browser, unverified.me["username"])).status_code == 200


async def ban(db: Database, person: Somebody, tenant: tenants.Tenant, until: datetime | None = None):
    async with db.as_service(tenant.id) as tx:
        await accounts.do_set_ban(tx, UUID(person.me["user_id"]), until, "harassment")


async def test_a_banned_person_is_told_why_and_for_how_long(
    arrive: Arrive,
    prove: Prove,
    browser: httpx.AsyncClient,
    db: Database,
    tenant: tenants.Tenant,
    moving_clock: MovableClock,
):
    phone = new_phone()
    person = await arrive(proof=await prove(phone))
    until = clock.now() + timedelta(hours=1)
    await ban(db, person, tenant, until)
    assert code(await person.client.post("/api/auth/refresh")) == "session_ended"
    refused = await log_in(browser, phone)
    assert code(refused) == "banned"
    assert refused.json()["reason"] == "harassment"
    assert refused.json()["until"].startswith(until.isoformat()[:19])
    # The password has to be right to learn it.
    assert code(await log_in(browser, phone, "not the password")) == "login_failed"
    moving_clock.forward(minutes=2)
    by_code = {"identifier": phone, "proof": await prove(phone, "login"), "device": device()}
    assert code(await browser.post("/api/auth/login", json=by_code)) == "banned"
    moving_clock.forward(minutes=60)
    assert (await log_in(browser, phone)).status_code == 200


async def test_a_ban_is_lifted(arrive: Arrive, browser: httpx.AsyncClient, db: Database, tenant: tenants.Tenant):
    person = await arrive()
    await ban(db, person, tenant)
    assert code(await log_in(browser, person.me["username"])) == "banned"
    async with db.as_service(tenant.id) as tx:
        await accounts.do_lift_ban(tx, UUID(person.me["user_id"]))
    assert (await log_in(browser, person.me["username"])).status_code == 200


async def test_the_phone_number_of_a_banned_person_opens_no_new_account(
    arrive: Arrive,
    prove: Prove,
    api: httpx.AsyncClient,
    db: Database,
    tenant: tenants.Tenant,
    moving_clock: MovableClock,
):
    phone = new_phone()
    person = await arrive(proof=await prove(phone))
    await ban(db, person, tenant)
    async with db.as_service(tenant.id) as tx:
        await personal_data.do_erase(tx, UUID(person.me["user_id"]))
    moving_clock.forward(minutes=2)
    proof = await prove(phone)
    assert code(await api.post("/api/auth/register", json=form(proof=proof))) == "banned"
    newcomer = await arrive()
    moving_clock.forward(minutes=2)
    refused = await newcomer.client.post(
        "/api/auth/verify", json={"proof": await prove(phone, "verify"), "password": PASSWORD}
    )
    assert code(refused) == "banned"


@pytest.mark.parametrize(
    "body", [{}, {"identifier": "a"}, {"identifier": "a", "device": {"id": "x"}}, {"identifier": 1}]
)
async def test_a_form_that_is_none_is_a_plain_refusal(api: httpx.AsyncClient, body: dict[str, object]):
    assert code(await api.post("/api/auth/login", json=body)) == "invalid_request"


async def test_neither_password_nor_proof_opens_anything(api: httpx.AsyncClient):
    wanted = {"identifier": "somebody", "device": {"id": str(uuid4())}}
    assert code(await api.post("/api/auth/login", json=wanted)) == "login_failed"
