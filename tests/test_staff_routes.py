"""The back office's doors: each route below /api/staff has the guard, and the guard comes before everything else."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct
from msgspec.structs import fields

from meydan import accounts, rooms, tenants
from meydan.accounts import staff
from meydan.accounts.sessions import access, sessions
from meydan.kit.database import Database
from meydan.kit.identity import Role
from tests.factories import make_person

pytestmark = pytest.mark.usefixtures("app")


@dataclass(frozen=True)
class Door:
    method: str
    path: str
    handler: HTTPRouteHandler

    @property
    def guards(self) -> list[accounts.StaffGuard]:
        return [guard for guard in self.handler.guards or () if isinstance(guard, accounts.StaffGuard)]


def doors() -> Iterator[Door]:
    for handler in rooms.ROUTES:
        for path in handler.paths:
            for method in handler.http_methods:
                yield Door(str(getattr(method, "value", method)), path, handler)


STAFF_DOORS = [door for door in doors() if door.path.startswith("/api/staff")]


def path_of(door: Door) -> str:
    """With ids that nothing has."""
    path = door.path
    while "{" in path:
        path = path[: path.index("{")] + str(uuid4()) + path[path.index("}") + 1 :]
    return path


def test_staff_routes_and_no_others_have_the_guard():
    assert len(STAFF_DOORS) > 25  # the walk finds them
    for door in doors():
        assert len(door.guards) == door.path.startswith("/api/staff"), f"{door.method} {door.path}"


def test_no_staff_route_is_open_to_members():
    for door in STAFF_DOORS:
        assert door.guards[0].roles, door.path
        assert Role.user not in door.guards[0].roles, door.path


@pytest.mark.parametrize("door", STAFF_DOORS, ids=lambda door: f"{door.method} {door.path}")
async def test_a_member_and_a_stranger_are_sent_away(
    app: Litestar, api: httpx.AsyncClient, db: Database, tenant: tenants.Tenant, door: Door
):
    path = path_of(door)
    unknown = await api.request(door.method, path)
    assert (unknown.status_code, unknown.json()["code"]) == (401, "not_logged_in")
    member = await make_person(db, tenant)
    async with member.client(app) as client:
        for body in (None, {"nothing": "that the route takes"}):
            refused = await client.request(door.method, path, json=body)
            assert (refused.status_code, refused.json()["code"]) == (403, "staff_only")
        malformed = await client.request(door.method, path, headers={"Host": "[::1"})
        assert (malformed.status_code, malformed.json()["code"]) == (400, "host_malformed")


async def test_where_two_factors_are_required_one_opens_no_staff_route(
    app: Litestar, db: Database, tenant: tenants.Tenant
):
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, require_staff_second_factor=True)
    owner = await make_person(db, tenant, role=Role.owner)
    async with owner.client(app) as client:
        for door in STAFF_DOORS:
            refused = await client.request(door.method, path_of(door), json={"nothing": "that the route takes"})
            assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_required"), door.path
        for authentication in accounts.Authentication:
            async with db.as_service(tenant.id) as tx:
                await sessions.do_set_authentication(tx, owner.me.session_id, authentication)
            answer = await client.get("/api/staff/second-factors")
            assert answer.status_code == (200 if authentication.is_two_factor else 403), authentication
        assert (await client.get("/api/auth/second-factor")).status_code == 200, "the way to set one up"


async def test_the_database_and_the_token_are_asked_once(
    app: Litestar, db: Database, tenant: tenants.Tenant, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    identify, check_staff = access.identify, staff.check_staff

    async def counted_identify(*arguments: Any) -> Any:
        asked.append("token")
        return await identify(*arguments)

    async def counted_check(*arguments: Any, **options: Any) -> None:
        asked.append("database")
        await check_staff(*arguments, **options)

    monkeypatch.setattr(access, "identify", counted_identify)
    monkeypatch.setattr(staff, "check_staff", counted_check)
    owner = await make_person(db, tenant, role=Role.owner)
    async with owner.client(app) as client:
        assert (await client.get("/api/staff/payments")).status_code == 200
        assert (await client.get("/api/staff/payments")).status_code == 200
    assert sorted(asked) == ["database"] * 2 + ["token"] * 2


def test_no_field_of_a_body_bears_a_dependencys_name():
    """Litestar takes a fault in a field of that name for one of the dependency, and answers 500."""
    dependencies = {"db", "tenant", "me"}
    for route in rooms.routes():
        body = get_type_hints(route.fn).get("data")
        kind = next((one for one in (*get_args(body), body) if isinstance(one, type) and issubclass(one, Struct)), None)
        if kind is not None:
            named = {field.encode_name for field in fields(kind)}
            assert not named & dependencies, f"{kind.__name__}: {named & dependencies}"
