"""`make screenshots`: pictures of every page and every part in all settings, side by side.

Starts a product of its own and fills it with the demo. Two people meet in it, and the routes of all rooms are walked.
Pictures lie in `.screenshots`, which git ignores. Its `index.html` has a row for each page.
"""

import asyncio
import html
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from meydan.commands.seed.demo_users import DEMO_PASSWORD  # noqa: E402  the path comes first
from tests.commands.conftest import meydan  # noqa: E402
from tests.e2e.conftest import (  # noqa: E402
    CHROMIUM_ARGUMENTS,
    DESKTOP,
    PHONE,
    Product,
    chromium,
    start_product,
    stop_product,
)
from tests.e2e.looks import Light, Look  # noqa: E402
from tests.e2e.parts_page import serve_parts  # noqa: E402
from tests.e2e.test_pages import put_on  # noqa: E402
from tests.waiting import PATIENCE  # noqa: E402

OUT = ROOT / ".screenshots"
LIGHTS: tuple[Light, ...] = ("day", "night", "dusk")
LOOKS = [Look(language, light, width) for language in ("tr", "en") for light in LIGHTS for width in (360, 1280)]
LARGE = [Look("tr", "day", 360, text=200)]
DOORS = ["/join", "/community", "/login", "/reset", "/terms", "/privacy"]
STAFF = "/staff"
# Pages that show nothing without what led there, or lead on at once.
LED_TO = {"/from-push", "/waiting"}

_ROUTE = re.compile(r"getParentRoute: \(\) => (\w+),\s*path: '([^']+)'")
_BRANCHES = {"root": "", "frame": "", "me": "/me", "staff": "/staff"}


def routes() -> list[str]:
    """Paths of all rooms' pages, `$name` where a page needs an id."""
    rooms = sorted((ROOT / "web/src/features").glob("*/room.tsx"))
    found = {"/me"}
    for room in rooms:
        for branch, path in _ROUTE.findall(room.read_text()):
            found.add((_BRANCHES[branch] + path).removesuffix("/") or "/")
    return sorted(found - LED_TO)


class Pictures:
    def __init__(self) -> None:
        self.rows: dict[str, list[Look]] = {}
        shutil.rmtree(OUT, ignore_errors=True)

    async def take(self, of: Page | Locator, name: str, look: Look) -> None:
        path = OUT / _file_of(name, look)
        path.parent.mkdir(parents=True, exist_ok=True)
        await of.screenshot(path=path, animations="disabled")
        self.rows.setdefault(name, []).append(look)

    def write_sheet(self) -> Path:
        rows = "".join(
            f"<h2 id='{html.escape(name)}'>{html.escape(name)}</h2><div>{''.join(_figures(name, looks))}</div>"
            for name, looks in self.rows.items()
        )
        sheet = OUT / "index.html"
        style = "body{font:14px sans-serif;background:#888}div{display:flex;gap:12px;overflow-x:auto;align-items:start}img{max-height:740px}figure{margin:0}"
        sheet.write_text(f"<!doctype html><meta charset=utf-8><title>Screenshots</title><style>{style}</style>{rows}")
        return sheet


def _file_of(name: str, look: Look) -> str:
    return f"{re.sub(r'[^a-zA-Z0-9]+', '-', name).strip('-') or 'home'}/{look}.png"


def _figures(name: str, looks: Iterable[Look]) -> Iterable[str]:
    for look in looks:
        yield f"<figure><figcaption>{look}</figcaption><img loading=lazy src='{_file_of(name, look)}'></figure>"


async def wear(page: Page, look: Look) -> None:
    """Language, ground and size as a person chooses them; the dusk of the shadow falls without changing the face."""
    size = PHONE if look.width == PHONE["width"] else DESKTOP
    await put_on(page, look.language, look.ground, size)


async def show(page: Page, path: str, look: Look) -> None:
    await page.goto(path)
    await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    await expect(page.locator("[role=status] [aria-hidden=true] .bg-line")).to_have_count(0)
    await page.evaluate(
        "([face, text]) => { if (face === 'shadow') document.documentElement.dataset.face = face;"
        " document.documentElement.style.fontSize = text }",
        [look.face, f"{look.text}%"],
    )


async def log_in(browser: Browser, product: Product, username: str) -> Page:
    context: BrowserContext = await browser.new_context(
        base_url=product.url, reduced_motion="reduce", service_workers="block", locale="en-GB"
    )
    context.set_default_timeout(PATIENCE * 1000)
    page = await context.new_page()
    await page.goto("/login")
    await page.get_by_label(re.compile("Phone, e-mail or user")).fill(username)
    await page.get_by_label("Password", exact=True).last.fill(DEMO_PASSWORD)
    await page.get_by_role("button", name="Log in", exact=True).click()
    await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    return page


async def meet(one: Page, other: Page) -> None:
    """The people of the demo speak Turkish."""
    for page in (one, other):
        await page.goto("/")
        await page.get_by_role("button", name="Biriyle tanış").click()
    for page in (one, other):
        await expect(page.get_by_label(re.compile("için mesaj$"))).to_be_visible()
    for page, words in ((one, "Selam"), (other, "İyi akşamlar. Meydan bu saatte ne güzel."), (one, "☕")):
        await page.get_by_label(re.compile("için mesaj$")).fill(words)
        await page.get_by_role("button", name="Gönder", exact=True).click()
        await expect(page.get_by_label("Yazılanlar").get_by_text(words, exact=True)).to_have_count(1)


async def addresses(page: Page, wanted: Iterable[str]) -> dict[str, str]:
    """An address for each path. One that needs an id takes the first such link on the page above it."""
    found: dict[str, str] = {}
    for path in wanted:
        if "$" not in path:
            found[path] = path
            continue
        pattern = re.compile(re.sub(r"\$\w+", "[^/?]+", path) + "$")
        above = path.split("/$", 1)[0]
        await show(page, above, LOOKS[0])
        links = await page.locator("main a[href]").evaluate_all("links => links.map((link) => link.pathname)")
        address = next((link for link in links if pattern.match(link)), None)
        if address is None:
            print(f"nothing leads to {path}: {above} has no link to one")
        else:
            found[path] = address
    return found


async def walk(page: Page, pictures: Pictures, paths: dict[str, str]) -> None:
    for look in LOOKS + LARGE:
        await wear(page, look)
        for name, address in paths.items():
            await show(page, address, look)
            await pictures.take(page, name, look)


async def walk_parts(browser: Browser, pictures: Pictures) -> None:
    page = await browser.new_page(reduced_motion="reduce")
    with serve_parts() as parts:
        for look in LOOKS + LARGE:
            await parts.show(page, look)
            for part in await page.locator("main > section").all():
                await pictures.take(part, f"part {await part.get_attribute('id')}", look)
            async for state in parts.states(page, look):
                await pictures.take(page, f"part {state}", look)


async def run(product: Product) -> None:
    pictures = Pictures()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
        await walk_parts(browser, pictures)
        guest = await browser.new_page(base_url=product.url, reduced_motion="reduce", service_workers="block")
        await guest.goto("/")
        await walk(guest, pictures, {"landing": "/"} | {door: door for door in DOORS})
        ayse, deniz = await log_in(browser, product, "ayse"), await log_in(browser, product, "deniz")
        await meet(ayse, deniz)
        inside = [path for path in routes() if path not in DOORS]
        await walk(ayse, pictures, await addresses(ayse, inside))
        await browser.close()
    print(f"{sum(map(len, pictures.rows.values()))} pictures: {pictures.write_sheet()}")


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="meydan-screenshots-"))
    folder.chmod(0o755)
    product = start_product(folder)
    try:
        for arguments in (
            ["seed", "--people", "60"],
            ["tenant", "staff", "default", "ayse", "--role", "owner"],
            ["tenant", "set", "default", "meeting.rematch_cooldown_days", "0"],  # the demo's two may have met
        ):
            made: subprocess.CompletedProcess[str] = meydan(*arguments, "--data", str(product.data))
            made.check_returncode()
        asyncio.run(run(product))
    finally:
        stop_product(product)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
