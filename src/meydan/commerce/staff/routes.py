"""Money over HTTP for those who run a community. Every route asks the database first whether somebody still does."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from litestar.params import Parameter, QueryParameter
from msgspec import Meta, Struct

from meydan import accounts, wallet
from meydan.commerce import refunds
from meydan.commerce.fraud import cases
from meydan.commerce.kinds import PaymentStatus, ProviderName
from meydan.commerce.staff import payments, queue, reconciling, revenue, transactions, wallets
from meydan.kit.database import Database, Identity, Role
from meydan.kit.http import IdempotencyKey, once_key

Limit = Annotated[int, Parameter(ge=1, le=100)]
Note = Annotated[str, Meta(max_length=1000)]


class RefundRequest(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    amount: Annotated[int, Meta(ge=1, le=10**15)] | None = None
    """In the currency's minor unit; what is left of the payment unless told otherwise."""


class DecideRequest(Struct, frozen=True, forbid_unknown_fields=True):
    decision: cases.Choice
    note: Note = ""


class FreezeRequest(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    """The person reads it."""


class ExplainRequest(Struct, frozen=True, forbid_unknown_fields=True):
    note: Annotated[str, Meta(min_length=1, max_length=1000)]


async def _check(db: Database, me: Identity) -> None:
    await accounts.check_staff(db, me, Role.admin, Role.owner)


@get("/api/staff/transactions", tags=["staff"], summary="Every transfer of coins")
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
    """Newest first, with all entries: they sum to zero. ``to`` itself is left out."""
    await _check(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await transactions.page(tx, cursor, limit, type=type, user_id=user_id, since=since, until=until)


@get("/api/staff/payments", tags=["staff"], summary="Every payment")
async def list_payments(
    db: Database,
    me: Identity,
    cursor: UUID | None = None,
    limit: Limit = 50,
    status: PaymentStatus | None = None,
    provider: ProviderName | None = None,
    user_id: UUID | None = None,
) -> payments.StaffPaymentPage:
    await _check(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await payments.page(tx, cursor, limit, status=status, provider=provider, user_id=user_id)


@get("/api/staff/payments/{payment_id:uuid}", tags=["staff"], summary="One payment and all that was said of it")
async def get_payment(db: Database, me: Identity, payment_id: UUID) -> payments.PaymentDetails:
    await _check(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await payments.details(tx, payment_id)


@post("/api/staff/payments/{payment_id:uuid}/refund", status_code=202, tags=["staff"], summary="Give money back")
async def refund(
    db: Database, me: Identity, payment_id: UUID, data: RefundRequest, idempotency_key: IdempotencyKey = None
) -> payments.PaymentDetails:
    """The provider is asked next; coins are taken back once it has said yes."""
    await _check(db, me)
    key = once_key(me, "refund", idempotency_key)
    async with db.as_service(me.tenant_id) as tx:
        await refunds.do_refund(tx, payment_id, data.amount, reason=data.reason.strip(), actor=me.user_id, key=key)
        return await payments.details(tx, payment_id)


@get("/api/staff/reconciliation", tags=["staff"], summary="Our books held against the providers'")
async def get_reconciliation(db: Database, me: Identity) -> reconciling.Reconciliation:
    await _check(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await reconciling.reconciliation(tx)


@post("/api/staff/reconciliation/run", status_code=202, tags=["staff"], summary="Compare with the providers now")
async def run_reconciliation(db: Database, me: Identity) -> reconciling.Reconciliation:
    """It is done in the background; the next look shows what came of it."""
    await _check(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await reconciling.do_run(tx, me.user_id)


@put("/api/staff/reconciliation/differences/{difference_id:uuid}", tags=["staff"], summary="Explain a difference")
async def explain(db: Database, me: Identity, difference_id: UUID, data: ExplainRequest) -> reconciling.Difference:
    """It leaves the list, and its words stay."""
    await _check(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await reconciling.do_explain(tx, difference_id, data.note.strip(), me.user_id)


@get("/api/staff/fraud", tags=["staff"], summary="What is doubted, and why")
async def list_cases(
    db: Database,
    me: Identity,
    status: cases.CaseStatus = cases.CaseStatus.open,
    cursor: UUID | None = None,
    limit: Limit = 50,
) -> queue.CasePage:
    await _check(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await queue.page(tx, status, cursor, limit)


@post("/api/staff/fraud/{case_id:uuid}/decide", status_code=200, tags=["staff"], summary="Decide a case")
async def decide(db: Database, me: Identity, case_id: UUID, data: DecideRequest) -> queue.Case:
    """Once: whoever comes second is told what was decided (409 ``already_decided``)."""
    await _check(db, me)
    async with db.as_service(me.tenant_id) as tx:
        await cases.do_decide(tx, case_id, data.decision, data.note.strip(), me.user_id)
        return await queue.case(tx, case_id)


@post("/api/staff/wallets/{user_id:uuid}/freeze", status_code=200, tags=["staff"], summary="Freeze a wallet")
async def freeze(db: Database, me: Identity, user_id: UUID, data: FreezeRequest) -> wallets.StaffWallet:
    """Nothing can be spent from it. The person is told why."""
    await _check(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await wallets.do_freeze(tx, user_id, data.reason.strip(), me.user_id)


@post("/api/staff/wallets/{user_id:uuid}/thaw", status_code=200, tags=["staff"], summary="Thaw a wallet")
async def thaw(db: Database, me: Identity, user_id: UUID) -> wallets.StaffWallet:
    """Payments that were kept back with it are given now."""
    await _check(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await wallets.do_thaw(tx, user_id, me.user_id)


@get("/api/staff/revenue", tags=["staff"], summary="Money and coins, day by day")
async def get_revenue(
    db: Database,
    me: Identity,
    first: Annotated[date | None, QueryParameter(name="from")] = None,
    last: Annotated[date | None, QueryParameter(name="to")] = None,
) -> revenue.Revenue:
    """Days of the community's time zone, both ends included; the last thirty unless told otherwise."""
    await _check(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await revenue.revenue(tx, first, last)


@get("/api/staff/ledger", tags=["staff"], summary="What stands in the books, and whether they add up")
async def get_ledger(db: Database, me: Identity) -> wallet.Overview:
    await _check(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await wallet.ledger_overview(tx)


ROUTES = [
    list_transactions,
    list_payments,
    get_payment,
    refund,
    get_reconciliation,
    run_reconciliation,
    explain,
    list_cases,
    decide,
    freeze,
    thaw,
    get_revenue,
    get_ledger,
]
