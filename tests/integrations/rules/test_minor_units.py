"""Minor units of currencies, against the standard's own list.

``iso_4217_list_one.csv`` holds the code and the minor unit of every entry of ISO 4217 List One ("Current currency & funds",
SIX, the standard's maintenance agency, https://www.six-group.com/en/products-services/financial-information/
market-reference-data/data-standards.html), as of 1 February 2026: the lev has left, the Caribbean guilder has come. Copied
from github.com/datasets/currency-codes (public domain), which is generated from SIX's document. "-": no minor unit applies.
"""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from meydan.integrations.payments import money
from meydan.integrations.payments.contract import ProviderRefused
from meydan.integrations.payments.money import decimals, to_minor

LIST_ONE = {
    row["currency"]: row["minor_unit"]
    for row in csv.DictReader((Path(__file__).parent / "iso_4217_list_one.csv").read_text().splitlines())
}


def test_every_currency_has_the_minor_unit_of_the_standard():
    expected = {currency: int(unit) for currency, unit in LIST_ONE.items() if unit != "-"}
    assert len(expected) == 165
    assert {currency: decimals(currency) for currency in expected} == expected


def test_the_table_names_only_currencies_of_the_standard():
    assert money.EXCEPTIONS.keys() <= LIST_ONE.keys()
    assert 2 not in money.EXCEPTIONS.values(), "two digits go without saying"


@pytest.mark.parametrize(("currency", "cldr", "standard"), [("HUF", 0, 2), ("IQD", 0, 3), ("TWD", 0, 2)])
def test_the_standard_differs_from_what_people_write(currency: str, cldr: int, standard: int):
    """CLDR has the digits that people write: by them an amount would be charged a hundredfold."""
    assert decimals(currency) == standard != cldr


@pytest.mark.parametrize("nonsense", ["", "TR", "try", "TRYY", "T1Y", "ŞÇÖ"])
def test_what_is_no_currency_is_refused(nonsense: str):
    with pytest.raises(ProviderRefused, match="is no currency"):
        decimals(nonsense)


def test_an_amount_is_exact_or_refused():
    assert to_minor(Fraction("149.99"), "TRY") == 14_999
    assert to_minor(Fraction("1.234"), "KWD") == 1_234
    assert to_minor(Fraction(3_300), "KRW") == 3_300
    for amount, currency in ((Fraction("1.995"), "USD"), (Fraction("0.5"), "JPY")):
        with pytest.raises(ProviderRefused, match="not a whole amount"):
            to_minor(amount, currency)
