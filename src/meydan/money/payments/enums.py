"""Enums of payments, and the open name of a kind."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

PaymentKind = Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,39}$(?!\n)")]
"""An open name: ``coins``, ``premium``, and the kind of each room that sells something. The database checks its form."""


class PaymentStatus(StrEnum):
    created = "created"
    """Recorded; the provider has not been asked yet."""
    pending = "pending"
    """The provider has a checkout for it: the buyer can pay."""
    held = "held"
    """Paid, and held until a time or until staff decide."""
    paid = "paid"
    failed = "failed"
    expired = "expired"
    partly_refunded = "partly_refunded"
    refunded = "refunded"
    disputed = "disputed"
    charged_back = "charged_back"


DUPLICATE = "paid_twice"
"""The problem code, stored in payments, of money for which there is a membership already."""
