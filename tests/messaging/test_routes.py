"""Messaging as a client meets it: over HTTP, with base64 and problem documents."""

import base64
from dataclasses import replace
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.accounts import Authentication
from meydan.accounts.sessions import sessions
from meydan.app import with_fast_path
from meydan.kit.database import Database
from meydan.kit.identity import Identity
from meydan.messaging import MessagingSettings, packages
from tests.factories import Person, make_person
from tests.messaging.conftest import Conversation
from tests.messaging.factories import identity_of, key_package, offer


def body(text: str = "sealed") -> str:
    return base64.b64encode(text.encode()).decode()


def new(talk_id: UUID, **change: object) -> dict[str, object]:
    plain = {"id": str(uuid4()), "conversation_id": str(talk_id), "type": "text", "epoch": 0, "body": body()}
    return plain | change


async def send(client: httpx.AsyncClient, message: dict[str, object]) -> httpx.Response:
    return await client.post(
        "/api/messages/send", json=message, headers={"User-Agent": "Mozilla Firefox/140 (X11; Linux)"}
    )


async def another_session(db: Database, person: Person) -> Identity:
    async with db.as_service(person.tenant.id) as tx:
        opened = await sessions.do_start(tx, person.me.user_id, person.device_row, "10.0.0.1", Authentication.password)
    return opened.identity


async def test_a_talk_from_key_packages_to_read_marks(app: Litestar, conversation: Conversation):
    async with conversation.ana.client(app) as ana, conversation.bora.client(app) as bora:
        own = identity_of(conversation.bora.me.profile_id).public_key().public_bytes_raw()
        identity = base64.b64encode(own).decode()
        assert (await bora.put("/api/messages/identity-key", json={"public_key": identity})).status_code == 204
        one, two = (base64.b64encode(key_package(conversation.bora.me, name)).decode() for name in (b"one", b"two"))
        offered = await bora.put("/api/messages/key-packages", json={"packages": [one, two]})
        assert offered.json() == {
            "remaining": 2,
            "identity_key": identity,
            "device_id": str(
                packages.conversation_device_id(conversation.bora.me.profile_id, conversation.bora.me.client_device_id)
            ),
        }
        claims = f"/api/messages/{conversation.id}/consume-key-packages"
        claimed = (await ana.post(claims, json={"epoch": 0})).json()["packages"]
        assert [package["package"] for package in claimed] == [one]
        assert (await bora.get("/api/messages/key-packages/count")).json()["remaining"] == 1

        welcome = {"id": str(uuid4()), "body": body("welcome")}
        founded = await send(ana, new(conversation.id, type="commit", welcome=welcome))
        assert founded.status_code == 201
        said = (await send(ana, new(conversation.id, epoch=1, body=body("hello")))).json()
        page = (await bora.get(f"/api/messages/{conversation.id}", params={"after": 1})).json()
        assert [(m["seq"], m["type"], m["body"]) for m in page["items"]] == [
            (2, "welcome", body("welcome")),
            (3, "text", body("hello")),
        ]
        assert page["items"][1] == said

        assert (await bora.post(f"/api/messages/{conversation.id}/delivered", json={"seq": 3})).status_code == 204
        assert (await bora.put(f"/api/messages/{said['id']}/read")).status_code == 204
        [mine] = (await ana.get("/api/messages/conversations")).json()["items"]
        assert (mine["peer_delivered_seq"], mine["peer_read_seq"], mine["epoch"]) == (3, 3, 1)


async def test_an_identity_on_its_way_to_another_browser(app: Litestar, conversation: Conversation):
    way = "/api/messages/identity-transfer"
    async with conversation.ana.client(app) as ana, conversation.bora.client(app) as bora:
        missing = await ana.get(way)
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
        for nonsense in ({"body": ""}, {"body": body("x" * 66_000)}, {}):
            assert (await ana.put(way, json=nonsense)).status_code == 400
        assert (await ana.put(way, json={"body": body("sealed")})).status_code == 204
        assert (await ana.get(way)).json() == {"body": body("sealed")}
        assert (await bora.get(way)).status_code == 404
        assert (await ana.delete(way)).status_code == 204
        assert (await ana.get(way)).status_code == 404


async def test_an_identity_key_is_replaced_by_who_knows_the_one_before(app: Litestar, conversation: Conversation):
    first, second = body("1" * 32), body("2" * 32)
    async with conversation.ana.client(app) as ana:
        for nonsense in ({"public_key": body("short")}, {"public_key": first, "replaces": ""}):
            assert (await ana.put("/api/messages/identity-key", json=nonsense)).status_code == 400
        for _ in range(2):  # its answer was lost
            assert (await ana.put("/api/messages/identity-key", json={"public_key": first})).status_code == 204
        refused = await ana.put("/api/messages/identity-key", json={"public_key": second})
        assert (refused.status_code, refused.json()["code"]) == (409, "identity_replaced")
        replacing = {"public_key": second, "replaces": first}
        assert (await ana.put("/api/messages/identity-key", json=replacing)).status_code == 204
        assert (await ana.get("/api/messages/key-packages/count")).json()["identity_key"] == second
        unsigned = await ana.put("/api/messages/key-packages", json={"packages": [body("one")]})
        assert (unsigned.status_code, unsigned.json()["code"]) == (422, "key_package_unsigned")


async def test_nothing_that_is_said_about_the_other_names_their_user(
    app: Litestar, db: Database, conversation: Conversation
):
    await offer(db, conversation.bora.me, b"one")
    async with conversation.ana.client(app) as ana, conversation.bora.client(app) as bora:
        answers = [
            (await ana.post(f"/api/messages/{conversation.id}/consume-key-packages", json={"epoch": 0})).text,
            (await send(bora, new(conversation.id))).text,
            (await ana.get("/api/messages/conversations")).text,
            (await ana.get(f"/api/messages/{conversation.id}")).text,
        ]
    for secret in (
        conversation.bora.me.user_id,
        conversation.bora.me.client_device_id,
        conversation.bora.me.session_id,
    ):
        assert not any(str(secret) in answer for answer in answers)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"body": "not base64!"}, 400, "invalid_request"),
        ({"type": "welcome"}, 400, "invalid_request"),
        ({"body": ""}, 422, "message_malformed"),
        ({"body": body("x" * 66_000)}, 413, "message_too_large"),
        ({"epoch": 7}, 409, "stale_epoch"),
        ({"conversation_id": str(uuid4())}, 404, "not_found"),
        ({"surprise": 1}, 400, "invalid_request"),
    ],
)
async def test_refusals_have_stable_codes(
    app: Litestar, conversation: Conversation, change: dict[str, object], status: int, code: str
):
    async with conversation.ana.client(app) as ana:
        refused = await send(ana, new(conversation.id, **change))
    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_a_stale_epoch_says_the_current_one(app: Litestar, conversation: Conversation):
    async with conversation.ana.client(app) as ana:
        await send(ana, new(conversation.id, type="commit"))
        assert (await send(ana, new(conversation.id))).json()["epoch"] == 1


async def test_somebody_who_writes_without_end_is_slowed_down(app: Litestar, db: Database, conversation: Conversation):
    async with db.as_service(conversation.ana.tenant.id) as tx:
        await tenants.do_configure(tx, MessagingSettings, messages_per_minute=3)
    async with conversation.ana.client(app) as ana, conversation.bora.client(app) as bora:
        statuses = [(await send(ana, new(conversation.id))).status_code for _ in range(4)]
        assert statuses == [201, 201, 201, 429]
        assert (await send(bora, new(conversation.id))).status_code == 201


async def test_two_sessions_of_a_person_share_one_limit(app: Litestar, db: Database, conversation: Conversation):
    async with db.as_service(conversation.ana.tenant.id) as tx:
        await tenants.do_configure(tx, MessagingSettings, messages_per_minute=3)
    phone, desk = conversation.ana, replace(conversation.ana, me=await another_session(db, conversation.ana))
    async with phone.client(app) as one, desk.client(app) as other:
        statuses = [(await send(client, new(conversation.id))).status_code for client in (one, other, one, other)]
    assert statuses == [201, 201, 201, 429]


async def test_somebody_who_writes_much_is_slowed_down_and_silences_nobody(
    app: Litestar, db: Database, conversation: Conversation
):
    """Half a megabyte goes into one conversation: eight bodies of sixty thousand bytes."""
    async with db.as_service(conversation.ana.tenant.id) as tx:
        await tenants.do_configure(tx, MessagingSettings, megabytes_per_hour=1)
    large = body("x" * 60_000)
    async with conversation.ana.client(app) as ana, conversation.bora.client(app) as bora:
        answers = [await send(ana, new(conversation.id, body=large)) for _ in range(9)]
        assert [answer.status_code for answer in answers] == [201] * 8 + [429]
        assert answers[-1].json()["code"] == "slow_down"
        assert int(answers[-1].headers["Retry-After"]) > 1
        assert (await send(bora, new(conversation.id, body=large))).status_code == 201


async def test_reading_has_a_limit_too(app: Litestar, db: Database, conversation: Conversation):
    async with db.as_service(conversation.ana.tenant.id) as tx:
        await tenants.do_configure(tx, MessagingSettings, pages_per_minute=4)
    transport = httpx.ASGITransport(app=cast("Any", with_fast_path(app)))
    async with conversation.ana.client(app) as slow:
        headers = slow.headers
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=headers) as ana:
        paths = [f"/api/messages/{conversation.id}", "/api/messages/conversations"] * 3
        answers = [await ana.get(path) for path in paths]
    assert [answer.status_code for answer in answers[:4]] == [200] * 4
    assert {answer.json()["code"] for answer in answers[4:]} == {"slow_down"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/messages/{id}"),
        ("POST", "/api/messages/{id}/consume-key-packages"),
        ("POST", "/api/messages/{id}/delivered"),
        ("PUT", "/api/messages/{id}/read"),
    ],
)
async def test_an_outsider_finds_nothing(
    app: Litestar, db: Database, conversation: Conversation, tenant: tenants.Tenant, method: str, path: str
):
    outsider = await make_person(db, tenant)
    for person in (outsider, conversation.shadows[0]):
        async with person.client(app) as client:
            wanted = {"seq": 1} if "delivered" in path else {"epoch": 0} if "consume" in path else None
            refused = await client.request(method, path.format(id=conversation.id), json=wanted)
            assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def test_nobody_talks_without_logging_in(api: httpx.AsyncClient, conversation: Conversation):
    assert (await send(api, new(conversation.id))).status_code == 401
    assert (await api.get("/api/messages/conversations")).status_code == 401
