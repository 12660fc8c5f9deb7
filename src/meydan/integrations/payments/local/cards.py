"""Cards that nobody owns, each with a manner of its own, as real providers have them for tests."""

from typing import NamedTuple

from meydan.integrations.payments.local.models import Card, Manner
from meydan.kit import seal


class TestCard(NamedTuple):
    number: str
    manner: Manner


TEST_CARDS = [
    TestCard("4242424242424242", Manner.succeeds),
    TestCard("4000000000000002", Manner.declined),
    TestCard("4000002500003155", Manner.confirms),
    TestCard("4000000000000259", Manner.disputed),
    TestCard("4000000000000077", Manner.late),
    TestCard("4000000000000341", Manner.renewal_declined),
]
_MANNERS = {card.number: card.manner for card in TEST_CARDS}
_SHORTEST, _LONGEST = 12, 19


def read_card(typed: str) -> Card | None:
    """Any number that a card could have; None for the others. The number itself is kept nowhere."""
    number = "".join(typed.split())
    if not (
        number.isascii() and number.isdecimal() and _SHORTEST <= len(number) <= _LONGEST and _has_check_digit(number)
    ):
        return None
    fingerprint = seal.mac("local payments card", number).hex()[:32]
    return Card(fingerprint, number[-4:], _MANNERS.get(number, Manner.succeeds))


def in_groups(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def _has_check_digit(number: str) -> bool:
    """Luhn: every second digit from the right counts twice, its digits apart."""
    twice = sum(sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (twice + sum(int(digit) for digit in number[-1::-2])) % 10 == 0
