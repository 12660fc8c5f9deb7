"""The order of the house: rooms speak through their faces, and touch only tables they may."""

import ast
import importlib
import re
import sys
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
DISTRICT = "money"

READ = re.compile(r"\b(?:from|join)\s+(?:only\s+)?app\.(\w+)\b(?!\s*\()", re.IGNORECASE)
WRITE = re.compile(r"\b(?:insert\s+into|update|delete\s+from|merge\s+into)\s+app\.(\w+)\b", re.IGNORECASE)


def python_files() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def room_of(file: Path) -> str:
    """The package that a file belongs to; the rooms of money stand in a district of their own."""
    return room_in(file.relative_to(SOURCE).parts)


def room_in(parts: tuple[str, ...]) -> str:
    return parts[1] if parts[0] == DISTRICT and len(parts) > 1 else parts[0]


def folder_of(room: str) -> Path:
    return folder if (folder := SOURCE / DISTRICT / room).is_dir() else SOURCE / room


def face_of(room: str) -> set[str]:
    """The names that a room's ``__init__`` lists in ``__all__``: its structs, functions and whole files."""
    for node in ast.parse((folder_of(room) / "__init__.py").read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


@pytest.mark.parametrize("file", python_files(), ids=lambda file: str(file.relative_to(SOURCE)))
def test_rooms_are_entered_by_their_face(file: Path):
    wiring = file.name in WIRING or room_of(file) == "commands"
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.ImportFrom) or not node.module or not node.module.startswith("meydan."):
            continue
        parts = tuple(node.module.split(".")[1:])
        room = room_in(parts)
        if room not in ROOMS or room == room_of(file):
            continue
        inside = parts[2:] if parts[0] == DISTRICT else parts[1:]
        names = set(inside[-1:]) or {alias.name for alias in node.names}
        allowed = face_of(room) if not inside else set()
        past = names - allowed - (WIRED if wiring else set())
        assert not past, f"{file.relative_to(SOURCE)} imports {sorted(past)} of {node.module} past the face of {room}"


@pytest.mark.parametrize("room", OWNERS)
def test_a_room_touches_only_tables_it_may(room: str):
    readable = {room, "tenants", "kit", *OWNERS[room]["reads"]}
    for file in sorted(folder_of(room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            for table in WRITE.findall(node.value):
                assert OWNER_OF[table] == room, f"{file.name} writes {table}, which belongs to {OWNER_OF[table]}"
            for table in READ.findall(node.value):
                assert OWNER_OF[table] in readable, f"{file.name} reads {table}, which belongs to {OWNER_OF[table]}"


@pytest.mark.parametrize(
    "file", sorted((ROOT / "db" / "functions").rglob("*.sql")), ids=lambda file: f"{file.parent.name}/{file.stem}"
)
def test_an_sql_function_touches_only_tables_that_its_room_may(file: Path):
    room = file.parent.name
    readable = {room, "tenants", "kit", *OWNERS[room]["reads"]}
    statements = re.sub(r"--.*", "", file.read_text())
    assert {OWNER_OF[table] for table in WRITE.findall(statements)} <= {room}
    assert {OWNER_OF[table] for table in READ.findall(statements)} <= readable


def test_the_clients_rooms_are_pythons():
    folders = {folder.name for folder in (ROOT / "web/src/features").iterdir() if folder.is_dir()}
    assert folders <= set(ROOMS)


def test_every_table_has_an_owner():
    tables = re.findall(r"^CREATE TABLE app\.(\w+)", (ROOT / "db" / "schema.sql").read_text(), re.MULTILINE)
    assert set(tables) == set(OWNER_OF)


def test_the_order_of_tables_is_the_order_of_imports():
    layers = re.search(r"layers =\n((?:    [\w.]+\n)+)", (ROOT / ".importlinter").read_text())
    assert layers
    order = [layer.rpartition(".")[2] for layer in layers.group(1).split()]
    for room, entry in OWNERS.items():
        for read in entry["reads"]:
            assert order.index(read) > order.index(room), f"{room} is below {read}"


def test_the_wiring_imports_every_file_that_registers():
    """A room that nobody imports would lose its jobs and keep what erasing should take."""
    rooms = importlib.import_module("meydan.rooms")
    assert rooms.routes()
    registering = {
        ".".join(("meydan", *file.relative_to(SOURCE).with_suffix("").parts))
        for file in python_files()
        if file.name in {"tasks.py", "personal_data.py", "listeners.py"}
    }
    assert registering <= set(sys.modules)
