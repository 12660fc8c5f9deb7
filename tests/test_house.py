"""The order of the house: rooms speak through their faces, and touch only tables they may."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "meydan"
OWNERS: dict[str, dict[str, list[str]]] = tomllib.loads((ROOT / "db" / "owners.toml").read_text())
ROOMS = [room for room in OWNERS if room != "kit"]
OWNER_OF = {table: room for room, entry in OWNERS.items() for table in entry["tables"]}

# The wiring knows every room, and beside a room's face its routes and tasks, however deep they stand.
WIRING = {"rooms.py", "cli.py"}
WIRED = {"routes", "tasks"}

READ = re.compile(r"\b(?:from|join)\s+(?:only\s+)?app\.(\w+)\b(?!\s*\()", re.IGNORECASE)
WRITE = re.compile(r"\b(?:insert\s+into|update|delete\s+from|merge\s+into)\s+app\.(\w+)\b", re.IGNORECASE)


def python_files() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def room_of(file: Path) -> str:
    return file.relative_to(SOURCE).parts[0]


@pytest.mark.parametrize("file", python_files(), ids=lambda file: str(file.relative_to(SOURCE)))
def test_rooms_are_entered_by_their_face(file: Path):
    wiring = file.name in WIRING or room_of(file) == "commands"
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.ImportFrom) or not node.module or not node.module.startswith("meydan."):
            continue
        parts = node.module.split(".")[1:]
        room, folder = parts[0], SOURCE.joinpath(*parts)
        files = {alias.name for alias in node.names if (folder / f"{alias.name}.py").exists()}
        inner = files or set(parts[1:][-1:])
        if room not in ROOMS or room == room_of(file) or not inner:
            continue
        assert wiring and inner <= WIRED, f"{file.name} imports {node.module} past the face of {room}"


@pytest.mark.parametrize("room", OWNERS)
def test_a_room_touches_only_tables_it_may(room: str):
    readable = {room, "tenants", "kit", *OWNERS[room]["reads"]}
    for file in sorted((SOURCE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            for table in WRITE.findall(node.value):
                assert OWNER_OF[table] == room, f"{file.name} writes {table}, which belongs to {OWNER_OF[table]}"
            for table in READ.findall(node.value):
                assert OWNER_OF[table] in readable, f"{file.name} reads {table}, which belongs to {OWNER_OF[table]}"


def test_every_table_has_an_owner():
    tables = {
        table
        for file in sorted((ROOT / "db" / "migrations").glob("*.sql"))
        for table in re.findall(r"create table app\.(\w+)", file.read_text())
    }
    assert tables == set(OWNER_OF)


def test_the_order_of_tables_is_the_order_of_imports():
    layers = re.search(r"layers =\n((?:    \w+\n)+)", (ROOT / ".importlinter").read_text())
    assert layers
    order = layers.group(1).split()
    for room, entry in OWNERS.items():
        for read in entry["reads"]:
            assert order.index(read) > order.index(room), f"{room} is below {read}"
