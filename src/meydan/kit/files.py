"""Files of state, written whole or not at all."""

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Writes beside the file, then renames. A crash or a full disk leaves the old content."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def remembered_port(path: Path) -> int | None:
    """The port in a file; None if there is none, or the file is empty or broken."""
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return None
