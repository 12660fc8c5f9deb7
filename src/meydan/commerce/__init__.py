"""Commerce: what is sold for money, how it is paid, and what has to be given back."""

from meydan.commerce import people, shop, tasks  # noqa: F401 -- importing the room registers listeners, jobs and what it keeps
from meydan.commerce.accounts import (
    AccountInvalid,
    account_of,
    do_connect,
    do_disconnect,
    provider_from,
    webhook_url,
)
from meydan.commerce.accounts import lines as provider_lines
from meydan.commerce.events import (
    MeetingsBought,
    PaidTwice,
    PaymentHeld,
    PaymentSettled,
    PaymentTakenBack,
    PremiumCancelled,
    PremiumEnded,
    PremiumInGrace,
    PremiumRenewed,
    PremiumStarted,
)
from meydan.commerce.fraud import people as _fraud_people  # noqa: F401 -- the same
from meydan.commerce.fraud import tasks as _fraud_tasks  # noqa: F401 -- the same
from meydan.commerce.kinds import PaymentKind, PaymentStatus, Period, ProviderName, SubscriptionStatus
from meydan.commerce.limits import Limits, limits
from meydan.commerce.providers.contract import ProviderRefused, ProviderUnavailable
from meydan.commerce.settings import CommerceSettings
from meydan.commerce.staff import kept as _staff_kept  # noqa: F401 -- the same

__all__ = [
    "AccountInvalid",
    "CommerceSettings",
    "Limits",
    "MeetingsBought",
    "PaidTwice",
    "PaymentHeld",
    "PaymentKind",
    "PaymentSettled",
    "PaymentStatus",
    "PaymentTakenBack",
    "Period",
    "PremiumCancelled",
    "PremiumEnded",
    "PremiumInGrace",
    "PremiumRenewed",
    "PremiumStarted",
    "ProviderName",
    "ProviderRefused",
    "ProviderUnavailable",
    "SubscriptionStatus",
    "account_of",
    "do_connect",
    "do_disconnect",
    "limits",
    "provider_from",
    "provider_lines",
    "webhook_url",
]
