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
    """Premium stays until the period's end, and is not renewed."""

    user_id: UUID
    period_ends_at: datetime


class PremiumEnded(Event, frozen=True):
    user_id: UUID


class DuplicateSubscriptionPaid(Event, frozen=True):
    """A second membership was paid for while another blocks it."""

    user_id: UUID
    payment_id: UUID | None
    """The payment that is refunded, if one is."""
    where: ProviderName | None
    """The store in which only the user can cancel one of the two. Stored notifications hold this name."""
