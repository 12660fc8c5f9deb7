"""Folders say what a test needs, and a run begins with what takes long."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from tests import tiers
from tests.tiers import Tier

TESTS = Path(__file__).resolve().parents[2]


@dataclass(eq=False)
class Item:
    nodeid: str
    markers: set[str] = field(default_factory=set)

    def get_closest_marker(self, name: str) -> str | None:
        return name if name in self.markers else None


@pytest.mark.parametrize(
    ("path", "tier"),
    [
        ("tests/kit/realtime/rules/test_frames.py::test_here", Tier.rules),
        ("tests/money/wallet/crashes/test_transfers.py::test_here[1]", Tier.crashes),
        ("tests/meeting/properties/test_bookkeeping.py::test_here", Tier.properties),
        ("tests/integrations/payments/stripe/test_client.py::test_here", Tier.providers),
        ("tests/integrations/payments/rules/test_money.py::test_here", Tier.rules),
        ("tests/money/payments/test_orders.py::test_here", Tier.stories),
        ("tests/e2e/test_talk.py::test_here", Tier.e2e),
        ("tests/test_schema.py::test_here", Tier.stories),
    ],
)
def test_a_folder_tells_the_tier(path: str, tier: Tier):
    assert tiers.tier_of(path) is tier


@pytest.mark.parametrize("workers", [1, 2, 3, 5])
def test_every_worker_begins_with_its_part_of_the_long_ones(workers: int):
    items = [
        *(Item(f"tests/meeting/test_{n}.py::test_here") for n in range(40)),
        *(Item(f"tests/meeting/crashes/test_{n}.py::test_here") for n in range(5)),
        *(Item(f"tests/commands/test_{n}.py::test_here", {"slow"}) for n in range(5)),
    ]
    order = cast("list[Any]", tiers.spread(cast("Any", items), workers))
    assert {item.nodeid for item in order} == {item.nodeid for item in items}
    assert len(order) == len(items)
    begun = 0
    for number in range(workers):
        share = (len(items) - begun) // (workers - number)
        firsts = order[begun : begun + 10 // workers]
        assert all("crashes" in item.nodeid or item.markers for item in firsts)
        begun += share


def test_few_tests_and_many_workers_lose_none():
    items = [Item(f"tests/meeting/crashes/test_{n}.py::test_here") for n in range(3)]
    assert len(tiers.spread(cast("Any", items), 8)) == 3


def test_generated_histories_stand_in_their_folder():
    generating = (file for file in TESTS.rglob("test_*.py") if "from hypothesis" in file.read_text())
    tier = {path: tiers.tier_of(f"tests/{path}") for path in (str(file.relative_to(TESTS)) for file in generating)}
    assert Tier.properties in tier.values()
    assert [path for path in tier if tier[path] not in {Tier.rules, Tier.properties, Tier.crashes}] == []
