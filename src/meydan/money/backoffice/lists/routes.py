"""Lists of staff over HTTP, each with a route that answers the same rows as a CSV file."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import Provide
from litestar.params import Parameter, QueryParameter
from litestar.response import Stream

from meydan import accounts
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Database, Tx
from meydan.kit.identity import Identity, Role
from meydan.kit.lists import Listing, Order
from meydan.money import wallet
from meydan.money.backoffice.lists import payments, transactions
from meydan.money.payments import PaymentStatus
from meydan.tenants import lists

_STAFF = [accounts.staff_only(Role.admin, Role.owner)]

Limit = Annotated[int, Parameter(ge=1, le=100)]
Cursor = Annotated[str | None, Parameter(max_length=300)]
Name = Annotated[str, Parameter(max_length=40, description="The beginning of a real face's name; alias#tag names one.")]
Since = Annotated[date | None, QueryParameter(name="from", description="First day, in the community's time zone.")]
Until = Annotated[date | None, QueryParameter(description="The day after the last.")]


def _payment_filter(
    status: PaymentStatus | None = None,
    provider: ProviderName | None = None,
    user_id: UUID | None = None,
    name: Name = "",
    since: Since = None,
    until: Until = None,
) -> payments.PaymentFilter:
    return payments.PaymentFilter(status, provider, user_id, name, lists.Period(since, until))


_PAYMENTS = {"wanted": Provide(_payment_filter, sync_to_thread=False)}


@get("/api/staff/payments", tags=["staff"], guards=_STAFF, dependencies=_PAYMENTS, summary="Every payment")
async def list_payments(
    db: Database,
    me: Identity,
    wanted: payments.PaymentFilter,
    sort: payments.PaymentSort = payments.PaymentSort.created_at,
    order: Order = Order.descending,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> payments.StaffPaymentPage:
    """A cursor belongs to the sort and order it was answered in (422 ``cursor_invalid``)."""
    async with db.as_service(me.tenant_id) as tx:
        page = await payments.listing(wanted, sort, order).page(tx, cursor, limit)
    return payments.StaffPaymentPage(page.items, page.next)


@get(
    "/api/staff/payments/export.csv",
    tags=["staff"],
    guards=_STAFF,
    dependencies=_PAYMENTS,
    summary="Payments as a CSV file",
    media_type="text/csv",
)
async def export_payments(
    db: Database,
    me: Identity,
    wanted: payments.PaymentFilter,
    sort: payments.PaymentSort = payments.PaymentSort.created_at,
    order: Order = Order.descending,
) -> Stream:
    """At most 20,000 rows: ``Meydan-Cut-At`` and the file's name say when there are more. The audit log names it."""

    async def listing(_: Tx) -> Listing[payments.StaffPayment]:
        return payments.listing(wanted, sort, order)

    return await lists.do_export(db, me, payments.EXPORT, listing, wanted)


@get("/api/staff/transactions", tags=["staff"], guards=_STAFF, summary="Every transfer of coins")
async def list_transactions(
    db: Database,
    me: Identity,
    cursor: UUID | None = None,
    limit: Limit = 50,
    type: wallet.TransactionType | None = None,
    user_id: UUID | None = None,
    since: Annotated[datetime | None, QueryParameter(name="from")] = None,
    until: Annotated[datetime | None, QueryParameter(name="to")] = None,
) -> transactions.StaffTransactionPage:
    """Newest first, with all entries, which sum to zero. ``to`` is exclusive."""
    async with db.as_service(me.tenant_id) as tx:
        return await transactions.page(
            tx, me.user_id, cursor, limit, type=type, user_id=user_id, since=since, until=until
        )


ROUTES = [list_payments, export_payments, list_transactions]
