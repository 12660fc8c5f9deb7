"""Twilio's API, as a small server of our own speaks it."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import pytest

from meydan.config import Sms
from meydan.integrations import Message, SendingFailed, Undeliverable
from meydan.integrations.sms import Twilio

ACCOUNT, TOKEN = "AC" + "0" * 32, "a secret"


class FakeTwilio:
    """Answers one request a connection; keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], dict[str, list[str]]]] = []
        self.answer: tuple[int, str] = (201, json.dumps({"sid": "SM1", "status": "queued"}))
        self.hangs = False
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *rest = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (one.split(": ", 1) for one in rest)}
        body = (await reader.readexactly(int(headers["content-length"]))).decode()
        self.requests.append((line, headers, parse_qs(body)))
        if not self.hangs:
            status, text = self.answer
            writer.write(
                f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(text)}\r\n"
                f"connection: close\r\n\r\n{text}".encode()
            )
            await writer.drain()
        writer.close()


@pytest.fixture
async def service() -> AsyncIterator[FakeTwilio]:
    fake = FakeTwilio()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    yield fake
    server.close()
    await server.wait_closed()


def settings(service: FakeTwilio, sender: str = "+15005550006") -> Sms:
    return Sms(
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_url=f"http://127.0.0.1:{service.port}",
        sender=sender,
    )


@pytest.fixture
async def twilio(service: FakeTwilio) -> AsyncIterator[Twilio]:
    adapter = Twilio(settings(service))
    yield adapter
    await adapter.close()


MESSAGE = Message("+905321112233", "123456 — kodunuz", code="123456")


async def test_a_text_is_sent_as_twilio_wants_it(service: FakeTwilio, twilio: Twilio):
    await twilio.send(MESSAGE)
    ((line, headers, form),) = service.requests
    assert line == f"POST /2010-04-01/Accounts/{ACCOUNT}/Messages.json HTTP/1.1"
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode() == f"{ACCOUNT}:{TOKEN}"
    assert form == {"To": ["+905321112233"], "From": ["+15005550006"], "Body": ["123456 — kodunuz"]}


async def test_a_messaging_service_may_be_the_sender(service: FakeTwilio):
    adapter = Twilio(settings(service, "MG" + "1" * 32))
    await adapter.send(MESSAGE)
    await adapter.close()
    form = service.requests[0][2]
    assert form["MessagingServiceSid"] == ["MG" + "1" * 32]
    assert "From" not in form


async def test_a_number_that_does_not_exist_is_not_tried_again(service: FakeTwilio, twilio: Twilio):
    words = "The 'To' number +905321112233 is not a valid phone number."
    service.answer = (400, json.dumps({"code": 21211, "message": words, "status": 400}))
    with pytest.raises(Undeliverable) as failure:
        await twilio.send(MESSAGE)
    assert "21211" in str(failure.value)
    assert MESSAGE.to not in str(failure.value), "nobody's number stands in a log"


@pytest.mark.parametrize("answer", [(429, '{"code": 20429}'), (500, "oops"), (503, ""), (502, "[1]")])
async def test_trouble_over_there_may_pass(service: FakeTwilio, twilio: Twilio, answer: tuple[int, str]):
    service.answer = answer
    with pytest.raises(SendingFailed):
        await twilio.send(MESSAGE)


async def test_a_connection_that_breaks_may_work_again(service: FakeTwilio, twilio: Twilio):
    service.hangs = True
    with pytest.raises(SendingFailed):
        await twilio.send(MESSAGE)
    service.hangs = False
    await twilio.send(MESSAGE)


async def test_nobody_listening_is_told_as_such():
    adapter = Twilio(Sms(twilio_account_sid=ACCOUNT, twilio_url="http://127.0.0.1:9"))
    with pytest.raises(SendingFailed):
        await adapter.send(MESSAGE)
    await adapter.close()
