"""Aliases: letters of every script with their marks, one script at a time where letters look alike."""

import pytest

from meydan.accounts import AliasInvalid, AliasMixesScripts
from meydan.accounts.faces.aliases import read_alias


@pytest.mark.parametrize(
    "alias",
    [
        *["प्रिया", "সুমিতা", "தமிழ்", "กิตติ", "ခင်ခင်", "សុភា", "Ẹ́niọlá", "שָׂרָה", "Ayşe", "I\u0307pek", "さくら", "ﾊﾅｺ"],
        *["Анна", "Νίκος", "გიორგი", "محمد", "می\u200cخواهم", "क्\u200dष", "小明", "kedi_9021", "Ali ١٢", "ທອງຄຳ"],
        *["Tokyo東京", "กิตติ Bee", "Lan 란", "さくら花子"],
    ],
)
def test_names_of_every_script_are_aliases(alias: str):
    read_alias(alias)


@pytest.mark.parametrize(
    "alias",
    [
        *["", "a", "x" * 25, "a#b", "a  b", " . ", "a\0b", "\u202eevil", "<b>", "\u0301ab", "a \u0301b", "-ab", "ab."],
        *[
            "q\u0301\u0302\u0303\u0304\u0305bc",
            "ab\u200c",
            "a\u200db",
            "a\ufe0fb",
            "ab\u034f",
            "\u3164\u3164",
            "a\u20ddb",
            "😀😀",
        ],
    ],
)
def test_what_is_no_name_is_refused(alias: str):
    with pytest.raises(AliasInvalid):
        read_alias(alias)


@pytest.mark.parametrize("alias", ["Аnna", "pаypal", "Νikos", "admіn", "Анна Anna", "Ali 1١", "Ꭺlice", "かなथ"])
def test_scripts_that_look_alike_are_not_mixed(alias: str):
    with pytest.raises(AliasMixesScripts):
        read_alias(alias)
