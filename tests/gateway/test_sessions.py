"""A session that is ended ends everywhere, within a second."""

import time
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from meydan.kit.errors import NotFound
from meydan.kit.realtime import do_revoke, is_revoked, revocation
from meydan.kit.realtime.revocation import Revocations
from meydan.kit.valkey import Valkey
from tests.waiting import until


async def test_a_revoked_session_is_closed_within_a_second(connect, start_gateway, ada, ben, realtime, db):
    far_away = await start_gateway()
    here, there, other = await connect(ada), await connect(ada, to=far_away), await connect(ben)
    async with db.as_user(ada.identity) as tx:
        await do_revoke(tx, ada.identity.session_id)
        assert not is_revoked(ada.identity.session_id)  # not before it is committed
    assert is_revoked(ada.identity.session_id)
    assert [await here.close_code(), await there.close_code()] == [4403, 4403]
    assert not other.closed.done()


async def test_its_token_opens_no_socket_any_more(connect, gateway, start_gateway, ada, realtime, db):
    async with db.as_user(ada.identity) as tx:
        await do_revoke(tx, ada.identity.session_id)

    async def is_heard() -> bool:
        return ada.identity.session_id in gateway.hub.revocations

    await until(is_heard)
    for door in (gateway, await start_gateway()):  # one that heard it, one that was started later
        client = await connect(to=door)
        client.say(t="hello", token=ada.token())
        assert await client.close_code() == 4403


async def test_what_was_rolled_back_was_not_revoked(connect, ada, ben, realtime, db):
    client, later = await connect(ada), await connect(ben)
    with pytest.raises(NotFound):
        async with db.as_user(ada.identity) as tx:
            await do_revoke(tx, ada.identity.session_id)
            await tx.one(int, "select 1 where $1 < 0")
    async with db.as_user(ben.identity) as tx:
        await do_revoke(tx, ben.identity.session_id)
    assert await later.close_code() == 4403
    assert not client.closed.done()


async def test_the_list_forgets_what_no_token_can_outlive(ada, realtime, db, monkeypatch):
    async with db.as_user(ada.identity) as tx:
        await do_revoke(tx, ada.identity.session_id, lasting=timedelta(minutes=5))
    assert is_revoked(ada.identity.session_id)
    in_six_minutes = time.time() + 360
    monkeypatch.setattr(revocation, "time", SimpleNamespace(time=lambda: in_six_minutes))
    assert not is_revoked(ada.identity.session_id)


def test_a_process_that_runs_for_long_does_not_remember_for_ever():
    revocations = Revocations(Valkey("redis://127.0.0.1:1"))
    over, lasting = int(time.time() * 1000) - 1, int(time.time() * 1000) + 60_000
    kept = uuid4()
    revocations.on_message(f"{lasting} {kept}".encode())
    for _ in range(5000):
        revocations.on_message(f"{over} {uuid4()}".encode())
    assert kept in revocations
    assert len(revocations._until) <= 1001
