"""A TCP link that can go silent: it stays open, and nothing passes any more, as when a firewall forgets it.

Answers alone can be held back too: then the engine did what it was asked, and the asker never learns it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class Link:
    """Forwards to an engine until ``silence``; ``restore`` lets everything through that was held back."""

    def __init__(self, url: str) -> None:
        target = urlsplit(url)
        assert target.hostname
        assert target.port
        self._target = target.hostname, target.port
        self._passes, self._answers_pass = asyncio.Event(), asyncio.Event()
        self._passes.set()
        self._answers_pass.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    def through(self, url: str) -> str:
        """The same address by way of this link."""
        return url.replace(f":{self._target[1]}/", f":{self.port}/")

    def silence(self) -> None:
        self._passes.clear()

    def hold_answers(self) -> None:
        self._answers_pass.clear()

    def cut(self) -> None:
        """Ends all connections, whose unread answers are lost. New ones pass."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
        self.restore()

    def restore(self) -> None:
        self._passes.set()
        self._answers_pass.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, here = await asyncio.open_connection(*self._target)
        self._writers |= {writer, here}
        await asyncio.gather(
            self._forward(reader, here, self._passes), self._forward(there, writer, self._passes, self._answers_pass)
        )

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *gates: asyncio.Event) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                for gate in gates:
                    await gate.wait()
                writer.write(data)
            for gate in gates:
                await gate.wait()
        writer.close()

    def close(self) -> None:
        self.restore()
        for writer in self._writers:
            writer.close()


@asynccontextmanager
async def link_to(url: str) -> AsyncIterator[Link]:
    link = Link(url)
    server = await asyncio.start_server(link.serve, "127.0.0.1", 0)
    link.port = server.sockets[0].getsockname()[1]
    try:
        yield link
    finally:
        server.close()
        link.close()
