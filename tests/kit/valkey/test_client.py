"""The connection to Valkey: order, pipelines, and what happens when it breaks."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from hiredis import ReplyError

from meydan.kit.valkey import Valkey, ValkeyDown
from tests.waiting import PATIENCE, happens, patience


@pytest.fixture
async def valkey(valkey_url: str) -> AsyncIterator[Valkey]:
    connection = Valkey(valkey_url)
    connection.start()
    assert await connection.wait_up(PATIENCE)
    yield connection
    await connection.close()


async def test_answers_come_back_to_who_asked(valkey):
    key = str(uuid4())
    answers = await asyncio.gather(*(valkey.execute("INCR", key) for _ in range(1000)))
    assert answers == list(range(1, 1001))


async def test_an_error_is_raised_where_it_belongs(valkey):
    key = str(uuid4())
    results = await asyncio.gather(
        valkey.execute("SET", key, "x"), valkey.execute("INCR", key), valkey.execute("GET", key), return_exceptions=True
    )
    assert results[0] == b"OK"
    assert isinstance(results[1], ReplyError)
    assert results[2] == b"x"


async def test_a_callback_runs_at_its_answers_place_among_the_pushes(valkey):
    """The whole of lossless replay rests on this order."""
    channel, key, heard = f"ch:{{{uuid4()}}}", f"log:{{{uuid4()}}}", []
    valkey.on_message(b"smessage", lambda _, message: heard.append(message))
    valkey.subscribe(channel)
    valkey.send_nowait("SPUBLISH", channel, "before")
    valkey.execute_with(heard.append, "INCR", key)
    valkey.send_nowait("SPUBLISH", channel, "after")
    await valkey.execute("PING")
    assert heard == [b"before", 1, b"after"]


async def test_gathered_commands_wait_for_others_and_keep_their_place(valkey, valkey_url, monkeypatch):
    monkeypatch.setattr("meydan.kit.valkey.link.GATHERED_FOR", PATIENCE)
    other, key, heard = Valkey(valkey_url), str(uuid4()), asyncio.Queue[object]()
    other.start()
    assert await other.wait_up(PATIENCE)
    valkey.gather_with(heard.put_nowait, "INCR", key)
    async with patience():
        assert await heard.get() == 1  # a lone one does not wait
    valkey.gather_with(heard.put_nowait, "INCR", key)
    valkey.gather_with(heard.put_nowait, "INCR", key)
    for _ in range(10):
        assert await other.execute("GET", key) == b"1"
    assert await valkey.execute("INCR", key) == 4  # takes them along
    assert [heard.get_nowait(), heard.get_nowait()] == [2, 3]
    await other.close()


async def test_gathered_commands_go_by_themselves_in_the_end(valkey):
    key, heard = str(uuid4()), asyncio.Queue[object]()
    for _ in range(100):
        valkey.gather_with(heard.put_nowait, "INCR", key)
        await asyncio.sleep(0)
    async with patience():
        assert [await heard.get() for _ in range(100)] == list(range(1, 101))


async def test_who_gave_up_waiting_disturbs_nobody(valkey):
    waiting = valkey.execute("INCR", str(uuid4()))
    waiting.cancel()
    assert await valkey.execute("ECHO", "still in order") == b"still in order"


async def test_without_a_server_it_says_so_at_once_and_keeps_trying(own_valkey):
    own_valkey.kill()
    valkey, ups = Valkey(own_valkey.url), []
    valkey.on_up(lambda: ups.append(1))
    valkey.start()
    assert not await valkey.wait_up(0.1)
    with pytest.raises(ValkeyDown):
        valkey.execute("PING")
    valkey.send_nowait("PING")  # nobody minds
    own_valkey.start()
    assert await valkey.wait_up(PATIENCE)
    assert ups == [1]
    await valkey.close()


async def test_a_server_that_dies_fails_who_waits_and_is_found_again(own_valkey):
    valkey, downs = Valkey(own_valkey.url), []
    valkey.on_down(lambda: downs.append(1))
    valkey.start()
    assert await valkey.wait_up(PATIENCE)
    first = valkey.run_id
    waiting = valkey.execute("BLPOP", "nothing", 0)
    own_valkey.kill()
    with pytest.raises(ValkeyDown):
        await waiting
    own_valkey.start()
    assert await valkey.wait_up(PATIENCE)
    assert downs == [1]
    assert valkey.run_id != first
    await valkey.close()


async def test_a_server_that_still_loads_is_no_server(own_valkey):
    valkey, lost = Valkey(own_valkey.url), asyncio.Event()
    valkey.on_down(lost.set)
    valkey.start()
    assert await valkey.wait_up(PATIENCE)
    for batch in range(20):
        await asyncio.gather(*(valkey.execute("SET", f"{batch}:{n}", "x" * 100) for n in range(5000)))
    own_valkey.kill()
    await happens(lost, "the loss of the connection")
    own_valkey.start()
    assert await valkey.wait_up(PATIENCE)
    assert await valkey.execute("DBSIZE") == 100_000  # usable from the first moment it is up
    await valkey.close()


async def test_a_wrong_password_is_not_a_connection(valkey_url):
    valkey = Valkey(valkey_url.replace(":", ":wrong", 2).replace("redis:wrong//", "redis://", 1))
    valkey.start()
    assert not await valkey.wait_up(0.3)
    await valkey.close()
