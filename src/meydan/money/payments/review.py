"""Review: the hook that assesses a payment before it is fulfilled. Payments do not know how it decides.

``rooms.py`` registers the one reviewer. There is no default: a process without a reviewer refuses to start.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from meydan.kit.database import Tx


class Review(Struct, frozen=True):
    """The reviewer's decision about a payment that has just arrived."""

    allowed: bool
    release_at: datetime | None = None
    """Set for a delayed payment: the time at which it is fulfilled without staff. None: staff decide."""


class Reviewer(Protocol):
    """Each method runs in the service transaction that settles the payment."""

    async def do_assess(self, tx: Tx, payment_id: UUID, *, card: str | None) -> Review:
        """Assesses a payment once; a repeat answers the same. ``card`` is the provider's fingerprint of the card."""

    async def do_assess_renewal(self, tx: Tx, payment_id: UUID, *, card: str | None) -> None:
        """Assesses a renewal, which is never held; a suspicious one is shown to staff."""

    async def do_record_card(self, tx: Tx, payment_id: UUID, card: str) -> None:
        """Records a card that the provider declined for this payment."""


_reviewers: list[Reviewer] = []


class ReviewerMissingError(RuntimeError):
    """No reviewer is registered, so payments would be fulfilled without review."""


def register(reviewer: Reviewer) -> None:
    """Makes ``reviewer`` the one that settlement asks. Only the wiring calls it."""
    _reviewers[:] = [reviewer]


def reviewer() -> Reviewer:
    """Raises: ReviewerMissingError."""
    if not _reviewers:
        raise ReviewerMissingError("no room reviews payments")
    return _reviewers[0]


def check_complete() -> None:
    """Raises: ReviewerMissingError, unless a reviewer is registered."""
    reviewer()
