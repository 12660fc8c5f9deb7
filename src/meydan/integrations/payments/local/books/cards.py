"""Test cards, each with a behaviour of its own, as real providers have them."""

from typing import NamedTuple

from meydan.integrations.payments.local.models import Behaviour, Card
from meydan.kit.crypto import keys, seal


class TestCard(NamedTuple):
    number: str
    behaviour: Behaviour


TEST_CARDS = [
    TestCard("4242424242424242", Behaviour.succeeds),
    TestCard("4000000000000002", Behaviour.declined),
    TestCard("4000002500003155", Behaviour.confirms),
    TestCard("4000000000000259", Behaviour.disputed),
    TestCard("4000000000000077", Behaviour.late),
    TestCard("4000000000000341", Behaviour.renewal_declined),
]
_BEHAVIOURS = {card.number: card.behaviour for card in TEST_CARDS}
_SHORTEST, _LONGEST = 12, 19


def read_card(typed: str) -> Card | None:
    """Reads any valid card number; None for others. The number itself is kept nowhere."""
    number = "".join(typed.split())
    if not (
        number.isascii() and number.isdecimal() and _SHORTEST <= len(number) <= _LONGEST and _has_check_digit(number)
    ):
        return None
    # By the first key, for good: no provider gives a card another fingerprint because a merchant has changed a key.
    fingerprint = seal.mac("local payments card", number, key=keys.current().contact_seal_key).hex()[:32]
    return Card(fingerprint, number[-4:], _BEHAVIOURS.get(number, Behaviour.succeeds))


def in_groups(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def _has_check_digit(number: str) -> bool:
    """Checks by Luhn: every second digit from the right counts twice, its digits apart."""
    twice = sum(sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (twice + sum(int(digit) for digit in number[-1::-2])) % 10 == 0
