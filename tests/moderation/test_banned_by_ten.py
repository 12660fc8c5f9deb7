"""Ten people report somebody: from their reports to the closed door, through the API and the queue."""

from uuid import uuid4

from litestar import Litestar

from meydan import tenants
from meydan.kit.crypto import tokens
from meydan.kit.database import Database
from tests.accounts.conftest import PASSWORD, Arrive, Prove, Queue, code, device, new_phone
from tests.factories import TOKEN_KEY, Person, make_person
from tests.meeting_scenarios import bring_together


async def test_ten_reports_close_the_door_and_say_why(
    app: Litestar, db: Database, tenant: tenants.Tenant, arrive: Arrive, prove: Prove, queue: Queue
):
    phone = new_phone()
    somebody = await arrive(proof=await prove(phone))
    me = tokens.read_access(somebody.session["access_token"], TOKEN_KEY).identity
    reported = Person(me, tenant, "kediadam", phone, device_row=uuid4())
    for number in range(10):
        assert (await somebody.client.get("/api/auth/profile")).status_code == 200, f"after {number} reports"
        reporter = await make_person(db, tenant)
        await bring_together(db, reporter, reported)
        async with reporter.client(app) as client:
            report = {"profile_id": str(me.profile_id), "reason": "harassment"}
            assert (await client.post("/api/reports", json=report)).status_code == 201
        assert await queue.work() == 1

    shut_out = await somebody.client.get("/api/auth/profile")
    assert (shut_out.status_code, code(shut_out)) == (401, "session_ended")
    log_in = {"identifier": phone, "password": PASSWORD, "device": device()}
    answer = await somebody.client.post("/api/auth/login", json=log_in)
    assert (answer.status_code, code(answer), answer.json()["reason"]) == (403, "banned", "reports")
    async with db.as_service(tenant.id) as tx:
        [notice] = await tx.all(
            str,
            "select data->>'reason' from app.notifications where tenant_id = $1 and user_id = $2 and code = 'banned'",
            me.user_id,
        )
        told = await tx.all(str, "select payload from app.outbox where tenant_id = $1 and user_id = $2", me.user_id)
    assert notice == "reports"
    assert any('"t":"banned"' in frame for frame in told)
