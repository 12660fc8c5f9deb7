"""Typed text: what is pasted reads as if it had been typed."""

import pytest

from meydan.kit.typed_text import as_typed


@pytest.mark.parametrize(
    ("pasted", "typed"),
    [
        ("\u202a+90 532 123 45 67\u202c", "+90 532 123 45 67"),
        ("+90\u00a0532\u2011123", "+90 532-123"),
        ("＋９０ ５３２", "+90 532"),
        ("٠٥٣٢ ۱۲۳ १२३", "0532 123 123"),
        ("a\u200bb\ufeff@example.org\u2028", "ab@example.org"),
        ("  şifre  ", "şifre"),
        ("line\nbreak", "line\nbreak"),
    ],
)
def test_pasted_text_reads_as_typed(pasted: str, typed: str):
    assert as_typed(pasted) == typed
    assert as_typed(typed) == typed
