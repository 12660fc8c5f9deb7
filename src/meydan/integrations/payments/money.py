"""Providers say amounts in units of their own; we keep integers in the currency's minor unit, exact or not at all."""

from fractions import Fraction

from meydan.integrations.payments.contract import ProviderRefused

_NO_MINOR_UNIT = frozenset(
    {
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    }
)
_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_TEN_THOUSANDTHS = frozenset({"CLF", "UYW"})
_LETTERS = 3


def decimals(currency: str) -> int:
    """How many digits ISO 4217 gives the currency's minor unit."""
    if len(currency) != _LETTERS or not (currency.isascii() and currency.isupper() and currency.isalpha()):
        raise ProviderRefused(f"{currency!r} is no currency")
    if currency in _NO_MINOR_UNIT:
        return 0
    if currency in _THOUSANDTHS:
        return 3
    return 4 if currency in _TEN_THOUSANDTHS else 2


def to_minor(amount: Fraction, currency: str) -> int:
    """Half a kuruş is nobody's: an amount that is not whole in the minor unit is refused, never rounded."""
    minor = amount * Fraction(10) ** decimals(currency)
    if minor.denominator != 1:
        raise ProviderRefused(f"{float(amount)} {currency} is not a whole amount of its minor unit")
    return minor.numerator
