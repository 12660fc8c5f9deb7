"""The installation's two secrets, set when the process starts."""

from msgspec import Struct

from meydan.kit.runtime import runtime


class Keys(Struct, frozen=True):
    """Part of the runtime."""

    token_key: str
    """Signs short-lived tokens: access tokens, proofs, grants."""
    seal_key: str
    """Seals data in the database: secrets at rest, keyed hashes of phone numbers."""


def current() -> Keys:
    return runtime.get(Keys)
