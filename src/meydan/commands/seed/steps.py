"""Steps of the seed: set-based statements, which share their numbered parameters."""

from __future__ import annotations

from msgspec import Struct

DAYS = 30


class Step(Struct, frozen=True):
    """``$1`` is the tenant, ``$2`` the number of people, ``$4`` a password's hash, ``$5`` and more are lists of words."""

    words: str
    sql: str
    repeated: int = 1
    """Number of runs; ``$3`` is the turn, from 0."""
