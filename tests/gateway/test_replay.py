"""A client that comes back misses nothing, or is told that it does."""

import time

import pytest

from meydan.kit.realtime.frames import channel_of_user, log_key
from meydan.kit.realtime.outbox import LOG_LENGTH, LOG_RETENTION, new_event_id, publish_command
from tests.waiting import until


async def test_what_is_told_arrives_on_every_connection(connect, ada, ben, tell_note):
    phone, laptop, stranger = await connect(ada), await connect(ada), await connect(ben)
    await tell_note(ada, 1)
    heard = await phone.hear("note")
    assert heard == await laptop.hear("note")
    assert list(heard) == ["id", "t", "n"]
    await stranger.hears_nothing()


async def test_what_was_told_meanwhile_is_replayed_in_order_then_it_goes_on(connect, ada, tell_note):
    client = await connect(ada)
    await tell_note(ada, 0)
    await client.hear("note")
    client.vanish()
    for n in range(1, 251):  # more than a page
        await tell_note(ada, n)
    client = await connect(ada, since=client.cursor)
    await tell_note(ada, 251)
    assert [(await client.hear("note"))["n"] for _ in range(251)] == list(range(1, 252))
    await client.hears_nothing()


@pytest.mark.parametrize("size", [0, 70, 200, 65_500, 70_000])
async def test_frames_of_every_size_arrive_whole(connect, ada, realtime, size: int):
    """Live and replayed; a WebSocket frame has three ways to say its length."""
    client = await connect(ada)
    before = client.cursor
    channel = channel_of_user(ada.identity.tenant_id, ada.identity.user_id)
    await realtime.valkey.execute(*publish_command(channel, new_event_id(), f'{{"t":"note","text":"{"x" * size}"}}'))
    heard = await client.hear("note")
    assert heard["text"] == "x" * size
    again = await connect(ada, since=before)
    assert await again.hear("note") == heard


async def test_a_new_client_starts_now(connect, ada, tell_note):
    await tell_note(ada, 1)
    client = await connect(ada)
    await tell_note(ada, 2)
    assert (await client.hear("note"))["n"] == 2


async def test_a_log_that_was_cut_says_so(connect, ada, realtime, tell_note):
    client = await connect(ada)
    await tell_note(ada, 0)
    await client.hear("note")
    client.vanish()
    await tell_note(ada, 1)
    key = log_key(channel_of_user(ada.identity.tenant_id, ada.identity.user_id))
    await realtime.valkey.execute("XTRIM", key, "MAXLEN", 1)
    lost = client.cursor
    client = await connect()
    client.say(t="hello", token=ada.token(), since=lost)
    assert (await client.hear("ready"))["id"] == lost  # kept until the resync itself is read
    resync = await client.hear("resync")
    assert resync["id"] == client.cursor
    await tell_note(ada, 2)
    assert (await client.hear("note"))["n"] == 2  # what it missed it loads over HTTP; the new it hears
    client.vanish()
    again = await connect(ada, since=client.cursor)
    await again.hears_nothing()


@pytest.mark.parametrize("since", ["1-1", "0-0", "99999999999999-0"])
async def test_a_cursor_nobody_gave_is_told_to_load_again(connect, ada, tell_note, since: str):
    await tell_note(ada, 0)
    client = await connect(ada, since=since)
    await client.hear("resync")


async def test_a_log_keeps_only_so_much(realtime, ada):
    channel = channel_of_user(ada.identity.tenant_id, ada.identity.user_id)
    for _ in range(LOG_LENGTH * 2):
        realtime.valkey.send_nowait(*publish_command(channel, new_event_id(), '{"t":"note"}'))
    assert LOG_LENGTH <= await realtime.valkey.execute("XLEN", log_key(channel)) < LOG_LENGTH * 1.2
    assert 0 < await realtime.valkey.execute("TTL", log_key(channel)) <= LOG_RETENTION.total_seconds()


async def test_a_log_of_large_frames_keeps_fewer(realtime, ada):
    channel = channel_of_user(ada.identity.tenant_id, ada.identity.user_id)
    for _ in range(100):
        realtime.valkey.send_nowait(*publish_command(channel, new_event_id(), f'{{"t":"{"x" * 60_000}"}}'))
    assert await realtime.valkey.execute("XLEN", log_key(channel)) < 20


async def test_a_log_keeps_nothing_old_however_lively_it_is(realtime, ada):
    channel = channel_of_user(ada.identity.tenant_id, ada.identity.user_id)
    too_old = int((time.time() - LOG_RETENTION.total_seconds() - 1) * 1000)
    await realtime.valkey.execute("XADD", log_key(channel), f"{too_old}-0", "frame", '{"t":"old"}')
    await realtime.valkey.execute("XADD", log_key(channel), f"{too_old + 60_000}-0", "frame", '{"t":"young"}')
    half = LOG_RETENTION.total_seconds() // 2
    await realtime.valkey.execute("EXPIRE", log_key(channel), int(half) - 1)
    await realtime.valkey.execute(*publish_command(channel, new_event_id(), '{"t":"new"}'))
    entries = await realtime.valkey.execute("XRANGE", log_key(channel), "-", "+")
    assert [fields[1] for _, fields in entries] == [b'{"t":"young"}', b'{"t":"new"}']
    assert await realtime.valkey.execute("TTL", log_key(channel)) > half


async def test_a_gateway_that_stops_sends_its_clients_away_to_come_back(
    connect, start_gateway, ada, tell_note, valkey_url, key
):
    from meydan.gateway import GatewaySettings, serving

    async with serving(
        GatewaySettings(valkey_url=valkey_url, token_keys=(key,), grant_keys=(key,), port=0)
    ) as stopping:
        client = await connect(ada, to=stopping)
    assert await client.close_code() == 1012
    await tell_note(ada, 1)
    client = await connect(ada, to=await start_gateway(), since=client.cursor)
    assert (await client.hear("note"))["n"] == 1


async def test_two_gateways_are_one(connect, start_gateway, ada, tell_note):
    here, there = await connect(ada, to=await start_gateway()), await connect(ada, to=await start_gateway())
    await tell_note(ada, 1)
    assert await here.hear("note") == await there.hear("note")


async def test_a_socket_that_was_left_is_forgotten(connect, gateway, ada, realtime):
    client = await connect(ada)
    channel = f"ch:{{{channel_of_user(ada.identity.tenant_id, ada.identity.user_id)}}}"
    assert (await realtime.valkey.execute("PUBSUB", "SHARDNUMSUB", channel))[1] == 1
    client.vanish()
    await client.close_code()

    async def forgotten() -> bool:
        return not gateway.hub.connections and (await realtime.valkey.execute("PUBSUB", "SHARDNUMSUB", channel))[1] == 0

    await until(forgotten)
