"""Stories in which the matcher runs when they say so."""

import pytest

from meydan.kit import keys
from meydan.meeting import matcher
from tests.people import TOKEN_KEY


@pytest.fixture(autouse=True)
def installation_keys() -> None:
    keys.use(keys.Keys(token_key=TOKEN_KEY, seal_key="s" * 32))


@pytest.fixture
def live_matcher() -> None:
    """Asked for by stories about the matcher that runs beside the API."""


@pytest.fixture(autouse=True)
def matcher_by_hand(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "live_matcher" not in request.fixturenames:
        monkeypatch.setattr(matcher, "_open", None)
