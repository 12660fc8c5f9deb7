"""Tests that a room's change can reach: its own, and those of rooms above it, by what imports what.

`python scripts/rooms.py gifts` prints paths for pytest. A room is named by its last component (gifts). Two that share
one are named by more of their paths (integrations/payments); by the shared name both are taken.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
WIRING = "commands"
"""Imports every room past its face; only the tests of those commands are taken that import what was changed."""


class UnknownRoom(Exception):
    pass


class House:
    """The packages under ``src/meydan``, and which module imports which."""

    def __init__(self, root: Path = ROOT) -> None:
        self._source, self._tests = root / "src/meydan", root / "tests"
        files = {PurePosixPath(file.relative_to(self._source)): file for file in self._source.rglob("*.py")}
        self._rooms = {path.parent for path in files if path.name == "__init__.py" and path.parent.parts}
        self._modules = {_name(path): path for path in files}
        self._importers: dict[str, set[str]] = defaultdict(set)
        for name, path in self._modules.items():
            for imported in self._imports(name, files[path]):
                self._importers[imported].add(name)

    def rooms_called(self, name: str) -> set[PurePosixPath]:
        wanted = PurePosixPath(name.replace(".", "/")).parts
        found = {room for room in self._rooms if room.parts[-len(wanted) :] == wanted}
        if not found:
            raise UnknownRoom(f"There is no room {name}; there are {', '.join(sorted(map(str, self._rooms)))}.")
        return found

    def tests_of(self, name: str) -> list[Path]:
        """Folders and files with tests, none inside another."""
        begun = self.rooms_called(name)
        reached = self._reach({module for module, path in self._modules.items() if begun & {*path.parents}})
        paths = {self._folder_of(room) for room in begun}
        for module in reached:
            path = self._modules[module]
            if path.parent.parts and path.parts[0] != WIRING:
                paths.add(self._folder_of(path.parent))
            elif len(path.parts) > 2:
                paths.add(self._tests / WIRING / f"test_{path.parts[1]}.py")
            else:
                paths.add(self._tests / path.parent / f"test_{path.name}")
        there = {path for path in paths if path is not None and path.exists()}
        return sorted(path for path in there if not there & {*path.parents})

    def _folder_of(self, room: PurePosixPath) -> Path | None:
        """Tests mirror the tree: the nearest folder on the room's path."""
        folders = (self._tests / path for path in (room, *room.parents) if path.parts)
        return next((folder for folder in folders if folder.is_dir()), None)

    def _reach(self, modules: set[str]) -> set[str]:
        reached, ahead = set[str](), list(modules)
        while ahead:
            module = ahead.pop()
            if module not in reached:
                reached.add(module)
                ahead += self._importers[module]
        return reached

    def _imports(self, name: str, file: Path) -> Iterator[str]:
        """Modules of ours that run when this one is imported, those inside functions too."""
        for node in ast.walk(ast.parse(file.read_text())):
            wanted: list[str] = []
            if isinstance(node, ast.Import):
                wanted = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                wanted = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("meydan."):
                wanted = self._named(node.value)  # as import_module takes it
            for one in wanted:
                parts = one.split(".")
                for end in range(2, len(parts) + 1):  # a package runs before what is in it
                    if (imported := ".".join(parts[:end])) in self._modules and imported != name:
                        yield imported

    def _named(self, text: str) -> list[str]:
        """A module, or with a dot at the end those of a package."""
        if not text.endswith("."):
            return [text]
        return [module for module in self._modules if module.rpartition(".")[0] == text[:-1]]


def _name(path: PurePosixPath) -> str:
    parts = path.with_suffix("").parts
    return ".".join(["meydan", *(parts[:-1] if parts[-1] == "__init__" else parts)])


def main() -> None:
    try:
        found = House().tests_of(sys.argv[1])
    except UnknownRoom as error:
        sys.exit(str(error))
    print(*(path.relative_to(ROOT) for path in found), sep="\n")


if __name__ == "__main__":
    main()
