"""Keys are rotated, and nothing is forgotten: neither who is logged in, nor who is banned, nor what was counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from meydan import accounts, safety, tenants
from meydan.accounts.identifiers import Contact
from meydan.accounts.second_factor import totp
from meydan.accounts.sign_in import code_limits
from meydan.config import Secrets
from meydan.integrations import Channel
from meydan.kit import personal_data
from meydan.kit.crypto import keys
from meydan.kit.database import Database
from meydan.kit.runtime import runtime
from tests.accounts.conftest import PASSWORD, Arrive, Postbox, Prove, Queue, code, device, form, new_phone
from tests.accounts.former.test_inheritance import are_matched, arrive_with, block, erase, forget_meetings
from tests.accounts.second_factor.authenticator import challenge_of, protect, second_step
from tests.accounts.sign_in.test_guessing import log_in
from tests.accounts.sign_in.test_puzzles import ask
from tests.accounts.test_sessions import cookie_of, refresh
from tests.conftest import MovableClock, open_client
from tests.factories import make_person
from tests.puzzles import solved
from tests.rotation import BEFORE, DROPPED, LEAKED, ONCE, PREPARED, TWICE


@contextmanager
def under(secrets: Secrets) -> Iterator[None]:
    """A process that was started with these."""
    with runtime.using(secrets.keys()):
        yield


async def test_rotated_twice_a_ban_and_a_block_still_hold(
    db: Database,
    api: httpx.AsyncClient,
    tenant: tenants.Tenant,
    arrive: Arrive,
    prove: Prove,
    moving_clock: MovableClock,
):
    await forget_meetings(db, tenant)
    phone = new_phone()
    banned = await arrive(proof=await prove(phone))
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, UUID(banned.me["user_id"]), safety.BanReason.harassment)
        await personal_data.do_erase(tx, UUID(banned.me["user_id"]))
    ada, ben = [await arrive_with(db, tenant, new_phone()) for _ in range(2)]
    await block(db, ada, ben)
    await erase(db, ben)
    moving_clock.forward(seconds=61)
    with under(TWICE):
        refused = await api.post("/api/auth/register", json=form(proof=await prove(phone)))
        assert code(refused) == "banned"
        back = await arrive_with(db, tenant, str(ben.phone))
        assert not await are_matched(db, ada, back)
        assert await are_matched(db, ada, await make_person(db, tenant))


async def test_processes_before_and_after_a_rotation_take_each_others_log_ins(
    arrive: Arrive, app: Litestar, tenant: tenants.Tenant
):
    """Parts are restarted one by one: first they learn the next keys, then they use them."""
    with under(PREPARED):
        somebody = await arrive()
    for process in (ONCE, PREPARED, ONCE):
        with under(process):
            await somebody.get("/api/auth/profile")
            renewed = await refresh(somebody.client, somebody.cookie)
            somebody.client.cookies.clear()
            somebody.client.cookies["meydan_refresh"] = cookie_of(renewed)
            somebody.take(renewed.json())
    with under(BEFORE):  # it has not heard of the next key
        assert code(await somebody.client.get("/api/auth/profile")) == "token_refused"


async def test_a_second_factor_outlives_rotations(
    arrive: Arrive, app: Litestar, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock, cheap_hashes: None
):
    ada = await protect(await arrive(), moving_clock)
    async with open_client(app, tenant) as browser:
        with under(PREPARED):
            begun = await challenge_of(browser, ada.username)
        with under(ONCE):
            assert (await second_step(browser, begun, ada.authenticator.next_code())).status_code == 200
        with under(TWICE):
            async with db.as_service(tenant.id) as tx:
                await totp.do_reseal(tx)
                sealed = await tx.one(bytes, "select sealed_secret from app.totp_secrets where tenant_id = $1")
            assert totp.opening_key(sealed) == keys.key_id(TWICE.seal_key, "seal")
            for typed in (ada.authenticator.next_code(), ada.recovery_codes[0]):
                begun = await challenge_of(browser, ada.username)
                assert (await second_step(browser, begun, typed)).status_code == 200


async def test_a_token_of_a_dropped_key_is_refused_and_the_log_in_goes_on(arrive: Arrive):
    somebody = await arrive()
    with under(TWICE):
        await somebody.get("/api/auth/profile")
    with under(DROPPED):
        assert code(await somebody.client.get("/api/auth/profile")) == "token_refused"
        cookie_of(await refresh(somebody.client, somebody.cookie))


async def test_after_a_leak_nothing_from_before_logs_in(arrive: Arrive, api: httpx.AsyncClient, cheap_puzzles: None):
    somebody = await arrive()
    with under(LEAKED):
        assert code(await somebody.client.get("/api/auth/profile")) == "token_refused"
        assert (await refresh(somebody.client, somebody.cookie)).status_code == 401
        wanted = {"identifier": somebody.me["username"], "password": PASSWORD, "device": device()}
        assert (await api.post("/api/auth/login", json=wanted)).status_code == 200


async def test_a_code_is_asked_for_sent_typed_and_spent_under_four_keys(
    api: httpx.AsyncClient, postbox: Postbox, queue: Queue
):
    phone = new_phone()
    assert (await ask(api, phone)).status_code == 202
    with under(ONCE):
        assert code(await ask(api, phone)) == "slow_down", "the browser is known"
        await queue.work()
        typed = {"to": phone, "code": postbox.to(phone)[-1].code, "purpose": "register"}
        verified = await api.post("/api/auth/verify-otp", json=typed)
        assert verified.status_code == 200, verified.text
    with under(TWICE):
        registered = await api.post("/api/auth/register", json=form(proof=verified.json()["proof"]))
        assert registered.status_code == 201, registered.text


@pytest.mark.parametrize("process", [ONCE, TWICE, LEAKED], ids=["once", "twice", "leaked"])
async def test_a_puzzle_counts_as_long_as_its_key_is_trusted(
    process: Secrets, db: Database, api: httpx.AsyncClient, app: Litestar, tenant: tenants.Tenant, postbox: Postbox,
    cheap_puzzles: None,
):  # fmt: skip
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, codes_per_community_hour=1)
    assert (await ask(api, new_phone())).status_code == 202
    phone = new_phone()
    async with open_client(app, tenant) as other:
        payload = solved(await ask(other, phone))
        with under(process):
            answer = await ask(other, phone, puzzle=payload)
            assert answer.status_code == (409 if process is LEAKED else 202), answer.text


async def test_guesses_and_requests_count_on(
    arrive: Arrive, app: Litestar, db: Database, tenant: tenants.Tenant, cheap_hashes: None, postbox: Postbox,
    moving_clock: MovableClock,
):  # fmt: skip
    """Whoever can wait for a rotation does not get their guesses back."""
    victim, phone = await arrive(), new_phone()
    async with open_client(app, tenant) as guesser:
        for _ in range(5):
            assert (await log_in(guesser, victim.me["username"], "not the password")).status_code == 401
        for process in (PREPARED, ONCE, TWICE):
            with under(process):
                refused = await log_in(guesser, victim.me["username"])
                assert code(refused) == "slow_down"
                assert refused.json()["retry_after"] <= 900
    for process in (BEFORE, ONCE, TWICE):
        with under(process):
            async with open_client(app, tenant) as browser:
                assert (await ask(browser, phone)).status_code == 202
        moving_clock.forward(seconds=61)
    for process in (PREPARED, TWICE, LEAKED):
        with under(process):
            async with db.as_service(tenant.id) as tx:
                pressure = await code_limits._pressure(tx, Contact(Channel.sms, phone, "TR"), "127.0.0.1")
        asked = 2 if process is PREPARED else 1 if process is LEAKED else 3
        assert (pressure.strangers_today, pressure.here_today, pressure.network_hour) == (asked, asked, asked)


def test_ids_of_keys_are_told_and_keys_are_not():
    names = [name for name, _ in TWICE.named()]
    assert names.count("kept_seal_keys") == 2
    assert keys.fingerprint("t" * 32, "token") != keys.fingerprint("t" * 32, "seal")
