"""The installation's two secrets, set when the process starts."""

from msgspec import Struct


class Keys(Struct, frozen=True):
    token_key: str
    """Signs short-lived tokens: access tokens, proofs, grants."""
    seal_key: str
    """Seals data in the database: secrets at rest, keyed hashes of phone numbers."""


_current: Keys | None = None


def use(keys: Keys) -> None:
    global _current  # noqa: PLW0603 -- one installation a process is the point
    _current = keys


def current() -> Keys:
    if _current is None:
        raise RuntimeError("this process was started without its keys")
    return _current
