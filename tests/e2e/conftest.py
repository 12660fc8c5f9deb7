"""The whole product as a newcomer starts it, and people with browsers in front of it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from meydan import web_client
from tests.commands.conftest import free_port, meydan
from tests.waiting import PATIENCE, wait_until

_ROOT = Path(__file__).parents[2]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
PASSWORD = "lamp-light-on-stone-42"

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Product:
    """A running ``meydan up``."""

    url: str
    data: Path
    clock_file: Path
    process: "subprocess.Popen[bytes]"
    log: Path

    def move_clock(self, *, hours: float) -> None:
        """From now on, for every process of the product."""
        self.clock_file.write_text(str(self._offset() + hours * 3600))

    def move_clock_to(self, hour: int) -> None:
        """To the next time that it is this hour, in UTC."""
        now = self.now()
        until = now.replace(hour=hour, minute=0, second=0) - now
        self.move_clock(hours=until.total_seconds() % 86_400 / 3600)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._offset())

    def _offset(self) -> float:
        return float(self.clock_file.read_text()) if self.clock_file.exists() else 0.0

    def code_sent_to(self, receiver: str) -> str:
        """The newest one-time code in the local outbox."""

        def codes() -> list[str]:
            sent = httpx.get(f"{self.url}/api/outbox", timeout=PATIENCE).json()
            return [str(entry["code"]) for entry in sent if entry["to"] == receiver and entry.get("code")]

        wait_until(codes)
        return codes()[0]


def start_product(folder: Path, port: int | None = None) -> Product:
    """``port`` is that of an earlier start: for browsers it is the same product then."""
    if not (web_client.STATIC / "index.html").exists():
        pytest.fail("the web client is not built: run `make client`")
    port, log, clock_file = port or free_port(), folder / "up.log", folder / "clock"
    environment = {
        **os.environ,
        "MEYDAN_CLOCK_FILE": str(clock_file),
        "MEYDAN_TENANTS_FOUNDING": "open",
        "MEYDAN_TENANTS_FOUNDINGS_PER_DAY": "1000",
        "MEYDAN_TENANTS_FOUNDINGS_PER_NETWORK_DAY": "1000",
        "PYTHONUNBUFFERED": "1",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "meydan", "up", "--data", str(folder / "data"), "--port", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    product = Product(f"http://127.0.0.1:{port}", folder / "data", clock_file, process, log)

    def is_up() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return httpx.get(f"{product.url}/api/health", timeout=PATIENCE).status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_until(is_up)
    except BaseException:
        process.kill()
        raise
    return product


def stop_product(product: Product) -> None:
    product.process.terminate()
    try:
        product.process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        product.process.kill()
        raise


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    folder = Path(tempfile.mkdtemp(prefix="meydan-e2e-"))
    folder.chmod(0o755)
    running = start_product(folder)
    one_network = ("accounts.codes_per_ip_address_hour", "100000")  # from which all people of these stories come
    meydan("tenant", "set", "default", *one_network, "--data", str(running.data)).check_returncode()
    yield running
    stop_product(running)
    shutil.rmtree(folder, ignore_errors=True)


def chromium() -> str:
    found = subprocess.run(["sh", _ROOT / "scripts/chromium"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or pytest.fail("there is no Chromium: run `sh scripts/deps`")


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
        yield running
        await running.close()


@dataclass
class Person:
    """Somebody with a browser of their own."""

    context: BrowserContext
    page: Page
    phone: str = ""
    alias: str = ""
    host: str | None = None
    """URL of a community at a name of its own; None at the product's main address."""
    errors: list[str] = field(default_factory=list)


Visitors = Callable[..., Awaitable[Person]]


_failed = pytest.StashKey[bool]()
PICTURES = Path(__file__).parent / ".failures"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_failed] = report.failed
    return report


@pytest.fixture
async def visitor(browser: Browser, product: Product, request: pytest.FixtureRequest) -> AsyncIterator[Visitors]:
    """Opens a browser context: ``await visitor()``; everything is closed when the test ends.

    Animations and the worker that stores the shell are half of a browser's processor time: stories about them ask for them.
    """
    people: list[Person] = []

    async def open_one(
        *,
        viewport: dict[str, int] = PHONE,
        language: str = "en-GB",
        dark: bool = False,
        host: str | None = None,
        reduced_motion: Literal["reduce", "no-preference"] = "reduce",
        service_workers: Literal["allow", "block"] = "block",
        **options: Any,
    ) -> Person:
        context = await browser.new_context(
            base_url=host or product.url,
            viewport={"width": viewport["width"], "height": viewport["height"]},
            locale=language,
            color_scheme="dark" if dark else "light",
            reduced_motion=reduced_motion,
            service_workers=service_workers,
            **options,
        )
        context.set_default_timeout(PATIENCE * 1000)
        page = await context.new_page()
        person = Person(context, page, host=host)
        page.on("pageerror", lambda error: person.errors.append(str(error)))
        people.append(person)
        return person

    yield open_one
    for number, person in enumerate(people):
        if request.node.stash.get(_failed, False):  # what they saw when it went wrong
            PICTURES.mkdir(exist_ok=True)
            await person.page.screenshot(path=PICTURES / f"{request.node.name}-{number}.png")
        await person.context.close()
    assert not [error for person in people for error in person.errors], "a page threw an error"
