"""Checkouts: opens an order's pay page at its provider, and asks the provider about it. No call inside a transaction.

Each request carries the payment's id as its idempotency key. A worker killed before its commit asks again and gets the
same answer.
"""

import hashlib
from uuid import UUID

from msgspec import Struct

from meydan import accounts, tenants
from meydan.integrations.payments.contract import (
    Awaited,
    Buyer,
    Checkout,
    Order,
    ProviderEvent,
    ProviderLocked,
    ProviderRefused,
    ProviderUnavailable,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import jobs
from meydan.kit.database import Database, Tx
from meydan.kit.jobs import retries
from meydan.money.payments import billing_customers, fulfilment, orders, provider_accounts, settlement
from meydan.money.payments.enums import PaymentKind, PaymentStatus
from meydan.money.payments.orders import CHECK_PAYMENT, OPEN_CHECKOUT, CheckPayment, OpenCheckout


class _OrderRow(Struct, frozen=True):
    id: UUID
    user_id: UUID
    kind: PaymentKind
    status: PaymentStatus
    provider: ProviderName
    product_id: UUID
    amount: int
    currency: str
    ip_address: str | None
    origin: str | None


class _StaleOrder(Struct, frozen=True):
    id: UUID
    status: PaymentStatus


class _PaymentToCheck(Struct, frozen=True):
    provider: ProviderName
    status: PaymentStatus
    provider_checkout_id: str | None
    provider_charge_id: str | None


async def open_checkout(db: Database, tenant_id: int, job: OpenCheckout) -> None:
    """Asks the provider for the pay page, unless the order has one already. Retries while the provider is down."""
    async with db.as_service(tenant_id) as tx:
        order = await _lock_order(tx, job.payment_id)
        name = await _provider(tx, job.payment_id)
    if order is None:
        return
    try:
        async with provider_accounts.opened(db, tenant_id, name) as provider:
            checkout = await provider.do_open_checkout(order)
    except ProviderUnavailable as error:
        async with db.as_service(tenant_id) as tx:
            if not await retries.do_retry(tx, OPEN_CHECKOUT, job, retries.SOON, dedupe_key=str(job.payment_id)):
                await orders.do_fail(tx, job.payment_id, PaymentStatus.failed, "provider_unavailable", str(error))
        return
    except (ProviderRefused, provider_accounts.ProviderNotConnected) as error:
        async with db.as_service(tenant_id) as tx:
            await orders.do_fail(tx, job.payment_id, PaymentStatus.failed, "provider_refused", str(error))
        return
    async with db.as_service(tenant_id) as tx:
        await _do_open(tx, job.payment_id, checkout)


async def check_payment(db: Database, tenant_id: int, job: CheckPayment) -> None:
    """Asks the provider for the payment's events: the buyer returned before the webhook, or the page's time is over."""
    async with db.as_service(tenant_id) as tx:
        asked = await tx.one(
            _PaymentToCheck,
            "select provider, status, provider_checkout_id, provider_charge_id from app.payments where tenant_id = $1 and id = $2",
            job.payment_id,
        )
    reference = job.receipt or asked.provider_charge_id or asked.provider_checkout_id
    if reference is None:
        return
    events: list[ProviderEvent] = []
    refused = ""
    try:
        async with provider_accounts.opened(db, tenant_id, asked.provider) as provider:
            events = await (provider.payment(reference) if job.receipt is None else provider.receipt(job.receipt))
    except (ProviderUnavailable, ProviderLocked):
        digest = hashlib.sha256((job.receipt or "").encode()).hexdigest()  # each receipt has a job of its own
        key = f"{job.payment_id}:{job.last}:{digest}"
        async with db.as_service(tenant_id) as tx:
            await retries.do_retry(
                tx, CHECK_PAYMENT, job, retries.PATIENTLY if job.receipt else retries.SOON, dedupe_key=key
            )
        return
    except (ProviderRefused, provider_accounts.ProviderNotConnected) as error:
        refused = str(error)
    async with db.as_service(tenant_id) as tx:
        await settlement.do_apply_all(tx, asked.provider, events, receipt_of=job.payment_id if job.receipt else None)
        if job.last and not any(isinstance(event, Awaited) for event in events):
            await orders.do_fail(tx, job.payment_id, PaymentStatus.expired, "expired", refused)
        elif refused and job.receipt is not None:
            await _do_refuse_receipt(tx, job.payment_id, refused)


async def do_sweep(tx: Tx) -> None:
    """Queues what a lost job left: orders without a pay page, and pages whose time is over. Each at most every six
    hours.

    Locks: those payments.
    Runs as: service.
    """
    await _do_give_up(tx)
    # Ten minutes more than the page says: who paid in its last second must not read that it expired.
    stale = await tx.all(
        _StaleOrder,
        """
        update app.payments set checked_at = app.now()
        where tenant_id = $1 and id in (
            select id from app.payments
            where tenant_id = $1 and status in ('created', 'pending')
                and coalesce(checked_at, '-infinity') < app.now() - interval '6 hours'
                and (
                    (status = 'created' and created_at < app.now() - interval '15 minutes')
                    or checkout_expires_at < app.now() - interval '10 minutes'
                )
            order by created_at limit 100 for update skip locked
        )
        returning id, status
        """,
    )
    for order in stale:
        if order.status is PaymentStatus.created:
            await jobs.queue(tx, OPEN_CHECKOUT, OpenCheckout(payment_id=order.id), dedupe_key=str(order.id))
        else:
            job = CheckPayment(payment_id=order.id, last=True)
            await jobs.queue(tx, CHECK_PAYMENT, job, dedupe_key=f"{order.id}:last")


async def _do_give_up(tx: Tx) -> None:
    """Fails orders whose page has not opened within a day."""
    abandoned = await tx.all(
        UUID,
        """
        select id from app.payments where tenant_id = $1 and status = 'created'
            and created_at < app.now() - interval '1 day' order by created_at limit 100
        """,
    )
    for payment_id in abandoned:
        await orders.do_fail(tx, payment_id, PaymentStatus.failed, "provider_unavailable")


async def _lock_order(tx: Tx, payment_id: UUID) -> Order | None:
    """The order as its provider is asked for it; None where a pay page is open already.

    Locks: the buyer's billing customer."""
    ordered = await tx.one(
        _OrderRow,
        """
        select id, user_id, kind, status, provider, product_id, amount, currency, ip_address, origin
        from app.payments where tenant_id = $1 and id = $2
        """,
        payment_id,
    )
    if ordered.status is not PaymentStatus.created:
        return None
    person, tenant = await accounts.user(tx, ordered.user_id), await tenants.current(tx)
    product = await fulfilment.handler_of(ordered.kind).product(tx, ordered.product_id)
    return Order(
        payment_id=payment_id,
        title=f"{tenant.name}: {product.title[person.language]}",
        amount=ordered.amount,
        currency=ordered.currency,
        period=product.period,
        buyer=Buyer(
            customer_reference=await billing_customers.lock_billing_customer(tx, ordered.user_id),
            language=person.language,
            email=person.email,
            phone=person.phone,
            ip_address=ordered.ip_address or "",
        ),
        return_url=f"{ordered.origin}/wallet/payments/{payment_id}",
        webhook_url=provider_accounts.webhook_url(ordered.provider, tenant.slug),
        store_product_id=product.store_product_id,
    )


async def _provider(tx: Tx, payment_id: UUID) -> ProviderName:
    return await tx.one(ProviderName, "select provider from app.payments where tenant_id = $1 and id = $2", payment_id)


async def _do_open(tx: Tx, payment_id: UUID, checkout: Checkout) -> None:
    opened = await tx.maybe(
        UUID,
        """
        update app.payments set status = 'pending', provider_checkout_id = $3, checkout_url = nullif($4, ''), checkout_expires_at = $5,
            ip_address = null, origin = null where tenant_id = $1 and id = $2 and status = 'created' returning id
        """,
        *(payment_id, checkout.provider_checkout_id, checkout.url, checkout.expires_at),
    )
    if opened is not None:
        await orders.do_send_update(tx, payment_id)


async def _do_refuse_receipt(tx: Tx, payment_id: UUID, why: str) -> None:
    """Marks a receipt that the store refused; the purchase stays open for another one."""
    refused = await tx.maybe(
        UUID,
        """
        update app.payments set problem = 'proof_refused', problem_detail = left($3, 500)
        where tenant_id = $1 and id = $2 and status = 'pending' returning id
        """,
        payment_id,
        why,
    )
    if refused is not None:
        await orders.do_send_update(tx, payment_id)
