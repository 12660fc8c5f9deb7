"""Attribution: the payment row that a ``Paid`` event belongs to.

It is the order that the event names, an agreement's renewal, or a new row for a store's purchase.
"""

from uuid import UUID

from meydan.integrations.payments import APP_STORES
from meydan.integrations.payments.contract import Paid
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Tx
from meydan.money.payments import fulfilment, payment_rows
from meydan.money.payments.enums import PaymentKind
from meydan.money.payments.fulfilment import Applied, Renewal
from meydan.money.payments.settlement import deferred_events


async def lock_payment_for(
    tx: Tx, name: ProviderName, event: Paid, receipt_of: UUID | None
) -> payment_rows.PaymentRow | Applied:
    """The payment, or the problem that there is none. A repeat of the event waits for the lock and then finds it.

    Locks: the payment."""
    row = await _lock_ordered(tx, name, event, receipt_of)
    if row is not None and row.provider_charge_id in (None, event.charge):
        return row
    if (renewed := await _lock_renewal(tx, name, event)) is not None:
        kind, renewal = renewed
        return await _do_create_payment(tx, name, event, renewal.user_id, kind, renewal.product_id, renewal=renewal)
    if row is not None:  # one order paid twice: a payment of its own
        return await _do_create_payment(tx, name, event, row.user_id, row.kind, row.product_id)
    if event.buyer is not None and event.product_id is not None:
        return await _lock_purchase_of(tx, name, event, event.buyer, event.product_id)
    if event.subscription is not None:
        return await deferred_events.do_defer(tx, name, event.subscription, event)
    return Applied(problem="unknown_payment")


async def mismatch(tx: Tx, row: payment_rows.PaymentRow, event: Paid) -> str | None:
    """The difference between the money and the order, as a problem code. In a store only the product is compared."""
    if await tx.maybe(
        bool, "select true from app.users where tenant_id = $1 and id = $2 and erased_at is not null", row.user_id
    ):
        return "account_erased"
    handler = fulfilment.handler_of(row.kind)
    if row.provider not in APP_STORES:
        if (event.amount, event.currency) == (row.amount, row.currency):
            return None
        # The operator set a price at the provider under a product's name: it is not ours to judge.
        is_named_price = row.agreement_id is not None and event.product_id is not None
        if is_named_price and await handler.store_product(tx, event.product_id or "") is not None:
            return None
        return "amount_differs"
    if event.product_id is None or row.agreement_id is not None:
        return None
    ordered = await handler.product(tx, row.product_id)
    return None if ordered.store_product_id == event.product_id else "product_differs"


async def _lock_ordered(
    tx: Tx, name: ProviderName, event: Paid, receipt_of: UUID | None
) -> payment_rows.PaymentRow | None:
    """The order that the event names; without a named buyer, the one that a receipt was handed in for.

    Locks: the payment."""
    if event.payment_id is not None:
        row = await payment_rows.lock(tx, event.payment_id)
    elif event.checkout is not None:
        row = await payment_rows.lock_by_checkout(tx, name, event.checkout)
    elif event.buyer is None and receipt_of is not None and await _lock_renewal(tx, name, event) is None:
        # A renewal names no buyer, and belongs to its agreement's owner, whoever hands in the receipt.
        row = await payment_rows.lock(tx, receipt_of)
    else:
        row = None
    return row if row is not None and row.provider is name else None


async def _lock_renewal(tx: Tx, name: ProviderName, event: Paid) -> tuple[PaymentKind, Renewal] | None:
    """The agreement that the money continues, and its kind.

    Locks: the agreement."""
    if event.subscription is None:
        return None
    for kind, handler in fulfilment.handlers().items():
        if (renewal := await handler.lock_renewal(tx, name, event)) is not None:
            return kind, renewal
    return None


async def _lock_purchase_of(
    tx: Tx, name: ProviderName, event: Paid, buyer: UUID, store_product_id: str
) -> payment_rows.PaymentRow | Applied:
    """The open order of the buyer and product that a store's event names, or a new row.

    Locks: the payment."""
    user_id = await tx.maybe(
        UUID, "select user_id from app.billing_customers where tenant_id = $1 and customer_reference = $2", buyer
    )
    sold = await fulfilment.store_product(tx, store_product_id)
    if user_id is None or sold is None:
        return Applied(problem="unknown_buyer" if user_id is None else "unknown_product")
    kind, product = sold
    begun = await tx.maybe(
        payment_rows.PaymentRow,
        f"""
        select {payment_rows.COLUMNS} from app.payments
        where tenant_id = $1 and user_id = $2 and provider = $3 and provider_charge_id is null and kind = $4 and product_id = $5
            and created_at > app.now() - interval '1 day'
        order by id limit 1 for update
        """,
        *(user_id, name.value, kind, product.id),
    )
    return begun or await _do_create_payment(tx, name, event, user_id, kind, product.id)


async def _do_create_payment(
    tx: Tx,
    name: ProviderName,
    event: Paid,
    user_id: UUID,
    kind: PaymentKind,
    product_id: UUID,
    *,
    renewal: Renewal | None = None,
) -> payment_rows.PaymentRow:
    """A new payment row, without an order. Concurrent calls for one charge answer the same row."""
    product = await fulfilment.handler_of(kind).product(tx, product_id)
    price = product.price, product.currency
    if renewal is not None and renewal.price is not None:  # a renewal keeps its price, whatever the product costs today
        price = renewal.price
    await tx.run(
        """
        insert into app.payments (
            tenant_id, user_id, kind, status, provider, product_id, agreement_id, coins, amount, currency, provider_charge_id
        )
        values ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9, $10)
        on conflict (tenant_id, provider, provider_charge_id) do nothing
        """,
        *(user_id, kind, name.value, product_id, renewal and renewal.agreement_id, product.coins, *price, event.charge),
    )
    return await payment_rows.lock_known_charge(tx, name, event.charge)
