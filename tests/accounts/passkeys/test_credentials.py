"""One's own passkeys: added by the password, told apart by names, removed, and tied to no face."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from meydan import tenants
from meydan.accounts.passkeys import credentials
from meydan.kit.database import Database
from tests.accounts.conftest import PASSWORD, Arrive, Postbox, Prove, Queue, Somebody, code, new_email
from tests.accounts.passkeys.authenticator import PRESENT, Authenticator, data
from tests.accounts.passkeys.conftest import add, begin_adding, home_of, log_in, send
from tests.accounts.second_factor.authenticator import protect
from tests.conftest import MovableClock
from tests.factories import make_person


async def test_it_is_added_by_the_password_and_renamed(ana: Somebody, key: Authenticator, tenant: tenants.Tenant):
    assert code(await begin_adding(ana, "not the password")) == "password_wrong"
    added = await add(ana, key)
    assert (added["name"], added["host"]) == ("my phone", f"{tenant.slug}.localhost")
    assert (added["is_backed_up"], added["last_used_at"]) == (False, None)
    path = f"/api/auth/passkeys/{added['id']}"
    assert (await ana.client.put(path, json={"name": " blue key "})).json()["name"] == "blue key"
    assert code(await ana.client.put(path, json={"name": "  "})) == "passkey_name_missing"
    assert [one["name"] for one in await ana.get("/api/auth/passkeys")] == ["blue key"]


async def test_nothing_in_it_is_of_a_face(
    ana: Somebody, key: Authenticator, owner: asyncpg.Connection, tenant: tenants.Tenant
):
    first = (await begin_adding(ana)).json()
    await ana.client.post("/api/auth/shadow", json={"alias": "gece"})
    ana.take((await ana.client.post("/api/auth/face", json={"face": "shadow"})).json())
    second = (await begin_adding(ana)).json()
    assert first["user"] == second["user"]
    assert first["user"]["name"] == first["user"]["displayName"] == ana.me["username"]
    handle = data(first["user"]["id"])
    known = [ana.me["user_id"], *(face["profile"]["id"] for face in ana.me["faces"])]
    assert len(handle) == 32 and not any(UUID(one).bytes in handle or one.encode() in handle for one in known)
    assert first["attestation"] == "none"
    assert [one["alg"] for one in first["pubKeyCredParams"]] == [-7, -8, -257]
    selection = first["authenticatorSelection"]
    assert (selection["residentKey"], selection["userVerification"]) == ("required", "required")
    assert first["rp"] == {"id": f"{tenant.slug}.localhost", "name": tenant.name}


async def test_the_browser_is_told_which_are_there_already(ana: Somebody, key: Authenticator):
    await add(ana, key)
    begun = (await begin_adding(ana)).json()
    (there,) = begun["excludeCredentials"]
    assert data(there["id"]) == key.held[0].id
    assert there["transports"] == ["internal", "hybrid"]


async def test_an_answer_adds_once_for_who_asked_and_in_time(
    ana: Somebody, key: Authenticator, arrive: Arrive, tenant: tenants.Tenant, moving_clock: MovableClock
):
    answer = key.create((await begin_adding(ana)).json())
    both = await asyncio.gather(send(ana, answer), send(ana, answer))
    assert sorted(response.status_code for response in both) == [201, 409]
    mehmet = await arrive()
    mehmet.client.base_url = httpx.URL(home_of(tenant))
    assert code(await send(mehmet, key.create((await begin_adding(ana)).json()))) == "passkey_refused"
    same: dict[str, Any] = {"id": key.held[0].id}
    for person in (ana, mehmet):
        assert code(await send(person, key.create((await begin_adding(person)).json(), **same))) == "passkey_refused"
    begun = (await begin_adding(ana)).json()
    moving_clock.forward(minutes=6)
    assert code(await send(ana, key.create(begun))) == "passkey_refused"
    assert len(await ana.get("/api/auth/passkeys")) == 1


async def test_what_is_forged_or_broken_adds_nothing(ana: Somebody, key: Authenticator):
    for twists in (
        {"flags": PRESENT},
        {"alg": -35},
        {"origin": "http://evil.example"},
        {"rp_id": "localhost"},
        {"cross_origin": True},
        {"type": "webauthn.get"},
        {"id": b"short"},
    ):
        answer = key.create((await begin_adding(ana)).json(), **twists)
        assert code(await send(ana, answer)) == "passkey_refused", twists
    for broken in ("", "AA", "o2NmbXQ", "_" * 40, "gYGB" * 4_000):
        answer = key.create((await begin_adding(ana)).json())
        answer["response"]["attestationObject"] = broken
        assert code(await send(ana, answer)) == "passkey_refused", broken
    assert await ana.get("/api/auth/passkeys") == []


async def test_a_password_changed_meanwhile_takes_the_question_back(ana: Somebody, key: Authenticator):
    begun = (await begin_adding(ana)).json()
    change = {"current": PASSWORD, "new": "a loud Wednesday 88"}
    assert (await ana.client.post("/api/auth/password", json=change)).status_code == 204
    assert code(await send(ana, key.create(begun))) == "passkey_refused"


async def test_who_has_a_second_factor_gives_its_code_too(
    ana: Somebody, key: Authenticator, moving_clock: MovableClock
):
    """Else the password would be enough to go round it."""
    protected = await protect(ana, moving_clock)
    assert code(await begin_adding(ana)) == "second_factor_needed"
    wrong = protected.authenticator.code(steps_away=100)
    assert code(await begin_adding(ana, code=wrong)) == "second_factor_wrong"
    begun = await begin_adding(ana, code=protected.authenticator.next_code())
    assert (await send(ana, key.create(begun.json()))).status_code == 201


async def test_a_removed_one_opens_nothing_and_the_password_stays(
    ana: Somebody, key: Authenticator, door: httpx.AsyncClient, arrive: Arrive
):
    path = f"/api/auth/passkeys/{(await add(ana, key))['id']}"
    mehmet = await arrive()
    for method, wanted in (("PUT", {"name": "mine"}), ("POST", {"password": PASSWORD})):
        theirs = path if method == "PUT" else f"{path}/remove"
        assert code(await mehmet.client.request(method, theirs, json=wanted)) == "not_found"
    assert code(await ana.client.post(f"{path}/remove", json={"password": "guessed"})) == "password_wrong"
    removed = await ana.client.post(f"{path}/remove", json={"password": PASSWORD})
    assert removed.status_code == 204, removed.text
    assert code(await ana.client.post(f"{path}/remove", json={"password": PASSWORD})) == "not_found"
    assert code(await log_in(door, key)) == "passkey_login_failed"
    by_password = {"identifier": ana.me["username"], "password": PASSWORD, "device": ana.device}
    assert (await door.post("/api/auth/login", json=by_password)).status_code == 200


async def test_nobody_has_more_than_twenty(ana: Somebody, key: Authenticator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(credentials, "MOST", 2)
    begun = (await begin_adding(ana)).json()
    await add(ana, key)
    await add(ana, key)
    assert code(await begin_adding(ana)) == "too_many_passkeys"
    assert code(await send(ana, key.create(begun))) == "too_many_passkeys"


async def test_the_account_is_told_of_each_change(
    ana: Somebody, key: Authenticator, prove: Prove, postbox: Postbox, queue: Queue
):
    email = new_email()
    proof = await prove(email, "verify")
    assert (await ana.client.post("/api/auth/verify", json={"proof": proof, "password": PASSWORD})).status_code == 200
    added = await add(ana, key)
    await ana.client.post(f"/api/auth/passkeys/{added['id']}/remove", json={"password": PASSWORD})
    await queue.work()
    said = [message.body for message in postbox.to(email)[-2:]]
    assert "geçiş anahtarı eklendi" in said[0] and "geçiş anahtarı kaldırıldı" in said[1]
    news = (await ana.get("/api/notifications"))["items"]
    parts = [one["data"]["part"] for one in news if one["code"] == "sign_in_changed"]
    assert parts[:2] == ["passkey_removed", "passkey_added"]


async def test_it_is_in_the_export_and_gone_with_the_account(
    ana: Somebody, key: Authenticator, owner: asyncpg.Connection, tenant: tenants.Tenant
):
    await add(ana, key)
    (exported,) = (await ana.get("/api/users/export"))["accounts"]["passkeys"]
    assert (exported["name"], exported["credential_id"]) == ("my phone", key.held[0].id.hex())
    assert (await ana.client.post("/api/users/erase", json={"password": PASSWORD})).status_code == 204
    assert await owner.fetchval("select count(*) from app.passkeys where tenant_id = $1", tenant.id) == 0
    handles = "select count(passkey_handle) from app.users where tenant_id = $1"
    assert await owner.fetchval(handles, tenant.id) == 0


async def test_the_database_shows_and_lets_change_only_one_s_own(
    db: Database, key: Authenticator, ana: Somebody, tenant: tenants.Tenant
):
    await add(ana, key)
    stranger = await make_person(db, tenant)
    async with db.as_user(stranger.me) as tx:
        assert await tx.connection.fetch("select id from app.passkeys") == []
        assert await tx.connection.execute("update app.passkeys set name = 'mine'") == "UPDATE 0"
    for statement in (
        "select credential_id from app.passkeys where tenant_id = $1",
        "select public_key from app.passkeys where tenant_id = $1",
        "select passkey_handle from app.users where tenant_id = $1",
        "update app.passkeys set sign_count = 0 where tenant_id = $1",
        "update app.users set passkey_handle = null where tenant_id = $1",
        "delete from app.passkeys where tenant_id = $1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(stranger.me) as tx:
                await tx.run(statement)
