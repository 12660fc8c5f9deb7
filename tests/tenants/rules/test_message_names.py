"""A community's name stands in texts to strangers, and carries no message there."""

import pytest

from meydan.tenants import name_in_messages
from meydan.tenants.message_names import NEUTRAL


@pytest.mark.parametrize(
    "name", ["Meydan", "Chess & Friends", "Satranç 2024", "Kadıköy'de Akşam", "Καφενείο", "東京の広場", "Saint-Étienne"]
)
def test_a_name_is_a_name(name: str):
    assert name_in_messages(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "bit.ly/x", "Win at evil.example", "http evil", "www evil com", "evil․com", "ｅｖｉｌ．ｃｏｍ", "Call 05321234567",
        "٠٥٣٢١٢٣٤٥٦٧", "Your parcel is waiting here", "A" * 25, "a@b", "Free 💰", "line\nbreak", "\u202eon eman", "", "12",
        "evil com", "x/y", "#win", "Ara: beni",
    ],
)  # fmt: skip
def test_a_message_is_not_carried(name: str):
    assert name_in_messages(name) == NEUTRAL
