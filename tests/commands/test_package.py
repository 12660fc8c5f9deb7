"""The published package: a wheel and an sdist that a bare virtual environment can use, without Node."""

import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.commands.conftest import Up

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def bare_environment(environment: Path, wheel: Path, folder: Path) -> Path:
    """Creates a virtual environment with the wheel and returns its Python.

    uv takes seconds, because it links unpacked packages; pip is used where uv reaches no index.
    """
    venv.create(environment)
    python = environment / "bin/python"
    quick: list[str | Path] = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python, wheel]
    if subprocess.run(quick, cwd=folder, capture_output=True, check=False).returncode != 0:
        run(python, "-m", "ensurepip", folder=folder)
        plain = ("--quiet", "--no-compile", "--disable-pip-version-check")
        run(python, "-m", "pip", "install", *plain, wheel, folder=folder)
    return python


def test_the_wheel_made_from_the_sdist_runs_in_a_bare_environment(data: Path) -> None:
    home = data.parent
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", home, folder=ROOT)
    (sdist,) = home.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
        archive.extractall(home / "source", filter="data")
    assert {"web/package-lock.json", "db/migrations/0001_ground.sql", "src/meydan/static/index.html"} <= names
    assert not any("node_modules" in name or ".venv" in name for name in names)

    (source,) = (home / "source").iterdir()
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", home, folder=source)
    assert not (source / "web/node_modules").exists(), "the client was built again though the sdist holds it"
    (wheel,) = home.glob("*.whl")
    files = set(zipfile.ZipFile(wheel).namelist())
    assert {"meydan/migrations/0001_ground.sql", "meydan/static/index.html", "meydan/py.typed"} <= files

    python = bare_environment(home / "bare", wheel, home)
    up = Up(data, python=python, PATH="/nonexistent", PYTHONPATH="")
    try:
        assert up.healthy()
        page = httpx.get(up.url).text
        scripts = re.findall(r'src="(/[^"]+\.js)"', page)
        assert scripts
        assert all(httpx.get(up.url + script).status_code == 200 for script in scripts)
    finally:
        assert up.stop() == 0
