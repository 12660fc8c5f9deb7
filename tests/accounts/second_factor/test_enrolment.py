"""Switching a second factor on and off, and its recovery codes."""

import asyncio
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import asyncpg
import httpx
import pyotp
import pytest

from meydan import tenants
from meydan.accounts import Authentication
from meydan.accounts.second_factor import totp
from meydan.accounts.sessions import sessions
from meydan.kit.database import Database
from tests.accounts.conftest import PASSWORD, Arrive, Postbox, Prove, Queue, code, new_email
from tests.accounts.second_factor.authenticator import (
    Authenticator,
    begin,
    challenge_of,
    confirm,
    first_step,
    protect,
    second_step,
    wrong,
)
from tests.conftest import MovableClock

pytestmark = pytest.mark.usefixtures("cheap_hashes")


async def state_of(person: Any) -> dict[str, Any]:
    return dict(await person.get("/api/auth/second-factor"))


async def test_it_is_on_once_the_first_code_has_come(
    arrive: Arrive, moving_clock: MovableClock, browser: httpx.AsyncClient
):
    ada = await arrive()
    assert await state_of(ada) == {
        "is_on": False,
        "since": None,
        "recovery_codes_left": 0,
        "is_required": False,
        "is_session_strong": False,
    }
    begun = await begin(ada)
    authenticator = Authenticator(begun["secret"], moving_clock)
    assert not (await state_of(ada))["is_on"]
    assert (await first_step(browser, ada.me["username"])).status_code == 200, "nothing is asked for yet"
    assert code(await confirm(ada, begun, wrong(authenticator.code()))) == "second_factor_wrong"
    confirmed = await confirm(ada, begun, authenticator.code())
    assert len(set(confirmed.json()["recovery_codes"])) == 10
    state = await state_of(ada)
    assert (state["is_on"], state["recovery_codes_left"], state["is_session_strong"]) == (True, 10, True)
    assert code(await browser.post("/api/auth/refresh")) == "session_ended"
    assert (await browser.post("/api/auth/refresh")).json()["reason"] == "second_factor"
    assert code(await confirm(ada, begun, authenticator.next_code())) == "second_factor_on"
    again = await ada.client.post("/api/auth/second-factor", json={"password": PASSWORD})
    assert code(again) == "second_factor_on", "nobody replaces a secret in use"


async def test_an_authenticator_reads_the_uri(arrive: Arrive, tenant: tenants.Tenant):
    ada = await arrive()
    begun = await begin(ada)
    read = pyotp.parse_uri(begun["uri"])
    assert (read.secret, read.name, read.issuer) == (begun["secret"], ada.me["username"], tenant.name)
    drawn = begun["qr_code"]
    ET.fromstring(f'<svg viewBox="0 0 {drawn["size"]} {drawn["size"]}"><path d="{drawn["path"]}"/></svg>')
    assert drawn["path"].startswith("M4 4h7v1h-7z"), "a finder pattern, behind a quiet zone of four modules"


async def test_only_the_password_begins_it(arrive: Arrive):
    ada = await arrive()
    refused = await ada.client.post("/api/auth/second-factor", json={"password": "a stolen token has none"})
    assert code(refused) == "password_wrong"


async def test_the_newest_secret_counts_and_waits_half_an_hour(
    arrive: Arrive, moving_clock: MovableClock, db: Database, tenant: tenants.Tenant
):
    ada = await arrive()
    first, second = await begin(ada), await begin(ada)
    assert code(await confirm(ada, first, Authenticator(first["secret"], moving_clock).code())) == (
        "second_factor_setup_expired"
    )
    moving_clock.forward(seconds=totp.SETUP_LIFETIME.total_seconds() + 1)
    async with db.as_service(tenant.id) as tx:
        await totp.do_purge_old(tx)
    assert code(await confirm(ada, second, Authenticator(second["secret"], moving_clock).code())) == (
        "second_factor_setup_expired"
    )


async def test_two_tabs_confirm_at_once_and_one_gets_the_codes(arrive: Arrive, moving_clock: MovableClock):
    ada = await arrive()
    begun = await begin(ada)
    typed = Authenticator(begun["secret"], moving_clock).code()
    answers = await asyncio.gather(confirm(ada, begun, typed), confirm(ada, begun, typed))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert (await state_of(ada))["recovery_codes_left"] == 10


async def test_off_needs_the_password_and_a_code(
    arrive: Arrive, moving_clock: MovableClock, browser: httpx.AsyncClient
):
    ada = await protect(await arrive(), moving_clock)
    elsewhere = await second_step(browser, await challenge_of(browser, ada.username), ada.authenticator.next_code())
    assert elsewhere.status_code == 200
    typed = ada.authenticator.next_code()
    assert code(await ada.change("off", typed, "not the password 5")) == "password_wrong"
    assert code(await ada.change("off", wrong(typed))) == "second_factor_wrong"
    assert (await ada.change("off", typed)).status_code == 204
    assert (await browser.post("/api/auth/refresh")).json()["reason"] == "second_factor"
    state = await state_of(ada.person)
    assert (state["is_on"], state["recovery_codes_left"], state["is_session_strong"]) == (False, 0, False)
    assert (await first_step(browser, ada.username)).status_code == 200
    assert code(await ada.change("off", ada.authenticator.next_code())) == "second_factor_off"


async def test_a_session_that_a_passkey_opened_stays_as_strong(
    arrive: Arrive, moving_clock: MovableClock, db: Database, tenant: tenants.Tenant
):
    ada = await protect(await arrive(), moving_clock)
    async with db.as_service(tenant.id) as tx:
        [session_id] = await tx.all(UUID, "select id from app.sessions where tenant_id = $1 and ended_at is null")
        await sessions.do_set_authentication(tx, session_id, Authentication.passkey)
    assert (await ada.change("off", ada.authenticator.next_code())).status_code == 204
    assert (await state_of(ada.person))["is_session_strong"]


async def test_new_recovery_codes_end_the_old_ones(
    arrive: Arrive, moving_clock: MovableClock, browser: httpx.AsyncClient
):
    ada = await protect(await arrive(), moving_clock)
    made = await ada.change("recovery-codes", ada.recovery_codes[0])
    assert made.status_code == 200
    fresh = made.json()["recovery_codes"]
    assert not set(fresh) & set(ada.recovery_codes)
    challenge = await challenge_of(browser, ada.username)
    assert code(await second_step(browser, challenge, ada.recovery_codes[1])) == "second_factor_wrong"
    assert (await second_step(browser, challenge, fresh[9])).status_code == 200


async def test_a_session_does_not_serve_to_guess_codes(arrive: Arrive, moving_clock: MovableClock):
    ada = await protect(await arrive(), moving_clock)
    outcomes = [code(await ada.change("off", wrong(ada.authenticator.code()))) for _ in range(7)]
    assert outcomes[:5] == ["second_factor_wrong"] * 5
    assert outcomes[-1] == "slow_down"


async def test_each_change_sends_an_alert(
    arrive: Arrive, prove: Prove, postbox: Postbox, queue: Queue, moving_clock: MovableClock
):
    email = new_email()
    ada = await protect(await arrive(proof=await prove(email)), moving_clock)
    assert (await ada.change("recovery-codes", ada.authenticator.next_code())).status_code == 200
    assert (await ada.change("off", ada.authenticator.next_code())).status_code == 204
    while await queue.work(at_once=True):
        pass
    said = " ".join(message.body for message in postbox.to(email))
    for words in ("giriş açıldı", "yeni kurtarma kodları", "giriş kapatıldı"):
        assert words in said
    news = await ada.person.get("/api/notifications")
    parts = [item["data"]["part"] for item in news["items"] if item["code"] == "sign_in_changed"]
    assert parts == ["second_factor_off", "recovery_codes", "second_factor_on"]


async def test_nothing_readable_is_kept_and_nothing_outlives_the_account(
    arrive: Arrive, moving_clock: MovableClock, owner: asyncpg.Connection, browser: httpx.AsyncClient
):
    ada = await protect(await arrive(), moving_clock)
    await challenge_of(browser, ada.username)
    secret = ada.authenticator._totp.secret
    kept = await owner.fetch(
        """
        select to_jsonb(s)::text from app.totp_secrets s where user_id = $1
        union all select to_jsonb(r)::text from app.recovery_codes r where user_id = $1
        """,
        ada.person.me["user_id"],
    )
    assert len(kept) == 11
    for hidden in (secret, *ada.recovery_codes, *(one.replace("-", "") for one in ada.recovery_codes)):
        assert hidden.encode().hex() not in str(kept)
        assert hidden not in str(kept)
    exported = (await ada.person.get("/api/users/export"))["accounts"]
    assert exported["second_factor_since"] is not None
    assert [one["used_at"] for one in exported["recovery_codes"]] == [None] * 10
    assert exported["sessions"][0]["authenticated_by"] == "totp"
    assert secret not in str(exported)
    assert (await ada.person.client.post("/api/users/erase", json={"password": PASSWORD})).status_code == 204
    for table in ("totp_secrets", "recovery_codes", "login_challenges"):
        assert not await owner.fetch(f"select from app.{table} where user_id = $1", ada.person.me["user_id"])
