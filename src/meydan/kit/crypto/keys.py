"""The installation's keys, set when the process starts, and their ids.

Each key but the contact key can be rotated. The current one makes what is new. Older ones, and the next one, open and
find what was made with them. So processes with the settings before and after a rotation work side by side.
"""

import hashlib
from functools import cache, cached_property

from msgspec import Struct

from meydan.kit.runtime import runtime

Keyring = tuple[str, ...]
"""Keys of one use, the current one first."""
_ID_LENGTH = 8


class Keys(Struct, frozen=True, dict=True):
    """Part of the runtime."""

    token_key: str
    """Signs short-lived tokens: access tokens and grants."""
    seal_key: str
    """Seals data in the database: secrets at rest, refresh tokens, keyed hashes of codes and cards."""
    contact_key: str
    """Hashes contacts that were proved. No database and no backup holds it."""
    push_key: str = ""
    """Signs messages to push services. Empty: nothing is pushed."""
    next_token_key: str = ""
    next_seal_key: str = ""
    kept_token_keys: Keyring = ()
    kept_seal_keys: Keyring = ()
    retired_seal_keys: Keyring = ()
    """Open and find what is stored, but prove nothing: somebody else may know them."""
    first_seal_key: str = ""
    """The seal key that contacts are hashed with; empty before the first rotation."""

    @cached_property
    def token_keyring(self) -> Keyring:
        return _keyring(self.token_key, self.next_token_key, *self.kept_token_keys)

    @cached_property
    def seal_keyring(self) -> Keyring:
        """Keys under which a refresh token, code or puzzle counts."""
        return _keyring(self.seal_key, self.next_seal_key, *self.kept_seal_keys)

    @cached_property
    def every_seal_key(self) -> Keyring:
        """Keys under which stored data is found and opened."""
        return _keyring(*self.seal_keyring, *self.retired_seal_keys, self.first_seal_key)

    @property
    def contact_seal_key(self) -> str:
        return self.first_seal_key or self.seal_key


def current() -> Keys:
    return runtime.get(Keys)


@cache
def fingerprint(key: str, name: str) -> str:
    """Recognises a key without storing it; nobody guesses the key by it. ``name`` is `seal`, `token` or `contact`."""
    return hashlib.scrypt(key.encode(), salt=f"meydan {name} key".encode(), n=2**14, r=8, p=1, dklen=16).hex()


def key_id(key: str, name: str) -> str:
    """The id that people and tokens name a key by: the beginning of its fingerprint."""
    return fingerprint(key, name)[:_ID_LENGTH]


def _keyring(*keys: str) -> Keyring:
    return tuple(dict.fromkeys(filter(None, keys)))
