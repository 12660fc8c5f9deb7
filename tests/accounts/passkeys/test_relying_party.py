"""Each host is a relying party of its own, and only where browsers offer passkeys at all."""

from typing import Any

import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from tests.accounts.conftest import Somebody, code
from tests.accounts.passkeys.authenticator import Authenticator
from tests.accounts.passkeys.conftest import add, begin_adding, begin_login, enter, log_in
from tests.conftest import open_client


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("http://127.0.0.1:8000", "bare_address"),
        ("https://192.168.1.5", "bare_address"),
        ("https://[::1]:8000", "bare_address"),
        ("http://localhost:8000", "other_host"),
        ("https://other.localhost", "other_host"),
        ("https://unknown.example.org", "other_host"),
    ],
)
async def test_an_address_that_is_not_the_community_s_own_name_says_so(
    ana: Somebody, door: httpx.AsyncClient, page: str, reason: str
):
    """The header that names the community is the client's word, and opens no other host."""
    for client in (ana.client, door):
        client.base_url = httpx.URL(page)
    assert (await door.get("/api/config")).json()["passkeys"] == reason
    for refused in (await door.post("/api/auth/login/passkey/options"), await begin_adding(ana)):
        assert (code(refused), refused.json()["reason"]) == ("passkeys_unavailable", reason)


async def test_its_own_name_wants_https_and_is_a_relying_party_beside_the_other(
    ana: Somebody,
    door: httpx.AsyncClient,
    key: Authenticator,
    db: Database,
    app: Litestar,
    tenant: tenants.Tenant,
):
    await add(ana, key)
    host = f"{tenant.slug}.example.org"
    async with db.as_service(tenant.id) as tx:
        await tenants.do_add_host(tx, host, tenants.Addresses())
    app.state.directory._kept.clear()
    assert (await door.get("/api/config")).json()["passkeys"] == "ready"
    door.base_url = httpx.URL(f"http://{host}")
    assert (await door.get("/api/config")).json()["passkeys"] == "plain_http"

    door.base_url = ana.client.base_url = httpx.URL(f"https://{host.upper()}")
    begun = await begin_login(door)
    assert begun["rpId"] == host
    key.origin = f"https://{host}"
    as_it_is: dict[str, Any] = {}
    for twists in (as_it_is, {"rp_id": host}):  # made at the other host
        assert code(await enter(door, key.get(await begin_login(door), **twists))) == "passkey_login_failed"
    there = Authenticator(f"https://{host}")
    assert (await begin_adding(ana)).json()["excludeCredentials"] == []
    assert (await add(ana, there))["host"] == host
    assert (await log_in(door, there)).status_code == 200


async def test_the_default_community_is_at_localhost(app: Litestar, db: Database):
    directory = app.state.directory
    tenant = await directory.find("localhost", None)
    async with open_client(app, tenant) as client:
        client.base_url = httpx.URL("http://localhost:8000")
        assert (await client.get("/api/config")).json()["passkeys"] == "ready"
        assert (await begin_login(client))["rpId"] == "localhost"
