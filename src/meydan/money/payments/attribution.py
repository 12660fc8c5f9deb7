"""Which payment some money is for: the order it names, a renewal, or one that nobody announced."""

from uuid import UUID

from meydan.integrations.payments import STORES
from meydan.integrations.payments.contract import Paid
from meydan.integrations.payments.enums import PaymentKind, ProviderName
from meydan.kit.database import Tx
from meydan.money.payments import deferred_events, payment_rows
from meydan.money.payments.deferred_events import Applied
from meydan.money.premium import subscriptions
from meydan.money.shop import products


async def of(tx: Tx, name: ProviderName, event: Paid, proof_of: UUID | None) -> payment_rows.Row | Applied:
    """Locked, so that whoever else brings the same news waits, and then knows it."""
    row = await _ordered(tx, name, event, proof_of)
    if row is not None and row.charge in (None, event.charge):
        return row
    renewed = event.subscription and await subscriptions.by_reference(tx, name, event.subscription)
    if renewed:
        plan = event.product_id and await products.plan_of_product(tx, event.product_id)
        plan_id = plan.id if plan else renewed.plan_id
        return await _do_make(tx, name, event, renewed.user_id, plan_id=plan_id, subscription_id=renewed.id)
    if row is not None:  # the same order was paid a second time: the money is there
        return await _do_make(tx, name, event, row.user_id, package_id=row.package_id, plan_id=row.plan_id)
    if event.buyer is not None and event.product_id is not None:
        return await _of_buyer(tx, name, event, event.buyer, event.product_id)
    if event.subscription is not None:
        return await deferred_events.do_keep(tx, name, event.subscription, event)
    return Applied(problem="unknown_payment")


async def differs(tx: Tx, row: payment_rows.Row, event: Paid) -> str | None:
    """What keeps this money from being what was ordered. A store sets its own prices: there the product counts."""
    if await tx.maybe(
        bool, "select true from app.users where tenant_id = $1 and id = $2 and erased_at is not null", row.user_id
    ):
        return "account_erased"
    if row.provider not in STORES:
        if (event.amount, event.currency) == (row.amount, row.currency):
            return None
        return None if await _is_of_their_price_list(tx, row, event) else "amount_differs"
    if event.product_id is None or row.subscription_id is not None:
        return None
    ordered = await products.bought(tx, row.package_id, row.plan_id)
    return None if ordered.store_product_id == event.product_id else "product_differs"


async def _is_of_their_price_list(tx: Tx, row: payment_rows.Row, event: Paid) -> bool:
    """A renewal at a price the operator made there and gave a plan's name: what a change costs is between them."""
    if row.subscription_id is None or event.product_id is None:
        return False
    return await products.plan_of_product(tx, event.product_id) is not None


async def _ordered(tx: Tx, name: ProviderName, event: Paid, proof_of: UUID | None) -> payment_rows.Row | None:
    """The purchase that the provider names; else the one a receipt was handed in for, if it names nobody at all."""
    if event.payment_id is not None:
        row = await payment_rows.locked(tx, event.payment_id)
    elif event.checkout is not None:
        row = await payment_rows.by_checkout(tx, name, event.checkout)
    elif event.buyer is None and proof_of is not None and not await _renews(tx, name, event):
        row = await payment_rows.locked(tx, proof_of)
    else:
        row = None
    return row if row is not None and row.provider is name else None


async def _renews(tx: Tx, name: ProviderName, event: Paid) -> bool:
    """A renewal names nobody, and belongs to whom its subscription belongs to, whoever brings the receipt."""
    return event.subscription is not None and await subscriptions.by_reference(tx, name, event.subscription) is not None


async def _of_buyer(
    tx: Tx, name: ProviderName, event: Paid, buyer: UUID, product_id: str
) -> payment_rows.Row | Applied:
    """Bought entirely in a store: who and what is all it says."""
    user_id = await tx.maybe(
        UUID, "select user_id from app.billing_references where tenant_id = $1 and reference = $2", buyer
    )
    thing = await products.of_product(tx, product_id)
    if user_id is None or thing is None:
        return Applied(problem="unknown_buyer" if user_id is None else "unknown_product")
    package_id = thing.id if isinstance(thing, products.StaffPackage) else None
    plan_id = None if package_id else thing.id
    begun = await tx.maybe(
        payment_rows.Row,
        f"select {payment_rows.COLUMNS} from app.payments where tenant_id = $1 and user_id = $2 and provider = $3 and charge is null "
        "and coalesce(package_id, plan_id) = $4 and created_at > app.now() - interval '1 day' "
        "order by id limit 1 for update",
        user_id,
        name.value,
        thing.id,
    )
    return begun or await _do_make(tx, name, event, user_id, package_id=package_id, plan_id=plan_id)


async def _do_make(
    tx: Tx,
    name: ProviderName,
    event: Paid,
    user_id: UUID,
    *,
    package_id: UUID | None = None,
    plan_id: UUID | None = None,
    subscription_id: UUID | None = None,
) -> payment_rows.Row:
    """A payment nobody announced. Two who make it at once end with the same one."""
    thing = await products.bought(tx, package_id, plan_id)
    coins = thing.coins + thing.bonus if isinstance(thing, products.StaffPackage) else 0
    price = thing.price, thing.currency
    if subscription_id is not None:  # renewals cost what the subscription cost, whatever the plan costs now
        price = await subscriptions.price(tx, subscription_id) or price
    await tx.run(
        "insert into app.payments (tenant_id, user_id, kind, status, provider, package_id, plan_id, subscription_id, coins, "
        "amount, currency, charge) values ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9, $10, $11) "
        "on conflict (tenant_id, provider, charge) do nothing",
        *(user_id, PaymentKind.coins.value if package_id else PaymentKind.premium.value, name.value),
        *(package_id, plan_id, subscription_id, coins, *price, event.charge),
    )
    return await payment_rows.of_charge(tx, name, event.charge)
