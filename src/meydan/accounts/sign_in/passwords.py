"""Passwords: strength rules, hashing with argon2id, and checks in threads, off the event loop."""

import re
import unicodedata
from functools import cache
from pathlib import Path

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct

from meydan.kit.bounded_threads import BoundedThreads, Caller
from meydan.kit.errors import Refused

SHORTEST, LONGEST = 10, 128
_FEWEST_DIFFERENT = 5
# OWASP's second choice of argon2id parameters: 19 MiB, so that a burst of log ins does not take the memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Hashing is meant to cost CPU. A thread for each of two cores at most, so that the rest of the API goes on answering.
_threads = BoundedThreads("passwords", 2, 64)

# Words that the list beside this file lacks. Digits or signs around a common word, or doubling it, make it no stronger.
_COMMON_HERE = frozenset(
    """
    sifre şifre parolam sifrem şifrem seniseviyorum fenerbahçe beşiktaş trabzonspor izmir turkiye türkiye ataturk
    atatürk mustafakemal instagram trustno askim aşkım canim canım bebegim bebeğim kedi kopek köpek passw meydan
    correcthorse correcthorsebatterystaple
    """.split()  # noqa: SIM905 -- a list of lines reads worse
)
_LIST = Path(__file__).with_name("common_passwords.txt")
_LONGEST_TYPED = 1024
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
    password = normalised(password)
    if len(password) < SHORTEST:
        raise WeakPassword(reason="too_short", shortest=SHORTEST)
    if len(password) > LONGEST:
        raise WeakPassword(reason="too_long", longest=LONGEST)
    if "\0" in password:
        raise WeakPassword(reason="not_text")
    small = password.lower().replace("i\u0307", "i")  # the small letter of İ
    if len(set(small)) < _FEWEST_DIFFERENT or _is_run(small) or _is_common(small):
        raise WeakPassword(reason="common")
    for known in (normalised(one).lower().partition("@")[0].removeprefix("+") for one in about):
        if len(known) >= 4 and known in small and len(small) - len(known) < 6:
            raise WeakPassword(reason="about_you")


def _is_run(small: str) -> bool:
    return any(small in run or small[::-1] in run for run in _RUNS)


@cache
def _common() -> frozenset[str]:
    words = _LIST.read_text(encoding="utf-8").partition("\n\n")[2].splitlines()
    return _COMMON_HERE | frozenset(normalised(word) for word in words)


def _is_common(small: str) -> bool:
    common = _common()
    ending = r"[\W\d_]+$"
    bare = re.sub(rf"^[\W\d_]+|{ending}", "", small), re.sub(ending, "", small).translate(_LEET)
    for word in (small, *bare):
        half = word[: len(word) // 2]
        if not word or word in common or (half in common and half * 2 == word):
            return True
    return False


def normalised(password: str) -> str:
    """The password in NFKC (RFC 8265): keyboards compose letters or not, and spaces differ, where people see no difference."""
    return unicodedata.normalize("NFKC", password[:_LONGEST_TYPED])


async def hash_of(password: str, caller: Caller) -> str:
    """Raises: TooBusy."""
    return await _threads.run(lambda: _hasher.hash(normalised(password)), caller)


async def check(password: str, stored_hash: str | None, caller: Caller) -> Check:
    """Compares with the stored hash; takes the same time when there is none.

    Raises: TooBusy.
    """
    return await _threads.run(
        lambda: _check(password, stored_hash or _dummy_hash(), exists=stored_hash is not None), caller
    )


def _check(password: str, stored_hash: str, *, exists: bool) -> Check:
    """Tries the normalised password, then the typed one: hashes were once made of passwords as they were typed."""
    now = normalised(password)
    attempts = list(dict.fromkeys(each if len(each) <= LONGEST else "" for each in (now, password)))
    if not exists:
        for each in attempts:
            _is_right(stored_hash, each)
        return Check(is_right=False)
    right = next((each for each in attempts if _is_right(stored_hash, each)), None)
    if right is None:
        return Check(is_right=False)
    is_old = right != now or not stored_hash.startswith("$argon2id$") or _hasher.check_needs_rehash(stored_hash)
    return Check(is_right=True, better_hash=_hasher.hash(now) if is_old else None)


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
