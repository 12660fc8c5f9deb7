"""Terms and privacy notices: readable by all, written by those who run the community, and every version kept."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from meydan.kit.identity import Role
from meydan.legal import texts as legal_texts
from meydan.legal.enums import LegalKind
from meydan.tenants import Language
from tests.accounts.conftest import PASSWORD, Arrive, code, form
from tests.conftest import open_client
from tests.factories import make_person
from tests.waiting import until_somebody_waits


@pytest.fixture
async def staff(app: Litestar, db: Database, tenant: tenants.Tenant):
    person = await make_person(db, tenant, alias="meydanci", role=Role.admin)
    async with person.client(app) as client:
        yield client


async def texts(client: httpx.AsyncClient, language: str = "tr") -> dict[str, Any]:
    response = await client.get(f"/api/legal?language={language}")
    assert response.status_code == 200, response.text
    return {text["kind"]: text for text in response.json()}


async def publish(
    client: httpx.AsyncClient, body: str, instead_of: str, kind: str = "terms", language: str = "tr"
) -> httpx.Response:
    wanted = {"body": body, "instead_of": instead_of}
    return await client.put(f"/api/staff/legal/texts/{kind}?language={language}", json=wanted)


async def test_there_is_a_text_before_anybody_wrote_one(api: httpx.AsyncClient, staff: httpx.AsyncClient):
    for language in ("tr", "en"):
        for text in (await texts(api, language)).values():
            assert text["version"] is None
            assert "{" not in text["body"]
            assert "A community" in text["body"]
    delivered = await texts(api, "en")
    assert "have not yet said here who they are" in delivered["privacy"]["body"]
    assert "messages end after 24 hours" in delivered["terms"]["body"]
    operator = {"name": " Kedi Ltd. ", "address": "Kadıköy", "contact": "kedi@example.org"}
    assert (await staff.put("/api/staff/legal/operator", json=operator)).status_code == 200
    named = await texts(api, "en")
    for kind, text in named.items():
        assert "**Kedi Ltd.**\n\nKadıköy\n\nkedi@example.org" in text["body"]
        assert "have not yet said" not in text["body"]
        assert text["digest"] != delivered[kind]["digest"]
    assert (await staff.get("/api/staff/legal/operator")).json() == operator | {"name": "Kedi Ltd."}


async def test_staff_publish_and_every_version_is_kept(api: httpx.AsyncClient, staff: httpx.AsyncClient):
    delivered = (await texts(api))["terms"]
    first = await publish(staff, "## Kurallar\n\nNazik ol.", delivered["digest"])
    assert first.status_code == 200, first.text
    now = (await texts(api))["terms"]
    assert (now["version"], now["body"]) == (1, "## Kurallar\n\nNazik ol.")
    await publish(staff, "Çok nazik ol.", now["digest"])
    seen = (await staff.get("/api/staff/legal/texts/terms?language=tr")).json()
    assert seen["current"]["version"] == 2
    assert seen["delivered"] == delivered["body"]
    assert [(one["version"], one["published_by"]) for one in seen["versions"]] == [(2, "meydanci"), (1, "meydanci")]
    # The other text and the other language stay as they were.
    assert (await texts(api))["privacy"]["version"] is None
    assert (await texts(api, "en"))["terms"]["version"] is None


async def test_two_who_edit_at_once_do_not_lose_a_text(api: httpx.AsyncClient, staff: httpx.AsyncClient):
    digest = (await texts(api))["terms"]["digest"]
    answers = await asyncio.gather(*(publish(staff, f"Sürüm {n}", digest) for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {code(answer) for answer in answers if answer.status_code == 409} == {"legal_text_changed"}
    # A double click is no fault, and no second version.
    now = (await texts(api))["terms"]
    assert (await publish(staff, now["body"], digest)).json()["current"]["version"] == 1


@pytest.mark.parametrize("body", ["", "   \n ", "x" * 50_001])
async def test_a_text_that_is_none_is_refused(staff: httpx.AsyncClient, api: httpx.AsyncClient, body: str):
    refused = await publish(staff, body, (await texts(api))["terms"]["digest"])
    assert refused.status_code == 400


async def test_an_operator_is_named_on_one_line(staff: httpx.AsyncClient):
    operator = {"name": "Kedi\n# Ltd.", "address": "", "contact": ""}
    assert (await staff.put("/api/staff/legal/operator", json=operator)).status_code == 400


async def test_registering_keeps_which_version_was_accepted(
    api: httpx.AsyncClient, app: Litestar, tenant: tenants.Tenant, staff: httpx.AsyncClient, arrive: Arrive
):
    shown = await texts(api)
    digests = [text["digest"] for text in shown.values()]
    early = await arrive(shown_texts=digests)
    accepted = (await early.get("/api/users/export"))["legal"]["accepted_texts"]
    assert [(one["kind"], one["language"], one["version"]) for one in accepted] == [
        ("privacy", "tr", 1),
        ("terms", "tr", 1),
    ]
    assert [one["body"] for one in accepted] == [shown["privacy"]["body"], shown["terms"]["body"]]
    await publish(staff, "Nazik ol.", shown["terms"]["digest"])
    async with open_client(app, tenant) as client:
        late = await client.post("/api/auth/register", json=form(shown_texts=digests))
        assert code(late) == "legal_text_changed"
    newcomer = await arrive(shown_texts=[text["digest"] for text in (await texts(api)).values()])
    versions = {
        one["kind"]: one["version"] for one in (await newcomer.get("/api/users/export"))["legal"]["accepted_texts"]
    }
    assert versions == {"privacy": 1, "terms": 2}


async def test_many_who_register_at_once_accept_one_version(
    arrive: Arrive, owner: asyncpg.Connection, tenant: tenants.Tenant
):
    people = await asyncio.gather(*(arrive(language="en") for _ in range(5)))
    assert await owner.fetchval("select count(*) from app.legal_texts where tenant_id = $1", tenant.id) == 2
    count = "select count(*) from app.legal_acceptances where tenant_id = $1"
    assert await owner.fetchval(count, tenant.id) == 10
    erased = await people[0].client.post("/api/users/erase", json={"password": PASSWORD})
    assert erased.status_code == 204, erased.text
    assert await owner.fetchval(count, tenant.id) == 8


async def test_a_delivered_text_is_kept_once_by_two_who_looked_at_the_same_moment(db: Database, tenant: tenants.Tenant):
    async def keep() -> UUID:
        async with db.as_service(tenant.id) as later:
            return await legal_texts.do_keep(later, text)

    async with asyncio.TaskGroup() as tasks, db.as_service(tenant.id) as tx:
        text = await legal_texts.current(tx, LegalKind.terms, Language.english)
        kept = await legal_texts.do_keep(tx, text)
        other = tasks.create_task(keep())
        await until_somebody_waits(tx)
    assert other.result() == kept


async def test_another_community_has_its_own_texts(
    api: httpx.AsyncClient, app: Litestar, other_tenant: tenants.Tenant, staff: httpx.AsyncClient
):
    await publish(staff, "Nazik ol.", (await texts(api))["terms"]["digest"])
    async with open_client(app, other_tenant) as there:
        assert (await texts(there))["terms"]["version"] is None


async def test_a_member_publishes_nothing(app: Litestar, db: Database, tenant: tenants.Tenant):
    async with (await make_person(db, tenant, role=Role.moderator)).client(app) as client:
        assert code(await publish(client, "Hile", "x")) == "staff_only"
