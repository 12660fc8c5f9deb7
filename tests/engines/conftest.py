"""Engines over a folder of their own. Not pytest's tmp_path: as root it is closed to the user who runs the engines."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="meydan-engines-"))
    yield folder
    shutil.rmtree(folder)
