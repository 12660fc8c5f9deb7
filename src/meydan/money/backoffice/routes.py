"""Money over HTTP for those who run a community. The guard asks the database on each request."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from litestar.params import Parameter, QueryParameter
from msgspec import Meta, Struct

from meydan import accounts
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Database
from meydan.kit.http import IdempotencyKey, scoped_idempotency_key
from meydan.kit.identity import Identity, Role
from meydan.money import wallet
from meydan.money.backoffice import (
    case_queue,
    fraud_rules,
    manual_release,
    payments,
    people_routes,
    reconciliation,
    revenue,
    transactions,
)
from meydan.money.fraud import cases
from meydan.money.payments import PaymentStatus

_STAFF = [accounts.staff_only(Role.admin, Role.owner)]

Limit = Annotated[int, Parameter(ge=1, le=100)]
Note = Annotated[str, Meta(max_length=1000)]
Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]


class RefundRequest(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Reason
    amount: Annotated[int, Meta(ge=1, le=10**15)] | None = None
    """In the currency's minor unit; what is left of the payment unless told otherwise."""


class DecideRequest(Struct, frozen=True, forbid_unknown_fields=True):
    decision: cases.Choice
    note: Note = ""


class GiveRequest(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Reason


class RulesRequest(Struct, frozen=True, forbid_unknown_fields=True):
    changes: dict[str, fraud_rules.Value]
    """What is not named stays as it is."""


class ExplainRequest(Struct, frozen=True, forbid_unknown_fields=True):
    note: Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"\S")]


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
    """Newest first, with all entries: they sum to zero. ``to`` itself is left out."""
    async with db.as_service(me.tenant_id) as tx:
        return await transactions.page(
            tx, me.user_id, cursor, limit, type=type, user_id=user_id, since=since, until=until
        )


@get("/api/staff/payments", tags=["staff"], guards=_STAFF, summary="Every payment")
async def list_payments(
    db: Database,
    me: Identity,
    cursor: UUID | None = None,
    limit: Limit = 50,
    status: PaymentStatus | None = None,
    provider: ProviderName | None = None,
    user_id: UUID | None = None,
) -> payments.StaffPaymentPage:
    async with db.as_service(me.tenant_id) as tx:
        return await payments.page(tx, cursor, limit, status=status, provider=provider, user_id=user_id)


@get(
    "/api/staff/payments/{payment_id:uuid}",
    tags=["staff"],
    guards=_STAFF,
    summary="One payment and all that was said of it",
)
async def get_payment(db: Database, me: Identity, payment_id: UUID) -> payments.PaymentDetails:
    async with db.as_service(me.tenant_id) as tx:
        return await payments.details(tx, payment_id, me.user_id)


@post(
    "/api/staff/payments/{payment_id:uuid}/refund",
    status_code=202,
    tags=["staff"],
    guards=_STAFF,
    summary="Give money back",
)
async def refund(
    db: Database, me: Identity, payment_id: UUID, data: RefundRequest, idempotency_key: IdempotencyKey = None
) -> payments.PaymentDetails:
    """The provider is asked next; coins are taken back once it has said yes."""
    key = scoped_idempotency_key(me, "refund", idempotency_key)
    async with db.as_service(me.tenant_id) as tx:
        await payments.do_refund(tx, payment_id, data.amount, data.reason.strip(), me.user_id, key=key)
        return await payments.details(tx, payment_id, me.user_id)


@post(
    "/api/staff/payments/{payment_id:uuid}/give",
    status_code=200,
    tags=["staff"],
    guards=_STAFF,
    summary="Give what is held back",
)
async def give(db: Database, me: Identity, payment_id: UUID, data: GiveRequest) -> payments.PaymentDetails:
    """Though the amount or the product is another one than was ordered. What the fraud rules doubt is decided as a case."""
    async with db.as_service(me.tenant_id) as tx:
        await manual_release.do_give(tx, payment_id, data.reason.strip(), me.user_id)
        return await payments.details(tx, payment_id, me.user_id)


@get("/api/staff/reconciliation", tags=["staff"], guards=_STAFF, summary="Our books held against the providers'")
async def get_reconciliation(db: Database, me: Identity) -> reconciliation.Reconciliation:
    async with db.as_service(me.tenant_id) as tx:
        return await reconciliation.reconciliation(tx)


@post(
    "/api/staff/reconciliation/run",
    status_code=202,
    tags=["staff"],
    guards=_STAFF,
    summary="Compare with the providers now",
)
async def run_reconciliation(db: Database, me: Identity) -> reconciliation.Reconciliation:
    """It is done in the background; the next look shows what came of it."""
    async with db.as_service(me.tenant_id) as tx:
        return await reconciliation.do_run(tx, me.user_id)


@put(
    "/api/staff/reconciliation/differences/{difference_id:uuid}",
    tags=["staff"],
    guards=_STAFF,
    summary="Explain a difference",
)
async def explain(db: Database, me: Identity, difference_id: UUID, data: ExplainRequest) -> reconciliation.Difference:
    """It leaves the list, and its words stay."""
    async with db.as_service(me.tenant_id) as tx:
        return await reconciliation.do_explain(tx, difference_id, data.note.strip(), me.user_id)


@get("/api/staff/fraud", tags=["staff"], guards=_STAFF, summary="What is doubted, and why")
async def list_cases(
    db: Database,
    me: Identity,
    status: cases.CaseStatus = cases.CaseStatus.open,
    cursor: UUID | None = None,
    limit: Limit = 50,
) -> case_queue.CasePage:
    async with db.as_service(me.tenant_id) as tx:
        return await case_queue.page(tx, me.user_id, status, cursor, limit)


@post("/api/staff/fraud/{case_id:uuid}/decide", status_code=200, tags=["staff"], guards=_STAFF, summary="Decide a case")
async def decide(db: Database, me: Identity, case_id: UUID, data: DecideRequest) -> case_queue.Case:
    """Once: whoever comes second is told what was decided (409 ``already_decided``)."""
    async with db.as_service(me.tenant_id) as tx:
        await case_queue.do_decide(tx, case_id, data.decision, data.note.strip(), me.user_id)
        return await case_queue.case(tx, case_id, me.user_id)


@get(
    "/api/staff/fraud/rules",
    tags=["staff"],
    guards=_STAFF,
    summary="What the fraud rules find usual, and what follows from more",
)
async def get_rules(db: Database, me: Identity) -> fraud_rules.FraudRules:
    async with db.as_service(me.tenant_id) as tx:
        return await fraud_rules.rules(tx)


@put("/api/staff/fraud/rules", tags=["staff"], guards=_STAFF, summary="Change the numbers of the fraud rules")
async def change_rules(db: Database, me: Identity, data: RulesRequest) -> fraud_rules.FraudRules:
    """From the next purchase on; what is held already is decided as it was."""
    async with db.as_service(me.tenant_id) as tx:
        await fraud_rules.do_change(tx, data.changes, me.user_id)
    async with db.as_service(me.tenant_id) as tx:  # what was kept of the old ones went with the commit
        return await fraud_rules.rules(tx)


@get("/api/staff/revenue", tags=["staff"], guards=_STAFF, summary="Money and coins, day by day")
async def get_revenue(
    db: Database,
    me: Identity,
    first: Annotated[date | None, QueryParameter(name="from")] = None,
    last: Annotated[date | None, QueryParameter(name="to")] = None,
) -> revenue.Revenue:
    """Days of the community's time zone, both ends included; the last thirty unless told otherwise."""
    async with db.as_service(me.tenant_id) as tx:
        return await revenue.revenue(tx, first, last)


@get("/api/staff/ledger", tags=["staff"], guards=_STAFF, summary="What stands in the books, and whether they add up")
async def get_ledger(db: Database, me: Identity) -> wallet.Overview:
    async with db.as_service(me.tenant_id) as tx:
        return await wallet.ledger_overview(tx)


ROUTES = [
    list_transactions,
    list_payments,
    get_payment,
    refund,
    give,
    get_reconciliation,
    run_reconciliation,
    explain,
    list_cases,
    decide,
    get_rules,
    change_rules,
    get_revenue,
    get_ledger,
    *people_routes.ROUTES,
]
