"""Orders: a purchase for money is recorded and committed before any provider is asked."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct, field

from meydan.integrations.payments import APP_STORES
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import jobs, realtime
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.jobs import retries
from meydan.money import wallet
from meydan.money.payments import billing_customers, provider_accounts
from meydan.money.payments.enums import DUPLICATE, PaymentKind, PaymentStatus
from meydan.money.payments.fulfilment import Product
from meydan.money.payments.order_source import OrderedFrom

OPEN_CHECKOUT = "payments.open_checkout"
CHECK_PAYMENT = "payments.check_payment"
RETURN_PAYMENT = "payments.return_payment"


class Payment(Struct, frozen=True):
    """A payment as its owner sees it."""

    id: UUID
    kind: PaymentKind
    product_id: UUID
    """Id of the package, the plan, or whatever its kind sells."""
    status: PaymentStatus
    provider: ProviderName
    coins: int
    amount: int
    """In the currency's minor unit."""
    currency: str
    refunded: int
    coins_clawed_back: int
    """After refunds and disputes."""
    owed: int
    """The part of those that had been spent already, and became debt."""
    created_at: datetime
    checkout_url: str | None = None
    """The pay page, while it can be paid."""
    store_token: UUID | None = None
    """Handed to the store by a native app with the purchase: this payment's id.

    With RevenueCat it is the app user id instead, the same for all purchases of a user."""
    problem: str | None = None
    """Code of the reason that it failed, waits or is held.

    Failed: provider_unavailable, provider_refused, declined, expired. Pending: proof_refused, on_its_way (a payment
    method that takes days). Held: under_review, amount_differs, product_differs, account_erased, paid_twice (a duplicate
    membership, to be refunded)."""
    release_at: datetime | None = None
    settled_at: datetime | None = None


class PaymentPage(Struct, frozen=True):
    items: list[Payment]
    next: UUID | None = None


class PaymentFrame(realtime.Frame, frozen=True, tag="payment"):
    """Sent whenever a payment changes."""

    payment: Payment


class OpenCheckout(retries.RetryableJob, frozen=True):
    payment_id: UUID


class ReturnPayment(Struct, frozen=True):
    payment_id: UUID


class CheckPayment(retries.RetryableJob, frozen=True):
    """Payload of the external job that asks the provider for a payment's events."""

    payment_id: UUID
    receipt: str | None = field(default=None, name="proof")
    """A store's receipt, handed in by the app."""
    last: bool = False
    """True for the last check, after the page's time: an unpaid order expires."""


class NotOpen(Refused):
    code, status, title = "payment_not_open", 409, "This purchase cannot be paid any more."


class NoStore(Refused):
    code, status, title = "not_a_store", 409, "This purchase is not made in a store, so there is no receipt for it."


_COLUMNS = """
    id, kind, status, provider, coins, amount, currency, refunded, coins_clawed_back, owed, created_at, product_id,
    case when status = 'pending' then checkout_url end as checkout_url,
    case
        when status not in ('created', 'pending') then null
        when provider in ('apple', 'google') then id
        when provider = 'revenuecat' then (
            select one.customer_reference from app.billing_customers one
            where one.tenant_id = payments.tenant_id and one.user_id = payments.user_id
        )
    end as store_token,
    problem, release_at, settled_at
"""


async def payment(tx: Tx, payment_id: UUID) -> Payment:
    """The payment, if the caller may see it: a user sees their own.

    Raises: NotFound.
    Runs as: service or user.
    """
    return await tx.one(Payment, f"select {_COLUMNS} from app.payments where tenant_id = $1 and id = $2", payment_id)


async def page(tx: Tx, before: UUID | None, limit: int) -> PaymentPage:
    """The caller's payments, newest first.

    Runs as: user."""
    items = await tx.all(
        Payment,
        f"""
        select {_COLUMNS} from app.payments
        where tenant_id = $1 and user_id = $2 and ($3::uuid is null or id < $3) order by id desc limit $4
        """,
        tx.me.user_id,
        before,
        limit,
    )
    return PaymentPage(items, items[-1].id if len(items) == limit else None)


async def do_order(
    tx: Tx,
    user_id: UUID,
    kind: PaymentKind,
    product: Product,
    provider: ProviderName | None,
    key: str,
    ordered: OrderedFrom,
    *,
    reuses_open: bool = False,
) -> Payment:
    """Records an order, and queues the opening of its pay page. The caller has asked ``lock_order_with_key`` first.

    With ``reuses_open``, answers an order of the same product whose page is still open: two pages could be paid twice.

    Raises: WalletBlocked and what ``provider_accounts.choose`` raises.
    Runs as: service."""
    chosen = await provider_accounts.choose(tx, provider)
    if (frozen := (await wallet.wallet_of(tx, user_id)).frozen) is not None:
        raise wallet.WalletBlocked(reason=frozen)
    if reuses_open and (open_one := await _open_order(tx, user_id, kind, product, chosen, ordered)) is not None:
        return await payment(tx, open_one)
    payment_id = await tx.one(
        UUID,
        """
        insert into app.payments (
            tenant_id, user_id, kind, status, provider, product_id, coins, amount, currency, device_id, ip_address, origin,
            idempotency_key
        )
        values ($1, $2, $3, 'created', $4, $5, $6, $7, $8, $9, $10, $11, $12)
        returning id
        """,
        *(user_id, kind, chosen.value, product.id, product.coins, product.price, product.currency),
        *(ordered.client_device_id, ordered.ip_address, ordered.origin, key),
    )
    await jobs.queue(tx, OPEN_CHECKOUT, OpenCheckout(payment_id=payment_id), dedupe_key=str(payment_id))
    return await payment(tx, payment_id)


async def _open_order(
    tx: Tx, user_id: UUID, kind: PaymentKind, product: Product, provider: ProviderName, ordered: OrderedFrom
) -> UUID | None:
    """An order of the same product, price, provider and device whose page stays open for five minutes at least."""
    return await tx.maybe(
        UUID,
        """
        select id from app.payments
        where tenant_id = $1 and user_id = $2 and kind = $3 and product_id = $4 and provider = $5 and amount = $6
            and currency = $7 and device_id = $8 and (
                (status = 'created' and created_at > app.now() - interval '15 minutes')
                or (status = 'pending' and problem is null and checkout_expires_at > app.now() + interval '5 minutes')
            )
        order by id desc limit 1
        """,
        *(user_id, kind, product.id, provider.value, product.price, product.currency, ordered.client_device_id),
    )


async def do_request_check(tx: Tx, payment_id: UUID, receipt: str | None = None) -> Payment:
    """Queues a server-side check: the buyer returned before the webhook, or hands in a store's receipt.

    Raises: NotFound, NotOpen, NoStore.
    Runs as: user.
    """
    mine = await payment(tx, payment_id)
    if receipt is not None and mine.provider not in APP_STORES:
        raise NoStore
    if mine.status is PaymentStatus.created and receipt is not None:
        raise NotOpen
    if mine.status is not PaymentStatus.created:
        await jobs.queue(
            tx,
            CHECK_PAYMENT,
            CheckPayment(payment_id=payment_id, receipt=receipt),
            dedupe_key=None if receipt else str(payment_id),
        )
    return mine


async def do_link_agreement(
    tx: Tx, payment_id: UUID, agreement_id: UUID, period_ends_at: datetime | None = None
) -> None:
    """Records the agreement that a payment renews or began, and the end of the period it pays.

    Runs as: service."""
    await tx.run(
        """
        update app.payments set agreement_id = $3, period_ends_at = coalesce($4, period_ends_at)
        where tenant_id = $1 and id = $2
        """,
        *(payment_id, agreement_id, period_ends_at),
    )


async def do_hold_duplicate(tx: Tx, payment_id: UUID, agreement_id: UUID | None) -> None:
    """Holds a duplicate payment, and queues its refund.

    Runs as: service."""
    await tx.run(
        """
        update app.payments set status = 'held', problem = $3, release_at = null,
            agreement_id = coalesce(agreement_id, $4)
        where tenant_id = $1 and id = $2
        """,
        *(payment_id, DUPLICATE, agreement_id),
    )
    await jobs.queue(tx, RETURN_PAYMENT, ReturnPayment(payment_id), dedupe_key=str(payment_id))


async def do_refund_duplicate(tx: Tx, payment_id: UUID) -> None:
    """Marks a settled payment as a duplicate, and queues its refund.

    Runs as: service."""
    await tx.run("update app.payments set problem = $3 where tenant_id = $1 and id = $2", payment_id, DUPLICATE)
    await jobs.queue(tx, RETURN_PAYMENT, ReturnPayment(payment_id), dedupe_key=str(payment_id))


async def do_fail(tx: Tx, payment_id: UUID, status: PaymentStatus, problem: str, detail: str = "") -> None:
    """Marks a payment that is ``created`` or ``pending`` as failed or expired. Any other status stays.

    Runs as: service."""
    changed = await tx.maybe(
        UUID,
        """
        update app.payments set status = $3, problem = $4, problem_detail = left($5, 500), ip_address = null, origin = null
        where tenant_id = $1 and id = $2 and status in ('created', 'pending') returning id
        """,
        payment_id,
        status.value,
        problem,
        detail or None,
    )
    if changed is not None:
        await do_send_update(tx, payment_id)


async def do_mark_pending(tx: Tx, payment_id: UUID) -> None:
    """Marks a payment whose money takes days. The sweep checks it after fourteen days.

    Runs as: service."""
    changed = await tx.maybe(
        UUID,
        """
        update app.payments set problem = 'on_its_way', checkout_url = null, checkout_expires_at = app.now() + interval '14 days'
        where tenant_id = $1 and id = $2 and status = 'pending'
            and (problem is distinct from 'on_its_way' or checkout_expires_at < app.now()) returning id
        """,
        payment_id,
    )
    if changed is not None:
        await do_send_update(tx, payment_id)


async def do_send_update(tx: Tx, payment_id: UUID) -> None:
    """Sends the payment's present state to its owner."""
    user_id = await tx.one(UUID, "select user_id from app.payments where tenant_id = $1 and id = $2", payment_id)
    await realtime.send_frame(tx, user_id, PaymentFrame(await payment(tx, payment_id)))


class _KnownOrder(Struct, frozen=True):
    id: UUID
    kind: PaymentKind
    product_id: UUID
    provider: ProviderName


async def lock_order_with_key(
    tx: Tx, user_id: UUID, key: str, kind: PaymentKind, product_id: UUID, provider: ProviderName | None
) -> Payment | None:
    """The order that this idempotency key made before.

    Locks: the user's billing customer.
    Raises: NotFound (erased), IdempotencyKeyReused.
    Runs as: service."""
    await billing_customers.lock_buyer(tx, user_id)
    found = await tx.maybe(
        _KnownOrder,
        """
        select id, kind, product_id, provider from app.payments
        where tenant_id = $1 and user_id = $2 and idempotency_key = $3
        """,
        user_id,
        key,
    )
    if found is None:
        return None
    if (found.kind, found.product_id) != (kind, product_id) or provider not in (None, found.provider):
        raise wallet.IdempotencyKeyReused
    return await payment(tx, found.id)
