"""Names of communities in messages to strangers. Anybody may choose a name, so it must not carry a message of its own."""

import re
import unicodedata

NEUTRAL = "Meydan"
_LONGEST = 24
_MOST_WORDS = 3
_MOST_DIGITS = 4
_SIGNS = frozenset(" -'’&")
_LINK = re.compile(r"(?i)https?|www|\b(com|net|org)\b")


def name_in_messages(name: str) -> str:
    """The community's name, or a neutral word for one that could be a link, a number or a sentence."""
    name = unicodedata.normalize("NFKC", name).strip()
    letters = [letter for letter in name if unicodedata.category(letter)[0] in "LM"]
    digits = [letter for letter in name if letter.isdecimal()]
    is_plain = (
        len(name) <= _LONGEST
        and len(name.split()) <= _MOST_WORDS
        and len(digits) <= _MOST_DIGITS
        and bool(letters)
        and len(letters) + len(digits) + sum(letter in _SIGNS for letter in name) == len(name)
        and not _LINK.search(name)
    )
    return name if is_plain else NEUTRAL
