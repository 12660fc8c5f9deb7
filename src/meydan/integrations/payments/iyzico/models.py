"""Answers and webhooks of iyzico, as far as they are read here; the names are iyzico's."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from msgspec import Struct

TURKEY = ZoneInfo("Europe/Istanbul")


class Answer(Struct, rename="camel"):
    """Base of the answers. iyzico mixes numbers and texts, so fields take both."""

    status: str = ""
    system_time: int | str = 0
    conversation_id: str | None = None
    error_code: str | int | None = None
    error_group: str | None = None
    error_message: str | None = None
    retryable: bool | None = None
    signature: str | None = None


class FormMade(Answer, rename="camel"):
    token: str = ""
    token_expire_time: int | str = 0
    """Seconds."""
    payment_page_url: str = ""


class FormResult(Answer, rename="camel"):
    token: str = ""
    payment_status: str | None = None
    payment_id: str | int | None = None
    fraud_status: int | None = None
    basket_id: str | None = None
    currency: str | None = None
    price: Decimal | None = None
    paid_price: Decimal | None = None


class RefundMade(Answer, rename="camel"):
    payment_id: str | int | None = None
    price: Decimal | None = None
    currency: str | None = None


class RefundDetail(Struct, rename="camel"):
    refund_price: Decimal
    refund_status: int
    refund_conversation_id: str | None = None
    cancel_conversation_id: str | None = None
    created_date: str | None = None


class Item(Struct, rename="camel"):
    refunds: list[RefundDetail] | None = None


class PaymentDetail(Struct, rename="camel"):
    payment_id: str | int
    payment_status: int
    paid_price: Decimal
    currency: str
    created_date: str
    fraud_status: int | None = None
    basket_id: str | None = None
    cancels: list[RefundDetail] | None = None
    item_transactions: list[Item] | None = None

    @property
    def refunds(self) -> list[RefundDetail]:
        """Refunds that succeeded, and a cancellation, which gives the whole payment back."""
        items = [line for item in self.item_transactions or [] for line in item.refunds or []]
        return [line for line in [*items, *(self.cancels or [])] if line.refund_status == 1]


class DetailAnswer(Answer, rename="camel"):
    payments: list[PaymentDetail] | None = None


class TransactionLine(Struct, rename="camel"):
    transaction_type: str
    transaction_status: int
    transaction_date: str
    payment_id: str | int
    paid_price: Decimal
    transaction_currency: str
    conversation_id: str | None = None


class TransactionAnswer(Answer, rename="camel"):
    transactions: list[TransactionLine] | None = None
    total_page_count: int = 0


class Notification(Struct, rename="camel"):
    """A webhook from iyzico's server, set up in its panel."""

    iyzi_event_type: str
    iyzi_reference_code: str
    status: str
    payment_conversation_id: str | None = None
    iyzi_payment_id: int | str | None = None
    payment_id: int | str | None = None
    token: str | None = None
    """The form's token; a payment without a form has no such member."""

    @property
    def paid_id(self) -> int | str | None:
        """The payment's id, which has another name where a form made the payment."""
        return self.payment_id if self.token is None else self.iyzi_payment_id

    @property
    def token_part(self) -> list[str]:
        return [] if self.token is None else [self.token]


class Subject(Struct):
    """The payload of a kept webhook event: a form or a payment. Field names change only with a migration."""

    token: str | None = None
    payment_id: str | None = None
    status: str | None = None


def turkish_time(text: str) -> datetime:
    """Reads a time. iyzico writes the time in Turkey, whatever zone it puts behind it: 15:19Z is 12:19 UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=TURKEY).astimezone(UTC)
