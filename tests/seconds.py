"""Seconds per room and the slowest tests, printed by every run; those of several workers are summed."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import PurePosixPath

import pytest

SLOWEST = 25
DISTRICTS = {"money"}
"""Folders whose rooms are counted one by one."""


def room_of(node_id: str) -> str:
    """The room whose folder a test stands in; ``tests`` for those of no room."""
    folders = PurePosixPath(node_id.partition("::")[0]).parts[1:-1]
    return "/".join(folders[: 2 if folders[:1] and folders[0] in DISTRICTS else 1]) or "tests"


def by_seconds(seconds: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(seconds.items(), key=lambda pair: -pair[1])


class Seconds:
    """What each test took: its setup, its call and its teardown."""

    def __init__(self) -> None:
        self._of_tests: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._of_tests[report.nodeid] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._of_tests:
            return
        rooms: defaultdict[str, float] = defaultdict(float)
        for test, seconds in self._of_tests.items():
            rooms[room_of(test)] += seconds
        terminalreporter.section("seconds per room")
        for room, seconds in by_seconds(rooms):
            terminalreporter.write_line(f"{seconds:8.1f} s  {room}")
        terminalreporter.write_line(f"{sum(rooms.values()):8.1f} s  together, {len(self._of_tests)} tests")
        terminalreporter.section(f"the {SLOWEST} slowest")
        for test, seconds in by_seconds(self._of_tests)[:SLOWEST]:
            terminalreporter.write_line(f"{seconds:8.1f} s  {test}")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Seconds())
