"""Events of premium, for the rooms above. Each is published in the transaction that caused it."""

from datetime import datetime
from uuid import UUID

from meydan.integrations.payments.enums import ProviderName
from meydan.kit.events import Event


class PremiumStarted(Event, frozen=True):
    user_id: UUID
    period_ends_at: datetime


class PremiumRenewed(Event, frozen=True):
    user_id: UUID
    period_ends_at: datetime


class PremiumInGrace(Event, frozen=True):
    user_id: UUID
    grace_ends_at: datetime


class PremiumCancelled(Event, frozen=True):
    """It stays until then and is not renewed."""

    user_id: UUID
    period_ends_at: datetime


class PremiumEnded(Event, frozen=True):
    user_id: UUID


class PaidTwice(Event, frozen=True):
    """A second membership was paid for while one renews."""

    user_id: UUID
    payment_id: UUID | None
    """Which goes back by itself, if one does."""
    where: ProviderName | None
    """The store in which only the person can cancel one of the two."""
