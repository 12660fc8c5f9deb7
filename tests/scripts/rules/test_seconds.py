"""Every run of tests ends with seconds per room and its slowest tests."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
OPTIONS = "-q -n 2 -p xdist -p tests.seconds -p no:cacheprovider -c /dev/null --rootdir . --import-mode=importlib"


def test_seconds_of_several_workers_are_summed_per_room(tmp_path: Path) -> None:
    for name in ("meeting", "meeting/crashes", "money/gifts", "."):
        folder = tmp_path / "tests" / name
        folder.mkdir(parents=True, exist_ok=True)
        text = "import time\ndef test_here():\n    time.sleep(0.2)\n"
        folder.joinpath(f"test_{folder.name}.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS.split(), "tests"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = {name: float(seconds) for seconds, name in re.findall(r"^ +([\d.]+) s  (\S.*)$", done.stdout, re.MULTILINE)}
    assert said["meeting"] >= 0.4
    assert said["money/gifts"] >= 0.2
    assert said["tests"] >= 0.2
    assert said["together, 4 tests"] >= 0.8
    assert said["tests/meeting/crashes/test_crashes.py::test_here"] >= 0.2
