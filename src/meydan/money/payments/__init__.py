"""Payments: money in, from order to settled, refunded or disputed. It knows kinds, not what they give."""

from meydan.money.payments import fulfilment, personal_data, review, tasks  # noqa: F401 -- importing the room registers jobs and what it keeps of a person
from meydan.money.payments.coins import COINS, CoinFulfilment
from meydan.money.payments.enums import PaymentStatus
from meydan.money.payments.events import PaymentHeld, PaymentSettled, PaymentTakenBack
from meydan.money.payments.provider_accounts import (
    AccountInvalid,
    account_of,
    do_connect,
    do_disconnect,
    provider_from,
    webhook_url,
)
from meydan.money.payments.provider_accounts import lines as provider_lines

__all__ = [
    "COINS",
    "AccountInvalid",
    "CoinFulfilment",
    "PaymentHeld",
    "PaymentSettled",
    "PaymentStatus",
    "PaymentTakenBack",
    "account_of",
    "do_connect",
    "do_disconnect",
    "fulfilment",
    "provider_from",
    "provider_lines",
    "review",
    "webhook_url",
]
