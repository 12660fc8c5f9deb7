"""Premium over HTTP."""

from datetime import timedelta
from uuid import UUID

from litestar import get, post
from msgspec import Struct

from meydan.integrations.payments.enums import ProviderName
from meydan.kit import rate_limits
from meydan.kit.database import Database
from meydan.kit.http import AnyRequest, IdempotencyKey, scoped_idempotency_key
from meydan.kit.identity import Identity
from meydan.money.payments import ORDERS, ordered_from
from meydan.money.premium import membership
from meydan.money.premium.subscriptions import Subscription
from meydan.tenants import Tenant

_CHANGES = rate_limits.Limit("premium.changes", timedelta(minutes=10), 120)


class StartSubscriptionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    plan_id: UUID
    pay_with: membership.PayWith
    provider: ProviderName | None = None


@get("/api/premium", tags=["premium"], summary="Premium: yours, what it unlocks, and the plans")
async def get_premium(db: Database, me: Identity) -> membership.Premium:
    async with db.as_user(me) as tx:
        return await membership.premium(tx)


@post("/api/premium/subscribe", tags=["premium"], summary="Begin premium, for money or coins")
async def subscribe(
    request: AnyRequest,
    db: Database,
    tenant: Tenant,
    me: Identity,
    data: StartSubscriptionRequest,
    idempotency_key: IdempotencyKey = None,
) -> membership.SubscriptionOrder:
    """Paid with coins it begins at once; with money when the payment is settled."""
    key = scoped_idempotency_key(me, "subscribe", idempotency_key)
    await rate_limits.take(ORDERS, me.user_id)
    async with db.as_service(me.tenant_id) as tx:
        if data.pay_with is membership.PayWith.coins:
            return await membership.do_subscribe_with_coins(tx, me.user_id, data.plan_id, key)
        return await membership.do_subscribe_with_money(
            tx, me.user_id, data.plan_id, data.provider, key, ordered_from(request, tenant, me)
        )


@post("/api/premium/cancel", status_code=200, tags=["premium"], summary="Let premium end with its period")
async def cancel_premium(db: Database, me: Identity) -> Subscription:
    await rate_limits.take(_CHANGES, me.user_id)
    async with db.as_service(me.tenant_id) as tx:
        return await membership.do_cancel(tx, me.user_id)


@post("/api/premium/resume", status_code=200, tags=["premium"], summary="Let it renew after all")
async def resume_premium(db: Database, me: Identity) -> Subscription:
    await rate_limits.take(_CHANGES, me.user_id)
    async with db.as_service(me.tenant_id) as tx:
        return await membership.do_resume(tx, me.user_id)


ROUTES = [get_premium, subscribe, cancel_premium, resume_premium]
