"""Acknowledgements of purchases: a store refunds one that is not acknowledged (Google after three days).

A purchase is acknowledged when it is recorded, held or fulfilled, and again when it is fulfilled. The sweep repeats it
until the store has answered.
"""

import logging
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments import ACKNOWLEDGED
from meydan.integrations.payments.contract import ProviderRefused, ProviderUnavailable
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import jobs
from meydan.kit.database import Database, Tx
from meydan.money.payments import provider_accounts

log = logging.getLogger(__name__)

ACKNOWLEDGE = "payments.acknowledge_payment"
REFUNDED_AFTER = timedelta(days=3)
"""A store refunds a purchase that is not acknowledged for so long."""
_AGAIN_AFTER = timedelta(minutes=15)
_URGENT_AFTER = timedelta(days=2)
_AT_ONCE = 100


class Acknowledge(Struct, frozen=True):
    payment_id: UUID


class _Purchase(Struct, frozen=True):
    provider: ProviderName
    provider_charge_id: str
    is_subscription: bool
    given: bool
    has_left: bool
    acknowledged: str | None


async def do_queue(tx: Tx, payment_id: UUID, name: ProviderName) -> None:
    """Queues the acknowledgement of a payment that was recorded or fulfilled."""
    if name in ACKNOWLEDGED:
        await jobs.queue(tx, ACKNOWLEDGE, Acknowledge(payment_id), dedupe_key=str(payment_id))


async def acknowledge(db: Database, tenant_id: int, job: Acknowledge) -> None:
    """Acknowledges a payment at its store, unless the store knows its present state. A failure is left to the sweep."""
    async with db.as_service(tenant_id) as tx:
        bought = await tx.one(
            _Purchase,
            """
            select payment.provider, payment.provider_charge_id, payment.provider_subscription_id is not null as is_subscription,
                payment.settled_at is not null as given,
                person.erased_at is not null as has_left, payment.acknowledged
            from app.payments payment
            join app.users person on person.tenant_id = payment.tenant_id and person.id = payment.user_id
            where payment.tenant_id = $1 and payment.id = $2 and payment.provider_charge_id is not null
            """,
            job.payment_id,
        )
        now = "given" if bought.given else "ours"
        if bought.acknowledged in ("given", now) or (bought.has_left and not bought.given):
            return
        await tx.run(
            "update app.payments set acknowledge_asked_at = app.now() where tenant_id = $1 and id = $2",
            job.payment_id,
        )
    try:
        async with provider_accounts.opened(db, tenant_id, bought.provider) as provider:
            await provider.do_acknowledge(
                bought.provider_charge_id, subscription=bought.is_subscription, given=bought.given
            )
    except (ProviderUnavailable, ProviderRefused, provider_accounts.ProviderNotConnected) as error:
        # The sweep tries again. If the store refused because it refunded the purchase, its own webhook ends the attempts.
        log.warning("payment %s could not be acknowledged: %s", job.payment_id, error)
        return
    async with db.as_service(tenant_id) as tx:
        await tx.run(
            """
            update app.payments set acknowledged = $3 where tenant_id = $1 and id = $2
                and acknowledged is distinct from 'given'
            """,
            job.payment_id,
            now,
        )
        if now == "ours":  # it may have been fulfilled during the call
            again = await tx.one(
                bool,
                "select settled_at is not null from app.payments where tenant_id = $1 and id = $2",
                job.payment_id,
            )
            if again:
                await do_queue(tx, job.payment_id, bought.provider)


async def do_sweep(tx: Tx) -> None:
    """Queues every payment that its store has not acknowledged, each at most every quarter of an hour, for six days.

    Runs as: service."""
    for name in ACKNOWLEDGED:
        unacknowledged = await tx.all(
            _Unacknowledged,
            """
            select id, paid_at < app.now() - $3::interval as urgent from app.payments
            where tenant_id = $1 and provider = $2 and paid_at is not null and acknowledged is distinct from 'given'
                and (acknowledged is null or settled_at is not null)
                and status in ('held', 'paid', 'partly_refunded', 'disputed')
                and problem is distinct from 'account_erased'
                and paid_at > app.now() - $4::interval * 2
                and coalesce(acknowledge_asked_at, paid_at) < app.now() - $5::interval
            order by paid_at limit $6
            """,
            *(name.value, _URGENT_AFTER, REFUNDED_AFTER, _AGAIN_AFTER, _AT_ONCE),
        )
        for row in unacknowledged:
            if row.urgent:
                log.error("%s has not acknowledged payment %s, and refunds it after three days", name, row.id)
            await do_queue(tx, row.id, name)


class _Unacknowledged(Struct, frozen=True):
    id: UUID
    urgent: bool
