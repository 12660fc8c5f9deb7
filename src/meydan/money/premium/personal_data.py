"""Personal data of premium: exported on request; nothing is charged after the user leaves."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan.integrations.payments import APP_STORES
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.money.payments import billing_customers
from meydan.money.premium import subscriptions
from meydan.money.premium.enums import SubscriptionStatus

COLUMNS = {"subscriptions.user_id"}


class SubscriptionLine(Struct, frozen=True):
    id: UUID
    status: SubscriptionStatus
    provider: ProviderName | None
    coin_price: int | None
    renews: bool
    period_ends_at: datetime
    created_at: datetime
    ended_at: datetime | None


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    premium_of = await tx.all(
        SubscriptionLine,
        """
        select id, status, provider, coin_price, renews, period_ends_at, created_at, ended_at
        from app.subscriptions where tenant_id = $1 and user_id = $2 order by id
        """,
        user_id,
    )
    return {"subscriptions": msgspec.to_builtins(premium_of)}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Ends every subscription and queues its cancellation at the provider.

    Runs as: service."""
    await billing_customers.lock_billing_customer(
        tx, user_id
    )  # waits for an order of this moment, so that it is erased too
    while (running := await subscriptions.running_of(tx, user_id)) is not None:
        known = await subscriptions.lock_by_id(tx, running.id)
        await subscriptions.do_expire(tx, known, revoked=True)
        if (
            known.renews
            and known.provider is not None
            and known.provider not in APP_STORES
            and known.provider_subscription_id is not None
        ):
            await subscriptions.do_set_pending_action(tx, known.id, "cancel")


personal_data.register("premium", COLUMNS, export, do_erase)
