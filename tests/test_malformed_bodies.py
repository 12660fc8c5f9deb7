"""Malformed bodies on every route that takes one: each is refused in words, none is an error of the server."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from meydan import tenants
from meydan.kit.database import Database
from meydan.kit.identity import Role
from tests.conftest import open_client
from tests.factories import make_person

pytestmark = pytest.mark.usefixtures("valkey_url")

WHOLE = [b"", b"{", b"null", b"[]", b'"x"', b"1", b"\xff", b"[" * 5000, b'{"tx":1}', b'{"data":{"self":1}}']
# Names of our own parameters among them: a client's keys must never become arguments.
VALUES: list[Any] = [None, [], {"tx": 1, "self": 1, "settings_type": 1}, [{}], "\0", 10**30, -1, 0.5, "x" * 3000, True]
RAW = [b'"\\ud800"', b"1e400", b"NaN"]


def bodies(schema: dict[str, Any], components: dict[str, Any]) -> Iterator[bytes]:
    yield from WHOLE
    schema = components[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    for name in schema.get("properties", {}):
        for value in [*VALUES, *map(msgspec.Raw, RAW)]:
            others = {other: "x" for other in schema.get("required", ()) if other != name}
            yield msgspec.json.encode({**others, name: value})


async def test_no_body_breaks_the_server(app: Litestar, db: Database, tenant: tenants.Tenant):
    document = app.openapi_schema.to_schema()
    components = document["components"]["schemas"]
    routes = [
        (path, method, operation["requestBody"]["content"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation
    ]
    assert len(routes) > 30
    broken = []
    for path, method, content in routes:
        person = await make_person(db, tenant, role=Role.owner)  # a route may end the session
        while "{" in path:
            path = path[: path.index("{")] + str(uuid4()) + path[path.index("}") + 1 :]  # noqa: PLW2901
        async with person.client(app) as client:
            for media_type, part in content.items():
                for body in bodies(part.get("schema", {}), components):
                    headers = {"Content-Type": media_type, "Idempotency-Key": uuid4().hex}
                    answer: httpx.Response = await client.request(method.upper(), path, content=body, headers=headers)
                    if answer.status_code == 500:
                        broken.append(f"{method} {path} {body[:80]!r}: {answer.text[:120]}")
    assert not broken, "\n".join(broken)


async def test_no_body_breaks_the_doors_for_machines(app: Litestar, tenant: tenants.Tenant):
    """Webhooks, and the local pages of payments: their bodies stand in no document."""
    known = app.openapi_schema.to_schema()["paths"]
    paths = [
        "/" + "/".join(part if isinstance(part, str) else "stripe" for part in route.path_components)
        for route in app.routes
        if isinstance(route, HTTPRoute) and "POST" in route.methods and route.path_format not in known
    ] + [path.replace("{provider}", "stripe") for path in known if "webhook" in path]
    assert paths
    async with open_client(app, tenant) as client:
        for path in paths:
            for media_type in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data"):
                for body in [*WHOLE, b"a=%ff&a[=1", b"--x\r\n"]:
                    answer = await client.post(path, content=body, headers={"Content-Type": media_type})
                    assert answer.status_code != 500, (path, media_type, body[:80], answer.text)


async def test_a_settings_own_argument_is_no_setting(app: Litestar, db: Database, tenant: tenants.Tenant):
    owner = await make_person(db, tenant, role=Role.owner)
    async with owner.client(app) as client:
        for name in ("tx", "settings_type", "room", "__class__"):
            answer = await client.put("/api/staff/fraud/rules", json={"changes": {name: 1}})
            assert (answer.status_code, answer.json()["code"]) == (422, "setting_invalid"), name
