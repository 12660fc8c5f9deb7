"""Logging in by passkey: the device's lock is all that a person opens, and nothing else opens their account."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from meydan import accounts, safety, tenants
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.identity import Role
from tests.accounts.conftest import PASSWORD, Arrive, Somebody, code
from tests.accounts.passkeys.authenticator import MAY_BE_COPIED, PRESENT, VERIFIED, Authenticator, data, text
from tests.accounts.passkeys.conftest import add, begin_adding, begin_login, enter, home_of, log_in
from tests.conftest import MovableClock, open_client

Twist = Callable[[dict[str, Any]], object]


async def test_a_passkey_opens_the_account_without_a_name(ana: Somebody, door: httpx.AsyncClient, key: Authenticator):
    await add(ana, key)
    begun = await begin_login(door)
    assert set(begun) == {"challenge", "rpId", "timeout", "userVerification"}
    assert begun["userVerification"] == "required"
    opened = await enter(door, key.get(begun))
    assert opened.status_code == 200, opened.text
    assert opened.json()["me"]["user_id"] == ana.me["user_id"]
    assert "meydan_refresh" in opened.headers["set-cookie"]
    door.headers["Authorization"] = f"Bearer {opened.json()['access_token']}"
    (passkey,) = (await door.get("/api/auth/passkeys")).json()
    assert passkey["last_used_at"] is not None
    assert len(await ana.get("/api/auth/sessions")) == 2


async def test_an_answer_opens_once_though_it_is_sent_twice_at_once(
    ana: Somebody, door: httpx.AsyncClient, key: Authenticator
):
    await add(ana, key)
    answer = key.get(await begin_login(door))
    both = await asyncio.gather(enter(door, answer), enter(door, answer))
    assert sorted(response.status_code for response in both) == [200, 401]
    assert code(await enter(door, answer)) == "passkey_login_failed"


@pytest.mark.parametrize(
    "twists",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://{host}:8001"},
        {"origin": "https://{host}:8000"},
        {"origin": "http://{host}"},
        {"rp_id": "localhost"},
        {"type": "webauthn.create"},
        {"cross_origin": True},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"flags": PRESENT | VERIFIED | MAY_BE_COPIED},
        {"challenge": text(bytes(56))},
        {"challenge": "not base64!"},
    ],
    ids=str,
)
async def test_what_was_signed_elsewhere_or_by_nobody_opens_nothing(
    ana: Somebody, door: httpx.AsyncClient, key: Authenticator, tenant: tenants.Tenant, twists: dict[str, Any]
):
    await add(ana, key)
    if isinstance(twists.get("origin"), str):
        twists = twists | {"origin": twists["origin"].format(host=f"{tenant.slug}.localhost")}
    refused = await log_in(door, key, **twists)
    unknown = Authenticator(key.origin)
    unknown.create({"rp": {"id": key.held[0].rp_id}, "user": key.held[0].user, "challenge": ""})
    stranger = await log_in(door, unknown)
    assert (refused.status_code, refused.json()) == (stranger.status_code, stranger.json())
    assert code(refused) == "passkey_login_failed"
    assert (await log_in(door, key)).status_code == 200


def _flip(answer: dict[str, Any]) -> None:
    signature = bytearray(data(answer["response"]["signature"]))
    signature[-1] ^= 1
    answer["response"]["signature"] = text(bytes(signature))


@pytest.mark.parametrize(
    "spoil",
    [
        _flip,
        lambda answer: answer["response"].update(signature=""),
        lambda answer: answer["response"].update(userHandle=None),
        lambda answer: answer["response"].update(userHandle=text(bytes(32))),
        lambda answer: answer["response"].update(authenticatorData="AA"),
        lambda answer: answer["response"].update(authenticatorData="!"),
        lambda answer: answer["response"].update(clientDataJSON=text(b"[1]")),
        lambda answer: answer["response"].update(clientDataJSON=text(b"\xff\xfe")),
        lambda answer: answer["response"].update(clientDataJSON=text(b'{"challenge": {"a": 1}}')),
        lambda answer: answer.update(rawId=text(bytes(32))),
        lambda answer: answer.update(id=text(bytes(32))),
        lambda answer: answer.update(id="A", rawId="A"),
    ],
)
async def test_a_spoiled_answer_opens_nothing(ana: Somebody, door: httpx.AsyncClient, key: Authenticator, spoil: Twist):
    await add(ana, key)
    answer = key.get(await begin_login(door))
    spoil(answer)
    assert code(await enter(door, answer)) == "passkey_login_failed"
    assert code(await enter(door, answer)) == "passkey_login_failed"


async def test_a_challenge_is_of_one_browser_one_purpose_and_five_minutes(
    ana: Somebody,
    door: httpx.AsyncClient,
    key: Authenticator,
    app: Litestar,
    tenant: tenants.Tenant,
    moving_clock: MovableClock,
):
    await add(ana, key)
    async with open_client(app, tenant) as other:
        other.base_url = httpx.URL(home_of(tenant))
        assert code(await enter(other, key.get(await begin_login(door)))) == "passkey_login_failed"
        await begin_login(other)
        assert code(await enter(other, key.get(await begin_login(door)))) == "passkey_login_failed"
    begun = await begin_login(door)
    moving_clock.forward(minutes=4)
    assert (await enter(door, key.get(begun))).status_code == 200
    begun = await begin_login(door)
    moving_clock.forward(minutes=6)
    assert code(await enter(door, key.get(begun))) == "passkey_login_failed"
    ana.take((await enter(ana.client, key.get(await begin_login(ana.client)))).json())
    for_adding = (await begin_adding(ana)).json()
    assert code(await enter(ana.client, key.get(for_adding))) == "passkey_login_failed"


async def test_a_passkey_is_of_one_person_one_community_and_one_host(
    ana: Somebody,
    door: httpx.AsyncClient,
    key: Authenticator,
    arrive: Arrive,
    app: Litestar,
    tenant: tenants.Tenant,
    other_tenant: tenants.Tenant,
):
    await add(ana, key)
    mehmet = await arrive()
    mehmet.client.base_url = httpx.URL(home_of(tenant))
    of_mehmet = Authenticator(key.origin)
    await add(mehmet, of_mehmet)
    of_mehmet.held[0].id = key.held[0].id  # his key, her passkey's id
    assert code(await log_in(door, of_mehmet)) == "passkey_login_failed"
    async with open_client(app, other_tenant) as elsewhere:
        elsewhere.base_url = httpx.URL(home_of(other_tenant))
        key.origin = home_of(other_tenant)
        there = f"{other_tenant.slug}.localhost"
        assert code(await log_in(elsewhere, key, rp_id=there)) == "passkey_login_failed"
        assert code(await log_in(elsewhere, key)) == "passkey_login_failed"


async def test_who_is_banned_hears_why_and_who_is_erased_is_unknown(
    ana: Somebody, door: httpx.AsyncClient, key: Authenticator, arrive: Arrive, tenant: tenants.Tenant, db: Database
):
    await add(ana, key)
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, ana.me["user_id"], safety.BanReason.spam, until=clock.now() + timedelta(days=1))
    banned = await log_in(door, key)
    assert (banned.status_code, code(banned), banned.json()["reason"]) == (403, "banned", "spam")
    leaver, of_leaver = await arrive(), Authenticator(key.origin)
    leaver.client.base_url = httpx.URL(home_of(tenant))
    await add(leaver, of_leaver)
    assert (await leaver.client.post("/api/users/erase", json={"password": PASSWORD})).status_code == 204
    assert code(await log_in(door, of_leaver)) == "passkey_login_failed"


async def test_a_counter_that_goes_back_shows_a_copy(ana: Somebody, door: httpx.AsyncClient, key: Authenticator):
    await add(ana, key)
    assert (await log_in(door, key, count=5)).status_code == 200
    assert code(await log_in(door, key, count=5)) == "passkey_copied"
    assert code(await log_in(door, key, count=0)) == "passkey_copied"
    assert (await log_in(door, key, count=6)).status_code == 200


async def test_a_synced_passkey_counts_nothing(ana: Somebody, door: httpx.AsyncClient, key: Authenticator):
    synced = Authenticator(key.origin, is_synced=True)
    assert (await add(ana, synced))["is_backed_up"]
    for _ in range(2):
        assert (await log_in(door, synced)).status_code == 200


async def test_staff_who_need_two_factors_have_them_in_one(
    ana: Somebody, door: httpx.AsyncClient, key: Authenticator, tenant: tenants.Tenant, db: Database
):
    await add(ana, key)
    async with db.as_service(tenant.id) as tx:
        await accounts.do_set_role_of(tx, UUID(ana.me["user_id"]), Role.owner)
        await tenants.do_configure(tx, accounts.AccountsSettings, require_staff_second_factor=True)
    assert code(await ana.client.get("/api/staff/second-factors")) == "second_factor_required"
    opened = (await log_in(door, key)).json()
    door.headers["Authorization"] = f"Bearer {opened['access_token']}"
    team = await door.get("/api/staff/second-factors")
    assert [(one["second_factor_since"], one["has_passkey"]) for one in team.json()["staff"]] == [(None, True)]


async def test_the_new_browser_is_a_device_with_signed_refreshes(
    ana: Somebody, door: httpx.AsyncClient, key: Authenticator
):
    await add(ana, key)
    answer = key.get(await begin_login(door))
    assert code(await enter(door, answer, browser_key="short")) == "browser_key_invalid"
    assert (await enter(door, answer)).status_code == 200  # that refusal was about the browser, and spent nothing
