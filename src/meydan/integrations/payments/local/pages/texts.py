"""Texts of the pay page, in both languages."""

from typing import NamedTuple

from meydan.integrations.payments.enums import Period
from meydan.integrations.payments.local.models import Behaviour
from meydan.integrations.payments.money import decimals

_SIGNS = {"TRY": "₺", "EUR": "€", "USD": "$", "GBP": "£"}


class Texts(NamedTuple):
    title: str
    play_money: str
    number: str
    pay: str
    leave: str
    cards: str
    other_cards: str
    declined: str
    no_card: str
    bank: str
    bank_asks: str
    approve: str
    refuse: str
    refused: str
    over: str
    back: str
    other_language: str
    renews: dict[Period, str]
    behaviours: dict[Behaviour, str]


TEXTS = {
    "en": Texts(
        title="Pay {price}",
        play_money="A pay page for trying things out: no money moves, and no card is real.",
        number="Card number",
        pay="Pay {price}",
        leave="Cancel and go back",
        cards="Cards to try",
        other_cards="Any other card number that is valid succeeds too.",
        declined="The bank declined this card. Nothing was paid. You can try another one.",
        no_card="This is not a card number.",
        bank="Your bank asks",
        bank_asks="Do you approve the payment of {price} with the card ending in {last4}?",
        approve="Approve",
        refuse="Refuse",
        refused="The bank's question was answered with no. Nothing was paid. You can try again.",
        over="This payment is over. Nothing was paid.",
        back="Go back",
        other_language="Türkçe",
        renews={
            Period.week: "{price} again each week, until you cancel.",
            Period.month: "{price} again each month, until you cancel.",
            Period.year: "{price} again each year, until you cancel.",
        },
        behaviours={
            Behaviour.succeeds: "succeeds",
            Behaviour.declined: "is declined",
            Behaviour.confirms: "the bank asks first",
            Behaviour.disputed: "succeeds, is disputed 5 seconds later",
            Behaviour.late: "the money arrives 20 seconds later",
            Behaviour.renewal_declined: "succeeds, renewals are declined",
        },
    ),
    "tr": Texts(
        title="{price} öde",
        play_money="Bu bir deneme ödeme sayfası: para hareket etmez, hiçbir kart gerçek değildir.",
        number="Kart numarası",
        pay="{price} öde",
        leave="Vazgeç ve geri dön",
        cards="Denenecek kartlar",
        other_cards="Geçerli başka her kart numarası da kabul edilir.",
        declined="Banka bu kartı kabul etmedi. Ödeme yapılmadı. Başka bir kart deneyebilirsin.",
        no_card="Bu bir kart numarası değil.",
        bank="Bankan soruyor",
        bank_asks="Sonu {last4} olan kartla {price} ödemeyi onaylıyor musun?",
        approve="Onayla",
        refuse="Reddet",
        refused="Bankanın sorusuna hayır dendi. Ödeme yapılmadı. Yeniden deneyebilirsin.",
        over="Bu ödeme sona erdi. Ödeme yapılmadı.",
        back="Geri dön",
        other_language="English",
        renews={
            Period.week: "İptal edene kadar her hafta yeniden {price} alınır.",
            Period.month: "İptal edene kadar her ay yeniden {price} alınır.",
            Period.year: "İptal edene kadar her yıl yeniden {price} alınır.",
        },
        behaviours={
            Behaviour.succeeds: "kabul edilir",
            Behaviour.declined: "reddedilir",
            Behaviour.confirms: "önce banka sorar",
            Behaviour.disputed: "kabul edilir, 5 saniye sonra itiraz edilir",
            Behaviour.late: "para 20 saniye sonra gelir",
            Behaviour.renewal_declined: "kabul edilir, yenilemeler reddedilir",
        },
    ),
}


def price(amount: int, currency: str, language: str) -> str:
    """Formats an amount: ₺1.249,90 in Turkish, ₺1,249.90 in English."""
    places = decimals(currency)
    whole, part = divmod(amount, 10**places)
    written = f"{whole:,}" + (f".{part:0{places}d}" if places else "")
    if language == "tr":
        written = written.translate(str.maketrans(",.", ".,"))
    return f"{_SIGNS[currency]}{written}" if currency in _SIGNS else f"{written} {currency}"
