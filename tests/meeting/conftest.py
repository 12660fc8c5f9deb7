"""Stories in which the matcher runs when they say so."""

import pytest

from meydan.kit.runtime import runtime
from meydan.meeting import matcher
from tests.conftest import MovableClock


@pytest.fixture
def moving_clock(moving_clock: MovableClock) -> MovableClock:
    """Noon in Istanbul: rights are of a day, and no story of some hours crosses midnight, whenever it is told."""
    moving_clock.forward_to(9)
    return moving_clock


@pytest.fixture
def live_matcher() -> None:
    """Asked for by stories about the matcher that runs beside the API."""


@pytest.fixture(autouse=True)
def matcher_by_hand(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "live_matcher" not in request.fixturenames:
        monkeypatch.delitem(runtime._parts, matcher.Matcher, raising=False)
