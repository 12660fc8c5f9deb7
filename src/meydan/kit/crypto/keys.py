"""The installation's secrets, set when the process starts."""

from msgspec import Struct

from meydan.kit.runtime import runtime


class Keys(Struct, frozen=True):
    """Part of the runtime."""

    token_key: str
    """Signs short-lived tokens: access tokens, proofs, grants."""
    seal_key: str
    """Seals data in the database: secrets at rest, keyed hashes of codes and cards."""
    contact_key: str
    """Hashes contacts that were proved. No database and no backup holds it."""


def current() -> Keys:
    return runtime.get(Keys)
