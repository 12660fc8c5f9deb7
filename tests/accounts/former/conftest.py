"""Stories in which the matcher runs when they say so."""

import pytest

from meydan.kit.runtime import runtime
from meydan.meeting import matcher
from tests.conftest import MovableClock


@pytest.fixture(autouse=True)
def matcher_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(runtime._parts, matcher.Matcher, raising=False)


@pytest.fixture
def moving_clock(moving_clock: MovableClock) -> MovableClock:
    """Noon in Istanbul, because rights and coins are of a day."""
    moving_clock.forward_to(9)
    return moving_clock
