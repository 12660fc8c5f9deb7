"""The offline shell: what the worker keeps, and what a rolling upgrade may not do to it."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import expect

from tests.e2e.conftest import Product, Visitors

SHELL_PAGES = "/(DoorPage|LandingPage|SquarePage|BannedPage)-"


@dataclass
class Proxy:
    """Stands between a browser and the product, and counts what is asked of the server."""

    target: int
    url: str = ""
    asked: Counter[str] = field(default_factory=Counter)
    answered_by_a_page: str | None = None
    """A path that gets a page in its place, as from a server that does not have it."""

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            self.asked[path] += 1
            length = re.search(rb"(?i)\ncontent-length: (\d+)", head)
            body = await reader.readexactly(int(length[1])) if length else b""
            if path == self.answered_by_a_page:
                page = b"<!doctype html>"
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
                    b"Content-Length: %d\r\n\r\n%s" % (len(page), page)
                )
                return
            answer, ask = await asyncio.open_connection("127.0.0.1", self.target)
            ask.write(head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) + body)
            while part := await answer.read(65_536):
                writer.write(part)
            ask.close()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the browser went away
        finally:
            writer.close()


@asynccontextmanager
async def standing_before(product: Product) -> AsyncIterator[Proxy]:
    proxy = Proxy(int(product.url.rsplit(":", 1)[1]))
    server = await asyncio.start_server(proxy.carry, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield proxy


async def test_the_worker_keeps_the_doors_and_never_a_page_for_a_script(product: Product, visitor: Visitors):
    async with standing_before(product) as proxy:
        guest = await visitor(host=proxy.url, service_workers="allow")
        page = guest.page
        await page.goto("/login")
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        await page.wait_for_function("navigator.serviceWorker.controller !== null")
        kept = await page.evaluate(
            "caches.keys().then((names) => caches.open(names[0])).then((cache) => cache.keys())"
            ".then((all) => all.map(({ url }) => new URL(url).pathname))"
        )
        assert any("/doors-" in path for path in kept)
        assert any("/SquarePage-" in path for path in kept)
        assert "/" in kept
        later_ones = [
            path for path in kept if re.search(r"\wPage-|letterbox", path) and not re.search(SHELL_PAGES, path)
        ]
        assert later_ones == []
        assets = {path: count for path, count in proxy.asked.items() if path.startswith("/assets/")}
        assert set(assets.values()) == {1}, assets  # neither page nor worker asked again

        worker = await page.evaluate("fetch('/sw.js').then((answer) => answer.text())")
        later = re.search(r"/assets/MePage-[^\"`]+\.js", worker)
        assert later is not None
        ask = "(path) => fetch(path).then((answer) => answer.headers.get('content-type'))"
        proxy.answered_by_a_page = later[0]
        assert "html" in await page.evaluate(ask, later[0])
        proxy.answered_by_a_page = None
        assert "javascript" in await page.evaluate(ask, later[0])
        before = proxy.asked[later[0]]
        assert "javascript" in await page.evaluate(ask, later[0])
        assert proxy.asked[later[0]] == before  # kept now

        await guest.context.set_offline(True)
        await page.goto("/reset")
        await expect(page.get_by_text("You are offline")).to_be_visible()
        await guest.context.set_offline(False)
