"""Credentials change only with the password, and never without an alert."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from meydan import accounts, tenants
from meydan.integrations import SendingFailed
from meydan.kit.database import Database
from meydan.kit.events import listen
from tests.accounts.conftest import PASSWORD, Arrive, Postbox, Prove, Queue, Somebody, code, new_email, new_phone
from tests.conftest import MovableClock

NEW_PASSWORD = "another quiet Friday 88"
changed: list[accounts.SignInChanged] = []


@listen(accounts.SignInChanged)
async def _changed(_tx, event: accounts.SignInChanged):
    changed.append(event)


@pytest.fixture(autouse=True)
def _nothing_changed_yet():
    changed.clear()


async def set_contact(person: Somebody, proof: str, password: str = PASSWORD) -> httpx.Response:
    return await person.client.post("/api/auth/verify", json={"proof": proof, "password": password})


async def change_password(person: Somebody, current: str = PASSWORD, new: str = NEW_PASSWORD) -> httpx.Response:
    return await person.client.post("/api/auth/password", json={"current": current, "new": new})


def alerts(postbox: Postbox, address: str) -> list[str]:
    return [message.body for message in postbox.to(address) if message.code is None]


def parts() -> list[str]:
    return [event.part.value for event in changed]


async def test_an_access_token_alone_takes_no_account_over(arrive: Arrive, prove: Prove, postbox: Postbox):
    owner_phone, thief_phone = new_phone(), new_phone()
    person = await arrive(proof=await prove(owner_phone))
    proof = await prove(thief_phone, "verify")
    assert code(await person.client.post("/api/auth/verify", json={"proof": proof})) == "invalid_request"
    refused = await set_contact(person, proof, "a wrong guess 123")
    assert (refused.status_code, code(refused)) == (403, "password_wrong")
    assert (await person.get("/api/auth/profile"))["phone"] == owner_phone
    assert parts() == []


async def test_who_came_with_a_username_is_asked_too(arrive: Arrive, prove: Prove):
    person, phone = await arrive(), new_phone()
    proof = await prove(phone, "verify")
    assert code(await set_contact(person, proof, "")) == "password_wrong"
    # A wrong password costs no code: the owner who mistyped goes on with the same proof.
    assert (await set_contact(person, proof)).json()["phone"] == phone
    assert code(await set_contact(person, proof)) == "proof_refused"


async def test_guessing_is_slowed_as_at_the_door(arrive: Arrive, prove: Prove):
    person = await arrive()
    proof = await prove(new_phone(), "verify")
    answers = [code(await set_contact(person, proof, f"guess number {number}")) for number in range(8)]
    assert answers[:5] == ["password_wrong"] * 5
    assert answers[-1] == "slow_down"
    assert code(await set_contact(person, proof)) == "slow_down"


async def test_the_old_number_and_the_letterbox_hear_of_a_new_number(
    arrive: Arrive, prove: Prove, postbox: Postbox, queue: Queue
):
    old, new, email = new_phone(), new_phone(), new_email()
    person = await arrive(proof=await prove(old))
    await set_contact(person, await prove(email, "verify"))
    await queue.work()
    assert len(alerts(postbox, old)) == 1
    assert alerts(postbox, email) == []
    assert (await set_contact(person, await prove(new, "verify"))).json()["phone"] == new
    await queue.work()
    assert alerts(postbox, old)[1] == alerts(postbox, email)[0]
    assert "telefon numarası değişti" in alerts(postbox, email)[0]
    assert alerts(postbox, new) == []
    assert parts() == ["email", "phone"]
    assert [postbox.to(email)[-1].subject] == ["A community: hesabınızın giriş bilgileri değişti"]


async def test_the_same_number_once_more_is_no_news(
    arrive: Arrive, prove: Prove, postbox: Postbox, queue: Queue, moving_clock: MovableClock
):
    phone = new_phone()
    person = await arrive(proof=await prove(phone))
    moving_clock.forward(minutes=2)
    assert (await set_contact(person, await prove(phone, "verify"))).status_code == 200
    await queue.work()
    assert alerts(postbox, phone) == []
    assert parts() == []


async def test_a_new_password_is_told_in_the_persons_language(
    arrive: Arrive, prove: Prove, postbox: Postbox, queue: Queue
):
    phone = new_phone()
    person = await arrive(proof=await prove(phone), language="en")
    assert (await change_password(person)).status_code == 204
    await queue.work()
    assert alerts(postbox, phone) == [
        "A community: the password of your account was changed. If that was not you, reset it now."
    ]
    assert parts() == ["password"]


async def test_a_forgotten_password_is_told_to_every_address(
    arrive: Arrive, prove: Prove, postbox: Postbox, queue: Queue, browser: httpx.AsyncClient, moving_clock: MovableClock
):
    phone, email = new_phone(), new_email()
    person = await arrive(proof=await prove(phone))
    await set_contact(person, await prove(email, "verify"))
    moving_clock.forward(minutes=2)
    reset = {"proof": await prove(email, "reset"), "password": NEW_PASSWORD}
    assert (await browser.post("/api/auth/reset-password", json=reset)).status_code == 204
    await queue.work()
    assert "şifresi değişti" in alerts(postbox, phone)[-1]
    assert alerts(postbox, phone)[-1] == alerts(postbox, email)[-1]


async def test_a_refused_change_tells_nobody(
    arrive: Arrive, prove: Prove, postbox: Postbox, queue: Queue, moving_clock: MovableClock
):
    phone, taken = new_phone(), new_email()
    person = await arrive(proof=await prove(phone))
    await arrive(proof=await prove(taken))
    moving_clock.forward(minutes=2)
    person.take((await person.client.post("/api/auth/refresh")).json())
    assert code(await change_password(person, current="not it at all 5")) == "password_wrong"
    assert code(await set_contact(person, await prove(taken, "verify"))) == "email_taken"
    await queue.work()
    assert alerts(postbox, phone) == []
    assert parts() == []


async def test_a_service_that_is_down_is_asked_again_and_each_address_hears_once(
    arrive: Arrive, prove: Prove, postbox: Postbox, queue: Queue, owner: asyncpg.Connection
):
    phone, email = new_phone(), new_email()
    person = await arrive(proof=await prove(phone))
    await set_contact(person, await prove(email, "verify"))
    await queue.work()
    before = len(alerts(postbox, phone))
    await change_password(person)
    postbox.trouble = [SendingFailed("down")]
    assert await queue.work() == 2
    assert len(alerts(postbox, phone)) - before + len(alerts(postbox, email)) == 1
    assert await queue.work() == 1
    assert len(alerts(postbox, phone)) - before == len(alerts(postbox, email)) == 1


async def test_texts_to_one_number_are_few_and_counted_in_the_budget(
    arrive: Arrive, prove: Prove, postbox: Postbox, queue: Queue, db: Database, tenant: tenants.Tenant
):
    phone = new_phone()
    person = await arrive(proof=await prove(phone))
    current, new = PASSWORD, NEW_PASSWORD
    for _ in range(7):
        assert (await change_password(person, current, new)).status_code == 204
        current, new = new, current
    await queue.work()
    assert len(alerts(postbox, phone)) == 5
    async with db.as_service(tenant.id) as tx:
        cents = "select sum(cents)::integer from app.sms_spendings where tenant_id = $1"
        assert await tx.one(int, cents) == 5 * (1 + 5)


async def test_notices_take_no_codes_away(
    arrive: Arrive, prove: Prove, postbox: Postbox, queue: Queue, moving_clock: MovableClock
):
    """A user who reads that their password was changed needs a code at once."""
    phone = new_phone()
    person = await arrive(proof=await prove(phone))
    moving_clock.forward(minutes=2)
    person.take((await person.client.post("/api/auth/refresh")).json())
    await change_password(person)
    assert await prove(phone, "reset")


async def test_alerts_are_paid_from_what_is_kept_for_known_devices(
    arrive: Arrive, prove: Prove, postbox: Postbox, queue: Queue, db: Database, tenant: tenants.Tenant,
    browser: httpx.AsyncClient,
):  # fmt: skip
    phone = new_phone()
    person = await arrive(proof=await prove(phone))
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, sms_daily_budget_cents=10)
    wanted = {"channel": "sms", "to": new_phone(), "purpose": "register"}
    assert code(await browser.post("/api/auth/send-otp", json=wanted)) == "sending_paused"
    await change_password(person)
    await change_password(person, NEW_PASSWORD, PASSWORD)
    await queue.work()
    assert len(alerts(postbox, phone)) == 1, "the second would go beyond the budget; the inbox has both"


async def test_one_proof_used_by_two_at_once_is_one_persons(arrive: Arrive, prove: Prove):
    phone = new_phone()
    ada, ben = await arrive(), await arrive()
    proof = await prove(phone, "verify")
    answers = await asyncio.gather(*(set_contact(person, proof) for person in (ada, ben, ada, ben)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_a_change_is_news_in_the_inbox(arrive: Arrive, prove: Prove):
    person = await arrive()
    await set_contact(person, await prove(new_email(), "verify"))
    await change_password(person)
    news: dict[str, Any] = await person.get("/api/notifications")
    told = [(item["data"]["part"]) for item in news["items"] if item["code"] == "sign_in_changed"]
    assert told == ["password", "email"]
