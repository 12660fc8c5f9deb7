"""Minor units of currencies. Providers have units of their own; we keep integers in ISO 4217's minor unit, exact or not at all.

Source: ISO 4217 List One ("Current currency & funds", SIX), as of 1 February 2026; a test compares every entry. Babel is no
source: it carries CLDR's digits, which people write (HUF 0, IQD 0). They would charge a hundredfold.
"""

from decimal import Decimal
from fractions import Fraction

from meydan.integrations.payments.contract import ProviderRefused

_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
EXCEPTIONS = {currency: digits for digits, currencies in _DIGITS.items() for currency in currencies.split()}
"""Digits of the minor unit, where they are not two."""
_LETTERS = 3


def decimals(currency: str) -> int:
    """Number of digits of the currency's minor unit.

    Raises: ProviderRefused (no currency)."""
    if len(currency) != _LETTERS or not (currency.isascii() and currency.isupper() and currency.isalpha()):
        raise ProviderRefused(f"{currency!r} is no currency")
    return EXCEPTIONS.get(currency, 2)


def to_minor(amount: Fraction, currency: str) -> int:
    """Converts to the minor unit, without rounding: half a kuruş is nobody's.

    Raises: ProviderRefused (not a whole amount)."""
    minor = amount * Fraction(10) ** decimals(currency)
    if minor.denominator != 1:
        raise ProviderRefused(f"{float(amount)} {currency} is not a whole amount of its minor unit")
    return minor.numerator


def decimal_amount(amount: int, currency: str) -> Decimal:
    """An amount of the minor unit as people count money: 4999 kuruş are 49.99 lira.

    Raises: ProviderRefused (no currency)."""
    return Decimal(amount).scaleb(-decimals(currency))
