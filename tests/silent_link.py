"""A TCP link that can go silent: it stays open, and nothing passes any more, as when a firewall forgets it."""

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
        self._passes = asyncio.Event()
        self._passes.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    def through(self, url: str) -> str:
        """The same address by way of this link."""
        return url.replace(f":{self._target[1]}/", f":{self.port}/")

    def silence(self) -> None:
        self._passes.clear()

    def restore(self) -> None:
        self._passes.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, here = await asyncio.open_connection(*self._target)
        self._writers |= {writer, here}
        await asyncio.gather(self._forward(reader, here), self._forward(there, writer))

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                await self._passes.wait()
                writer.write(data)
            await self._passes.wait()
        writer.close()

    def close(self) -> None:
        self._passes.set()
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
