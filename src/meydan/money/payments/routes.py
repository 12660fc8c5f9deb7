"""Payments over HTTP."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from meydan import accounts
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import rate_limits
from meydan.kit.database import Database
from meydan.kit.http import AnyRequest, IdempotencyKey, scoped_idempotency_key
from meydan.kit.identity import Identity, Role
from meydan.money.payments import coins, orders, provider_accounts
from meydan.money.payments.order_source import ORDERS, ordered_from
from meydan.tenants import Tenant

_STAFF = [accounts.staff_only(Role.admin, Role.owner)]

_CHECKS = rate_limits.Limit("payments.checks", timedelta(minutes=1), 30)

Limit = Annotated[int, Parameter(ge=1, le=100)]


class Purchase(Struct, frozen=True, forbid_unknown_fields=True):
    package_id: UUID
    provider: ProviderName | None = None
    """A native app names its store; else the community's own choice."""


class Proof(Struct, frozen=True, forbid_unknown_fields=True):
    proof: Annotated[str, Meta(min_length=1, max_length=20_000)]
    """The store's receipt: Apple's signed transaction, Google's purchase token."""


class Places(Struct, frozen=True):
    items: list[provider_accounts.PlaceToPay]


class Providers(Struct, frozen=True):
    items: list[provider_accounts.ProviderLine]


@post("/api/coins/purchase", tags=["payments"], summary="Buy coins for money")
async def purchase(
    request: AnyRequest,
    db: Database,
    tenant: Tenant,
    me: Identity,
    data: Purchase,
    idempotency_key: IdempotencyKey = None,
) -> orders.Payment:
    """The answer is the recorded order. Where to pay follows in a moment: by the frame `payment`, or by asking again."""
    key = scoped_idempotency_key(me, "purchase", idempotency_key)
    await rate_limits.take(ORDERS, me.user_id)
    async with db.as_service(me.tenant_id) as tx:
        return await coins.do_order(
            tx, me.user_id, data.package_id, data.provider, key, ordered_from(request, tenant, me)
        )


@get("/api/payments", tags=["payments"], summary="Your purchases")
async def list_payments(
    db: Database, me: Identity, cursor: UUID | None = None, limit: Limit = 20
) -> orders.PaymentPage:
    async with db.as_user(me) as tx:
        return await orders.page(tx, cursor, limit)


@get("/api/payments/providers", tags=["payments"], summary="Where you can pay")
async def list_places(db: Database, me: Identity) -> Places:
    """In a browser: a native app's store is not among them. The first is chosen for who names none."""
    async with db.as_service(me.tenant_id) as tx:
        return Places(await provider_accounts.places(tx))


@get("/api/payments/{payment_id:uuid}", tags=["payments"], summary="One of your purchases")
async def get_payment(db: Database, me: Identity, payment_id: UUID) -> orders.Payment:
    async with db.as_user(me) as tx:
        return await orders.payment(tx, payment_id)


@post("/api/payments/{payment_id:uuid}/check", status_code=202, tags=["payments"], summary="Ask the provider about it")
async def check_payment(db: Database, me: Identity, payment_id: UUID) -> orders.Payment:
    """For who is back from the pay page before its news is; what comes of it follows by the frame `payment`."""
    await rate_limits.take(_CHECKS, me.user_id)
    async with db.as_user(me) as tx:
        return await orders.do_ask(tx, payment_id)


@post("/api/payments/{payment_id:uuid}/proof", status_code=202, tags=["payments"], summary="Hand in a store's receipt")
async def prove_payment(db: Database, me: Identity, payment_id: UUID, data: Proof) -> orders.Payment:
    """The store itself is asked what it is worth."""
    await rate_limits.take(_CHECKS, me.user_id)
    async with db.as_user(me) as tx:
        return await orders.do_ask(tx, payment_id, data.proof)


@get("/api/staff/providers", tags=["staff"], guards=_STAFF, summary="Payment providers, and which are connected")
async def staff_providers(db: Database, me: Identity) -> Providers:
    """Connected with `meydan payments connect`: their secrets are no business of a browser."""
    async with db.as_service(me.tenant_id) as tx:
        return Providers(await provider_accounts.lines(tx))


ROUTES = [
    purchase,
    list_payments,
    list_places,
    get_payment,
    check_payment,
    prove_payment,
    staff_providers,
]
