"""Quiet hours in a person's own time zone, over midnight and over changes of the clock."""

from datetime import UTC, datetime

import pytest

from meydan.notifications import inbox
from meydan.notifications.push_preferences import PushDetail, PushKind, QuietHours
from meydan.notifications.push_words import previews, words
from meydan.tenants import Language

NIGHT = QuietHours(23 * 60, 7 * 60 + 30, "Europe/Istanbul")


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-30T19:59", None),
        ("2026-11-30T20:00", "2026-12-01T04:30"),
        ("2026-12-01T00:10", "2026-12-01T04:30"),
        ("2026-12-01T04:29", "2026-12-01T04:30"),
        ("2026-12-01T04:30", None),
    ],
)
def test_a_night_in_istanbul(now: str, end: str | None):
    found = NIGHT.end_after(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found == (end and datetime.fromisoformat(end).replace(tzinfo=UTC))


def test_an_afternoon_lies_on_one_day():
    rest = QuietHours(13 * 60, 15 * 60, "UTC")
    assert rest.end_after(datetime(2026, 5, 1, 12, 59, tzinfo=UTC)) is None
    assert rest.end_after(datetime(2026, 5, 1, 14, 0, tzinfo=UTC)) == datetime(2026, 5, 1, 15, 0, tzinfo=UTC)
    assert rest.end_after(datetime(2026, 5, 1, 15, 0, tzinfo=UTC)) is None


def test_in_the_night_in_which_the_clocks_change_the_wall_clock_counts():
    night = QuietHours(22 * 60, 8 * 60, "Europe/Berlin")
    spring, autumn = datetime(2026, 3, 28, 23, 0, tzinfo=UTC), datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
    assert night.end_after(spring) == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)
    assert night.end_after(autumn) == datetime(2026, 10, 25, 7, 0, tzinfo=UTC)


def test_every_code_says_whether_it_calls():
    assert set(inbox.PUSHED_AS) == set(inbox.Code)


@pytest.mark.parametrize("language", Language)
def test_every_kind_has_words_and_only_a_wish_brings_names(language: Language):
    said = {words(kind, PushDetail.kind, language, alias="Kedi") for kind in PushKind}
    assert len(said) == len(PushKind)
    assert not any("Kedi" in sentence for sentence in said)
    assert "Kedi" in words(PushKind.message, PushDetail.names, language, alias="Kedi")
    assert words(PushKind.money, PushDetail.names, language, alias="Kedi") in said
    assert words(PushKind.message, PushDetail.names, language) in said  # somebody whose alias is gone
    assert len({words(kind, PushDetail.nothing, language, alias="Kedi") for kind in PushKind}) == 1
    assert len(set(previews(language).values())) == len(PushDetail)
