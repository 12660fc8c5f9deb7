"""HEAD on every route that has GET: the same status and headers as GET, and no body."""

from typing import Any, cast
from uuid import uuid4

from litestar import Litestar

from meydan import tenants
from meydan.app import with_fast_path
from meydan.kit.database import Database
from meydan.kit.http.head import HeadAsGet
from tests.factories import make_person

# They differ from one answer to the next.
PASSING = {"date", "set-cookie"}


def readable_paths(app: Litestar) -> list[str]:
    """Every path with a GET handler, with an id nobody has in each place for one."""
    paths = []
    for route in app.routes:
        if "GET" in getattr(route, "methods", ()):
            parts = [str(uuid4()) if not isinstance(part, str) else part for part in cast("Any", route).path_components]
            paths.append("/" + "/".join(parts))
    return paths


async def test_every_route_with_get_answers_head_alike(app: Litestar, db: Database, tenant: tenants.Tenant):
    paths = readable_paths(app)
    assert {"/", "/api/health", "/api/config", "/api/blocks"} <= set(paths)
    person = await make_person(db, tenant)
    async with person.client(cast("Any", HeadAsGet(with_fast_path(app)))) as client:
        for path in paths:
            get, head = await client.get(path), await client.head(path)
            assert (head.status_code, head.content) == (get.status_code, b""), path
            assert {name for name in get.headers if name not in PASSING} == {
                name for name in head.headers if name not in PASSING
            }, path
            if get.status_code == 200:
                assert head.headers["content-type"] == get.headers["content-type"], path
        assert (await client.head("/api/auth/login")).status_code == 405, "no GET, no HEAD"
