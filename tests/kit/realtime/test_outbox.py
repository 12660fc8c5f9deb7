"""A committed frame reaches its reader, whichever process dies between the two."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from meydan.kit.database import Database
from meydan.kit.identity import Face, Identity, Role
from meydan.kit.realtime import Frame, Realtime, send_frame
from meydan.kit.realtime import outbox as outbox_module
from meydan.kit.realtime.frames import channel_of_user, log_key
from meydan.kit.valkey import Valkey
from meydan.tenants import Tenant
from tests.silent_link import link_to
from tests.waiting import PATIENCE, until


class Note(Frame, frozen=True):
    n: int


@pytest.fixture(autouse=True)
def rows_go_when_they_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the product; other stories keep them to read."""
    monkeypatch.setattr(outbox_module, "DELETE_EVERY", 1.0)


@pytest.fixture
def me(tenant: Tenant) -> Identity:
    return Identity(tenant.id, uuid4(), uuid4(), uuid4(), uuid4(), Role.user, Face.real)


async def tell_notes(db: Database, me: Identity, *numbers: int) -> None:
    for n in numbers:
        async with db.as_user(me) as tx:
            await send_frame(tx, me.user_id, Note(n))


async def log_of(valkey: Valkey, me: Identity) -> list[bytes]:
    entries = await valkey.execute("XRANGE", log_key(channel_of_user(me.tenant_id, me.user_id)), "-", "+")
    return [fields[1] for _, fields in entries]


def notes(*numbers: int) -> list[bytes]:
    return [b'{"t":"note","n":%d}' % n for n in numbers]


async def left(db: Database, me: Identity) -> int:
    count: int = await db.relay.fetchval("select count(*) from app.outbox where user_id = $1", me.user_id)
    return count


async def test_a_frame_is_told_at_commit_and_its_row_goes_when_valkey_has_kept_it(db, me, valkey_url):
    async with Realtime.opened(valkey_url, db) as realtime:
        await tell_notes(db, me, 1, 2, 3)
        await realtime.valkey.execute("PING")
        assert await log_of(realtime.valkey, me) == notes(1, 2, 3)
        await realtime.forwarder.do_delete_confirmed()
        assert await left(db, me) == 3  # Valkey's own disk may not have them yet
        await until(lambda: _none_left(db, me))
        assert await log_of(realtime.valkey, me) == notes(1, 2, 3)


async def _none_left(db: Database, me: Identity) -> bool:
    return await left(db, me) == 0


async def test_what_is_rolled_back_is_not_told(db, me, valkey_url):
    async with Realtime.opened(valkey_url, db) as realtime:
        with pytest.raises(KeyError):
            async with db.as_user(me) as tx:
                await send_frame(tx, me.user_id, Note(1))
                raise KeyError
        assert await log_of(realtime.valkey, me) == []
        assert await left(db, me) == 0


async def test_a_process_without_realtime_leaves_it_to_the_sweeper(db, me, valkey_url):
    """As a command does, or an API that was killed right after its commit."""
    await tell_notes(db, me, 1, 2)
    async with Realtime.opened(valkey_url, db, sweeps=True) as worker:
        await until(lambda: _log_is(worker, me, notes(1, 2)))
        await until(lambda: _none_left(db, me))


async def _log_is(realtime: Realtime, me: Identity, expected: list[bytes]) -> bool:
    return await log_of(realtime.valkey, me) == expected


async def test_two_sweepers_and_the_teller_itself_tell_once(db, me, valkey_url):
    async with (
        Realtime.opened(valkey_url, db) as first,
        Realtime.opened(valkey_url, db) as second,
        Realtime.opened(valkey_url, db) as api,
    ):
        await tell_notes(db, me, *range(40))
        await asyncio.gather(first.sweeper.lock_and_forward(timedelta()), second.sweeper.lock_and_forward(timedelta()))
        await api.valkey.execute("PING")
        assert await log_of(api.valkey, me) == notes(*range(40))


async def test_a_sweep_takes_more_than_a_batch(db, me, valkey_url, monkeypatch):
    monkeypatch.setattr(outbox_module, "_BATCH", 10)
    await tell_notes(db, me, *range(25))
    async with Realtime.opened(valkey_url, db) as realtime:
        assert await realtime.sweeper.lock_and_forward(timedelta()) >= 25
        assert await log_of(realtime.valkey, me) == notes(*range(25))


async def test_writes_go_on_while_valkey_is_down_and_are_told_when_it_is_back(db, me, own_valkey):
    async with Realtime.opened(own_valkey.url, db) as realtime:
        await tell_notes(db, me, 1)
        await realtime.valkey.execute("PING")
        own_valkey.kill()
        await tell_notes(db, me, 2, 3)
        assert await left(db, me) == 3
        await until(lambda: _is_down(realtime))
        own_valkey.start()
        assert await realtime.valkey.wait_up(PATIENCE)
        await realtime.valkey.execute("PING")
        assert await log_of(realtime.valkey, me) == notes(1, 2, 3)


async def test_what_valkey_lost_with_its_power_is_told_again(db, me, own_valkey):
    """Killed, and the end of its append-only file never reached the disk."""
    async with Realtime.opened(own_valkey.url, db, sweeps=True) as realtime:
        await tell_notes(db, me, 1)
        await realtime.valkey.execute("PING")
        file = own_valkey.append_only_file()  # written before an answer is
        kept = file.stat().st_size
        await tell_notes(db, me, 2, 3)
        await realtime.valkey.execute("PING")
        own_valkey.kill()
        assert file.stat().st_size > kept
        with file.open("r+b") as aof:
            aof.truncate(kept)
        await until(lambda: _is_down(realtime))
        own_valkey.start()
        assert await realtime.valkey.wait_up(PATIENCE)
        await until(lambda: _log_is(realtime, me, notes(1, 2, 3)))
        await until(lambda: _none_left(db, me))


async def test_a_link_lost_with_its_answers_unread_tells_once(db, me, valkey_url):
    """Valkey has taken the frames, and nobody who forwarded them learned it."""
    async with link_to(valkey_url) as link, Realtime.opened(link.through(valkey_url), db, sweeps=True) as realtime:
        await tell_notes(db, me, 1)
        await realtime.valkey.execute("PING")
        link.hold_answers()
        await tell_notes(db, me, 2, 3)
        async with Realtime.opened(valkey_url, db) as other:
            await until(lambda: _log_is(other, me, notes(1, 2, 3)))
            link.cut()
            await until(lambda: _none_left(db, me))
            assert await log_of(other.valkey, me) == notes(1, 2, 3)


async def _is_down(realtime: Realtime) -> bool:
    return not realtime.valkey.is_up


async def test_a_person_cannot_read_or_remove_what_is_told(db, me):
    await tell_notes(db, me, 1)
    for statement in ("select id from app.outbox where tenant_id = $1", "delete from app.outbox where tenant_id = $1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(me) as tx:
                await tx.all(UUID, statement)


def test_event_ids_are_uuids_of_version_7_in_order():
    made = [outbox_module.new_event_id() for _ in range(100)]
    assert {event.version for event in made} == {7}
    assert {event.variant for event in made} == {"specified in RFC 4122"}
    assert made[0].int >> 80 <= made[-1].int >> 80
