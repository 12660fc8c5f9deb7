"""Hello first: who gets in, who is sent away, and why."""

import asyncio
import ssl
import urllib.request
from datetime import timedelta
from uuid import uuid4

import pytest
from picows import WSHandshakeError, WSMsgType

from meydan.commands.certificate import own_certificate
from meydan.gateway import Gateway
from tests.gateway.conftest import KEY
from tests.waiting import until


async def test_a_person_says_hello_and_is_ready(connect, ada):
    client = await connect()
    client.say(t="hello", token=ada.token(), since=None)
    ready = await client.hear("ready")
    assert ready["session"] == str(ada.identity.session_id)
    assert ready["id"].count("-") == 1


async def test_a_cursor_is_one_the_log_still_knows(connect, ada):
    """Even when nothing was ever told: coming back with it is no reason to load everything again."""
    first = await connect(ada)
    first.vanish()
    again = await connect(ada, since=first.cursor)
    assert again.cursor == first.cursor
    await again.hears_nothing()


async def test_a_ping_that_a_page_can_see_is_answered(connect, ada, gateway: Gateway):
    client = await connect()
    client.say(t="hello", token=ada.token(), since=None)
    assert (await client.hear("ready"))["ping_after"] == gateway.settings.ping_after_idle_seconds
    client.say(t="ping")
    assert await client.hear("pong") == {"t": "pong"}


@pytest.mark.parametrize("spoil", ["another key", "expired", "no token at all"])
async def test_a_bad_token_is_sent_away(connect, ada, spoil: str):
    token = {
        "another key": ada.token(key="k" * 40),
        "expired": ada.token(lasting=timedelta(seconds=-1)),
        "no token at all": "x",
    }[spoil]
    client = await connect()
    client.say(t="hello", token=token)
    assert await client.close_code() == 4401


async def test_a_rotated_key_opens_the_socket_and_a_dropped_one_does_not(connect, start_gateway, ada, ben):
    new = "n" * 40
    rotated = await start_gateway(token_keys=(new, KEY), grant_keys=(new, KEY))
    dropped = await start_gateway(token_keys=(new,), grant_keys=(new,))
    old = await connect(ada, to=rotated)
    old.say(t="watch", grant=ada.grant_for(ben, uuid4()))
    assert (await old.hear("presence"))["online"] is False
    for gateway, key, is_let_in in ((rotated, new, True), (dropped, new, True), (dropped, KEY, False)):
        client = await connect(to=gateway)
        client.say(t="hello", token=ada.token(key=key), since=None)
        if is_let_in:
            await client.hear("ready")
            continue
        assert await client.close_code() == 4401
    client = await connect(to=dropped)
    client.say(t="hello", token=ada.token(key=new), since=None)
    await client.hear("ready")
    client.say(t="watch", grant=ada.grant_for(ben, uuid4()))
    await client.hear("grant_rejected")


async def test_the_socket_ends_with_its_token(connect, ada):
    client = await connect()
    client.say(t="hello", token=ada.token(lasting=timedelta(seconds=1.5)))
    await client.hear("ready")
    assert await client.close_code() == 4401


async def test_a_fresh_token_on_the_same_socket_keeps_it_open(connect, ada):
    client = await connect()
    client.say(t="hello", token=ada.token(lasting=timedelta(seconds=1.5)))
    first = await client.hear("ready")
    client.say(t="hello", token=ada.token())
    assert await client.hear("ready") == first
    other = await connect()
    other.say(t="hello", token=ada.token(lasting=timedelta(seconds=1.5)))
    await other.hear("ready")
    assert await other.close_code() == 4401  # later than the first one's token
    assert not client.closed.done()


async def test_a_fresh_token_of_somebody_else_ends_it(connect, ada, ben):
    client = await connect(ada)
    client.say(t="hello", token=ben.token())
    assert await client.close_code() == 4401


async def test_who_says_nothing_is_sent_away(connect, start_gateway):
    client = await connect(to=await start_gateway(handshake_timeout_seconds=0.2))
    assert await client.close_code() == 4408


async def test_who_says_something_else_first_is_sent_away(connect):
    client = await connect()
    client.say(t="typing", conversation_id=str(uuid4()), on=True)
    assert await client.close_code() == 4408


@pytest.mark.parametrize(
    "bytes_", [b"", b"{}", b"[]", b'{"t":"dance"}', b'{"t":"hello"}', b'{"t":"hello","token":"x","since":"yesterday"}']
)
async def test_what_is_no_frame_of_the_protocol_ends_it(connect, bytes_: bytes):
    client = await connect()
    client.transport.send(WSMsgType.TEXT, bytes_)
    assert await client.close_code() == 4400


@pytest.mark.parametrize("since", ["1-1\n", "1", "-", "9" * 20 + "-0", "1-" + "9" * 20])
async def test_what_is_no_cursor_never_reaches_valkey(connect, ada, caplog, since: str):
    client = await connect()
    client.say(t="hello", token=ada.token(), since=since)
    assert await client.close_code() == 4400
    assert "Valkey refused" not in caplog.text


async def test_bytes_are_no_text(connect):
    client = await connect()
    client.transport.send(WSMsgType.BINARY, b'{"t":"hello","token":"x"}')
    assert await client.close_code() == 4400


async def test_a_frame_too_large_ends_it(connect):
    client = await connect()
    client.transport.send(WSMsgType.TEXT, b"x" * 20_000)
    assert await client.close_code() in (1009, 1006)


async def test_who_floods_is_cut_off_and_others_are_not(connect, ada, ben, tell_note):
    flooding, other = await connect(ada), await connect(ben)
    for _ in range(60):
        flooding.say(t="typing", conversation_id=str(uuid4()), on=True)
    assert await flooding.close_code() == 4429
    await tell_note(ben, 1)
    assert (await other.hear("note"))["n"] == 1


async def test_one_person_opens_only_so_many(connect, start_gateway, ada, ben):
    gateway = await start_gateway(connections_per_user=2)
    first, _ = await connect(ada, to=gateway), await connect(ada, to=gateway)
    third = await connect(to=gateway)
    third.say(t="hello", token=ada.token())
    assert await third.close_code() == 4429
    await connect(ben, to=gateway)
    first.vanish()
    await first.close_code()

    async def is_gone() -> bool:
        return bool(gateway.hub.has_room(ada.identity))

    await until(is_gone)
    await connect(ada, to=gateway)


async def test_only_so_many_may_be_silent_and_they_lock_nobody_out(connect, start_gateway, ada):
    gateway = await start_gateway(connections_without_hello=2)
    first, second = await connect(to=gateway), await connect(to=gateway)
    await connect(ada, to=gateway)
    assert await first.close_code() == 4408
    assert not second.closed.done()


async def test_a_page_of_another_site_may_not_connect(connect, ada, start_gateway):
    with pytest.raises(WSHandshakeError):
        await connect(ada, extra_headers={"Origin": "https://evil.example"})
    for nonsense in ("null", "http://[", "//"):
        with pytest.raises(WSHandshakeError):
            await connect(ada, extra_headers={"Origin": nonsense})
    await connect(ada, extra_headers={"Origin": "http://127.0.0.1:8000"})
    allowing = await start_gateway(origins=("https://meet.example/",))
    await connect(ada, to=allowing, extra_headers={"Origin": "https://meet.example"})


async def test_health_tells_strangers_nothing_about_people(gateway: Gateway, connect, ada):
    await connect(ada)

    def ask() -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{gateway.port}/health") as answer:
            return bytes(answer.read())

    assert await asyncio.to_thread(ask) == b'{"status":"ok"}'


async def test_over_tls(connect, ada, start_gateway, tmp_path):
    certificate, private_key = own_certificate(tmp_path / "tls", "127.0.0.1")
    gateway = await start_gateway(tls_certificate=str(certificate), tls_key=str(private_key))
    trusting = ssl.create_default_context(cafile=str(certificate))
    await connect(ada, to=gateway, scheme="wss", ssl_context=trusting)


async def test_two_gateways_share_a_port(connect, start_gateway, ada):
    first = await start_gateway(reuse_port=True)
    second = await start_gateway(reuse_port=True, port=first.port)
    for _ in range(12):
        await connect(ada, to=first.port)
    assert len(first.hub.connections) + len(second.hub.connections) == 12
