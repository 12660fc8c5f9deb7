"""docs/fraud.md says what is so."""

import re
from pathlib import Path

import msgspec

from meydan.money.fraud.cases import Choice
from meydan.money.fraud.rules import Rule
from meydan.money.fraud.settings import FraudSettings

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "fraud.md").read_text()


def test_every_setting_stands_there_with_its_default():
    told = {
        name: msgspec.json.decode(value)
        for name, value in re.findall(r"^\| `fraud\.(\w+)` \| `(.+)` \|$", PAGE, re.MULTILINE)
    }
    assert told == msgspec.structs.asdict(FraudSettings())


def test_every_rule_and_every_setting_is_explained():
    above = PAGE.split("## Settings")[0]
    for word in (*Rule, *Choice, *FraudSettings.__struct_fields__):
        assert f"`{word}`" in above, word
