"""Local twin of the services that send text messages and e-mails: a file, and a page that a developer reads."""

import html
import os
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from meydan.integrations.message import Channel, Message
from meydan.kit import clock
from meydan.kit.files import write_whole

_SHOWN = 100
_LONGEST = 1_000_000


class Sent(Struct, frozen=True):
    """A line of the file: a message that a real service would have delivered."""

    to: str
    channel: Channel
    subject: str
    body: str
    code: str | None
    created_at: datetime


class LocalOutbox:
    """File of JSON lines, appended by the worker and read by the API. A file that grows long loses its older half."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def sender(self, channel: Channel) -> "LocalSender":
        return LocalSender(self, channel)

    def add(self, sent: Sent) -> None:
        """Appends a message."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        if self.file.exists() and self.file.stat().st_size > _LONGEST:
            lines = self.file.read_bytes().splitlines(keepends=True)
            write_whole(self.file, b"".join(lines[len(lines) // 2 :]))
        # A single write to a file opened for appending: two processes never mix their lines.
        descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, msgspec.json.encode(sent) + b"\n")
        finally:
            os.close(descriptor)

    def newest(self) -> list[Sent]:
        """The last messages, newest first."""
        if not self.file.exists():
            return []
        lines = self.file.read_bytes().splitlines()[-_SHOWN:]
        return [msgspec.json.decode(line, type=Sent) for line in reversed(lines)]


class LocalSender:
    """A channel's sender that appends to the local outbox."""

    def __init__(self, outbox: LocalOutbox, channel: Channel) -> None:
        self._outbox, self._channel = outbox, channel

    async def send(self, message: Message) -> None:
        self._outbox.add(Sent(message.to, self._channel, message.subject, message.body, message.code, clock.now()))


def page(sent: list[Sent]) -> str:
    """The outbox as HTML. It loads itself anew every three seconds."""
    rows = "".join(
        f"<article><header><b>{html.escape(one.to)}</b> <span>{one.channel}</span> "
        f"<time>{one.created_at:%H:%M:%S} UTC</time></header>"
        + (f"<p class=code>{html.escape(one.code)}</p>" if one.code else "")
        + f"<p>{html.escape(one.body)}</p></article>"
        for one in sent
    )
    return _PAGE.replace("{rows}", rows or "<p>Nothing has been sent yet.</p>")


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="3"><title>Outbox</title><style>
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}
article{border:1px solid #8884;border-radius:.75rem;padding:.75rem 1rem;margin:.75rem 0}
header{display:flex;gap:.75rem;align-items:baseline}time{margin-left:auto;opacity:.7;font-size:.85em}
span{opacity:.7}p{margin:.25rem 0;white-space:pre-wrap}.code{font:700 1.75rem/1.3 ui-monospace,monospace;letter-spacing:.15em}
</style></head><body><h1>Outbox</h1>
<p>What would have been sent by SMS and e-mail. This page exists because neither is set up here.</p>
<main aria-live="polite">{rows}</main></body></html>"""
