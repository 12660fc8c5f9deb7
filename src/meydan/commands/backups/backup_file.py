"""The file of a backup: a tar with a manifest, perhaps the secrets, and the database's dump in parts.

Encrypted, it is that tar within age. The dump comes straight from `pg_dump`: nothing unencrypted is written anywhere.
The last member is a digest of the dump. A file that was cut off is so refused before anything is touched.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Struct

from meydan.commands import PlainError
from meydan.config import Secrets, Settings
from meydan.engines.postgres import wheel_program

if TYPE_CHECKING:
    from meydan.kit.crypto.age import Decryption, Identities, Recipients

FORMAT = 2
_ONE_DUMP = 1
"""The format of programs up to 0026: the dump is one member, without a digest."""
_MANIFEST, _DATABASE, _SECRETS, _DIGEST = "manifest.json", "database.dump", "secrets.json", "database.sha256"
_PART = 16 << 20


class Manifest(Struct, frozen=True):
    format: int
    made_at: datetime
    meydan: str
    migrations: list[str]
    seal_key: str
    """Fingerprint of the seal key, to recognise the key without storing it."""
    contact_key: str | None = None
    """Fingerprint of the contact key; None in backups of programs up to 0018, which had none."""
    earlier_seal_keys: list[str] = []
    """Fingerprints of the other seal keys under which its data may stand."""
    first_seal_key: str | None = None
    """Fingerprint of the seal key that contacts are hashed with; None: ``seal_key``."""


class BackupReader:
    """A backup that is read from its beginning to its end, once."""

    def __init__(self, file: Path, stream: IO[bytes], decryption: Decryption | None) -> None:
        self._file, self._decryption = file, decryption
        try:
            self._tar = tarfile.TarFile.open(fileobj=stream, mode="r|")
            self.manifest = self._read_manifest()
            self._next = self._tar.next()
            self.secrets = self._read_secrets()
        except (tarfile.TarError, msgspec.DecodeError, OSError):
            raise self._broken() from None

    def write_dump(self, path: Path) -> None:
        """Writes the dump to a file and checks that it is whole.

        Raises: PlainError."""
        digest = hashlib.sha256()
        try:
            with path.open("xb") as target:
                while (member := self._next) is not None and member.name.startswith(_DATABASE):
                    content = self._tar.extractfile(member)
                    while content is not None and (piece := content.read(1 << 20)):
                        digest.update(piece)
                        target.write(piece)
                    self._next = self._tar.next()
            is_whole = self.manifest.format == _ONE_DUMP or self._content(_DIGEST) == digest.hexdigest().encode()
        except tarfile.TarError:
            raise self._broken() from None
        if not is_whole:
            raise self._broken()
        if self._decryption is not None:
            self._check(self._decryption)

    def _read_manifest(self) -> Manifest:
        self._next = self._tar.next()
        content = self._content(_MANIFEST)
        if content is None:
            raise self._broken()
        manifest = msgspec.json.decode(content, type=Manifest)
        from meydan.kit.database import migrations

        unknown = set(manifest.migrations) - {path.name for path in migrations.files()}
        if manifest.format > FORMAT or unknown:
            raise PlainError(
                f"{self._file} was made by a newer Meydan ({manifest.meydan}; this is {version('meydan')}). "
                "Install that one first."
            )
        return manifest

    def _read_secrets(self) -> Secrets | None:
        content = self._content(_SECRETS)
        if content is None:
            return None
        self._next = self._tar.next()
        return msgspec.json.decode(content, type=Secrets)

    def _content(self, name: str) -> bytes | None:
        """The next member, if it has this name."""
        if self._next is None or self._next.name != name:
            return None
        content = self._tar.extractfile(self._next)
        return content.read() if content is not None else None

    def _broken(self) -> PlainError:
        """The error of a file that cannot be read. A wrong key looks like an early end, so the decryption is asked first."""
        if self._decryption is None:
            return PlainError(f"{self._file} is not a backup made by `meydan backup`, or was cut off or changed.")
        self._check(self._decryption)
        return PlainError(f"{self._file} opens with this key, but is not a backup made by `meydan backup`.")

    def _check(self, decryption: Decryption) -> None:
        from meydan.kit.crypto.age import AgeError

        try:
            decryption.check()
        except AgeError as error:
            raise PlainError(
                f"{self._file} does not open: it was encrypted for another key, cut off or changed ({error})."
            ) from None


@contextmanager
def opened(file: Path, identities: Identities) -> Iterator[BackupReader]:
    """Raises: PlainError (no backup, a wrong key)."""
    with file.open("rb") as source:
        if not _is_encrypted(source):
            yield BackupReader(file, source, None)
            return
        if not identities:
            raise PlainError(f"{file} is encrypted. Name the file of its key (AGE-SECRET-KEY-1…): --identity")
        from meydan.kit.crypto.age import Decryption

        decryption = Decryption(source, identities)
        try:
            yield BackupReader(file, decryption.stream, decryption)
        finally:
            decryption.close()


def _is_encrypted(source: IO[bytes]) -> bool:
    from meydan.kit.crypto.age import HEADER

    beginning = source.read(len(HEADER))
    source.seek(0)
    return beginning == HEADER


def write(path: Path, settings: Settings, manifest: Manifest, recipients: Recipients, *, with_secrets: bool) -> None:
    """Raises: PlainError, AgeError."""
    from meydan.kit.crypto.age import encrypting

    with path.open("r+b") as file:
        with (
            encrypting(file, recipients) if recipients else nullcontext(file) as stream,
            tarfile.open(fileobj=stream, mode="w|") as archive,
        ):
            _add(archive, _MANIFEST, msgspec.json.encode(manifest))
            if with_secrets:
                carried = msgspec.structs.replace(settings.secrets, contact_key="")
                _add(archive, _SECRETS, msgspec.json.encode(carried))
            _add_dump(archive, settings)
        file.flush()
        os.fsync(file.fileno())


def _add_dump(archive: tarfile.TarFile, settings: Settings) -> None:
    """Row level security stays on. The owner's policy shows it every row, and a table without one is an error."""
    digest = hashlib.sha256()
    command: list[Any] = [
        wheel_program("pg_dump"),
        "--format=custom",
        "--no-owner",
        "--no-comments",
        "--enable-row-security",
    ]
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(command, env=_environment(settings), stdout=subprocess.PIPE, stderr=errors) as dump:
            output = cast("IO[bytes]", dump.stdout)
            for number, part in enumerate(iter(partial(output.read, _PART), b"")):
                digest.update(part)
                _add(archive, f"{_DATABASE}.{number:06}", part)
        if dump.returncode != 0:
            errors.seek(0)
            raise PlainError(f"pg_dump failed:\n{errors.read().decode(errors='replace').strip()[-2000:]}")
    _add(archive, _DIGEST, digest.hexdigest().encode())


def load_dump(dump: Path, settings: Settings) -> None:
    """Raises: PlainError."""
    environment = _environment(settings)
    command: list[Any] = [wheel_program("pg_restore"), "--dbname", environment["PGDATABASE"]]
    command += ["--no-owner", "--exit-on-error", "--single-transaction", dump]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PlainError(f"pg_restore failed:\n{done.stderr.strip()[-2000:]}")


def _environment(settings: Settings) -> dict[str, str]:
    """Environment of a program of PostgreSQL that acts as the owner. Other users cannot read the password in it."""
    url = urlsplit(settings.database.owner_url)
    return {
        "PATH": os.defpath,
        "PGHOST": url.hostname or "127.0.0.1",
        "PGPORT": str(url.port or 5432),
        "PGUSER": unquote(url.username or ""),
        "PGPASSWORD": unquote(url.password or ""),
        "PGDATABASE": url.path.lstrip("/"),
    }


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), 0o600, int(datetime.now(UTC).timestamp())
    archive.addfile(member, io.BytesIO(content))
