"""Codes are right once and wrong five times, are never free, and never tell who has an account."""

import asyncio
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar

from meydan import accounts, tenants
from meydan.accounts.tasks import purge_old
from meydan.integrations import Adapters, Channel, SendingFailed, Undeliverable
from meydan.kit import jobs
from meydan.kit.database import Database
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


async def ask(client: httpx.AsyncClient, to: str, purpose: str = "register", **more: Any) -> httpx.Response:
    channel = "email" if "@" in to else "sms"
    return await client.post("/api/auth/send-otp", json={"channel": channel, "to": to, "purpose": purpose} | more)


async def enter(client: httpx.AsyncClient, to: str, typed: str, purpose: str = "register") -> httpx.Response:
    return await client.post("/api/auth/verify-otp", json={"to": to, "code": typed, "purpose": purpose})


def other_than(number: str) -> str:
    return f"{(int(number) + 1) % 1_000_000:06}"


async def configure(db: Database, tenant: tenants.Tenant, **values: Any) -> None:
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, **values)


async def test_a_code_comes_in_the_language_of_the_page(api: httpx.AsyncClient, postbox: Postbox, queue: Queue):
    phone, email = new_phone(), new_email()
    await ask(api, phone)
    await ask(api, email, language="en")
    await queue.work()
    (text,), (letter,) = postbox.to(phone), postbox.to(email)
    assert text.code is not None
    assert len(text.code) == 6
    assert text.body == f"{text.code} — A community için kodunuz. 10 dakika geçerlidir. Kimseyle paylaşmayın."
    assert letter.subject == f"Your A community code: {letter.code}"
    assert (await enter(api, phone, text.code)).status_code == 200


async def test_however_the_number_is_written_it_is_the_same(api: httpx.AsyncClient, postbox: Postbox, queue: Queue):
    phone = new_phone()
    assert (await ask(api, "0" + phone.removeprefix("+90"))).status_code == 202
    await queue.work()
    typed = f" {postbox.to(phone)[0].code} "
    assert (await enter(api, f"{phone[:3]} {phone[3:6]} {phone[6:]}", typed)).status_code == 200


@pytest.mark.parametrize(
    "to",
    [
        "",
        "12",
        "+9053212",
        "a@b",
        "a b@example.org",
        "@example.org",
        "x" * 250 + "@example.org",
        "+1 555 0100",
        "+909001234567",
    ],
)
async def test_what_is_no_address_is_refused(api: httpx.AsyncClient, to: str):
    assert code(await ask(api, to)) in {"contact_invalid", "invalid_request"}


async def test_five_wrong_ones_and_the_code_is_dead(api: httpx.AsyncClient, postbox: Postbox, queue: Queue):
    phone = new_phone()
    await ask(api, phone)
    await queue.work()
    right = str(postbox.to(phone)[0].code)
    left = []
    for _ in range(5):
        answer = await enter(api, phone, other_than(right))
        assert code(answer) == "otp_wrong"
        left.append(answer.json()["attempts_left"])
    assert left == [4, 3, 2, 1, 0]
    assert code(await enter(api, phone, right)) == "otp_expired"


async def test_a_hundred_guesses_at_once_are_five(api: httpx.AsyncClient, postbox: Postbox, queue: Queue):
    phone = new_phone()
    await ask(api, phone)
    await queue.work()
    wrong = other_than(str(postbox.to(phone)[0].code))
    answers = await asyncio.gather(*(enter(api, phone, wrong) for _ in range(60)))
    assert [code(answer) for answer in answers].count("otp_wrong") == 5


async def test_a_code_lives_ten_minutes_and_its_proof_fifteen(
    api: httpx.AsyncClient, postbox: Postbox, queue: Queue, prove: Prove, arrive: Arrive, moving_clock: MovableClock
):
    phone = new_phone()
    await ask(api, phone)
    await queue.work()
    moving_clock.forward(minutes=10, seconds=1)
    assert code(await enter(api, phone, str(postbox.to(phone)[0].code))) == "otp_expired"
    person = await arrive()
    proof = await prove(phone, "verify")
    moving_clock.forward(minutes=16)
    person.take((await person.client.post("/api/auth/refresh")).json())
    assert (
        code(await person.client.post("/api/auth/verify", json={"proof": proof, "password": PASSWORD}))
        == "proof_refused"
    )


async def test_a_code_is_used_once_and_for_one_thing(api: httpx.AsyncClient, postbox: Postbox, queue: Queue):
    phone = new_phone()
    await ask(api, phone)
    await queue.work()
    right = str(postbox.to(phone)[0].code)
    assert code(await enter(api, phone, right, "reset")) == "otp_expired"
    assert code(await enter(api, new_phone(), right)) == "otp_expired"
    assert (await enter(api, phone, right)).status_code == 200
    assert code(await enter(api, phone, right)) == "otp_used"


async def test_eight_at_once_get_one_proof(api: httpx.AsyncClient, postbox: Postbox, queue: Queue):
    phone = new_phone()
    await ask(api, phone)
    await queue.work()
    right = str(postbox.to(phone)[0].code)
    answers = await asyncio.gather(*(enter(api, phone, right) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


@pytest.mark.parametrize("purpose", ["login", "reset"])
async def test_the_answer_does_not_say_who_has_an_account(
    api: httpx.AsyncClient, prove: Prove, arrive: Arrive, postbox: Postbox, queue: Queue, purpose: str,
    moving_clock: MovableClock, owner: asyncpg.Connection, tenant: tenants.Tenant,
):  # fmt: skip
    somebody, nobody = new_phone(), new_phone()
    await arrive(proof=await prove(somebody))
    moving_clock.forward(minutes=2)
    known, unknown = await ask(api, somebody, purpose), await ask(api, nobody, purpose)
    assert known.status_code == unknown.status_code == 202
    assert set(known.json()) == set(unknown.json()) == {"to", "expires_at", "resend_at", "leaves_at"}
    assert await queue.work() == 2
    assert len(postbox.to(somebody)) == 2
    assert postbox.to(nobody) == [], "nobody is sent a code for an account they do not have"
    assert code(await enter(api, nobody, "000000", purpose)) == code(await enter(api, somebody, "xxxxxx", purpose))
    spent = await owner.fetchval("select sum(cents) from app.sms_spendings where tenant_id = $1", tenant.id)
    assert spent == 2 * 5, "what never left costs nothing"


async def test_a_stranger_neither_burns_a_code_nor_uses_up_the_day(
    app: Litestar, api: httpx.AsyncClient, tenant: tenants.Tenant, postbox: Postbox, queue: Queue,
    moving_clock: MovableClock, cheap_puzzles: None,
):  # fmt: skip
    phone = new_phone()
    async with from_address(app, tenant, "203.0.113.9") as stranger:
        for _ in range(10):
            answer = await ask(stranger, phone)
            if answer.status_code == 428:
                await ask(stranger, phone, puzzle=solved(answer))
            moving_clock.forward(seconds=61)
        await queue.work()
        theirs = str(postbox.to(phone)[-1].code)
        assert (await ask(api, phone, puzzle=solved(await ask(api, phone)))).status_code == 202
        await queue.work()
        mine = str(postbox.to(phone)[-1].code)
        for _ in range(6):
            assert code(await enter(stranger, phone, other_than(theirs))) in {"otp_wrong", "otp_expired"}
        if mine != theirs:
            assert code(await enter(stranger, phone, mine)) == "otp_expired", "read over a shoulder, it opens nothing"
        async with open_client(app, tenant) as elsewhere:
            assert code(await enter(elsewhere, phone, mine)) == "otp_expired"
    assert (await enter(api, phone, mine)).status_code == 200


async def test_the_secret_of_a_browser_is_read_by_no_script_and_kept(
    api: httpx.AsyncClient, moving_clock: MovableClock
):
    first = await ask(api, new_phone())
    cookie = first.headers["set-cookie"]
    for word in ("meydan_browser=", "HttpOnly", "SameSite=strict", "Path=/api/auth"):
        assert word in cookie
    again = await ask(api, new_phone())
    assert again.cookies["meydan_browser"] == first.cookies["meydan_browser"]


async def test_wrong_codes_are_counted_by_network_and_close_nobody_out(
    app: Litestar, api: httpx.AsyncClient, db: Database, tenant: tenants.Tenant, postbox: Postbox, queue: Queue
):
    await configure(db, tenant, wrong_codes_per_ip_address_hour=8)
    mine, theirs = new_phone(), new_phone()
    await ask(api, mine)
    async with open_client(app, tenant) as stranger:
        await ask(stranger, theirs)
        await queue.work()
        for _ in range(8):
            await enter(stranger, new_phone(), "000000")
        wrong = other_than(str(postbox.to(theirs)[0].code))
        assert code(await enter(stranger, theirs, wrong)) == "otp_wrong", "each code has its first attempt"
        assert code(await enter(stranger, theirs, wrong)) == "slow_down"
    assert (await enter(api, mine, str(postbox.to(mine)[0].code))).status_code == 200


@pytest.mark.parametrize("written", ["{}+shop@example.org", "{}+a+b@example.org", "{}@example.org", " {}+@Example.org"])
async def test_a_tag_names_no_other_inbox(
    api: httpx.AsyncClient, arrive: Arrive, prove: Prove, postbox: Postbox, queue: Queue, written: str,
    moving_clock: MovableClock,
):  # fmt: skip
    inbox = new_email().split("@")[0].replace("+", "") + "@example.org"
    tagged = written.format(inbox.split("@")[0])
    person = await arrive(proof=await prove(inbox))
    assert code(await ask(api, tagged, "login")) == "slow_down", "they share their limits"
    moving_clock.forward(minutes=2)
    assert (await ask(api, tagged, "login")).status_code == 202
    await queue.work()
    entered = await enter(api, tagged, str(postbox.to(inbox)[-1].code), "login")
    opened = await api.post(
        "/api/auth/login", json={"identifier": tagged, "proof": entered.json()["proof"], "device": device()}
    )
    assert opened.json()["me"]["user_id"] == person.me["user_id"]


async def test_sending_again_waits_a_minute(
    api: httpx.AsyncClient, postbox: Postbox, queue: Queue, moving_clock: MovableClock
):
    phone = new_phone()
    await ask(api, phone)
    refused = await ask(api, phone, "login")
    assert code(refused) == "slow_down"
    assert 0 < refused.json()["retry_after"] <= 60
    moving_clock.forward(seconds=61)
    assert (await ask(api, phone)).status_code == 202
    await queue.work()
    first, second = postbox.to(phone)
    if first.code != second.code:
        assert code(await enter(api, phone, str(first.code))) == "otp_wrong", "only the newest counts"
    assert (await enter(api, phone, str(second.code))).status_code == 200


async def test_without_a_way_to_send_one_is_told_so(api: httpx.AsyncClient, postbox: Postbox):
    with runtime.using(Adapters(senders={Channel.email: postbox}, local_outbox=None)):
        assert code(await ask(api, new_phone())) == "channel_unavailable"
        assert (await ask(api, new_email())).status_code == 202


async def test_a_service_that_is_down_is_asked_again(api: httpx.AsyncClient, postbox: Postbox, queue: Queue):
    phone = new_phone()
    await ask(api, phone)
    postbox.trouble = [SendingFailed("busy"), SendingFailed("busy")]
    assert [await queue.work() for _ in range(4)] == [1, 1, 1, 0]
    assert len(postbox.to(phone)) == 1


async def test_what_will_never_arrive_is_not_tried_again(api: httpx.AsyncClient, postbox: Postbox, queue: Queue):
    await ask(api, new_phone())
    postbox.trouble = [Undeliverable("no such number")]
    assert [await queue.work() for _ in range(2)] == [1, 0]
    assert postbox.sent == []


async def test_a_job_that_runs_twice_sends_once(
    api: httpx.AsyncClient, postbox: Postbox, owner: asyncpg.Connection, db: Database, tenant: tenants.Tenant
):
    await ask(api, new_phone())
    job = await owner.fetchrow(
        "delete from jobs.pgqueuer where headers->>'tenant_id' = $1 returning entrypoint, payload", str(tenant.id)
    )
    for _ in range(2):
        await jobs.run_job(db, job["entrypoint"], job["payload"], tenant.id)
    assert len(postbox.sent) == 1


async def test_no_code_is_kept_in_the_clear(
    api: httpx.AsyncClient, postbox: Postbox, queue: Queue, owner: asyncpg.Connection, tenant: tenants.Tenant
):
    phone = new_phone()
    await ask(api, phone)
    job = await owner.fetchrow("select payload from jobs.pgqueuer where headers->>'tenant_id' = $1", str(tenant.id))
    kept = await owner.fetch("select t::text as line from app.otp_verifications t where tenant_id = $1", tenant.id)
    await queue.work()
    right = str(postbox.to(phone)[0].code)
    assert f'"{right}"' not in job["payload"].decode()
    assert set(msgspec.json.decode(job["payload"])) == {"otp_id", "sealed_code", "language", "attempt"}
    columns = [column for row in kept for column in row["line"].strip("()").split(",")]
    assert right not in columns


async def test_an_address_is_added_later(arrive: Arrive, prove: Prove, moving_clock: MovableClock):
    phone, email = new_phone(), new_email()
    person, other = await arrive(), await arrive()
    verified = await person.client.post(
        "/api/auth/verify", json={"proof": await prove(phone, "verify"), "password": PASSWORD}
    )
    assert verified.json()["verified"] is True
    assert (
        await person.client.post("/api/auth/verify", json={"proof": await prove(email, "verify"), "password": PASSWORD})
    ).json()["email"] == email
    moving_clock.forward(minutes=2)
    taken = await other.client.post(
        "/api/auth/verify", json={"proof": await prove(phone, "verify"), "password": PASSWORD}
    )
    assert code(taken) == "phone_taken"
    assert (await other.get("/api/auth/profile"))["verified"] is False


async def test_yesterdays_codes_are_tidied_away(
    api: httpx.AsyncClient, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    await ask(api, new_phone())
    moving_clock.forward(hours=47)
    await ask(api, new_phone())
    moving_clock.forward(hours=2)
    async with db.as_service(tenant.id) as tx:
        await purge_old(tx)
        assert await tx.one(int, "select count(*)::integer from app.otp_verifications where tenant_id = $1") == 1
