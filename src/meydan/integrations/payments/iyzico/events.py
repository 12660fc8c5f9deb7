"""iyzico's forms and payments as our events. Nothing is asked here."""

from datetime import UTC, datetime
from fractions import Fraction

from meydan.integrations.payments.contract import Awaited, Charge, Failed, Paid, ProviderEvent, Refunded
from meydan.integrations.payments.identifiers import uuid_of
from meydan.integrations.payments.iyzico.models import FormResult, PaymentDetail, TransactionLine, turkish_time
from meydan.integrations.payments.money import to_minor
from meydan.kit import clock

_FRAUD_REJECTED = -1
_SAFE = 1


def form_events(result: FormResult, *, test: bool) -> list[ProviderEvent]:
    """Reads a checkout form: paid, awaited, failed, or nothing yet."""
    at = datetime.fromtimestamp(int(result.system_time) / 1000, UTC) if result.system_time else clock.now()
    if result.payment_status == "SUCCESS" and result.paid_price is not None and result.currency is not None:
        charge = str(result.payment_id)
        if result.fraud_status == _SAFE:
            return [
                Paid(
                    event_id=f"paid:{charge}",
                    happened_at=at,
                    charge=charge,
                    amount=to_minor(Fraction(result.paid_price), result.currency),
                    currency=result.currency,
                    payment_id=uuid_of(result.basket_id),
                    checkout=result.token,
                    test=test,
                )
            ]
        if result.fraud_status != _FRAUD_REJECTED:
            return [_awaited(result, at)]  # iyzico still reviews it, and tells later
        return [_failed(result, at, "FRAUD_REJECTED")]
    if result.payment_status == "FAILURE":
        return [_failed(result, at, str(result.error_group or result.error_code or "FAILURE"))]
    return []


def _failed(result: FormResult, at: datetime, reason: str) -> Failed:
    return Failed(
        event_id=f"failed:{result.token}:{result.payment_id or ''}",
        happened_at=at,
        payment_id=uuid_of(result.basket_id),
        checkout=result.token or None,
        reason=reason,
    )


def payment_events(detail: PaymentDetail, *, test: bool) -> list[ProviderEvent]:
    if detail.payment_status != 1 or detail.fraud_status not in (None, _SAFE):
        return []
    charge = str(detail.payment_id)
    return [
        Paid(
            event_id=f"paid:{charge}",
            happened_at=turkish_time(detail.created_date),
            charge=charge,
            amount=to_minor(Fraction(detail.paid_price), detail.currency),
            currency=detail.currency,
            payment_id=uuid_of(detail.basket_id),
            test=test,
        )
    ]


def _awaited(result: FormResult, at: datetime) -> Awaited:
    return Awaited(
        event_id=f"awaited:{result.token}",
        happened_at=at,
        payment_id=uuid_of(result.basket_id),
        checkout=result.token or None,
    )


def refunded_amount(detail: PaymentDetail) -> int:
    return sum(to_minor(Fraction(line.refund_price), detail.currency) for line in detail.refunds)


def refund_events(detail: PaymentDetail) -> list[ProviderEvent]:
    if not detail.refunds:
        return []
    newest = max(reversed(detail.refunds), key=lambda line: line.created_date or "")  # of one second's, the last
    total = refunded_amount(detail)
    return [
        Refunded(
            event_id=f"refunded:{detail.payment_id}:{total}",
            happened_at=turkish_time(newest.created_date) if newest.created_date else clock.now(),
            charge=str(detail.payment_id),
            refunded=total,
            currency=detail.currency,
            refund=newest.refund_conversation_id or newest.cancel_conversation_id,
        )
    ]


def charge_of_line(line: TransactionLine) -> Charge:
    currency = line.transaction_currency
    amount, paid_at = to_minor(Fraction(line.paid_price), currency), turkish_time(line.transaction_date)
    return Charge(str(line.payment_id), amount, currency, 0, False, paid_at, uuid_of(line.conversation_id))


def charges_of_payment(detail: PaymentDetail) -> list[Charge]:
    if detail.payment_status != 1:
        return []
    amount = to_minor(Fraction(detail.paid_price), detail.currency)
    paid_at = turkish_time(detail.created_date)
    ours = uuid_of(detail.basket_id)
    return [Charge(str(detail.payment_id), amount, detail.currency, refunded_amount(detail), False, paid_at, ours)]
