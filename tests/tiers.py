"""Tiers of the suite, each told by a folder; and the order of a run: what takes long begins first, on every worker."""

import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import PurePosixPath

import pytest


class Tier(StrEnum):
    rules = "rules"
    """Needs no engine."""
    stories = "stories"
    crashes = "crashes"
    """Processes and connections are killed in the middle."""
    properties = "properties"
    """Histories are generated, and held against a model."""
    providers = "providers"
    """Payment providers' protocols, against servers that speak them."""
    e2e = "e2e"


_FOLDERS = {tier.value: tier for tier in (Tier.rules, Tier.crashes, Tier.properties, Tier.e2e)} | {
    "payments": Tier.providers
}
_LONG = {Tier.crashes, Tier.properties}


def tier_of(node_id: str) -> Tier:
    """The tier of a test by its path, relative to the root."""
    folders = PurePosixPath(node_id.partition("::")[0]).parts[1:-1]
    for folder in reversed(folders):
        if folder in _FOLDERS and (folder != "payments" or "integrations" in folders):
            return _FOLDERS[folder]
    return Tier.stories


def spread(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """Long tests at the front of each worker's share, which is one piece of the whole order."""
    long = [item for item in items if tier_of(item.nodeid) in _LONG or item.get_closest_marker("slow")]
    taken = set(long)
    rest = [item for item in items if item not in taken]
    order: list[pytest.Item] = []
    for number in range(workers):
        mine = long[number::workers]
        share = (len(items) - len(order)) // (workers - number)
        order += mine + rest[: share - len(mine)]
        del rest[: max(0, share - len(mine))]
    return order + rest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tier", choices=[tier.value for tier in Tier], help="only tests of this tier")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if tier := config.option.tier:
        others = [item for item in items if tier_of(item.nodeid) != tier]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if tier_of(item.nodeid) == tier]
    items[:] = spread(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
