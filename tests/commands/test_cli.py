"""The command line before any command runs."""

import errno
import subprocess
import sys

from meydan.cli import _plain_words

ROOMS_NEED = {"litestar", "pgqueuer", "pydantic", "httpx", "asyncpg", "cryptography", "phonenumbers"}


def test_help_and_the_supervisor_load_nothing_that_only_rooms_need():
    """The supervisor's imports stay in memory as long as the product runs, and every command waits for them."""
    names = "import sys, meydan.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", names], capture_output=True, text=True, check=True).stdout.split()
    assert "meydan" in loaded
    assert ROOMS_NEED & set(loaded) == set()


def test_a_disk_that_takes_nothing_is_said_in_words():
    assert _plain_words(OSError(errno.EROFS, "Read-only file system", "/data/lock")) == (
        "/data/lock: Read-only file system."
    )
    assert _plain_words(OSError(errno.ENOSPC, "No space left on device")) == "A file: No space left on device."
    assert _plain_words(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")) is None
