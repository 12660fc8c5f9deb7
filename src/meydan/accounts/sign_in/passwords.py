"""Passwords: strength rules, hashing with argon2id, and checks in threads, off the event loop."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct

from meydan.kit.errors import Refused

T = TypeVar("T")

SHORTEST, LONGEST = 10, 128
_FEWEST_DIFFERENT = 5
# OWASP's second choice of argon2id parameters: 19 MiB, so that a burst of log ins does not take the memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Hashing is meant to cost CPU. A thread for each of two cores at most, so that the rest of the API goes on answering.
_threads = ThreadPoolExecutor(2, thread_name_prefix="passwords")

# Words common in leaked passwords. Digits or signs around one, or doubling it, make it no stronger.
_COMMON = frozenset(
    """
    password passwort sifre şifre parola parolam sifrem şifrem iloveyou seniseviyorum galatasaray fenerbahce
    fenerbahçe besiktas beşiktaş trabzonspor cimbom istanbul ankara izmir turkiye türkiye ataturk atatürk
    mustafakemal allah bismillah welcome letmein admin administrator qwerty qwertyuiop qwertyui asdfghjkl asdfgh
    zxcvbnm zxcvbn qazwsx qazwsxedc monkey dragon master superman batman football baseball basketball princess
    sunshine shadow michael jordan jessica jennifer charlie liverpool chelsea arsenal manchester barcelona
    realmadrid juventus pokemon starwars computer internet samsung iphone google facebook instagram changeme secret
    trustno whatever hello helloworld abc abcd abcde abcdef abcdefgh abcdefghij love lovely askim aşkım canim canım
    bebegim bebeğim kedi kopek test testing user guest login root pass passw passwd meydan default correcthorse
    correcthorsebatterystaple
    """.split()  # noqa: SIM905 -- a list of two hundred lines reads worse
)
_RUNS = (
    "0123456789012345678901234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
)
_LEET = str.maketrans("0134578@$!", "oieastbasi")


class WeakPassword(Refused):
    code, status, title = "weak_password", 422, "This password is too easy to guess."


class Check(Struct, frozen=True):
    is_right: bool
    better_hash: str | None = None
    """A new hash with today's parameters; set when the stored hash is older."""


def check_strength(password: str, about: list[str]) -> None:
    """Refuses a weak password. ``about`` lists what others know of the user (name, contacts, …).

    Raises: WeakPassword (with a ``reason``).
    """
    if len(password) < SHORTEST:
        raise WeakPassword(reason="too_short", shortest=SHORTEST)
    if len(password) > LONGEST:
        raise WeakPassword(reason="too_long", longest=LONGEST)
    if "\0" in password:
        raise WeakPassword(reason="not_text")
    small = password.lower()
    if len(set(small)) < _FEWEST_DIFFERENT or _is_run(small) or _is_common(small):
        raise WeakPassword(reason="common")
    for known in (one.lower().partition("@")[0].removeprefix("+") for one in about):
        if len(known) >= 4 and known in small and len(small) - len(known) < 6:
            raise WeakPassword(reason="about_you")


def _is_run(small: str) -> bool:
    return any(small in run or small[::-1] in run for run in _RUNS)


def _is_common(small: str) -> bool:
    ending = r"[\W\d_]+$"
    for word in (re.sub(rf"^[\W\d_]+|{ending}", "", small), re.sub(ending, "", small).translate(_LEET)):
        half = word[: len(word) // 2]
        if not word or word in _COMMON or (half in _COMMON and half * 2 == word):
            return True
    return False


async def hash_of(password: str) -> str:
    return await _in_thread(lambda: _hasher.hash(password))


async def check(password: str, stored_hash: str | None) -> Check:
    """Compares with the stored hash; takes the same time when there is none."""
    if len(password) > LONGEST:
        password = ""  # never a valid password; hashing a megabyte would only cost CPU
    if stored_hash is None:
        await _in_thread(lambda: _is_right(_dummy_hash(), password))
        return Check(is_right=False)
    return await _in_thread(lambda: _check(password, stored_hash))


def _check(password: str, stored_hash: str) -> Check:
    if not _is_right(stored_hash, password):
        return Check(is_right=False)
    is_old = not stored_hash.startswith("$argon2id$") or _hasher.check_needs_rehash(stored_hash)
    return Check(is_right=True, better_hash=_hasher.hash(password) if is_old else None)


def _is_right(stored_hash: str, password: str) -> bool:
    if stored_hash.startswith(("$2a$", "$2b$", "$2y$")):
        # bcrypt reads at most 72 bytes, and newer versions refuse longer input.
        return bcrypt.checkpw(password.encode()[:72], stored_hash.encode())
    try:
        return _hasher.verify(stored_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _dummy_hash() -> str:
    return _hasher.hash("nobody has this password")


async def _in_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work)
