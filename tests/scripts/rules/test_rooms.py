"""`make test room=…` finds the tests that a change can reach by reading imports, in whatever order rooms lie."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_spec = importlib.util.spec_from_file_location("rooms_of_tests", ROOT / "scripts/rooms.py")
assert _spec is not None
assert _spec.loader is not None
rooms = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(rooms)

TREE = {
    "kit/__init__.py": "",
    "kit/clock.py": "",
    "money/__init__.py": "",
    "money/wallet/__init__.py": "from meydan.money.wallet.ledger import transfer",
    "money/wallet/ledger.py": "from meydan.kit import clock",
    "money/gifts/__init__.py": "from meydan.money import wallet",
    "money/payments/__init__.py": "",
    "money/payments/adapters.py": "import_module(f'meydan.integrations.payments.{name}')",
    "integrations/__init__.py": "",
    "integrations/payments/__init__.py": "",
    "integrations/payments/stripe/__init__.py": "",
    "meeting/__init__.py": "",
    "meeting/late.py": "def sell():\n    import meydan.money.gifts",
    "app.py": "from meydan.meeting import late",
    "front.py": "from meydan import app",
    "commands/__init__.py": "",
    "commands/gifts.py": "from meydan.money import gifts",
    "commands/up.py": "",
    "commands/seed/__init__.py": "",
    "commands/seed/money.py": "from meydan.money import gifts",
}
TESTS = ["kit", "money/wallet", "money/gifts", "money/payments", "integrations/payments", "meeting", "commands", "e2e"]


@pytest.fixture
def house(tmp_path: Path) -> rooms.House:  # type: ignore[name-defined]
    for name, text in TREE.items():
        file = tmp_path / "src/meydan" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for folder in TESTS:
        (tmp_path / "tests" / folder).mkdir(parents=True)
    for test in ("test_front.py", "commands/test_gifts.py", "commands/test_seed.py", "commands/test_up.py"):
        (tmp_path / "tests" / test).touch()
    return rooms.House(tmp_path)


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        ("meeting", "meeting test_front.py"),
        ("gifts", "commands/test_gifts.py commands/test_seed.py meeting money/gifts test_front.py"),
        ("kit", "commands/test_gifts.py commands/test_seed.py kit meeting money/gifts money/wallet test_front.py"),
        ("money.wallet", "commands/test_gifts.py commands/test_seed.py meeting money/gifts money/wallet test_front.py"),
        ("stripe", "integrations/payments money/payments"),
        ("integrations/payments", "integrations/payments money/payments"),
        ("payments", "integrations/payments money/payments"),
        ("commands", "commands"),
    ],
)
def test_its_own_tests_and_those_of_whoever_imports_it(house: rooms.House, room: str, expected: str) -> None:  # type: ignore[name-defined]
    found = house.tests_of(room)
    assert " ".join(str(path).split("/tests/")[1] for path in found) == expected


def test_a_room_that_is_none_is_said(house: rooms.House) -> None:  # type: ignore[name-defined]
    with pytest.raises(rooms.UnknownRoom, match=r"no room cellar; there are .*money/wallet"):
        house.tests_of("cellar")


def test_ours_are_found_too() -> None:
    found = {str(path.relative_to(ROOT)) for path in rooms.House().tests_of("meeting")}
    assert {"tests/meeting", "tests/notifications"} <= found
    assert not {"tests/kit", "tests/accounts"} & found
