"""A tenant's money is visible to its present staff alone: tried on every staff route."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from meydan.kit.identity import Role
from tests.conftest import open_client
from tests.factories import Person, make_person
from tests.money.backoffice.factories import Example
from tests.money.coin_scenarios import give_coins
from tests.money.fraud.purchases import buy, configure
from tests.test_attack import ids_in, owner

__all__ = ["owner"]

REQUIRES_SECOND_FACTOR = ("PUT", "/api/staff/second-factors")
ASKED_ELSEWHERE = ("/api/staff/communities", "/api/staff/contacts")
"""Of the installation, or about a real contact."""
OPEN_TO_MODERATORS = {
    "/api/staff/reports",
    "/api/staff/reports/{case_id}/decide",
    "/api/staff/bans/{ban_id}/lift",
}
"""Not about money. The rest is closed to moderators."""


@pytest.fixture
async def operations(api: httpx.AsyncClient) -> list[tuple[str, str, Any, Any]]:
    """Method, path, operation and the whole document, of everything for staff, whoever's it is."""
    document = (await api.get("/api/schema/openapi.json")).json()
    found = [
        (method.upper(), path, operation, document)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/api/staff/")
    ]
    paths = {path for _, path, _, _ in found}
    assert {"/api/staff/payments", "/api/staff/gifts", "/api/staff/packages", "/api/staff/fraud"} <= paths
    assert len(found) > 20
    return found


def of_others(operations: list[tuple[str, str, Any, Any]]) -> list[tuple[str, str, Any, Any]]:
    """Without the one that asks staff, oneself too, for a second factor before anything else."""
    return [one for one in operations if (one[0].upper(), one[1]) != REQUIRES_SECOND_FACTOR]


def requests(operations: list[tuple[str, str, Any, Any]], ids: list[str]) -> list[httpx.Request]:
    """A well-formed request for each operation, naming these ids in turn."""
    made = []
    for method, path, operation, document in operations:
        for named in ids if "{" in path else ids[:1]:
            example = Example(document, named)
            made.append(
                httpx.Request(
                    method,
                    f"http://127.0.0.1:8000{example.address(path, operation)}",
                    content=example.body(operation),
                    headers={"Content-Type": "application/json", "Idempotency-Key": str(uuid4())},
                )
            )
    return made


async def ask(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    request.headers.update({name: value for name, value in client.headers.items() if name not in request.headers})
    return await client.send(request)


@pytest.mark.parametrize("role", [Role.user, Role.creator, Role.moderator])
async def test_members_are_told_that_it_is_for_staff(
    app: Litestar, db: Database, tenant: tenants.Tenant, operations, role: Role
):
    person = await make_person(db, tenant, role=role)
    is_open = OPEN_TO_MODERATORS if role is Role.moderator else set()
    assert {path for _, path, _, _ in operations} >= OPEN_TO_MODERATORS
    closed = [operation for operation in operations if operation[1] not in is_open]
    async with person.client(app) as client:
        for request in requests(closed, [str(uuid4())]):
            answer = await ask(client, request)
            assert (answer.status_code, answer.json()["code"]) == (403, "staff_only"), request.url


async def test_strangers_are_asked_to_log_in(app: Litestar, tenant: tenants.Tenant, operations):
    async with open_client(app, tenant) as client:
        for request in requests(operations, [str(uuid4())]):
            assert (await ask(client, request)).status_code == 401, request.url


@pytest.mark.parametrize("fallen", ["role = 'user'", "ban_reason = 'theft'"])
async def test_a_dismissal_counts_at_once(
    app: Litestar, db: Database, tenant: tenants.Tenant, boss: Person, operations, fallen: str
):
    """The token still says admin."""
    async with boss.client(app) as client:
        assert (await client.get("/api/staff/payments")).status_code == 200
        async with db.as_service(tenant.id) as tx:
            await tx.run(f"update app.users set {fallen} where (tenant_id, id) = ($1, $2)", boss.me.user_id)
        for request in requests(operations, [str(uuid4())]):
            answer = await ask(client, request)
            assert (answer.status_code, answer.json()["code"]) == (403, "staff_only"), request.url


async def test_staff_of_another_tenant_see_and_change_nothing(
    app: Litestar, db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant, owner, operations
):
    await configure(db, tenant, payments_per_hour=1, review_score=30)
    ana = await make_person(db, tenant, alias="anastasia")
    await give_coins(db, ana, 77)
    for _ in range(2):
        await buy(db, ana, card="visa")
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "insert into app.reconciliation_differences (tenant_id, provider, kind, subject, ours, status)"
            " values ($1, 'stripe', 'missing_there', 'ch_secret', 5, 'open')"
        )
        await tx.run(
            "insert into app.reconciliations (tenant_id, provider, since, until, charges)"
            " values ($1, 'stripe', app.now(), app.now(), 1)"
        )
    ids = await ids_in(owner, tenant.id)
    tables = ("payments", "fraud_cases", "payment_refunds", "reconciliation_differences", "wallet_freezes", "gifts")

    async def everything() -> list[list[str]]:
        return [
            [
                row["line"]
                for row in await owner.fetch(
                    f"select t::text as line from app.{table} t where tenant_id = $1 order by id", tenant.id
                )
            ]
            for table in tables
        ]

    before = await everything()
    assert all(before[index] for index in (0, 1, 3, 5))
    stranger = await make_person(db, other_tenant, role=Role.owner)
    async with stranger.client(app) as client:
        for request in requests(of_others(operations), ids):
            answer = await ask(client, request)
            assert answer.status_code < 500, (request.url, answer.text)
            for secret in ("anastasia", "ch_secret", *ids):
                assert secret not in answer.text or secret in str(request.url) or secret in str(request.content)
            if any(known in str(request.url) for known in ids):
                assert answer.status_code in (400, 404, 409), (request.method, request.url, answer.text)
    assert await everything() == before


async def test_staff_may_ask_everything(app: Litestar, boss: Person, operations):
    """The requests of the other tests succeed for staff of the tenant itself, or are about what has changed meanwhile."""
    answered: dict[str, int] = {}
    own = [one for one in of_others(operations) if not one[1].startswith(ASKED_ELSEWHERE)]
    async with boss.client(app) as client:
        for request in requests(own, [str(uuid4())]):
            answer = await ask(client, request)
            assert answer.status_code in (200, 201, 202, 404, 409), (request.method, request.url, answer.text)
            answered[f"{request.method} {request.url.path}"] = answer.status_code
    assert {
        status for name, status in answered.items() if name.startswith("GET /api/staff/") and name.count("/") == 3
    } == {200}
