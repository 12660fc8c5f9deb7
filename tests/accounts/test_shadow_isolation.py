"""Everything that others are told of one person's two faces, in every room, laid side by side: no tie.

Three strangers each meet somebody and talk: the first meets a person under their real face, the second the same person
under their shadow, the third somebody else. What the first and the second can read or receive may have no more in common
than what the first and the third have.
"""

import base64
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from tests.factories import Person, make_person, make_shadow
from tests.messaging.factories import identity_of, key_package
from tests.test_attack import until_matched


async def meet(app: Litestar, one: Person, other: Person) -> tuple[dict[str, Any], str]:
    """They are matched, the second writes, is read, and leaves; returns what the first saw of the match."""
    async with one.client(app) as a, other.client(app) as b:
        for client in (a, b):
            answer = await client.post("/api/match/join", json={"type": "text"})
            assert answer.status_code == 200, answer.text
        state = await until_matched(a)
        conversation_id = state["match"]["conversation_id"]
        key = base64.b64encode(identity_of(other.me.profile_id).public_key().public_bytes_raw()).decode()
        assert (await b.put("/api/messages/identity-key", json={"public_key": key})).status_code == 204
        own = base64.b64encode(key_package(other.me, b"one")).decode()
        packages = await b.put("/api/messages/key-packages", json={"packages": [own]})
        assert packages.status_code < 300, packages.text
        wanted = {"conversation_id": conversation_id, "type": "join_request", "epoch": 0, "body": "QUJD"}
        sent = await b.post("/api/messages/send", json={"id": str(uuid4())} | wanted)
        assert sent.status_code < 300, sent.text
        assert (await a.put(f"/api/messages/{sent.json()['id']}/read")).status_code == 204
        seen = await look_around(a, state["match"]["stranger"]["id"], conversation_id)
        assert (await b.post("/api/match/leave", json={"match_id": state["match"]["id"]})).status_code == 200
        return seen | await look_around(a, state["match"]["stranger"]["id"], conversation_id, "after "), conversation_id


async def look_around(
    client: httpx.AsyncClient, profile_id: str, conversation_id: str, when: str = ""
) -> dict[str, Any]:
    """Everything that can be asked about a stranger, refusals and headers included."""
    seen: dict[str, Any] = {}
    asked: list[tuple[str, str, dict[str, object] | None]] = [
        ("GET", "/api/match/state", None),
        ("GET", "/api/match/history", None),
        ("GET", "/api/match/claims", None),
        ("GET", f"/api/users/{profile_id}", None),
        ("GET", "/api/messages/conversations", None),
        ("GET", f"/api/messages/{conversation_id}", None),
        ("POST", f"/api/messages/{conversation_id}/consume-key-packages", {"epoch": 0}),
        ("GET", "/api/notifications", None),
        ("GET", "/api/blocks", None),
        ("POST", f"/api/match/{uuid4()}/claim", None),
    ]
    if when:
        asked += [
            ("POST", "/api/reports", {"profile_id": profile_id, "reason": "spam"}),
            ("POST", "/api/blocks", {"profile_id": profile_id}),
            ("GET", "/api/blocks", None),
            ("GET", f"/api/users/{profile_id}", None),
            ("GET", "/api/notifications", None),
            ("GET", "/api/users/export", None),
        ]
    for method, path, body in asked:
        answer = await client.request(method, path, json=body)
        assert answer.status_code < 500, f"{path}: {answer.text}"
        seen[f"{when}{method} {path} {len(seen)}"] = [answer.json() if answer.content else None, dict(answer.headers)]
    return seen


async def frames(owner: asyncpg.Connection, person: Person) -> list[Any]:
    rows = await owner.fetch("select payload from app.outbox where user_id = $1 order by id", person.me.user_id)
    return [msgspec.json.decode(row["payload"]) for row in rows]


def leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    else:
        yield value


async def told(app: Litestar, owner: asyncpg.Connection, viewer: Person, other: Person) -> set[object]:
    seen, _ = await meet(app, viewer, other)
    return {leaf for leaf in leaves([seen, await frames(owner, viewer)]) if not isinstance(leaf, bool)}


async def test_two_strangers_who_met_two_faces_can_tie_nothing(
    app: Litestar, db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection
):
    details: dict[str, Any] = {"language": "tr", "interests": ["sinema", "kedi"], "cell": (41.0, 29.0)}
    person = await make_person(db, tenant, alias="deniz", **details)
    shadow = await make_shadow(db, person, alias="yakamoz")
    somebody = await make_person(db, tenant, alias="baskasi", **details)
    first, second, third, fourth = [await make_person(db, tenant, alias=f"stranger {n}") for n in "abcd"]

    of_real = await told(app, owner, first, person)
    of_shadow = await told(app, owner, second, shadow)
    of_other = await told(app, owner, third, somebody)
    assert str(person.me.profile_id) in of_real
    assert str(shadow.me.profile_id) in of_shadow
    assert "deniz" in of_real
    assert "yakamoz" in of_shadow

    # Words of the product, counts and the like are common to all three.
    tied = (of_real & of_shadow) - of_other
    assert {leaf for leaf in tied if not is_of_the_moment(leaf)} == set()
    # And the eye is sharp enough: who meets the same face twice sees that it is the same.
    of_real_again = await told(app, owner, fourth, person)
    assert len((of_real & of_real_again) - of_other) > 3
    for everything in (of_real, of_shadow):
        text = str(everything)
        for secret in (person.me.user_id, person.me.session_id, person.me.client_device_id, person.phone):
            assert str(secret) not in text
            assert UUID(str(secret)).hex not in text if isinstance(secret, UUID) else True


def is_of_the_moment(leaf: object) -> bool:
    """Dates of the answers themselves and lengths of their bodies, which follow what each viewer has at the moment."""
    return isinstance(leaf, str) and (leaf.endswith(" GMT") or leaf.isdigit())
