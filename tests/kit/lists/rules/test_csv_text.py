"""Cells as spreadsheets read them."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from meydan.kit.lists import Cell, csv_lines


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_no_text_begins_a_formula(text: str):
    assert csv_lines([[text]]).strip('"').startswith("'")


def test_neither_does_a_part_that_other_separators_cut_out():
    assert csv_lines([["a;=1;b\n@c"]]) == "\"a;'=1;b\n'@c\"\r\n"


def test_numbers_and_other_texts_stay_as_they_are():
    istanbul = timezone(timedelta(hours=3))
    row: list[Cell] = [
        "İpek, a-b=c",
        -30,
        Decimal("-49.90"),
        Decimal(0).scaleb(-2),
        None,
        datetime(2026, 3, 10, tzinfo=istanbul),
    ]
    assert csv_lines([row]) == '"İpek, a-b=c",-30,-49.90,0.00,,2026-03-09T21:00:00Z\r\n'
    assert csv_lines([['say "hi"', datetime(2026, 1, 1, tzinfo=UTC)]]) == '"say ""hi""",2026-01-01T00:00:00Z\r\n'
