"""Runs npm and Node from the wheel, never the machine's own: `python scripts/npm.py run test`."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from hatch_build import install_packages, node_environment, node_programs  # noqa: E402  the path comes first


def main() -> None:
    node, npm = node_programs()
    os.chdir(ROOT / "web")
    if sys.argv[1:] == ["ci"]:
        install_packages(ROOT / "web", with_tests=True)
        return
    os.execve(node, [str(node), str(npm), *sys.argv[1:]], node_environment())


main()
