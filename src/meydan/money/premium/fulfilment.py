"""Premium: the kind of payment that begins and renews a subscription."""

from uuid import UUID

from meydan.integrations.payments.contract import Paid, SubscriptionChanged
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Tx
from meydan.money.payments import Applied, Clawback, PaymentRow, PaymentStatus, Product, Renewal, fulfilment
from meydan.money.premium import duplicate_subscriptions, provider_sync, subscription_periods, subscriptions
from meydan.money.shop import products
from meydan.tenants import Language

PREMIUM = fulfilment.declare("premium")
_TITLES = {Language.turkish: "Premium", Language.english: "Premium"}
_GONE = (PaymentStatus.refunded, PaymentStatus.charged_back, PaymentStatus.disputed)


def product_of(plan: products.StaffPlan) -> Product:
    """The product that payments order for a plan."""
    return Product(
        id=plan.id,
        price=plan.price,
        currency=plan.currency,
        title=_TITLES | (plan.name or {}),
        period=plan.period,
        store_product_id=plan.store_product_id,
    )


class PremiumFulfilment:
    """Delivers periods of a subscription; a full refund or a dispute ends them."""

    async def product(self, tx: Tx, product_id: UUID) -> Product:
        return product_of(await products.plan(tx, product_id))

    async def store_product(self, tx: Tx, store_product_id: str) -> Product | None:
        plan = await products.plan_of_product(tx, store_product_id)
        return None if plan is None else product_of(plan)

    async def do_change_reference(self, tx: Tx, name: ProviderName, event: Paid | SubscriptionChanged) -> None:
        await provider_sync.do_change_reference(tx, name, event)

    async def lock_renewal(self, tx: Tx, name: ProviderName, event: Paid) -> Renewal | None:
        if event.subscription is None:
            return None
        known = await subscriptions.lock_by_reference(tx, name, event.subscription)
        if known is None:
            return None
        plan = await products.plan_of_product(tx, event.product_id) if event.product_id is not None else None
        return Renewal(
            user_id=known.user_id,
            product_id=plan.id if plan is not None else known.plan_id,
            agreement_id=known.id,
            price=await subscriptions.price(tx, known.id),
        )

    async def do_fulfil(self, tx: Tx, payment: PaymentRow, *, despite_duplicate: bool) -> bool:
        if not despite_duplicate and await duplicate_subscriptions.do_refund_duplicate(tx, payment):
            return False
        await subscription_periods.do_pay_period(tx, payment)
        return True

    async def do_claw_back(
        self,
        tx: Tx,
        payment: PaymentRow,
        covered: int,
        cause: str,  # noqa: ARG002 -- coins need an idempotency key, periods do not
        *,
        disputed: bool,  # noqa: ARG002 -- a refund and a dispute end a period alike
    ) -> Clawback:
        is_gone = 0 < payment.paid <= covered
        if payment.agreement_id is None or payment.period_ends_at is None or is_gone == (payment.status in _GONE):
            return Clawback()
        if is_gone:
            ended = await subscription_periods.do_revoke(tx, payment.agreement_id, payment.id, payment.period_ends_at)
            return Clawback(ended=ended)
        await subscription_periods.do_restore(tx, payment.agreement_id, payment.period_ends_at)
        return Clawback()

    async def do_synchronise(self, tx: Tx, name: ProviderName, event: SubscriptionChanged) -> Applied | None:
        return await provider_sync.do_synchronise(tx, name, event)
