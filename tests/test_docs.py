"""Commands, settings and files that the guides name exist."""

import re
import tomllib
from pathlib import Path

import click
import msgspec
import pytest

from meydan import tenants
from meydan.cli import cli
from meydan.integrations.payments import adapter
from meydan.integrations.payments.enums import ProviderName
from meydan.money.backoffice.settings import BackofficeSettings
from meydan.money.gifts.settings import GiftsSettings
from meydan.money.metering.settings import MeteringSettings
from meydan.money.premium.settings import PremiumSettings
from meydan.money.wallet.settings import WalletSettings

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks/README.md"]
MONEY = ROOT / "docs/money.md"
PAGE_OF = {ProviderName.google: "google-play"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_its_links_lead_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        file, _, heading = target.partition("#")
        if "://" in target:
            continue
        there = (page.parent / file) if file else page
        assert there.exists(), target
        if heading:
            headings = [
                re.sub(r"[^\w\s-]", "", line).strip().lower().replace(" ", "-")
                for line in re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE)
            ]
            assert heading in headings, target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_its_commands_are_there(page: Path):
    text = page.read_text()
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for target in re.findall(r"(?:`|^    |^)make ([a-z-]+)", text, re.MULTILINE):
        assert target in targets, f"make {target}"
    for words in re.findall(r"(?:`|^    |^|bin/)meydan ([a-z][^`\n]*)", text, re.MULTILINE):
        command: click.Command = cli
        for word in words.split():
            if not isinstance(command, click.Group):
                break
            assert word in command.commands, f"meydan {words}"
            command = command.commands[word]
        for option in re.findall(r"--[a-z-]+", words.split("  ")[0]):
            assert any(option in parameter.opts for parameter in command.params), f"meydan {words}"


def test_the_architecture_names_every_rooms_tables():
    said = re.findall(r"^\| (\w+) \| ([\w, ]+) \| ", (ROOT / "ARCHITECTURE.md").read_text(), re.MULTILINE)
    rooms = tomllib.loads((ROOT / "db/owners.toml").read_text())
    assert {room: sorted(tables.split(", ")) for room, tables in said} == {
        room: sorted(owned["tables"]) for room, owned in rooms.items() if room != "kit"
    }


def test_money_has_every_setting_of_coins_and_selling_with_its_default():
    said = re.findall(
        r"^\| `((?:premium|backoffice|wallet|gifts|metering)\.\w+)` \| (\d+) \|", MONEY.read_text(), re.MULTILINE
    )
    kinds: list[type[tenants.RoomSettings]] = [
        *(PremiumSettings, BackofficeSettings, WalletSettings, GiftsSettings, MeteringSettings)
    ]
    assert {key: int(value) for key, value in said} == {
        f"{kind.room}.{name}": value for kind in kinds for name, value in msgspec.structs.asdict(kind()).items()
    }


@pytest.mark.parametrize("name", [name for name in ProviderName if name is not ProviderName.local])
def test_a_providers_page_has_what_it_asks_an_operator_for(name: ProviderName):
    page = (ROOT / f"docs/payments/{PAGE_OF.get(name, name.value)}.md").read_text()
    for field in msgspec.structs.fields(adapter(name).account):
        if field.required:
            assert f"`{field.name}`" in page or f"\n{field.name} = " in page, field.name
    assert f"meydan payments connect SLUG {name}" in page
    assert f"/api/payments/webhooks/{name}/SLUG" in page
    assert f"payments/{PAGE_OF.get(name, name.value)}.md" in MONEY.read_text()
