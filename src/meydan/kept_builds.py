"""Hashed files of the client's last builds, kept in the data folder for all processes.

A page that stays open over a deploy asks for files of its own build. While programs are replaced one by one, an old one is
asked for files of the new build. Each process writes its build before it answers, and reads the others at request time.
"""

import hashlib
import logging
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

log = logging.getLogger(__name__)

KEPT = 3
_ASSET = re.compile(r"assets/[A-Za-z0-9_-][A-Za-z0-9_.-]*")


def keep(data: Path, assets: Mapping[str, bytes]) -> None:
    """Writes this build's files, and deletes all but the last builds. A disk that refuses is no reason not to start."""
    if not assets:
        return
    try:
        _write(data / "client", assets)
    except OSError as error:
        log.warning("pages of other builds may lack files after a deploy: %s", error)


def _write(builds: Path, assets: Mapping[str, bytes]) -> None:
    name = hashlib.sha256("\n".join(sorted(assets)).encode()).hexdigest()[:16]
    build, unfinished = builds / name, builds / f".{name}.{secrets.token_hex(4)}"
    if not build.is_dir():
        for asset, body in assets.items():
            file = unfinished / asset
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
        try:
            unfinished.rename(build)  # whole, or not at all
        except OSError:
            shutil.rmtree(unfinished)  # another process of this build was first
    build.touch()
    for old in _newest_first(builds)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def find(data: Path, asset: str) -> bytes | None:
    """The file of any kept build."""
    if not _ASSET.fullmatch(asset):
        return None
    for build in _newest_first(data / "client"):
        try:
            return (build / asset).read_bytes()
        except OSError:
            continue  # another build's, or a build that is being deleted
    return None


def _newest_first(builds: Path) -> list[Path]:
    dated = []
    for build in builds.glob("[!.]*"):
        try:
            dated.append((build.stat().st_mtime_ns, build))
        except OSError:
            continue  # deleted by another process just now
    return [build for _, build in sorted(dated, reverse=True)]
