"""A session that is ended ends everywhere, within a second."""

import asyncio
import time
from datetime import timedelta
from uuid import uuid4

import pytest

from meydan.kit.errors import NotFound
from meydan.kit.realtime import is_revoked, revoke
from meydan.kit.realtime.revocation import Revocations
from meydan.kit.resp import Valkey


async def test_a_revoked_session_is_closed_within_a_second(connect, start_gateway, ada, ben, realtime, db):
    far_away = await start_gateway()
    here, there, other = await connect(ada), await connect(ada, to=far_away), await connect(ben)
    asked = time.monotonic()
    async with db.as_user(ada.identity) as tx:
        await revoke(tx, ada.identity.session_id)
        assert not is_revoked(ada.identity.session_id)  # not before it is committed
    assert is_revoked(ada.identity.session_id)
    assert [await here.close_code(), await there.close_code()] == [4403, 4403]
    assert time.monotonic() - asked < 1
    assert not other.closed.done()


async def test_its_token_opens_no_socket_any_more(connect, start_gateway, ada, realtime, db):
    async with db.as_user(ada.identity) as tx:
        await revoke(tx, ada.identity.session_id)
    await asyncio.sleep(0.1)
    for gateway in (None, await start_gateway()):  # one that heard it, one that was started later
        client = await connect(to=gateway)
        client.say(t="hello", token=ada.token())
        assert await client.close_code() == 4403


async def test_what_was_rolled_back_was_not_revoked(connect, ada, realtime, db):
    client = await connect(ada)
    with pytest.raises(NotFound):
        async with db.as_user(ada.identity) as tx:
            await revoke(tx, ada.identity.session_id)
            await tx.one(int, "select 1 where $1 < 0")
    await asyncio.sleep(0.2)
    assert not client.closed.done()


async def test_the_list_forgets_what_no_token_can_outlive(ada, realtime, db):
    async with db.as_user(ada.identity) as tx:
        await revoke(tx, ada.identity.session_id, lasting=timedelta(seconds=0.3))
    assert is_revoked(ada.identity.session_id)
    await asyncio.sleep(0.4)
    assert not is_revoked(ada.identity.session_id)


def test_a_process_that_runs_for_long_does_not_remember_for_ever():
    revocations = Revocations(Valkey("redis://127.0.0.1:1"))
    over, lasting = int(time.time() * 1000) - 1, int(time.time() * 1000) + 60_000
    kept = uuid4()
    revocations.hear(f"{lasting} {kept}".encode())
    for _ in range(5000):
        revocations.hear(f"{over} {uuid4()}".encode())
    assert kept in revocations
    assert len(revocations._until) <= 1001
