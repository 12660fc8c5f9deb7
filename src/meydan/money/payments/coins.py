"""Coins: the kind of payment that credits the buyer's wallet."""

from uuid import UUID

from meydan.integrations.payments.contract import Paid, SubscriptionChanged
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Tx
from meydan.money import wallet
from meydan.money.payments import fulfilment, orders
from meydan.money.payments.fulfilment import Applied, Clawback, Product, Renewal
from meydan.money.payments.order_source import OrderedFrom
from meydan.money.payments.payment_rows import PaymentRow
from meydan.money.shop import products
from meydan.tenants import Language

COINS = fulfilment.declare("coins")
_TITLES = {Language.turkish: "{} jeton", Language.english: "{} coins"}


async def do_order(
    tx: Tx, user_id: UUID, package_id: UUID, provider: ProviderName | None, key: str, ordered: OrderedFrom
) -> orders.Payment:
    """Orders a package of coins; the same key answers the first order.

    Raises: NotFound, IdempotencyKeyReused and what ``orders.do_order`` raises.
    Runs as: service.
    """
    if (ordered_before := await orders.lock_order_with_key(tx, user_id, key, COINS, package_id, provider)) is not None:
        return ordered_before
    package = await products.package_for_sale(tx, package_id)
    return await orders.do_order(tx, user_id, COINS, _product(package), provider, key, ordered)


class CoinFulfilment:
    """Credits coins from the provider's clearing account, and claws them back in proportion to the money."""

    async def product(self, tx: Tx, product_id: UUID) -> Product:
        return _product(await products.package(tx, product_id))

    async def store_product(self, tx: Tx, store_product_id: str) -> Product | None:
        package = await products.package_of_product(tx, store_product_id)
        return None if package is None else _product(package)

    async def do_change_reference(self, tx: Tx, name: ProviderName, event: Paid | SubscriptionChanged) -> None:
        """Nothing: coins are bought once, without an agreement."""

    async def lock_renewal(self, tx: Tx, name: ProviderName, event: Paid) -> Renewal | None:  # noqa: ARG002 -- as above
        return None

    async def do_fulfil(self, tx: Tx, payment: PaymentRow, *, despite_duplicate: bool) -> bool:  # noqa: ARG002 -- coins add up
        await wallet.do_credit(
            tx,
            payment.user_id,
            payment.coins,
            source=payment.clearing,
            type=wallet.TransactionType.purchased,
            key=f"payment:{payment.id}",
            subject_id=payment.id,
        )
        return True

    async def do_claw_back(self, tx: Tx, payment: PaymentRow, covered: int, cause: str, *, disputed: bool) -> Clawback:
        coins = payment.share(covered) - payment.coins_clawed_back
        key = f"payment:{payment.id}:{cause}"
        if coins > 0:
            taken = await wallet.do_claw_back(
                tx,
                payment.user_id,
                coins,
                to=payment.clearing,
                type=wallet.TransactionType.chargeback if disputed else wallet.TransactionType.refund,
                key=key,
                subject_id=payment.id,
            )
            return Clawback(coins, taken.owed)
        if coins < 0:
            # A dispute was won, or a refund reversed. The credit pays the debt it had caused first.
            await wallet.do_credit(
                tx,
                payment.user_id,
                -coins,
                source=payment.clearing,
                type=wallet.TransactionType.dispute_won if disputed else wallet.TransactionType.adjustment,
                key=key,
                subject_id=payment.id,
                description="" if disputed else "refund_reversed",
            )
            return Clawback(coins, -min(payment.owed, -coins))
        return Clawback()

    async def do_synchronise(self, tx: Tx, name: ProviderName, event: SubscriptionChanged) -> Applied | None:  # noqa: ARG002 -- as above
        return None


def _product(package: products.StaffPackage) -> Product:
    coins = package.coins + package.bonus
    titles = {language: title.format(coins) for language, title in _TITLES.items()}
    return Product(
        id=package.id,
        price=package.price,
        currency=package.currency,
        title=titles | (package.name or {}),
        store_product_id=package.store_product_id,
        coins=coins,
    )
