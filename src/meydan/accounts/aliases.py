"""Alias and tag: ``kediadam#9021``. Many profiles may share an alias; the pair is unique in a tenant."""

import re
import secrets
import unicodedata

from msgspec import Struct

from meydan.kit.database import Tx
from meydan.kit.errors import Refused

# Letters and digits of any script, with single spaces, dots, hyphens and underscores between them.
# Each letter can be read in one way only, so a refused alias takes no longer than a good one.
_ALIAS = re.compile(r"[^\W_]+([ ._-][^\W_]+)*")
# Fillers of Korean syllables count as letters and show nothing: with them an alias could be invisible.
_INVISIBLE = re.compile("[\u115f\u1160\u3164\uffa0]")
SHORTEST, LONGEST = 2, 24
_SUGGESTED = 5


class AliasInvalid(Refused):
    code, status, title = (
        "alias_invalid",
        422,
        "An alias has 2 to 24 letters and digits; between them may stand spaces, dots, hyphens and underscores.",
    )


class AliasFull(Refused):
    code, status, title = (
        "alias_full",
        409,
        "Ten thousand people are called like this already. Please choose another alias.",
    )


class Suggestion(Struct, frozen=True):
    alias: str
    tag: str


def read_alias(text: str) -> str:
    """Normalises an alias to NFKC.

    Raises: AliasInvalid.
    """
    if len(text) > 10 * LONGEST:
        raise AliasInvalid
    alias = unicodedata.normalize("NFKC", text).strip()
    if not SHORTEST <= len(alias) <= LONGEST or not _ALIAS.fullmatch(alias) or _INVISIBLE.search(alias):
        raise AliasInvalid
    return alias


async def free_tag(tx: Tx, alias: str) -> str:
    """A tag that is free now. Another transaction may take it first, so the unique index decides.

    Raises: AliasFull.
    """
    tag = await tx.maybe(str, "select tag from app.free_tag($2) as tag where $1::integer is not null", alias)
    if tag is None:
        raise AliasFull
    return tag


async def suggest(tx: Tx, text: str) -> list[Suggestion]:
    """The alias itself and some like it, each with a tag that is free now.

    Raises: AliasInvalid.
    """
    alias = read_alias(text)
    suggestions: list[Suggestion] = []
    for candidate in [alias, *_like(alias)]:
        tag = await tx.maybe(str, "select tag from app.free_tag($2) as tag where $1::integer is not null", candidate)
        if tag is not None:
            suggestions.append(Suggestion(candidate, tag))
    return suggestions[:_SUGGESTED]


def _like(alias: str) -> list[str]:
    numbers = [f"{alias}{secrets.randbelow(90) + 10}" for _ in range(2)]
    words = [f"{alias}{ending}" for ending in (".gece", ".deniz", ".star")]
    return [like for like in numbers + words if len(like) <= LONGEST]
