"""Two browsers talk encrypted, are cut off, come back; the server never holds what they said."""

import asyncio
import base64
import re
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Route, expect

from meydan.engines.postgres import wheel_program
from tests.e2e.conftest import DESKTOP, PHONE, Person, Product, Visitors
from tests.e2e.talking import (
    Talk,
    Talker,
    another_tab,
    begin_anew,
    let_in,
    meet,
    new_browser,
    process_of,
)
from tests.waiting import until


@dataclass
class Two:
    ana: Talker
    bora: Talker
    conversation_id: str


@pytest.fixture
def two(product: Product) -> Two:
    community = f"talk-{uuid4().hex[:10]}"
    ana, bora = Talker(product, community, "kediadam"), Talker(product, community, "gecekusu")
    ana.register(found=True)
    bora.register(found=False)
    return Two(ana, bora, meet(ana, bora))


@dataclass
class Pages:
    ana: Talk
    bora: Talk
    ana_person: Person
    bora_person: Person


@pytest.fixture
async def pages(two: Two, visitor: Visitors) -> Pages:
    ana = await two.ana.enter(await visitor(viewport=PHONE))
    bora = await two.bora.enter(await visitor(viewport=DESKTOP, dark=True))
    return Pages(
        await Talk(ana.page, two.conversation_id).open(), await Talk(bora.page, two.conversation_id).open(), ana, bora
    )


async def test_two_strangers_talk(pages: Pages):
    """Sent, read, typing, presence; the number behind the lock is the same on both sides."""
    ana, bora = pages.ana, pages.bora
    await ana.say("good evening")
    await bora.hears("good evening")
    await bora.say("a lamp is on")
    await ana.hears("a lamp is on")
    await expect(ana.lines.get_by_text("read", exact=True)).to_have_count(1)
    await expect(ana.page.get_by_text("is here ·")).to_be_visible()
    await bora.field.press_sequentially("still wri")
    await expect(ana.page.get_by_text(re.compile("is writing… ·"))).to_be_visible()
    number = await ana.safety_number()
    assert len(number) == 12
    assert await bora.safety_number() == number
    for talk in (ana, bora):
        faults = (await Axe().run(talk.page)).response["violations"]
        assert [fault["id"] for fault in faults] == []


async def test_what_is_written_offline_is_sent_later_once_and_in_order(pages: Pages, two: Two):
    ana, bora = pages.ana, pages.bora
    await ana.say("before")
    await bora.hears("before")
    await pages.ana_person.context.set_offline(True)
    for text in ("first", "second", "third"):
        await ana.say(text)
    await expect(ana.lines.get_by_text("waiting to be sent")).not_to_have_count(0)
    await bora.say("meanwhile")
    await bora.hears("meanwhile")
    await expect(bora.lines.get_by_text("waiting to be sent")).to_have_count(0)
    await pages.ana_person.context.set_offline(False)
    await bora.hears("third")
    assert await bora.texts() == ["before", "meanwhile", "first", "second", "third"]
    await ana.hears("meanwhile")
    await expect(ana.lines.get_by_text("waiting to be sent")).to_have_count(0)
    log = two.bora.call("GET", f"/messages/{two.conversation_id}")["items"]
    assert [message["type"] for message in log].count("text") == 5


async def test_unsent_words_survive_a_closed_browser_page(pages: Pages, two: Two):
    ana, bora = pages.ana, pages.bora
    await ana.say("before")
    await bora.hears("before")
    await pages.ana_person.context.set_offline(True)
    await ana.say("kept")
    await expect(ana.lines.get_by_text("waiting to be sent")).to_have_count(1)
    await ana.page.close()
    await pages.ana_person.context.set_offline(False)
    again = await another_tab(pages.ana_person.context, two.conversation_id)
    await bora.hears("kept")
    await again.hears("kept")


async def test_two_tabs_stay_in_step(pages: Pages, two: Two):
    first, bora = pages.ana, pages.bora
    second = await another_tab(pages.ana_person.context, two.conversation_id)
    await first.say("from the first tab")
    await second.hears("from the first tab")
    await bora.say("to both")
    await asyncio.gather(first.hears("to both"), second.hears("to both"))
    await asyncio.gather(*(tab.say(f"{number} from {number}") for number, tab in enumerate((first, second))))
    for number in range(2):
        await bora.hears(f"{number} from {number}")
        await asyncio.gather(*(tab.hears(f"{number} from {number}") for tab in (first, second)))
    assert await first.texts() == await second.texts()


async def test_another_device_is_let_in_and_told_about(pages: Pages, two: Two, visitor: Visitors):
    ana, bora = pages.ana, pages.bora
    await ana.say("only for the first")
    await bora.hears("only for the first")
    before = await ana.safety_number()
    phone = await new_browser(two.bora, visitor, two.conversation_id)
    await let_in(phone, bora)
    await expect(phone.lines.get_by_text("before this browser joined the talk")).to_have_count(1)
    await expect(ana.lines.get_by_text("gecekusu is here with another device")).to_be_visible()
    await ana.say("for both of your devices")
    await asyncio.gather(bora.hears("for both of your devices"), phone.hears("for both of your devices"))
    await phone.say("from the phone")
    await asyncio.gather(ana.hears("from the phone"), bora.hears("from the phone"))
    numbers = [await page.safety_number() for page in (ana, bora, phone)]
    assert numbers == [before] * 3


async def test_a_key_that_changed_is_shown_and_nothing_is_sent_before_it_is_accepted(
    pages: Pages, two: Two, visitor: Visitors
):
    """Somebody with Bora's password begins with a new key, as a server that swaps one would."""
    ana, bora = pages.ana, pages.bora
    await ana.say("only for you")
    await bora.hears("only for you")
    before = await ana.safety_number()
    intruder = await new_browser(two.bora, visitor, two.conversation_id)
    await begin_anew(intruder)
    await expect(bora.page.get_by_text("Another browser has begun with a new key for you")).to_be_visible()
    await expect(ana.page.get_by_role("button", name="Look at the new number")).to_be_visible()
    await ana.say("is that you?")
    await expect(ana.lines.get_by_text("waiting to be sent")).to_have_count(1)
    for talk in (ana, bora, intruder):
        faults = (await Axe().run(talk.page)).response["violations"]
        assert [fault["id"] for fault in faults] == []
    log = two.ana.call("GET", f"/messages/{two.conversation_id}")["items"]
    assert [message["type"] for message in log].count("text") == 1

    await ana.accept_number()
    await intruder.hears("is that you?")
    await intruder.accept_number()
    await intruder.say("yes, a new phone")
    await ana.hears("yes, a new phone")
    assert await ana.safety_number() == await intruder.safety_number() != before


async def test_a_talk_whose_browsers_are_all_new_is_founded_anew(pages: Pages, two: Two, visitor: Visitors):
    """Both lost theirs: each waits for a device that is gone, then the two go on, once each has accepted the other."""
    await pages.ana.say("before")
    await pages.bora.hears("before")
    await pages.ana_person.context.close()
    await pages.bora_person.context.close()
    ana = await new_browser(two.ana, visitor, two.conversation_id)
    await begin_anew(ana)
    await ana.say("from my new browser")
    bora = await new_browser(two.bora, visitor, two.conversation_id)
    await begin_anew(bora)
    await ana.accept_number()
    await bora.hears("from my new browser")
    await bora.accept_number()
    await bora.say("here, too")
    await ana.hears("here, too")
    await expect(ana.lines.get_by_text("One message was sent before this browser joined the talk")).to_have_count(1)
    assert await ana.safety_number() == await bora.safety_number()


async def test_packages_that_the_server_plants_open_nothing(two: Two, visitor: Visitors):
    """Whichever side founds the group, its browser is handed a device that nobody signed, before the real one."""
    planted: list[str] = []

    async def plant(route: Route) -> None:
        answer = await route.fetch()
        if not answer.ok:  # both found at once, and this one comes second
            await route.fulfill(response=answer)
            return
        handed = await answer.json()
        for package in list(handed["packages"]):
            forged = bytearray(base64.b64decode(package["package"]))
            at = forged.index(UUID(package["device_id"]).bytes)
            forged[at + 16 : at + 48] = bytes(range(32))  # the operator's own identity key
            handed["packages"].insert(0, package | {"package": base64.b64encode(forged).decode()})
            planted.append(package["device_id"])
        await route.fulfill(response=answer, json=handed)

    people = [await two.ana.enter(await visitor(viewport=PHONE)), await two.bora.enter(await visitor(viewport=PHONE))]
    for person in people:
        await person.context.route("**/consume-key-packages", plant)
    ana, bora = [await Talk(person.page, two.conversation_id).open() for person in people]
    await ana.say("good evening")
    await bora.hears("good evening")
    await bora.say("to you, too")
    await ana.hears("to you, too")
    assert await ana.safety_number() == await bora.safety_number()
    for talk in (ana, bora):
        await talk.page.get_by_role("button", name="Safety number").click()
        await expect(talk.page.get_by_text("1 device of yours · 1 device of theirs")).to_be_visible()
    assert planted


async def test_leaving_ends_it_for_both(pages: Pages):
    ana, bora = pages.ana, pages.bora
    await ana.say("farewell")
    await bora.hears("farewell")
    await bora.page.get_by_role("button", name="Leave the talk").click()
    await bora.page.get_by_role("button", name="Leave", exact=True).click()
    await expect(ana.page.get_by_text("This talk is over")).to_be_visible()
    await ana.hears("farewell")
    await expect(ana.field).to_have_count(0)


CANARY = "kanarya-7f3a91-sarı-lamba"


def traces(folder: Path, text: str = CANARY) -> Iterator[Path]:
    """Files under the folder that hold the text, in any of the ways in which one lies on a disk."""
    plain = text.encode()
    forms = {plain, text.encode("utf-16-le"), plain.hex().encode(), base64.b64encode(plain)[:-4]}
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            if any(form in content for form in forms):
                yield file


async def to_the_disk(product: Product) -> None:
    """What PostgreSQL still holds in memory, too."""
    home = product.data / "engines/postgres"
    password, port = (home / "password").read_text(), (home / "port").read_text()
    connection = await asyncpg.connect(f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres")
    await connection.execute("checkpoint")
    await connection.close()


async def run(*command: str | Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


async def back_up(product: Product, folder: Path) -> None:
    """A backup, and beside it the backup written out as plain SQL: its own form is compressed."""
    archive = folder / "backup.tar"
    await run(sys.executable, "-m", "meydan", "backup", "--data", product.data, archive)
    with tarfile.open(archive) as opened:
        opened.extractall(folder / "opened", filter="data")
    [dump] = (file for file in (folder / "opened").rglob("*") if file.read_bytes().startswith(b"PGDMP"))
    await run(wheel_program("pg_restore"), f"--file={folder / 'backup.sql'}", dump)


async def test_what_is_said_is_nowhere_on_the_server(pages: Pages, product: Product, tmp_path: Path):
    """Database files, write-ahead log, Valkey's files, logs, jobs, a backup: the canary sings in none of them."""
    ana, bora = pages.ana, pages.bora
    await ana.say(CANARY)
    await bora.hears(CANARY)
    await bora.say(f"{CANARY}!")
    await ana.hears(f"{CANARY}!")
    await to_the_disk(product)
    await back_up(product, tmp_path)
    searched = [path for folder in (product.data, tmp_path) for path in folder.rglob("*") if path.is_file()]
    names = " ".join(str(path) for path in searched)
    for part in ("pg_wal", "base", "appendonly", "logs", "backup"):
        assert re.search(part, names), f"{part} was not searched"
    assert list(traces(product.log.parent)) == []
    assert list(traces(tmp_path)) == []
    # The search can find: an alias is no secret and lies in all three.
    found = " ".join(str(path) for folder in (product.data, tmp_path) for path in traces(folder, "kediadam"))
    for part in ("pg_wal", "base", "backup"):
        assert re.search(part, found), f"an alias was not found in {part}"


@pytest.mark.parametrize("part", ["api", "gateway"])
async def test_a_part_is_killed_in_the_middle(pages: Pages, product: Product, two: Two, part: str):
    """Every text once and in order, although the process that takes or brings them dies while they are sent."""
    ana, bora = pages.ana, pages.bora
    await ana.say("0")
    await bora.hears("0")
    process = await asyncio.to_thread(process_of, product, part)
    for number in range(1, 11):
        await ana.say(str(number))
        if number == 4:
            process.kill()
    await expect(bora.lines.get_by_text("10", exact=True)).to_have_count(1)
    assert await bora.texts() == [str(number) for number in range(11)]
    log = two.bora.call("GET", f"/messages/{two.conversation_id}")["items"]
    assert [message["type"] for message in log].count("text") == 11


async def test_logging_out_takes_the_words_along(pages: Pages):
    """Keys, texts and what was not sent: nothing of a talk stays in a browser that others may use."""
    ana = pages.ana
    await ana.say("between us")
    await pages.bora.hears("between us")
    vaults = (
        "indexedDB.databases().then(all => all.map(one => one.name).filter(name => name.startsWith('meydan-talk')))"
    )
    assert len(await ana.page.evaluate(vaults)) == 1
    await ana.page.goto("/me")
    await ana.page.get_by_role("button", name="Log out", exact=True).first.click()
    await expect(ana.page.get_by_role("link", name="Log in").first).to_be_visible()

    async def is_empty() -> bool:
        return bool(await ana.page.evaluate(vaults) == [])

    await until(is_empty, every=0.1)


async def test_enter_that_ends_a_word_of_an_input_method_sends_nothing(pages: Pages):
    """Safari's press, which Chromium cannot make: the composition is over, and only the key code tells."""
    ana, bora = pages.ana, pages.bora
    await ana.field.fill("yarım kalan")
    await ana.field.evaluate(
        """field => field.dispatchEvent(new KeyboardEvent('keydown',
            {key: 'Enter', keyCode: 229, isComposing: false, bubbles: true, cancelable: true}))"""
    )
    await expect(ana.field).to_have_value("yarım kalan")
    await ana.field.press("Enter")
    await bora.hears("yarım kalan")
    assert await bora.texts() == ["yarım kalan"], "once, by the press that meant it"
