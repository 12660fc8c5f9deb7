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

_CHECKS = rate_limits.Limit("payments.checks", timedelta(minutes=1), 30)

_STAFF = [accounts.staff_only(Role.admin, Role.owner)]

Limit = Annotated[int, Parameter(ge=1, le=100)]


class BuyCoinsRequest(Struct, frozen=True, forbid_unknown_fields=True):
    package_id: UUID
    provider: ProviderName | None = None
    """A native app names its store; absent, the tenant's first provider is used."""


class HandInReceiptRequest(Struct, frozen=True, forbid_unknown_fields=True):
    receipt: Annotated[str, Meta(min_length=1, max_length=20_000)]
    """Apple's signed transaction, or Google's purchase token."""


class PaymentMethodList(Struct, frozen=True):
    items: list[provider_accounts.PaymentMethod]


class ProviderList(Struct, frozen=True):
    items: list[provider_accounts.ProviderLine]


@post("/api/coins/purchase", tags=["payments"], summary="Buy coins for money")
async def purchase(
    request: AnyRequest,
    db: Database,
    tenant: Tenant,
    me: Identity,
    data: BuyCoinsRequest,
    idempotency_key: IdempotencyKey = None,
) -> orders.Payment:
    """Answers the recorded order. The pay page follows in a moment: by the frame `payment`, or by asking again."""
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
async def list_payment_methods(db: Database, me: Identity) -> PaymentMethodList:
    """Payment methods of a browser: a native app's store is not among them. An order that names none takes the first."""
    async with db.as_service(me.tenant_id) as tx:
        return PaymentMethodList(await provider_accounts.payment_methods(tx))


@get("/api/payments/{payment_id:uuid}", tags=["payments"], summary="One of your purchases")
async def get_payment(db: Database, me: Identity, payment_id: UUID) -> orders.Payment:
    async with db.as_user(me) as tx:
        return await orders.payment(tx, payment_id)


@post("/api/payments/{payment_id:uuid}/check", status_code=202, tags=["payments"], summary="Ask the provider about it")
async def check_payment(db: Database, me: Identity, payment_id: UUID) -> orders.Payment:
    """Asks the provider for a payment whose webhook has not come yet. The result follows by the frame `payment`."""
    await rate_limits.take(_CHECKS, me.user_id)
    async with db.as_user(me) as tx:
        return await orders.do_request_check(tx, payment_id)


@post(
    "/api/payments/{payment_id:uuid}/receipt", status_code=202, tags=["payments"], summary="Hand in a store's receipt"
)
async def hand_in_receipt(db: Database, me: Identity, payment_id: UUID, data: HandInReceiptRequest) -> orders.Payment:
    """Verified at the store itself; the result follows by the frame `payment`."""
    await rate_limits.take(_CHECKS, me.user_id)
    async with db.as_user(me) as tx:
        return await orders.do_request_check(tx, payment_id, data.receipt)


@get("/api/staff/providers", tags=["staff"], guards=_STAFF, summary="Payment providers, and which are connected")
async def staff_providers(db: Database, me: Identity) -> ProviderList:
    """Operators connect one with `meydan payments connect`: its secrets never pass a browser."""
    async with db.as_service(me.tenant_id) as tx:
        return ProviderList(await provider_accounts.provider_lines(tx))


ROUTES = [
    purchase,
    list_payments,
    list_payment_methods,
    get_payment,
    check_payment,
    hand_in_receipt,
    staff_providers,
]
