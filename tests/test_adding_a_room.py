"""docs/adding-a-room.md makes a room that works and that the house accepts, if one does what it says."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs/adding-a-room.md"
_BLOCK = re.compile(r"^`([^`\n]+)`:\n\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LISTS = {".importlinter", "db/owners.toml", "src/meydan/rooms.py", "ARCHITECTURE.md", "web/src/app/rooms.ts"}
_OF_THE_HOUSE = [
    *("tests/test_architecture.py", "tests/test_schema_rules.py", "tests/test_schema.py", "tests/test_privacy.py"),
    *("tests/test_dialect.py", "tests/test_writing.py", "tests/test_docs.py"),
]

_OF_THE_CLIENT = [f"src/app/{name}.test.ts" for name in ("rooms", "data", "forms")]


@dataclass(frozen=True)
class Block:
    """A file, or a change of lines that are there."""

    path: str
    is_change: bool
    text: str

    def follow(self, house: Path) -> None:
        file = house / self.path
        if not self.is_change:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.text)
            return
        lines = self.text.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if not line.startswith("+"))
        after = "".join(line[1:] for line in lines if not line.startswith("-"))
        text = file.read_text()
        assert f"\n{text}".count(f"\n{before}") == 1, f"{self.path} does not have these lines once:\n{before}"
        file.write_text(f"\n{text}".replace(f"\n{before}", f"\n{after}")[1:])


def blocks(house: Path) -> Iterator[Block]:
    """The guide's blocks, with numbers in place of its letters for them."""
    newest = max((house / "db/migrations").glob("*.sql"))
    serves = re.search(r"^-- serves: (\d+)", newest.read_text(), re.MULTILINE)
    assert serves
    numbered = GUIDE.read_text().replace("NNNN", f"{int(newest.name[:4]) + 1:04}").replace("MMMM", serves[1])
    for path, language, text in _BLOCK.findall(numbered):
        yield Block(path, language == "diff", text)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """What git would keep of this tree, beside the installed packages."""
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    house = tmp_path / "house"
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (house / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, house / name)
    (house / "web/node_modules").symlink_to(ROOT / "web/node_modules")
    return house


class Commands:
    """Runs in the house what its guide and its checks run."""

    def __init__(self, house: Path) -> None:
        self._house = house
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
        self._environment = kept | {"PYTHONPATH": str(house / "src")}

    def python(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self._house,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"

    def npm(self, *words: str) -> None:
        self.python("scripts/npm.py", *words)

    def beside(self, *lanes: list[tuple[str, ...]]) -> None:
        """Each lane runs its commands one after the other, the lanes at the same time."""

        def run(lane: list[tuple[str, ...]]) -> None:
            for words in lane:
                self.python(*words)

        with ThreadPoolExecutor(len(lanes)) as threads:
            for done in [threads.submit(run, lane) for lane in lanes]:
                done.result()


def test_a_room_is_added_as_the_guide_says(house: Path):
    written = list(blocks(house))
    made, changed = ({block.path for block in written if block.is_change is kind} for kind in (False, True))
    assert changed == _LISTS
    assert all("/notices/" in path or path.endswith("_notices.sql") for path in made)
    for block in written:
        block.follow(house)

    npm = ("scripts/npm.py", "run", "--silent")
    commands = Commands(house)
    commands.beside(
        [("scripts/dump_schema.py",)],
        [("scripts/asyncapi.py",), ("web/scripts/openapi.py",), (*npm, "api")],
    )
    commands.beside(
        [
            ("-m", "ruff", "check", "--no-cache", "src/meydan/notices", "src/meydan/rooms.py", "tests/notices"),
            ("-m", "ruff", "format", "--no-cache", "--check", "src/meydan/notices", "tests/notices"),
            ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"),
            ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/notices", *_OF_THE_HOUSE),
        ],
        [
            (*npm, "messages"),
            (*npm, "layers"),
            ("scripts/npm.py", "exec", "--", "biome", "check", "src/features/notices", "src/app"),
            ("scripts/npm.py", "exec", "--", "tsc", "--noEmit"),
            ("scripts/npm.py", "exec", "--", "vitest", "run", "src/features/notices", *_OF_THE_CLIENT),
        ],
    )
    for block in written:  # what collects words has written no other than the guide's
        if block.path.endswith(".po"):
            assert (house / block.path).read_text() == block.text


def test_a_guide_that_fell_behind_is_noticed(tmp_path: Path):
    (tmp_path / "list").write_text("one\ntwo\n")
    Block("list", is_change=True, text=" one\n+more\n").follow(tmp_path)
    assert (tmp_path / "list").read_text() == "one\nmore\ntwo\n"
    with pytest.raises(AssertionError, match="does not have these lines once"):
        Block("list", is_change=True, text=" three\n+four\n").follow(tmp_path)
