"""Money over HTTP for staff. The guard reads the role from the database on each request."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from litestar.params import Parameter, QueryParameter
from msgspec import Meta, Struct

from meydan import accounts
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
)
from meydan.money.backoffice.lists import routes as list_routes
from meydan.money.fraud import cases

_STAFF = [accounts.staff_only(Role.admin, Role.owner)]

Limit = Annotated[int, Parameter(ge=1, le=100)]
Note = Annotated[str, Meta(max_length=1000)]
Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]


class RefundPaymentRequest(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Reason
    amount: Annotated[int, Meta(ge=1, le=10**15)] | None = None
    """In the currency's minor unit; absent, all that is left of the payment."""


class DecideCaseRequest(Struct, frozen=True, forbid_unknown_fields=True):
    decision: cases.Choice
    note: Note = ""


class ReleasePaymentRequest(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Reason


class ChangeRulesRequest(Struct, frozen=True, forbid_unknown_fields=True):
    changes: dict[str, fraud_rules.Value]
    """Numbers by name; the others stay as they are."""


class ExplainDifferenceRequest(Struct, frozen=True, forbid_unknown_fields=True):
    note: Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"\S")]


@get(
    "/api/staff/payments/{payment_id:uuid}",
    tags=["staff"],
    guards=_STAFF,
    summary="A payment with its webhooks, refunds and disputes",
)
async def get_payment(db: Database, me: Identity, payment_id: UUID) -> payments.StaffPaymentDetails:
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
    db: Database, me: Identity, payment_id: UUID, data: RefundPaymentRequest, idempotency_key: IdempotencyKey = None
) -> payments.StaffPaymentDetails:
    """Requests a refund. Coins are clawed back once the provider has made it."""
    key = scoped_idempotency_key(me, "refund", idempotency_key)
    async with db.as_service(me.tenant_id) as tx:
        await payments.do_refund(tx, payment_id, data.amount, data.reason.strip(), me.user_id, key=key)
        return await payments.details(tx, payment_id, me.user_id)


@post(
    "/api/staff/payments/{payment_id:uuid}/release",
    status_code=200,
    tags=["staff"],
    guards=_STAFF,
    summary="Release a held payment",
)
async def release(
    db: Database, me: Identity, payment_id: UUID, data: ReleasePaymentRequest
) -> payments.StaffPaymentDetails:
    """Fulfils a payment whose amount or product differs from the order. One with an open fraud case is decided there."""
    async with db.as_service(me.tenant_id) as tx:
        await manual_release.do_release(tx, payment_id, data.reason.strip(), me.user_id)
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
    """Queues the comparison; a later request shows its result."""
    async with db.as_service(me.tenant_id) as tx:
        return await reconciliation.do_run(tx, me.user_id)


@put(
    "/api/staff/reconciliation/differences/{difference_id:uuid}",
    tags=["staff"],
    guards=_STAFF,
    summary="Explain a difference",
)
async def explain(
    db: Database, me: Identity, difference_id: UUID, data: ExplainDifferenceRequest
) -> reconciliation.Difference:
    """Closes the difference; its note stays."""
    async with db.as_service(me.tenant_id) as tx:
        return await reconciliation.do_explain(tx, difference_id, data.note.strip(), me.user_id)


@get("/api/staff/fraud", tags=["staff"], guards=_STAFF, summary="Fraud cases and their findings")
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
async def decide(db: Database, me: Identity, case_id: UUID, data: DecideCaseRequest) -> case_queue.Case:
    """Decides a case once; a second decision is refused with the first one (409 ``already_decided``)."""
    async with db.as_service(me.tenant_id) as tx:
        await case_queue.do_decide(tx, case_id, data.decision, data.note.strip(), me.user_id)
        return await case_queue.case(tx, case_id, me.user_id)


@get(
    "/api/staff/fraud/rules",
    tags=["staff"],
    guards=_STAFF,
    summary="Numbers of the fraud rules, with defaults and bounds",
)
async def get_rules(db: Database, me: Identity) -> fraud_rules.FraudRules:
    async with db.as_service(me.tenant_id) as tx:
        return await fraud_rules.rules(tx)


@put("/api/staff/fraud/rules", tags=["staff"], guards=_STAFF, summary="Change the numbers of the fraud rules")
async def change_rules(db: Database, me: Identity, data: ChangeRulesRequest) -> fraud_rules.FraudRules:
    """Changes numbers from the next purchase on; a payment that is held already stays held."""
    async with db.as_service(me.tenant_id) as tx:
        await fraud_rules.do_change(tx, data.changes, me.user_id)
    async with db.as_service(me.tenant_id) as tx:  # a new transaction: the commit dropped the cached settings
        return await fraud_rules.rules(tx)


@get("/api/staff/revenue", tags=["staff"], guards=_STAFF, summary="Money and coins, day by day")
async def get_revenue(
    db: Database,
    me: Identity,
    first: Annotated[date | None, QueryParameter(name="from")] = None,
    last: Annotated[date | None, QueryParameter(name="to")] = None,
) -> revenue.Revenue:
    """Days of the tenant's time zone, both ends included; by default the last thirty."""
    async with db.as_service(me.tenant_id) as tx:
        return await revenue.revenue(tx, first, last)


@get("/api/staff/ledger", tags=["staff"], guards=_STAFF, summary="Balances of the ledger, and its audit")
async def get_ledger(db: Database, me: Identity) -> wallet.Overview:
    async with db.as_service(me.tenant_id) as tx:
        return await wallet.ledger_overview(tx)


ROUTES = [
    get_payment,
    refund,
    release,
    get_reconciliation,
    run_reconciliation,
    explain,
    list_cases,
    decide,
    get_rules,
    change_rules,
    get_revenue,
    get_ledger,
    *list_routes.ROUTES,
    *people_routes.ROUTES,
]
