"""The installation's keys through rotations, as `meydan keys` makes them."""

from meydan.commands import keys
from meydan.config import Secrets
from meydan.kit.crypto.keys import key_id

BEFORE = Secrets(token_key="t" * 32, seal_key="s" * 32, contact_key="c" * 32)
"""Those of the session."""
PREPARED = keys.prepared(BEFORE)
ONCE = keys.rotated(PREPARED)
TWICE = keys.rotated(ONCE)
DROPPED = keys.retired(TWICE, key_id("t" * 32, "token"))
"""Rotated twice; tokens of the first key are refused."""
LEAKED = keys.replaced(BEFORE)
