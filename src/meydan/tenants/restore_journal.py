"""Restore journal: what a restore must not undo, written by triggers and shipped to the place of the backups.

Lines of JSON, a file for each day. A line may come twice, because it is written before its row is marked as shipped.
Where backups are encrypted, lines are too: each batch is a line of age in base64.
"""

import base64
import binascii
import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan.kit import clock
from meydan.kit.crypto import age
from meydan.kit.database import Tx
from meydan.kit.runtime import runtime

_BATCH = 1000
_SHIPPED_FOR = timedelta(days=7)
_PATTERN = "journal-*.jsonl"
OVERLAP = timedelta(hours=1)
"""Entries from before a backup are replayed too: their transactions may have ended after it began."""


class JournalKind(StrEnum):
    ban = "ban"
    contact_ban = "contact_ban"
    erasure = "erasure"
    block = "block"
    role = "role"
    freeze = "freeze"
    passkey = "passkey"


class JournalEntry(Struct, frozen=True):
    tenant_id: int
    id: UUID
    kind: JournalKind
    entry: dict[str, Any]
    created_at: datetime


class JournalFolder(Struct, frozen=True):
    """The place of the backups: a part of the worker's runtime."""

    path: Path
    recipients: age.Recipients = ()
    """Those that backups are encrypted for."""


class JournalClosedError(Exception):
    """A line is encrypted for another key."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.file = file


async def do_ship(tx: Tx) -> int:
    """Appends waiting entries to the files and returns their number.

    Locks: restore_journal (`skip locked`).
    Runs as: service.
    """
    folder = runtime.find(JournalFolder)
    if folder is None:
        return 0
    entries = await tx.all(
        JournalEntry,
        """
        select tenant_id, id, kind, entry, created_at from app.restore_journal
        where tenant_id = $1 and shipped_at is null order by id limit $2 for update skip locked
        """,
        _BATCH,
    )
    if entries:
        _append(folder, entries)
        await tx.run(
            "update app.restore_journal set shipped_at = app.now() where tenant_id = $1 and id = any($2::uuid[])",
            [entry.id for entry in entries],
        )
    return len(entries)


async def do_purge(tx: Tx) -> None:
    """Deletes entries that were shipped long ago, and files that are older than every backup beside them.

    Runs as: service.
    """
    await tx.run(
        "delete from app.restore_journal where tenant_id = $1 and shipped_at < app.now() - $2::interval", _SHIPPED_FOR
    )
    if (folder := runtime.find(JournalFolder)) is not None:
        _delete_old(folder.path)


def entries_since(folder: Path, since: datetime, identities: age.Identities = ()) -> list[JournalEntry]:
    """Entries to replay over a backup of this time, in their order, each once.

    Raises: JournalClosedError."""
    known = {
        entry.id: entry
        for file in sorted(folder.glob(_PATTERN))
        for entry in _read(file, identities)
        if entry.created_at >= since - OVERLAP
    }
    return sorted(known.values(), key=lambda entry: entry.id)


def _append(folder: JournalFolder, entries: Iterable[JournalEntry]) -> None:
    folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder.path / f"journal-{clock.now():%Y-%m-%d}.jsonl"
    # A line break before each: a line that a crash cut off spoils none after it.
    lines = b"".join(b"\n" + msgspec.json.encode(entry) + b"\n" for entry in entries)
    if folder.recipients:
        closed = age.encrypted(lines, folder.recipients)
        lines = b"\n" + base64.b64encode(closed) + b"\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "wb", buffering=0) as file:
        file.write(lines)
        os.fsync(file.fileno())


def _read(file: Path, identities: age.Identities) -> Iterator[JournalEntry]:
    """Raises: JournalClosedError."""
    for line in filter(None, file.read_bytes().splitlines()):
        for opened in [line] if line.startswith(b"{") else _opened(line, file, identities):
            try:
                yield msgspec.json.decode(opened, type=JournalEntry)
            except msgspec.DecodeError:
                continue  # cut off by a crash; its row was not marked, so it came again


def _opened(line: bytes, file: Path, identities: age.Identities) -> list[bytes]:
    """Lines of JSON from an encrypted one; none from one that a crash cut off.

    Raises: JournalClosedError."""
    try:
        closed = base64.b64decode(line, validate=True)
        return list(filter(None, age.decrypted(closed, identities).splitlines()))
    except binascii.Error:
        return []
    except age.WrongKeyError:
        raise JournalClosedError(file) from None
    except age.AgeError:
        return []


def _delete_old(folder: Path) -> None:
    """Without a backup beside it the journal stays whole."""
    backups = [file.stat().st_mtime for file in folder.glob("*.backup")]
    if not backups:
        return
    for file in folder.glob(_PATTERN):
        if file.stat().st_mtime < min(backups) - OVERLAP.total_seconds():
            file.unlink(missing_ok=True)
