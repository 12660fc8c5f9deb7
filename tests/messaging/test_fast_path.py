"""The fast path's responses equal those of the framework."""

from collections.abc import AsyncIterator
from typing import Any, cast
from uuid import uuid4

import httpx
import msgspec
import pytest
from litestar import Litestar

from meydan.app import with_fast_path
from meydan.kit.http.fast_path import FastPath
from meydan.messaging.frames import Message
from meydan.messaging.messages import MessagePage
from tests.factories import Person
from tests.messaging.conftest import Conversation


class Counting:
    """Knows how many requests came to the framework after all."""

    def __init__(self, app: Litestar) -> None:
        self.app, self.asked, self.state = app, 0, app.state

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        await self.app(scope, receive, send)


def doors(app: Litestar, person: Person) -> tuple[httpx.AsyncClient, httpx.AsyncClient, Counting]:
    """Clients at the hot and at the ordinary door."""
    hot, counting = with_fast_path(app), Counting(app)
    hot._app = cast("Any", counting)
    hot_client, ordinary = person.client(cast("Litestar", hot)), person.client(app)
    assert isinstance(hot, FastPath)
    return hot_client, ordinary, counting


def text(conversation: Conversation) -> dict[str, object]:
    return {"id": str(uuid4()), "conversation_id": str(conversation.id), "type": "text", "epoch": 0, "body": "c2VhbGVk"}


async def test_a_message_is_sent_and_read_before_the_framework(app: Litestar, conversation: Conversation):
    hot, ordinary, counting = doors(app, conversation.ana)
    async with hot, ordinary:
        for _ in range(3):
            sent = await hot.post("/api/messages/send", json=text(conversation))
            assert sent.status_code == 201
            msgspec.json.decode(sent.content, type=Message)
        again = await hot.post("/api/messages/send", content=sent.request.content)
        assert again.json() == sent.json()
        for query in ("", "?after=1", "?before=3&limit=1", "?after=1&limit=1"):
            page = await hot.get(f"/api/messages/{conversation.id}{query}")
            assert page.headers["content-type"] == "application/json"
            assert page.json() == (await ordinary.get(f"/api/messages/{conversation.id}{query}")).json()
            msgspec.json.decode(page.content, type=MessagePage)
    assert counting.asked == 0


@pytest.mark.parametrize("path", ["{id}?limit=0", "{id}?limit=many", "{id}?after=-1", "{other}", "not-a-conversation"])
async def test_a_refusal_is_told_by_the_ordinary_route(app: Litestar, conversation: Conversation, path: str):
    hot, ordinary, counting = doors(app, conversation.ana)
    address = "/api/messages/" + path.format(id=conversation.id, other=uuid4())
    async with hot, ordinary:
        refused, expected = await hot.get(address), await ordinary.get(address)
    assert (refused.status_code, refused.json()) == (expected.status_code, expected.json())
    assert refused.status_code in (400, 404)
    assert counting.asked == 1


async def test_a_refused_message_is_told_with_its_body(app: Litestar, conversation: Conversation):
    hot, _, counting = doors(app, conversation.ana)
    async with hot:
        stale = await hot.post("/api/messages/send", json=text(conversation) | {"epoch": 7})
        assert (stale.status_code, stale.json()["code"], stale.json()["epoch"]) == (409, "stale_epoch", 0)
        broken = await hot.post("/api/messages/send", content=b"{")
        assert broken.status_code == 400
        hot.headers.pop("Authorization")
        assert (await hot.post("/api/messages/send", json=text(conversation))).json()["code"] == "not_logged_in"
    assert counting.asked == 3


async def test_no_more_of_a_body_is_taken_than_the_ordinary_route_takes(app: Litestar, conversation: Conversation):
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(200):
            taken += 1
            yield b"x" * 100_000

    hot, _, _ = doors(app, conversation.ana)
    async with hot:
        hot.headers["Content-Type"] = "application/json"
        for known in (True, False):
            if not known:
                hot.headers.pop("Authorization")
            refused = await hot.post("/api/messages/send", content=endless())
            assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")
            assert taken < 15
            taken = 0


async def test_a_sender_who_is_gone_has_sent_nothing(app: Litestar, conversation: Conversation):
    """Also when what has come of the body would be a message by itself."""
    hot, _, _ = doors(app, conversation.ana)
    body = msgspec.json.encode(text(conversation))
    coming: list[dict[str, Any]] = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async with hot:
        request = hot.build_request("POST", "/api/messages/send", content=body)
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/messages/send",
            "raw_path": b"/api/messages/send",
            "root_path": "",
            "query_string": b"",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
            "scheme": "http",
            "http_version": "1.1",
        }
        await with_fast_path(app)(cast("Any", scope), cast("Any", receive), cast("Any", send))
        assert [message.get("status") for message in sent if message["type"] == "http.response.start"] != [201]
        assert (await hot.get(f"/api/messages/{conversation.id}")).json()["items"] == []
