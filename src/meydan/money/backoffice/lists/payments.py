"""Payments as staff list them."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import accounts
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.money import decimal_amount
from meydan.kit.lists import Cell, Filter, Listing, Order, Sort
from meydan.money.backoffice.person_view import Person, person
from meydan.money.payments import PaymentKind, PaymentStatus
from meydan.tenants import lists


class StaffPayment(Struct, frozen=True):
    id: UUID
    person: Person
    kind: PaymentKind
    status: PaymentStatus
    provider: ProviderName
    coins: int
    amount: int
    """Price of the order, in the currency's minor unit."""
    currency: str
    paid_amount: int | None
    """Money that the provider received."""
    paid_currency: str | None
    refunded: int
    coins_clawed_back: int
    owed: int
    provider_charge_id: str | None
    """The provider's id of the provider_charge_id."""
    problem: str | None
    problem_detail: str | None
    """In the provider's own words."""
    release_at: datetime | None
    created_at: datetime
    paid_at: datetime | None
    settled_at: datetime | None


class StaffPaymentPage(Struct, frozen=True):
    items: list[StaffPayment]
    next: str | None = None


class PaymentSort(StrEnum):
    created_at = "created_at"
    amount = "amount"
    """The money that arrived, else the price; by currency first, for amounts of two cannot be compared."""


class PaymentFilter(Struct, frozen=True):
    status: PaymentStatus | None
    provider: ProviderName | None
    user_id: UUID | None
    name: str
    period: lists.Period


COLUMNS = (
    f"id, {person('payments.user_id')} as person, kind, status, provider, coins, amount, currency, paid_amount,"
    " paid_currency, refunded, coins_clawed_back, owed, provider_charge_id, problem, problem_detail, release_at, created_at, paid_at,"
    " settled_at"
)
_SORTS: dict[PaymentSort, Sort[StaffPayment]] = {
    PaymentSort.created_at: Sort(
        ("created_at", "id"), lambda payment: (payment.created_at, payment.id), tuple[datetime, UUID]
    ),
    PaymentSort.amount: Sort(
        ("coalesce(paid_currency, currency)", "coalesce(paid_amount, amount)", "id"),
        lambda payment: (*_money(payment)[::-1], payment.id),
        tuple[str, int, UUID],
    ),
}


def listing(wanted: PaymentFilter, sort: PaymentSort, order: Order) -> Listing[StaffPayment]:
    """Payments that pass the filter.

    Raises: PeriodInvalid."""
    where = Filter()
    where.equal("status", wanted.status)
    where.equal("provider", wanted.provider)
    where.equal("user_id", wanted.user_id)
    accounts.add_user_named(where, "user_id", wanted.name)
    lists.add_period(where, "created_at", wanted.period)
    select = f"select {COLUMNS} from app.payments where tenant_id = $1"
    return Listing(StaffPayment, select, where, _SORTS[sort], order)


def _money(payment: StaffPayment) -> tuple[int, str]:
    """The money that arrived, else the price."""
    if payment.paid_amount is not None and payment.paid_currency is not None:
        return payment.paid_amount, payment.paid_currency
    return payment.amount, payment.currency


_CELLS: dict[str, Callable[[StaffPayment], Cell]] = {
    "payment_id": lambda payment: str(payment.id),
    "created_at": lambda payment: payment.created_at,
    "paid_at": lambda payment: payment.paid_at,
    "settled_at": lambda payment: payment.settled_at,
    "alias": lambda payment: payment.person.alias,
    "tag": lambda payment: payment.person.tag,
    "kind": lambda payment: payment.kind,
    "status": lambda payment: payment.status,
    "provider": lambda payment: payment.provider,
    "provider_charge_id": lambda payment: payment.provider_charge_id,
    "price": lambda payment: decimal_amount(payment.amount, payment.currency),
    "currency": lambda payment: payment.currency,
    "paid": lambda payment: None if payment.paid_at is None else decimal_amount(*_money(payment)),
    "paid_currency": lambda payment: payment.paid_currency,
    "refunded": lambda payment: decimal_amount(payment.refunded, _money(payment)[1]),
    "coins": lambda payment: payment.coins,
    "coins_clawed_back": lambda payment: payment.coins_clawed_back,
    "coins_owed": lambda payment: payment.owed,
    "problem": lambda payment: payment.problem,
    "problem_detail": lambda payment: payment.problem_detail,
}
EXPORT = lists.Export[StaffPayment](
    "payments", tuple(_CELLS), lambda payment: [tuple(cell(payment) for cell in _CELLS.values())]
)
