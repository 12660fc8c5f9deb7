"""Personal data of payments. After erasure the books stay, as the law asks, without anything that identifies the buyer."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan.integrations.payments.contract import DisputeState
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.money.payments import billing_customers
from meydan.money.payments.enums import PaymentKind, PaymentStatus
from meydan.money.payments.refunds import RefundStatus

COLUMNS = {
    "billing_customers.user_id",
    "payments.user_id",
    "payments.device_id",
    "payments.ip_address",
    "payments.origin",
    "payment_refunds.acted_by_user_id",
    "payment_refunds.reason",
}


class PaymentLine(Struct, frozen=True):
    id: UUID
    kind: PaymentKind
    status: PaymentStatus
    provider: ProviderName
    coins: int
    amount: int
    currency: str
    refunded: int
    coins_clawed_back: int
    owed: int
    ip_address: str | None
    created_at: datetime
    paid_at: datetime | None
    settled_at: datetime | None


class RefundLine(Struct, frozen=True):
    payment_id: UUID
    status: RefundStatus
    amount: int
    reason: str
    coins: int
    owed: int
    created_at: datetime
    done_at: datetime | None


class DisputeLine(Struct, frozen=True):
    payment_id: UUID
    status: DisputeState
    amount: int
    coins: int
    owed: int
    created_at: datetime


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    paid = await tx.all(
        PaymentLine,
        """
        select id, kind, status, provider, coins, amount, currency, refunded, coins_clawed_back, owed, ip_address, created_at,
            paid_at, settled_at from app.payments where tenant_id = $1 and user_id = $2 order by id
        """,
        user_id,
    )
    refunded = await tx.all(
        RefundLine,
        """
        select payment_id, refund.status, refund.amount, reason, refund.coins, refund.owed, refund.created_at, done_at
        from app.payments payment join app.payment_refunds refund on refund.tenant_id = $1 and payment_id = payment.id
        where payment.tenant_id = $1 and user_id = $2 order by refund.id
        """,
        user_id,
    )
    disputed = await tx.all(
        DisputeLine,
        """
        select payment_id, dispute.status, dispute.amount, dispute.coins, dispute.owed, dispute.created_at
        from app.payments payment join app.payment_disputes dispute on dispute.tenant_id = $1 and payment_id = payment.id
        where payment.tenant_id = $1 and user_id = $2 order by dispute.id
        """,
        user_id,
    )
    reference = await tx.maybe(
        UUID, "select customer_reference from app.billing_customers where tenant_id = $1 and user_id = $2", user_id
    )
    return {
        "payments": msgspec.to_builtins(paid),
        "refunds": msgspec.to_builtins(refunded),
        "disputes": msgspec.to_builtins(disputed),
        "billing_reference": reference and str(reference),
    }


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Expires open orders, and deletes device, IP address, origin and the reasons of refunds. Payments stay in the books.

    The customer reference stays: a refund or a dispute may still come, and it identifies nobody.

    Runs as: service."""
    await billing_customers.lock_billing_customer(
        tx, user_id
    )  # waits for an order of this moment, so that it is erased too
    await tx.run(
        "update app.payments set status = 'expired' where tenant_id = $1 and user_id = $2 and status = 'created'",
        user_id,
    )
    await tx.run(
        """
        update app.payments set device_id = null, ip_address = null, origin = null, checkout_url = null
        where tenant_id = $1 and user_id = $2
        """,
        user_id,
    )
    await tx.run(
        """
        update app.payment_refunds set reason = '' where tenant_id = $1 and reason <> '' and payment_id in
            (select id from app.payments where tenant_id = $1 and user_id = $2)
        """,
        user_id,
    )


personal_data.register("payments", COLUMNS, export, do_erase)
