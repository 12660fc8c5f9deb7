"""Some stores take money back that nobody claims (Google after three days): they are told at once that a purchase is known
here, held or given, and once more when it was given. Asked again and again by the sweep until it is heard.
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

ACKNOWLEDGE = "payments.acknowledge"
TAKEN_BACK_AFTER = timedelta(days=3)
_AGAIN_AFTER = timedelta(minutes=15)
_URGENT_AFTER = timedelta(days=2)
_AT_ONCE = 100


class Acknowledge(Struct, frozen=True):
    payment_id: UUID


class _Bought(Struct, frozen=True):
    provider: ProviderName
    provider_charge_id: str
    is_subscription: bool
    given: bool
    has_left: bool
    acknowledged: str | None


async def do_queue(tx: Tx, payment_id: UUID, name: ProviderName) -> None:
    """Whenever a payment becomes ours, and when what it bought is given."""
    if name in ACKNOWLEDGED:
        await jobs.queue(tx, ACKNOWLEDGE, Acknowledge(payment_id), dedupe_key=str(payment_id))


async def acknowledge(db: Database, tenant_id: int, job: Acknowledge) -> None:
    async with db.as_service(tenant_id) as tx:
        bought = await tx.one(
            _Bought,
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
        # The sweep asks again. Refunded meanwhile, perhaps: then the store's own notice says so, and nobody asks any more.
        log.warning("payment %s could not be acknowledged: %s", job.payment_id, error)
        return
    async with db.as_service(tenant_id) as tx:
        await tx.run(
            "update app.payments set acknowledged = $3 where tenant_id = $1 and id = $2 "
            "and acknowledged is distinct from 'given'",
            job.payment_id,
            now,
        )
        if now == "ours":  # it may have been given while the store was told
            again = await tx.one(
                bool,
                "select settled_at is not null from app.payments where tenant_id = $1 and id = $2",
                job.payment_id,
            )
            if again:
                await do_queue(tx, job.payment_id, bought.provider)


async def do_sweep(tx: Tx) -> None:
    """What a store has not heard of yet, whatever became of the job: every quarter of an hour, until it is too late.

    A service transaction."""
    for name in ACKNOWLEDGED:
        waiting = await tx.all(
            _Waiting,
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
            *(name.value, _URGENT_AFTER, TAKEN_BACK_AFTER, _AGAIN_AFTER, _AT_ONCE),
        )
        for one in waiting:
            if one.urgent:
                log.error("%s has not heard of payment %s, and takes its money back after three days", name, one.id)
            await do_queue(tx, one.id, name)


class _Waiting(Struct, frozen=True):
    id: UUID
    urgent: bool
