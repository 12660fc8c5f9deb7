"""What a developer reads instead of a phone."""

import asyncio
from pathlib import Path

import httpx
import msgspec
import pytest
from litestar import Litestar

from meydan import config, integrations
from meydan.integrations import Channel, LocalOutbox, Message
from meydan.integrations.mail import Smtp
from meydan.integrations.sms import Twilio
from meydan.kit.runtime import runtime
from tests.accounts.conftest import Queue, new_phone


def settings(folder: Path, **changes) -> config.Settings:
    return config.Settings(data=folder, **changes)


async def test_what_was_sent_is_read_newest_first(tmp_path: Path):
    outbox = LocalOutbox(tmp_path / "deep" / "outbox.jsonl")
    assert outbox.newest() == []
    await outbox.sender(Channel.sms).send(Message("+905321112233", "123456 kodunuz", code="123456"))
    await outbox.sender(Channel.email).send(Message("a@example.org", "text", subject="Hello"))
    second, first = outbox.newest()
    assert (first.to, first.channel, first.code) == ("+905321112233", Channel.sms, "123456")
    assert (second.to, second.channel, second.subject, second.code) == ("a@example.org", Channel.email, "Hello", None)
    assert outbox.file.stat().st_mode & 0o777 == 0o600


async def test_many_at_once_do_not_mix(tmp_path: Path):
    outbox = LocalOutbox(tmp_path / "outbox.jsonl")
    sender = outbox.sender(Channel.sms)
    await asyncio.gather(*(asyncio.to_thread(asyncio.run, sender.send(Message("+90", "x" * 500))) for _ in range(50)))
    assert len(outbox.file.read_text().splitlines()) == 50
    assert all(msgspec.json.decode(line)["body"] == "x" * 500 for line in outbox.file.read_bytes().splitlines())


async def test_it_does_not_grow_for_ever(tmp_path: Path):
    outbox = LocalOutbox(tmp_path / "outbox.jsonl")
    sender = outbox.sender(Channel.sms)
    for number in range(400):
        await sender.send(Message("+90", f"{number} " + "x" * 5000))
    assert outbox.file.stat().st_size < 1_100_000
    assert outbox.file.stat().st_mode & 0o777 == 0o600
    assert outbox.newest()[0].body.startswith("399 ")


async def test_services_take_its_place_when_they_are_set_up(tmp_path: Path):
    async with integrations.opened(settings(tmp_path)) as adapters:
        assert adapters.channels == set(Channel)
        assert adapters.local_outbox is not None
    sms, mail = config.Sms(twilio_account_sid="AC1", cost_cents=7), config.Mail(host="mail.example.org")
    async with integrations.opened(settings(tmp_path, sms=sms)) as adapters:
        assert isinstance(adapters.sender(Channel.sms), Twilio)
        assert adapters.local_outbox is not None, "e-mail still goes there"
        assert adapters.sms_cost_cents == 7
        assert integrations.current() is adapters
    async with integrations.opened(settings(tmp_path, sms=sms, mail=mail)) as adapters:
        assert isinstance(adapters.sender(Channel.email), Smtp)
        assert adapters.local_outbox is None


async def test_production_has_no_stand_in(tmp_path: Path):
    production = settings(
        tmp_path, environment=config.Environment.production, mail=config.Mail(host="mail.example.org")
    )
    async with integrations.opened(production) as adapters:
        assert adapters.channels == {Channel.email}
        assert adapters.local_outbox is None


async def test_the_page_shows_the_code_and_nothing_runs_in_it(app: Litestar, api: httpx.AsyncClient, queue: Queue):
    phone = new_phone()
    await api.post("/api/auth/send-otp", json={"channel": "sms", "to": phone, "purpose": "register"})
    await queue.work()
    newest = (await api.get("/api/outbox")).json()[0]
    assert newest["to"] == phone
    assert newest["code"] in newest["body"]
    outbox = integrations.current().local_outbox
    assert outbox is not None
    await outbox.sender(Channel.sms).send(Message("<script>", "<b>&"))
    page = (await api.get("/outbox")).text
    assert phone in page
    assert newest["code"] in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("path", ["/outbox", "/api/outbox"])
async def test_without_a_stand_in_there_is_no_page(app: Litestar, api: httpx.AsyncClient, path: str):
    with runtime.using(msgspec.structs.replace(integrations.current(), local_outbox=None)):
        assert (await api.get(path)).status_code == 404
