"""Every route that changes something: no page of another site can call it with a visitor's cookies."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from meydan import rooms, web_client
from meydan.kit.http import PROVED_BY

HARMLESS = {"GET", "HEAD", "OPTIONS"}

# Others call these: providers, a buyer's browser that comes from one, the development pages on this machine.
PROVED_OTHERWISE = {"/api/payments/webhooks/{provider:str}/{slug:str}", "/pay/local", "/pay/local/{id:str}"}

# Opened by an access token, never by a cookie: makes the person's own code when it is first looked at, notes who took a list.
MADE_WHEN_LOOKED_AT = {"/api/growth/invite", "/api/staff/payments/export.csv"}

FORM = {"Origin": "https://evil.example", "Content-Type": "text/plain", "Cookie": "meydan_refresh=x"}


@dataclass(frozen=True)
class Door:
    method: str
    path: str
    handler: HTTPRouteHandler

    @property
    def address(self) -> str:
        return re.sub(r"\{\w+:(\w+)\}", "00000000-0000-0000-0000-000000000000", self.path)


def doors() -> Iterator[Door]:
    for handler in [*rooms.ROUTES, *web_client.ROUTES]:
        for path in handler.paths:
            for method in handler.http_methods:
                yield Door(str(getattr(method, "value", method)), path, handler)


CHANGING = [door for door in doors() if door.method not in HARMLESS]
GUARDED = [door for door in CHANGING if PROVED_BY not in door.handler.opt]


def test_exceptions_are_named_and_say_how_they_prove_their_sender():
    assert len(GUARDED) > 50  # the walk finds them
    exceptions = [door for door in CHANGING if door not in GUARDED]
    assert {door.path for door in exceptions} == PROVED_OTHERWISE
    assert all(len(door.handler.opt[PROVED_BY]) > 20 for door in exceptions)


def test_looking_changes_nothing():
    for door in doors():
        if door.method in HARMLESS and re.search(r"\b(do|lock)_\w+\(", inspect.getsource(door.handler.fn)):
            assert door.path in MADE_WHEN_LOOKED_AT, door.path


@pytest.mark.parametrize("door", GUARDED, ids=lambda door: f"{door.method} {door.path}")
async def test_a_form_of_another_site_is_refused(app: Litestar, api: httpx.AsyncClient, door: Door):
    for ours in ("X-Meydan", "X-Meydan-Tenant"):
        del api.headers[ours]
    body = '{"identifier": "mallory", "password": "hers", "x": "="}'
    sent = await api.request(door.method, door.address, content=body, headers=FORM)
    assert (sent.status_code, sent.json()["code"]) == (403, "header_missing")
    assert "set-cookie" not in sent.headers
    # The same from our own page: what is no JSON is still no JSON.
    sent = await api.request(door.method, door.address, content=body, headers=FORM | {"X-Meydan": "1"})
    assert (sent.status_code, sent.json()["code"]) == (415, "unsupported_media_type")
    sent = await api.request(door.method, door.address, content=body, headers=FORM | {"X-Meydan-Tenant": "default"})
    assert (sent.status_code, sent.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("origin", "code"),
    [
        ("http://127.0.0.1:8000", "login_failed"),
        ("http://127.0.0.1:8000.evil.example", "header_missing"),
        ("http://127.0.0.1:9000", "header_missing"),
        ("null", "header_missing"),
        ("http://[", "header_missing"),
        (None, "header_missing"),
    ],
)
async def test_our_own_page_needs_no_header(app: Litestar, api: httpx.AsyncClient, origin: str | None, code: str):
    for ours in ("X-Meydan", "X-Meydan-Tenant"):
        del api.headers[ours]
    body = {
        "identifier": "nobody",
        "password": "anything at all",
        "device": {"id": "00000000-0000-4000-8000-000000000000", "name": "x"},
    }
    answer = await api.post("/api/auth/login", json=body, headers={} if origin is None else {"Origin": origin})
    assert answer.json()["code"] == code
