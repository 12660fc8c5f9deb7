"""Typed text: pasted characters that people do not see, or see as others, become those of a keyboard."""

import unicodedata


def as_typed(text: str) -> str:
    """The text in NFKC without invisible marks and outer spaces; digits, dashes and spaces of every script are ASCII."""
    return "".join(_as_typed(letter) for letter in unicodedata.normalize("NFKC", text)).strip()


def _as_typed(letter: str) -> str:
    match unicodedata.category(letter):
        case "Cf":
            return ""
        case "Nd":
            return str(unicodedata.decimal(letter))
        case "Pd":
            return "-"
        case "Zs" | "Zl" | "Zp":
            return " "
        case _:
            return letter
