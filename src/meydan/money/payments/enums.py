"""Enums of payments."""

from enum import StrEnum


class PaymentStatus(StrEnum):
    created = "created"
    """Recorded; the provider has not been asked yet."""
    pending = "pending"
    """The person can pay: the provider knows of it."""
    held = "held"
    """Paid, and kept back by a fraud rule until a time or until staff decide."""
    paid = "paid"
    failed = "failed"
    expired = "expired"
    partly_refunded = "partly_refunded"
    refunded = "refunded"
    disputed = "disputed"
    charged_back = "charged_back"


PAID_TWICE = "paid_twice"
