"""Messaging as a client meets it: over HTTP, with base64 and problem documents."""

import base64
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from meydan.messaging import MessagingSettings, packages
from tests.factories import make_person
from tests.messaging.conftest import Conversation


def body(text: str = "sealed") -> str:
    return base64.b64encode(text.encode()).decode()


def new(talk_id: UUID, **change: object) -> dict[str, object]:
    plain = {"id": str(uuid4()), "conversation_id": str(talk_id), "type": "text", "epoch": 0, "body": body()}
    return plain | change


async def send(client: httpx.AsyncClient, message: dict[str, object]) -> httpx.Response:
    return await client.post(
        "/api/messages/send", json=message, headers={"User-Agent": "Mozilla Firefox/140 (X11; Linux)"}
    )


async def test_a_talk_from_key_packages_to_read_marks(app: Litestar, conversation: Conversation):
    async with conversation.ana.client(app) as ana, conversation.bora.client(app) as bora:
        offered = await bora.put("/api/messages/key-packages", json={"packages": [body("one"), body("two")]})
        assert offered.json() == {
            "remaining": 2,
            "device_id": str(
                packages.conversation_device_id(conversation.bora.me.profile_id, conversation.bora.me.client_device_id)
            ),
        }
        claimed = (await ana.post(f"/api/messages/{conversation.id}/consume-key-packages")).json()["packages"]
        assert [package["package"] for package in claimed] == [body("one")]
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


async def test_nothing_that_is_said_about_the_other_names_their_user(app: Litestar, conversation: Conversation):
    async with conversation.ana.client(app) as ana, conversation.bora.client(app) as bora:
        await bora.put("/api/messages/key-packages", json={"packages": [body("one")]})
        answers = [
            (await ana.post(f"/api/messages/{conversation.id}/consume-key-packages")).text,
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
            refused = await client.request(
                method, path.format(id=conversation.id), json={"seq": 1} if "delivered" in path else None
            )
            assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def test_nobody_talks_without_logging_in(api: httpx.AsyncClient, conversation: Conversation):
    assert (await send(api, new(conversation.id))).status_code == 401
    assert (await api.get("/api/messages/conversations")).status_code == 401
