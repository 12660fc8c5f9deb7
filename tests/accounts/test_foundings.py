"""Communities that wait: staff of the installation approve or refuse them once, and their founder is told."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from meydan.kit.identity import Role
from meydan.tenants import TenantStatus
from tests.accounts.conftest import Postbox, Queue, code, new_email
from tests.factories import Person, make_person

REASON = "Adını bir markadan almış"


@pytest.fixture
async def chief(db: Database) -> Person:
    """Runs the installation: an owner of the default community."""
    return await make_person(db, await tenants.Directory(db).find("", None), role=Role.owner)


@pytest.fixture
async def founder(db: Database) -> Person:
    """Has asked for a community, with an e-mail address."""
    async with db.as_service(0) as tx:
        wanted = await tenants.do_add(tx, f"t-{uuid4().hex[:12]}", "Satranç", status=TenantStatus.pending)
    person = await make_person(db, wanted, alias="Kurucu", role=Role.owner)
    async with db.as_service(wanted.id) as tx:
        await tx.run(
            "update app.users set email = $3, phone = null where tenant_id = $1 and id = $2",
            *(person.me.user_id, new_email()),
        )
    return person


async def email_of(db: Database, person: Person) -> str:
    async with db.as_service(person.tenant.id) as tx:
        return await tx.one(str, "select email from app.users where tenant_id = $1 and id = $2", person.me.user_id)


async def log_of(owner: asyncpg.Connection, tenant_id: int) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await owner.fetch(
        "select action, acted_by_user_id, details::jsonb ->> 'reason' as reason from app.system_logs"
        " where tenant_id = $1 and action like 'tenant\\_%' order by id desc limit 1",
        tenant_id,
    )
    return rows


async def status_of(db: Database, slug: str) -> TenantStatus:
    return (await tenants.Directory(db).find("", slug, closed_too=True)).status


async def test_an_approved_community_opens_and_its_founder_is_told(
    app: Litestar,
    db: Database,
    chief: Person,
    founder: Person,
    postbox: Postbox,
    queue: Queue,
    owner: asyncpg.Connection,
):
    slug = founder.tenant.slug
    async with chief.client(app) as client:
        [line] = [line for line in (await client.get("/api/staff/communities")).json()["items"] if line["slug"] == slug]
        assert (line["name"], line["founder"]) == (
            "Satranç",
            {"alias": "Kurucu", "name": await email_of(db, founder)},
        )
        decided = await client.post(
            f"/api/staff/communities/{slug}/decide", json={"choice": "approve", "reason": "Tanıyoruz"}
        )
        assert decided.status_code == 204, decided.text
        again = await client.post(f"/api/staff/communities/{slug}/decide", json={"choice": "refuse", "reason": REASON})
        assert (again.status_code, code(again), again.json()["now"]) == (409, "tenant_decided", "active")
        assert slug not in (await client.get("/api/staff/communities")).text
    assert await status_of(db, slug) is TenantStatus.active
    await queue.work(founder.tenant.id)
    [mail] = postbox.to(await email_of(db, founder))
    assert "Satranç" in mail.subject
    assert "onaylandı" in mail.body
    async with founder.client(app) as client:
        codes = [one["code"] for one in (await client.get("/api/notifications")).json()["items"]]
        assert codes == ["community_approved"]
    [kept] = await log_of(owner, chief.tenant.id)
    assert (kept["action"], kept["acted_by_user_id"], kept["reason"]) == (
        "tenant_decided",
        chief.me.user_id,
        "Tanıyoruz",
    )
    [kept] = await log_of(owner, founder.tenant.id)
    assert (kept["action"], kept["reason"]) == ("tenant_status_changed", "Tanıyoruz")


async def test_a_refused_community_stays_closed_and_its_founder_reads_why(
    app: Litestar, db: Database, chief: Person, founder: Person, postbox: Postbox, queue: Queue
):
    slug = founder.tenant.slug
    async with chief.client(app) as client:
        refused = await client.post(
            f"/api/staff/communities/{slug}/decide", json={"choice": "refuse", "reason": REASON}
        )
        assert refused.status_code == 204
    assert await status_of(db, slug) is TenantStatus.suspended
    await queue.work(founder.tenant.id)
    [mail] = postbox.to(await email_of(db, founder))
    assert REASON in mail.body


async def test_of_two_who_decide_at_once_one_does(app: Litestar, db: Database, chief: Person, founder: Person):
    path = f"/api/staff/communities/{founder.tenant.slug}/decide"
    async with chief.client(app) as client:
        answers = await asyncio.gather(
            *(client.post(path, json={"choice": choice, "reason": REASON}) for choice in ("approve", "refuse") * 2)
        )
        assert sorted(answer.status_code for answer in answers) == [204, 409, 409, 409]
        unknown = await client.post(
            "/api/staff/communities/nobody-asked/decide", json={"choice": "approve", "reason": REASON}
        )
        assert unknown.status_code == 404


async def test_staff_of_another_community_see_and_decide_nothing(
    app: Litestar, db: Database, tenant: tenants.Tenant, founder: Person
):
    boss = await make_person(db, tenant, role=Role.owner)
    async with boss.client(app) as client:
        seen = await client.get("/api/staff/communities")
        assert (seen.status_code, code(seen)) == (403, "installation_staff_only")
        decided = await client.post(
            f"/api/staff/communities/{founder.tenant.slug}/decide", json={"choice": "approve", "reason": REASON}
        )
        assert (decided.status_code, code(decided)) == (403, "installation_staff_only")
    for service in (tenant.id, founder.tenant.id):
        async with db.as_service(service) as tx:
            decide = "select app.decide_tenant($1, 'active')"
            assert await tx.connection.fetchval(decide, founder.tenant.slug) is None
    assert await status_of(db, founder.tenant.slug) is TenantStatus.pending
