"""Recovery codes as people type them from paper."""

import pytest

from meydan.accounts.second_factor import recovery_codes


@pytest.mark.parametrize("typed", ["01a1k-m9p2x", "01A1K M9P2X", " olaik–m9p2x ", "oIalKm9p2x", "０１a1km9p2x"])
def test_however_it_is_typed_it_is_the_same(typed: str):
    assert recovery_codes.read(typed) == "01a1km9p2x"


@pytest.mark.parametrize("typed", ["", "123456", "123 456", "01a1k-m9p2", "01a1k-m9p2xx", "01a1k-m9p2u", "şifre-şifre"])
def test_anything_else_is_none(typed: str):
    assert recovery_codes.read(typed) is None
