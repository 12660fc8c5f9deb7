"""`make test`: every section runs, and what failed stands together at the end."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SAYS = """#!/bin/sh
echo "$0 $*" >>said
case "$*" in
"scripts/rooms.py nowhere") echo "There is no room nowhere" >&2; exit 1 ;;
"scripts/rooms.py "*) echo tests/gifts; echo tests/meeting ;;
*"worksteal tests/e2e") echo "ERROR tests/e2e/test_b.py::test_c - Hung"; exit 1 ;;
*pytest*) echo "FAILED tests/test_a.py::test_b - assert 1 == 2"; exit 1 ;;
"python") echo "src/a.py:7: error: no such name"; echo "FAILED mypy: mypy"; exit 1 ;;
esac
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the script, in which every program it runs only says so, and tests and mypy fail."""
    for name in ("scripts/bootstrap", "scripts/deps", "scripts/lint", ".venv/bin/python"):
        program = tmp_path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(SAYS)
        program.chmod(0o755)
    (tmp_path / "tests/gifts/rules").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/test", tmp_path / "scripts/test")
    return tmp_path


def run(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "scripts/test", *arguments], cwd=clone, capture_output=True, text=True, check=False, timeout=300
    )


def test_all_sections_run_and_their_failures_stand_together(clone: Path) -> None:
    done = run(clone)
    assert done.returncode == 1
    said = (clone / "said").read_text()
    for part in ("hatch_build.py", "lint client", "run --silent test", "--ignore tests/e2e", "worksteal tests/e2e"):
        assert part in said, part
    end = done.stdout.partition("==== 3 of 6 sections failed")[2]
    assert [part.strip() for part in end.split("\n\n")[1:]] == [
        "-- Lint: Python\nFAILED mypy: mypy\nsrc/a.py:7: error: no such name",
        "-- Python, against PostgreSQL and Valkey\nFAILED tests/test_a.py::test_b - assert 1 == 2",
        "-- End to end, in Chromium\nERROR tests/e2e/test_b.py::test_c - Hung",
    ]


def test_without_a_failure_it_ends_well(clone: Path) -> None:
    for program in (clone / "scripts/lint", clone / ".venv/bin/python"):
        program.write_text("#!/bin/sh\n")
    done = run(clone)
    assert (done.returncode, done.stderr) == (0, "")
    assert "==== Done" in done.stdout


def test_a_room_is_tested_with_those_above_it(clone: Path) -> None:
    assert run(clone, "room", "gifts").returncode == 1
    assert "worksteal tests/gifts tests/meeting\n" in (clone / "said").read_text()
    nowhere = run(clone, "room", "nowhere")
    assert nowhere.returncode == 1
    assert nowhere.stderr == "There is no room nowhere\n"


def test_units_start_no_engine(clone: Path) -> None:
    run(clone, "unit")
    [line] = [line for line in (clone / "said").read_text().splitlines() if "pytest" in line]
    assert "--no-engines" in line
    assert line.endswith(" tests/gifts/rules")
