"""A lost phone: staff of a higher rank or the command line remove the second factor, and say why."""

import httpx
import pytest
from litestar import Litestar

from meydan import accounts, tenants
from meydan.accounts import Authentication
from meydan.accounts.second_factor import totp
from meydan.accounts.sessions import sessions
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.kit.identity import Role
from tests.accounts.conftest import Arrive, Postbox, Prove, Queue, code, new_email
from tests.accounts.second_factor.authenticator import challenge_of, first_step, protect, put_on, second_step
from tests.conftest import MovableClock
from tests.factories import make_person

pytestmark = pytest.mark.usefixtures("app", "cheap_hashes")


async def test_it_is_gone_with_all_sessions_and_a_reason_is_kept(
    app: Litestar,
    db: Database,
    tenant: tenants.Tenant,
    arrive: Arrive,
    prove: Prove,
    postbox: Postbox,
    queue: Queue,
    moving_clock: MovableClock,
    browser: httpx.AsyncClient,
):
    email = new_email()
    ada = await protect(await arrive(proof=await prove(email)), moving_clock)
    challenge = await challenge_of(browser, email)
    admin = await make_person(db, tenant, role=Role.admin)
    path = f"/api/staff/people/{ada.person.me['user_id']}/second-factor"
    async with admin.client(app) as client:
        shown = (await client.get(path)).json()
        assert shown["since"] is not None
        assert shown["may_remove"]
        assert (await client.post(f"{path}/remove", json={"reason": ""})).status_code == 400
        removed = await client.post(f"{path}/remove", json={"reason": "Lost her phone; seen at the desk"})
        assert removed.status_code == 204
        again = await client.post(f"{path}/remove", json={"reason": "Twice"})
        assert (again.status_code, code(again)) == (404, "not_found")
    assert code(await ada.person.client.get("/api/auth/profile")) == "session_ended"
    assert code(await second_step(browser, challenge, ada.authenticator.next_code())) == "log_in_expired"
    assert (await first_step(browser, email)).status_code == 200
    async with db.as_service(tenant.id) as tx:
        logged = await tx.all(
            str,
            """
            select details ->> 'reason' from app.system_logs
            where tenant_id = $1 and action = 'second_factor_removed' and acted_by_user_id = $2
            """,
            admin.me.user_id,
        )
    assert logged == ["Lost her phone; seen at the desk"]
    while await queue.work(at_once=True):
        pass
    assert "iki adımlı girişi kaldırdı" in postbox.to(email)[-1].body


@pytest.mark.parametrize("about", [Role.admin, Role.owner])
async def test_nobody_of_the_same_or_a_higher_rank(app: Litestar, db: Database, tenant: tenants.Tenant, about: Role):
    admin, colleague = await make_person(db, tenant, role=Role.admin), await make_person(db, tenant, role=about)
    await put_on(db, colleague)
    path = f"/api/staff/people/{colleague.me.user_id}/second-factor"
    async with admin.client(app) as client:
        assert not (await client.get(path)).json()["may_remove"]
        assert code(await client.post(f"{path}/remove", json={"reason": "Trust me"})) == "outranked"
        own = f"/api/staff/people/{admin.me.user_id}/second-factor/remove"
        assert code(await client.post(own, json={"reason": "Mine"})) == "outranked"


async def test_nobody_next_door(app: Litestar, db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant):
    owner, ada = await make_person(db, other_tenant, role=Role.owner), await make_person(db, tenant)
    await put_on(db, ada)
    path = f"/api/staff/people/{ada.me.user_id}/second-factor"
    async with owner.client(app) as client:
        assert (await client.get(path)).status_code == 404
        assert (await client.post(f"{path}/remove", json={"reason": "Mine"})).status_code == 404


async def test_the_command_line_outranks_all(db: Database, tenant: tenants.Tenant):
    owner = await make_person(db, tenant, role=Role.owner)
    await put_on(db, owner)
    async with db.as_service(tenant.id) as tx:
        await accounts.do_remove_second_factor(tx, owner.me.user_id, "A drowned phone")
    async with db.as_service(tenant.id) as tx:
        assert await totp.confirmed_at(tx, owner.me.user_id) is None
        with pytest.raises(NotFound):
            await accounts.do_remove_second_factor(tx, owner.me.user_id, "Again")


async def test_staff_see_who_has_one_and_the_owner_requires_it(app: Litestar, db: Database, tenant: tenants.Tenant):
    """Requiring it locks nobody out: whoever lacks one, the owner too, sets it up and comes back."""
    owner, admin = await make_person(db, tenant, role=Role.owner), await make_person(db, tenant, role=Role.admin)
    await put_on(db, admin)
    async with owner.client(app) as client, admin.client(app) as other:
        seen = (await client.get("/api/staff/second-factors")).json()
        assert not seen["is_required"]
        assert [(one["role"], one["second_factor_since"] is not None) for one in seen["staff"]] == [
            ("owner", False),
            ("admin", True),
        ]
        assert code(await other.put("/api/staff/second-factors", json={"is_required": True})) == "staff_only"
        assert (await client.put("/api/staff/second-factors", json={"is_required": True})).status_code == 204
        assert code(await client.get("/api/staff/second-factors")) == "second_factor_required"
        assert code(await client.put("/api/staff/second-factors", json={"is_required": False})) == (
            "second_factor_required"
        )
        state = (await client.get("/api/auth/second-factor")).json()
        assert (state["is_required"], state["is_session_strong"]) == (True, False)
        async with db.as_service(tenant.id) as tx:
            await sessions.do_set_authentication(tx, owner.me.session_id, Authentication.totp)
        assert (await client.get("/api/staff/second-factors")).json()["is_required"]
