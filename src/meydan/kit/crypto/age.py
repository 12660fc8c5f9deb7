"""Encryption for somebody who is not here, by age (https://age-encryption.org): a public key closes, its identity opens.

Streams go through a pipe and a thread, so that nothing larger than a buffer is in memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, ClassVar

import pyrage
from pyrage import x25519

Recipients = Sequence[x25519.Recipient]
Identities = Sequence[x25519.Identity]
HEADER = b"age-encryption.org/"
_NO_KEY = "No matching keys found"


class AgeError(Exception):
    """A key or file of age cannot be used; the text says why."""

    code: ClassVar[str] = "age_failed"


class WrongKeyError(AgeError):
    """It was encrypted for others."""


def recipients_of(public_keys: Sequence[str]) -> Recipients:
    """Raises: AgeError."""
    try:
        return [x25519.Recipient.from_str(key) for key in public_keys]
    except pyrage.RecipientError as error:
        raise AgeError(f"This is no public key of age (age1…): {error}.") from None


def identities_in(file: Path) -> Identities:
    """The identities in a file as `age-keygen` writes it.

    Raises: AgeError."""
    try:
        lines = [line.strip() for line in file.read_text().splitlines()]
        found = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (pyrage.IdentityError, UnicodeDecodeError) as error:
        raise AgeError(f"{file} holds no identity of age (AGE-SECRET-KEY-1…): {error}.") from None
    if not found:
        raise AgeError(f"{file} holds no identity of age (AGE-SECRET-KEY-1…).")
    return found


def new_identity() -> tuple[str, str]:
    """The text of a new identity's file, and its public key."""
    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    return f"# public key: {public}\n{identity}\n", public


def encrypted(content: bytes, recipients: Recipients) -> bytes:
    return pyrage.encrypt(content, recipients)


def decrypted(content: bytes, identities: Identities) -> bytes:
    """Raises: WrongKeyError, AgeError (cut off or changed)."""
    try:
        return pyrage.decrypt(content, identities)
    except (pyrage.DecryptError, OSError) as error:
        raise (WrongKeyError if str(error) == _NO_KEY else AgeError)(str(error)) from None


@contextmanager
def encrypting(target: IO[bytes], recipients: Recipients) -> Iterator[IO[bytes]]:
    """A stream whose bytes go encrypted to the target. It is whole after the block.

    Raises: AgeError."""
    end, begin = os.pipe()
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(_pumped, pyrage.encrypt_io, os.fdopen(end, "rb"), target, recipients)
        try:
            with os.fdopen(begin, "wb") as stream:
                yield stream
        except BrokenPipeError:
            _check(done)
            raise
        _check(done)


class Decryption:
    """A stream of decrypted bytes. Only its end says that the file is whole and unchanged: ``check`` reads up to it."""

    def __init__(self, source: IO[bytes], identities: Identities) -> None:
        end, begin = os.pipe()
        self.stream: IO[bytes] = os.fdopen(end, "rb")
        self._pool = ThreadPoolExecutor(1)
        self._done = self._pool.submit(_pumped, pyrage.decrypt_io, source, os.fdopen(begin, "wb"), identities)

    def check(self) -> None:
        """Raises: AgeError."""
        while self.stream.read(1 << 20):
            pass
        _check(self._done)

    def close(self) -> None:
        self.stream.close()
        self._pool.shutdown()


def _pumped(work: Callable[..., object], source: IO[bytes], target: IO[bytes], keys: Sequence[object]) -> None:
    """Closes the pipe's end in any case, so that the other side does not wait for ever."""
    pipe = target if work is pyrage.decrypt_io else source
    try:
        work(source, target, keys)
    finally:
        with suppress(OSError):
            pipe.close()


def _check(done: Future[None]) -> None:
    """Raises: AgeError."""
    try:
        done.result()
    except (pyrage.DecryptError, pyrage.EncryptError, OSError) as error:
        raise AgeError(str(error)) from error
