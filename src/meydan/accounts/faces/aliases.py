"""Alias and tag: ``kediadam#9021``. Many profiles may share an alias; the pair is unique in a tenant."""

import re
import secrets
import unicodedata

from msgspec import Struct

from meydan.kit.database import Tx
from meydan.kit.errors import Refused

_BETWEEN = " ._-"
# Korean fillers, variation selectors and the like count as letters or marks and show nothing.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# Two marks without a width, that join or part letters of a word in Arabic and Indic scripts.
_JOINERS = "\u200c\u200d"
_VIRAMA = 9  # the combining class of signs after which joiners stand
_MOST_MARKS = 4
SHORTEST, LONGEST = 2, 24
_SUGGESTED = 5


class AliasInvalid(Refused):
    code, status, title = (
        "alias_invalid",
        422,
        "An alias has 2 to 24 letters and digits; between them may stand spaces, dots, hyphens and underscores.",
    )


class AliasMixesScripts(Refused):
    code, status, title = (
        "alias_mixes_scripts",
        422,
        "An alias does not mix letters of scripts that look alike, such as Latin and Cyrillic.",
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

    Raises: AliasInvalid, AliasMixesScripts.
    """
    if len(text) > 10 * LONGEST:
        raise AliasInvalid
    alias = unicodedata.normalize("NFKC", text).strip()
    if not SHORTEST <= len(alias) <= LONGEST or not _is_spelled(alias) or _INVISIBLE.search(alias):
        raise AliasInvalid
    if _mixes_scripts(alias):
        raise AliasMixesScripts
    return alias


def _is_spelled(alias: str) -> bool:
    """True for letters and digits, each with its marks, and single signs of ``_BETWEEN`` between them."""
    marks = 0
    before = " "
    for letter in alias:
        category = unicodedata.category(letter)
        after_word = before not in _BETWEEN and before not in _JOINERS
        if letter.isalnum():
            marks = 0
        elif category in ("Mn", "Mc"):
            marks += category == "Mn"
            if before in _BETWEEN or marks > _MOST_MARKS:
                return False
        elif letter in _JOINERS:
            if not (after_word and (_script(before) == "ARABIC" or unicodedata.combining(before) == _VIRAMA)):
                return False
        elif not (letter in _BETWEEN and after_word):
            return False
        before = letter
    return before not in _BETWEEN and before not in _JOINERS


# Scripts that are written together in one word.
_EAST_ASIAN = {"CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO", "LATIN"}
# Scripts with letters that look like Latin ones.
_LIKE_LATIN = {"ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "DESERET", "GEORGIAN", "GLAGOLITIC", "GREEK", "LISU"}
# Marks and letters that every script uses: the first word of their names names no script.
_SHARED = {"", "COMBINING", "MODIFIER"}


def _mixes_scripts(alias: str) -> bool:
    """True for scripts whose letters look alike in one alias, and for digits of two scripts."""
    zeros = {ord(letter) - unicodedata.decimal(letter) for letter in alias if letter.isdecimal()}
    scripts = {_script(letter) for letter in alias if not letter.isdecimal()} - _SHARED
    beside_latin = len(scripts) == 2 and "LATIN" in scripts and not scripts & _LIKE_LATIN
    return len(zeros) > 1 or not (len(scripts) <= 1 or beside_latin or scripts <= _EAST_ASIAN)


def _script(letter: str) -> str:
    """The script of a letter or mark: Unicode's names begin with it, as in ``CYRILLIC SMALL LETTER A``."""
    is_written = unicodedata.category(letter)[0] in "LMN"
    return unicodedata.name(letter, "UNNAMED").split()[0] if is_written else ""


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

    Raises: AliasInvalid, AliasMixesScripts.
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
    return [like for like in numbers + words if len(like) <= LONGEST and not _mixes_scripts(like)]
