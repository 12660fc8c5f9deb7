"""Payment rows, locked while money moves, so that two workers settle a payment only once."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Tx
from meydan.money import wallet
from meydan.money.payments.enums import PaymentKind, PaymentStatus


class PaymentRow(Struct, frozen=True):
    id: UUID
    user_id: UUID
    kind: PaymentKind
    status: PaymentStatus
    provider: ProviderName
    product_id: UUID
    agreement_id: UUID | None
    """Id of the agreement that it began or renews, in its kind's own table."""
    provider_subscription_id: str | None
    coins: int
    amount: int
    currency: str
    paid_amount: int | None
    paid_currency: str | None
    provider_charge_id: str | None
    provider_checkout_id: str | None
    period_begins_at: datetime | None
    period_ends_at: datetime | None
    problem: str | None
    refunded: int
    refund_reversed_at: datetime | None
    coins_clawed_back: int
    owed: int
    created_at: datetime
    paid_at: datetime | None
    settled_at: datetime | None

    @property
    def paid(self) -> int:
        return self.paid_amount or 0

    @property
    def clearing(self) -> wallet.Account:
        """The account that its coins come from, and go back to."""
        return wallet.clearing(self.provider.value, self.paid_currency or self.currency)

    def share(self, covered: int) -> int:
        """Coins in proportion to this part of the money, rounded down; all coins for all of it."""
        if not self.paid:
            return 0
        return self.coins if covered >= self.paid else self.coins * covered // self.paid


COLUMNS = (
    "id, user_id, kind, status, provider, product_id, agreement_id, provider_subscription_id, coins, amount, currency, "
    "paid_amount, paid_currency, provider_charge_id, provider_checkout_id, period_begins_at, period_ends_at, problem, refunded, refund_reversed_at, coins_clawed_back, "
    "owed, created_at, paid_at, settled_at"
)


async def lock(tx: Tx, payment_id: UUID) -> PaymentRow | None:
    """The payment, if it exists.

    Locks: the payment."""
    return await tx.maybe(
        PaymentRow, f"select {COLUMNS} from app.payments where tenant_id = $1 and id = $2 for update", payment_id
    )


async def lock_by_id(tx: Tx, payment_id: UUID) -> PaymentRow:
    """The payment, which must exist.

    Locks: the payment.
    Raises: NotFound."""
    return await tx.one(
        PaymentRow, f"select {COLUMNS} from app.payments where tenant_id = $1 and id = $2 for update", payment_id
    )


async def lock_by_charge(tx: Tx, provider: ProviderName, charge: str) -> PaymentRow | None:
    """The payment with the provider's charge, if it is known.

    Locks: the payment."""
    return await tx.maybe(
        PaymentRow,
        f"select {COLUMNS} from app.payments where tenant_id = $1 and provider = $2 and provider_charge_id = $3 for update",
        provider.value,
        charge,
    )


async def lock_known_charge(tx: Tx, provider: ProviderName, charge: str) -> PaymentRow:
    """The payment with the provider's charge, which must be known.

    Locks: the payment.
    Raises: NotFound."""
    return await tx.one(
        PaymentRow,
        f"select {COLUMNS} from app.payments where tenant_id = $1 and provider = $2 and provider_charge_id = $3 for update",
        provider.value,
        charge,
    )


async def lock_by_checkout(tx: Tx, provider: ProviderName, checkout: str) -> PaymentRow | None:
    """The payment with the provider's checkout, if it is known.

    Locks: the payment."""
    return await tx.maybe(
        PaymentRow,
        f"""
        select {COLUMNS} from app.payments where tenant_id = $1 and provider = $2 and provider_checkout_id = $3
        order by id limit 1 for update
        """,
        provider.value,
        checkout,
    )
