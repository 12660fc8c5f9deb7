"""Serves the page of parts to a browser, and leads through it."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.async_api import Page, expect

from hatch_build import build_parts
from tests.e2e.looks import Look

OPEN = "dialog[open], [data-radix-popper-content-wrapper], [role=status]:has(button)"
_ROOT = Path(__file__).parents[2]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@dataclass(frozen=True)
class PartsPage:
    url: str

    async def show(self, page: Page, look: Look, *, alone: str | None = None) -> None:
        """Opens all parts, or one state that is a page of its own."""
        await self.put_on(page, look)
        settings = {"language": look.language, "ground": look.ground, "face": look.face, "text": str(look.text)}
        await page.goto(f"{self.url}?{urlencode(settings | ({'alone': alone} if alone else {}))}")
        opens = page.locator("[data-opens]").get_by_role("button").first
        await expect(page.get_by_role("heading", level=1).first.or_(opens).first).to_be_visible()
        await page.add_style_tag(content="* { transition: none !important }")  # colours are there at once
        await page.evaluate("document.fonts.ready.then(() => true)")
        if alone and await opens.count():
            await opens.click()
            await expect(page.locator(OPEN).first).to_be_visible()

    async def put_on(self, page: Page, look: Look) -> None:
        """Changes what needs no other words."""
        await page.set_viewport_size({"width": look.width, "height": 740})
        await page.evaluate(
            "([ground, face, text]) => { Object.assign(document.documentElement.dataset, { ground, face });"
            " document.documentElement.style.fontSize = text }",
            [look.ground, look.face, f"{look.text}%"],
        )

    async def states(self, page: Page, look: Look) -> AsyncIterator[str]:
        """Shows one after the other what needs a page of its own, or is there only when it is asked for."""
        await self.show(page, look)
        names = await page.evaluate(
            "[...document.querySelectorAll('a[data-alone], [data-opens]')].map((one) => one.parentElement.dataset.shown)"
        )
        for name in names:
            await self.show(page, look, alone=name)
            yield name


@contextmanager
def serve_parts() -> Iterator[PartsPage]:
    handler = partial(_Quiet, directory=str(build_parts(_ROOT)))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield PartsPage(f"http://127.0.0.1:{server.server_port}/parts.html")
        finally:
            server.shutdown()
