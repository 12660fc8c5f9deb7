"""Commerce over HTTP."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from litestar import get, post, put
from litestar.params import Parameter
from msgspec import Meta, Struct

from meydan import accounts as people
from meydan import integrations
from meydan.commerce import accounts, payments, premium, shop, spending, webhooks
from meydan.commerce.kinds import ProviderName
from meydan.commerce.staff.routes import ROUTES as STAFF_ROUTES
from meydan.commerce.subscriptions import Subscription
from meydan.kit import limits
from meydan.kit.database import Database, Identity, Role
from meydan.kit.http import AnyRequest, IdempotencyKey, client_address, is_private_name, once_key
from meydan.tenants import Tenant

_PURCHASES = limits.Limit("commerce.purchases", timedelta(hours=1), 60)
_CHANGES = limits.Limit("commerce.changes", timedelta(minutes=10), 120)
_CHECKS = limits.Limit("commerce.checks", timedelta(minutes=1), 30)

Limit = Annotated[int, Parameter(ge=1, le=100)]


class Purchase(Struct, frozen=True, forbid_unknown_fields=True):
    package_id: UUID
    provider: ProviderName | None = None
    """A native app names its store; else the community's own choice."""


class Proof(Struct, frozen=True, forbid_unknown_fields=True):
    proof: Annotated[str, Meta(min_length=1, max_length=20_000)]
    """The store's receipt: Apple's signed transaction, Google's purchase token."""


class Spending(Struct, frozen=True, forbid_unknown_fields=True):
    item: spending.Item
    quantity: Annotated[int, Meta(ge=1, le=20)] = 1


class Subscribing(Struct, frozen=True, forbid_unknown_fields=True):
    plan_id: UUID
    pay_with: premium.PayWith
    provider: ProviderName | None = None


class Places(Struct, frozen=True):
    items: list[accounts.PlaceToPay]


class StaffPackages(Struct, frozen=True):
    items: list[shop.StaffPackage]


class StaffPlans(Struct, frozen=True):
    items: list[shop.StaffPlan]


class Providers(Struct, frozen=True):
    items: list[accounts.ProviderLine]


def _ordered(request: AnyRequest, tenant: Tenant, me: Identity) -> payments.OrderedFrom:
    return payments.OrderedFrom(me.device_id, client_address(request), _origin(request, tenant))


def _origin(request: AnyRequest, tenant: Tenant) -> str:
    """Where the buyer comes back to: the address they came by, if it is one of ours. A Host header can say anything."""
    public_url = integrations.current().public_url
    public, host = urlsplit(public_url).hostname, request.url.hostname or ""
    if host in {public, *tenant.hosts} or host.endswith(f".{public}") or is_private_name(host):
        return str(request.base_url).rstrip("/")
    return public_url


@get("/api/coins/packages", tags=["commerce"], summary="Packages of coins for sale")
async def list_packages(db: Database, me: Identity) -> shop.Packages:
    async with db.as_user(me) as tx:
        return shop.Packages(await shop.packages(tx))


@post("/api/coins/purchase", tags=["commerce"], summary="Buy coins for money")
async def purchase(
    request: AnyRequest,
    db: Database,
    tenant: Tenant,
    me: Identity,
    data: Purchase,
    idempotency_key: IdempotencyKey = None,
) -> payments.Payment:
    """The answer is the recorded order. Where to pay follows in a moment: by the frame `payment`, or by asking again."""
    key = once_key(me, "purchase", idempotency_key)
    await limits.take(_PURCHASES, me.user_id)
    async with db.as_service(me.tenant_id) as tx:
        return await payments.do_order_coins(
            tx, me.user_id, data.package_id, data.provider, key, _ordered(request, tenant, me)
        )


@get("/api/payments", tags=["commerce"], summary="Your purchases")
async def list_payments(
    db: Database, me: Identity, cursor: UUID | None = None, limit: Limit = 20
) -> payments.PaymentPage:
    async with db.as_user(me) as tx:
        return await payments.page(tx, cursor, limit)


@get("/api/payments/providers", tags=["commerce"], summary="Where you can pay")
async def list_places(db: Database, me: Identity) -> Places:
    """In a browser: a native app's store is not among them. The first is chosen for who names none."""
    async with db.as_service(me.tenant_id) as tx:
        return Places(await accounts.places(tx))


@get("/api/payments/{payment_id:uuid}", tags=["commerce"], summary="One of your purchases")
async def get_payment(db: Database, me: Identity, payment_id: UUID) -> payments.Payment:
    async with db.as_user(me) as tx:
        return await payments.payment(tx, payment_id)


@post("/api/payments/{payment_id:uuid}/check", status_code=202, tags=["commerce"], summary="Ask the provider about it")
async def check_payment(db: Database, me: Identity, payment_id: UUID) -> payments.Payment:
    """For who is back from the pay page before its news is; what comes of it follows by the frame `payment`."""
    await limits.take(_CHECKS, me.user_id)
    async with db.as_user(me) as tx:
        return await payments.do_ask(tx, payment_id)


@post("/api/payments/{payment_id:uuid}/proof", status_code=202, tags=["commerce"], summary="Hand in a store's receipt")
async def prove_payment(db: Database, me: Identity, payment_id: UUID, data: Proof) -> payments.Payment:
    """The store itself is asked what it is worth."""
    await limits.take(_CHECKS, me.user_id)
    async with db.as_user(me) as tx:
        return await payments.do_ask(tx, payment_id, data.proof)


@get("/api/coins/spendables", tags=["commerce"], summary="What coins buy at once")
async def list_spendables(db: Database, me: Identity) -> spending.Spendables:
    async with db.as_user(me) as tx:
        return await spending.spendables(tx)


@post("/api/coins/spend", tags=["commerce"], summary="Spend coins", status_code=200)
async def spend(db: Database, me: Identity, data: Spending, idempotency_key: IdempotencyKey = None) -> spending.Spent:
    key = once_key(me, "spend", idempotency_key)
    async with db.as_service(me.tenant_id) as tx:
        return await spending.do_spend(tx, me.user_id, data.item, data.quantity, key)


@get("/api/premium", tags=["commerce"], summary="Premium: yours, what it unlocks, and the plans")
async def get_premium(db: Database, me: Identity) -> premium.Premium:
    async with db.as_user(me) as tx:
        return await premium.premium(tx)


@post("/api/premium/subscribe", tags=["commerce"], summary="Begin premium, for money or coins")
async def subscribe(
    request: AnyRequest,
    db: Database,
    tenant: Tenant,
    me: Identity,
    data: Subscribing,
    idempotency_key: IdempotencyKey = None,
) -> premium.Subscribed:
    """With coins it begins at once; with money when the payment is settled."""
    key = once_key(me, "subscribe", idempotency_key)
    await limits.take(_PURCHASES, me.user_id)
    async with db.as_service(me.tenant_id) as tx:
        if data.pay_with is premium.PayWith.coins:
            return await premium.do_subscribe_with_coins(tx, me.user_id, data.plan_id, key)
        return await premium.do_subscribe_with_money(
            tx, me.user_id, data.plan_id, data.provider, key, _ordered(request, tenant, me)
        )


@post("/api/premium/cancel", status_code=200, tags=["commerce"], summary="Let premium end with its period")
async def cancel_premium(db: Database, me: Identity) -> Subscription:
    await limits.take(_CHANGES, me.user_id)
    async with db.as_service(me.tenant_id) as tx:
        return await premium.do_cancel(tx, me.user_id)


@post("/api/premium/resume", status_code=200, tags=["commerce"], summary="Let it renew after all")
async def resume_premium(db: Database, me: Identity) -> Subscription:
    await limits.take(_CHANGES, me.user_id)
    async with db.as_service(me.tenant_id) as tx:
        return await premium.do_resume(tx, me.user_id)


async def _check_shopkeeper(db: Database, me: Identity) -> None:
    await people.check_staff(db, me, Role.admin, Role.owner)


@get("/api/staff/packages", tags=["staff"], summary="All packages of coins")
async def staff_packages(db: Database, me: Identity) -> StaffPackages:
    await _check_shopkeeper(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return StaffPackages(await shop.all_packages(tx))


@post("/api/staff/packages", tags=["staff"], summary="Sell another package")
async def add_package(db: Database, me: Identity, data: shop.PackageWish) -> shop.StaffPackage:
    await _check_shopkeeper(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await shop.do_put_package(tx, None, data, actor=me.user_id)


@put("/api/staff/packages/{package_id:uuid}", tags=["staff"], summary="Change a package, or sell it no more")
async def put_package(db: Database, me: Identity, package_id: UUID, data: shop.PackageWish) -> shop.StaffPackage:
    """Orders made before keep what they were made for."""
    await _check_shopkeeper(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await shop.do_put_package(tx, package_id, data, actor=me.user_id)


@get("/api/staff/plans", tags=["staff"], summary="All plans of premium")
async def staff_plans(db: Database, me: Identity) -> StaffPlans:
    await _check_shopkeeper(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return StaffPlans(await shop.all_plans(tx))


@post("/api/staff/plans", tags=["staff"], summary="Sell another plan")
async def add_plan(db: Database, me: Identity, data: shop.PlanWish) -> shop.StaffPlan:
    await _check_shopkeeper(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await shop.do_put_plan(tx, None, data, actor=me.user_id)


@put("/api/staff/plans/{plan_id:uuid}", tags=["staff"], summary="Change a plan, or sell it no more")
async def put_plan(db: Database, me: Identity, plan_id: UUID, data: shop.PlanWish) -> shop.StaffPlan:
    """What it unlocks changes for everybody who has it; its price only for who buys it from now on."""
    await _check_shopkeeper(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return await shop.do_put_plan(tx, plan_id, data, actor=me.user_id)


@get("/api/staff/providers", tags=["staff"], summary="Payment providers, and which are connected")
async def staff_providers(db: Database, me: Identity) -> Providers:
    """Connected with `meydan payments connect`: their secrets are no business of a browser."""
    await _check_shopkeeper(db, me)
    async with db.as_service(me.tenant_id) as tx:
        return Providers(await accounts.lines(tx))


ROUTES = [
    *webhooks.ROUTES,
    list_packages,
    purchase,
    list_payments,
    list_places,
    get_payment,
    check_payment,
    prove_payment,
    list_spendables,
    spend,
    get_premium,
    subscribe,
    cancel_premium,
    resume_premium,
    staff_packages,
    add_package,
    put_package,
    staff_plans,
    add_plan,
    put_plan,
    staff_providers,
    *STAFF_ROUTES,
]
