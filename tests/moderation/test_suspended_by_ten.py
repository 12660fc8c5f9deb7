"""Ten people report somebody: from their reports to the day without new meetings, through the API and the queue."""

from datetime import datetime, timedelta
from uuid import uuid4

from litestar import Litestar

from meydan import tenants
from meydan.kit import clock
from meydan.kit.crypto import tokens
from meydan.kit.database import Database
from tests.accounts.conftest import PASSWORD, Arrive, Prove, Queue, code, device, new_phone
from tests.conftest import MovableClock
from tests.factories import TOKEN_KEY, Person
from tests.messaging.factories import open_between, send, text
from tests.moderation.factories import reporters

_JOIN = {"type": "text"}


async def test_ten_reports_suspend_meeting_for_a_day_and_nothing_else(
    app: Litestar,
    db: Database,
    tenant: tenants.Tenant,
    arrive: Arrive,
    prove: Prove,
    queue: Queue,
    moving_clock: MovableClock,
):
    phone = new_phone()
    somebody = await arrive(proof=await prove(phone))
    me = tokens.read_access(somebody.session["access_token"], (TOKEN_KEY,)).identity
    reported = Person(me, tenant, "kediadam", phone, device_row=uuid4())
    ten = await reporters(db, tenant, reported, 10)
    joined = await somebody.client.post("/api/match/join", json=_JOIN)
    assert joined.json()["ticket"] is not None
    for number, reporter in enumerate(ten):
        state = (await somebody.client.get("/api/match/state")).json()
        assert (state["suspended_until"], bool(state["ticket"])) == (None, True), f"after {number} reports"
        async with reporter.client(app) as client:
            report = {"profile_id": str(me.profile_id), "reason": "harassment"}
            assert (await client.post("/api/reports", json=report)).status_code == 201
        assert await queue.work() == 1

    state = (await somebody.client.get("/api/match/state")).json()
    until = datetime.fromisoformat(state["suspended_until"])
    assert timedelta(hours=23, minutes=59) < until - clock.now() <= timedelta(hours=24)
    assert state["ticket"] is None, "a ticket that waits ends"
    refused = await somebody.client.post("/api/match/join", json=_JOIN)
    assert (refused.status_code, code(refused)) == (403, "matching_suspended")
    assert refused.json()["until"] == state["suspended_until"]

    # Talking, reading, logging in and exporting go on.
    conversation_id = await open_between(db, me, ten[0].me)
    await send(db, me, text(conversation_id))
    assert (await somebody.client.get("/api/messages/conversations")).status_code == 200
    log_in = {"identifier": phone, "password": PASSWORD, "device": device()}
    assert (await somebody.client.post("/api/auth/login", json=log_in)).status_code == 200
    exported = (await somebody.client.get("/api/users/export")).json()
    [case] = exported["moderation"]["cases"]
    assert set(case) == {"suspended_at", "suspended_until", "decision", "decided_at"}
    assert exported["moderation"]["reports"] == []
    assert not any(str(reporter.me.profile_id) in str(exported["moderation"]) for reporter in ten)

    async with db.as_service(tenant.id) as tx:
        news = await tx.all(
            str,
            "select code from app.notifications where tenant_id = $1 and user_id = $2 and code like 'matching%'",
            me.user_id,
        )
        told = await tx.all(str, "select payload from app.outbox where tenant_id = $1 and user_id = $2", me.user_id)
    assert news == ["matching_suspended"]
    assert any('"t":"matching_suspended"' in frame for frame in told)
    assert any('"t":"ticket_ended"' in frame and '"suspended"' in frame for frame in told)

    moving_clock.forward(hours=25)
    renewed = await somebody.client.post("/api/auth/login", json=log_in)
    somebody.client.headers["Authorization"] = f"Bearer {renewed.json()['access_token']}"
    state = (await somebody.client.get("/api/match/state")).json()
    assert state["suspended_until"] is None, "no job ended it: time did"
    assert (await somebody.client.post("/api/match/join", json=_JOIN)).json()["ticket"] is not None


async def test_somebody_suspended_may_leave(app: Litestar, arrive: Arrive, prove: Prove, db: Database):
    somebody = await arrive(proof=await prove(new_phone()))
    me = tokens.read_access(somebody.session["access_token"], (TOKEN_KEY,)).identity
    async with db.as_service(me.tenant_id) as tx:
        await tx.run(
            "update app.users set matching_suspended_until = app.now() + interval '1 day' where tenant_id = $1 and id = $2",
            me.user_id,
        )
    assert (await somebody.client.post("/api/users/erase", json={"password": PASSWORD})).status_code == 204
