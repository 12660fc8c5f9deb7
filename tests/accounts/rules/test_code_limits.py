"""The steps by which asking gets dear and slow."""

from datetime import timedelta

import pytest

from meydan.accounts.sign_in.code_limits import difficulty_of, gap


@pytest.mark.parametrize(
    ("count", "difficulty"), [(0, 0), (2, 0), (3, 1), (5, 1), (6, 2), (11, 2), (12, 3), (1_000_000, 3)]
)
def test_the_next_request_is_dearer_the_more_there_were(count: int, difficulty: int):
    assert difficulty_of(count, free=3) == difficulty


def test_a_network_waits_twice_as_long_each_time_and_half_an_hour_in_the_end():
    seconds = [gap(sent).total_seconds() for sent in range(10)]
    assert seconds == [30, 30, 30, 60, 120, 240, 480, 960, 1800, 1800]
    assert gap(10**9) == timedelta(minutes=30)
