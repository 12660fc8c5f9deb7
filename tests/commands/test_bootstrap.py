"""`make` on a machine whose Python is missing, too old or incomplete names the command that helps."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOO_OLD = '#!/bin/sh\ncase "$1" in --version) echo Python 3.9.2 ;; *) exit 1 ;; esac\n'
# Like Debian's without python3-venv: new enough, and lacks ensurepip.
INCOMPLETE = f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; *) exec {sys.executable} "$@" ;; esac\n'
DEBIAN = '#!/bin/sh\ncase "$2" in python3.11*) exit 0 ;; *) exit 100 ;; esac\n'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / "clone/scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/bootstrap", tmp_path / "clone/scripts/bootstrap")
    for name in ("requirements.lock", "pyproject.toml", "Makefile"):
        shutil.copy(ROOT / name, tmp_path / "clone" / name)
    return tmp_path / "clone"


def bootstrap(clone: Path, *, user: int = 1000, system: str = "Linux", **programs: str) -> tuple[int, str, str]:
    """On a machine with nothing but a shell and these programs."""
    path = clone.parent / "bin"
    path.mkdir()
    for name in ("sh", "dirname", "cat", "cksum"):
        (path / name).symlink_to(shutil.which(name) or "")
    programs = {"id": f"#!/bin/sh\necho {user}\n", "uname": f"#!/bin/sh\necho {system}\n", **programs}
    for name, text in programs.items():
        (path / name.replace("_", "-")).write_text(text)
        (path / name.replace("_", "-")).chmod(0o755)
    done = subprocess.run(
        [path / "sh", "scripts/bootstrap", "run"],
        cwd=clone,
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def test_too_old_on_debian(clone: Path) -> None:
    code, said, why = bootstrap(clone, python3=TOO_OLD, apt_cache=DEBIAN)
    assert (code, said) == (1, "sudo apt-get install -y python3.11 python3.11-venv")
    assert "needs Python 3.11 or newer, found: Python 3.9.2" in why


def test_none_as_root_on_a_debian_that_knows_no_packages_yet(clone: Path) -> None:
    code, said, why = bootstrap(clone, user=0)
    assert (code, said) == (1, "sh -c 'apt-get update && apt-get install -y python3 python3-venv'")
    assert "found: none" in why


def test_without_ensurepip(clone: Path) -> None:
    code, said, why = bootstrap(clone, python3=INCOMPLETE)
    assert (code, said) == (1, f"sudo apt-get install -y python{version()}-venv")
    assert "lacks ensurepip" in why


def test_on_a_mac(clone: Path) -> None:
    assert bootstrap(clone, python3=TOO_OLD, system="Darwin")[:2] == (1, "brew install python@3.13")


def test_on_a_mac_without_ensurepip(clone: Path) -> None:
    code, said, _ = bootstrap(clone, python3=INCOMPLETE, system="Darwin")
    assert (code, said) == (1, f"brew reinstall python@{version()}")


def test_the_makefile_keeps_to_make_3_81() -> None:
    text = (ROOT / "Makefile").read_text()
    for newer in (".ONESHELL", "!=", "$(file ", "$(guile", "::=", ".SHELLFLAGS"):
        assert newer not in text, newer
