"""Acknowledgements of changed subscriptions: a store reverses a change of plan that is not acknowledged.

A change may be free, and then has no payment whose acknowledgement would cover it.
"""

import logging
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.contract import ProviderRefused, ProviderUnavailable
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import jobs
from meydan.kit.database import Database, Tx
from meydan.money.payments import provider_accounts

log = logging.getLogger(__name__)

_AT_ONCE = 100

ACKNOWLEDGE_CHANGE = "premium.acknowledge_change"


class AcknowledgeChange(Struct, frozen=True):
    """Payload of the external job that acknowledges a change of plan."""

    subscription_id: UUID


class _Changed(Struct, frozen=True):
    provider: ProviderName
    acknowledgement_token: str


async def do_request_acknowledgement(tx: Tx, subscription_id: UUID, token: str) -> None:
    """Stores the token of a change, and queues its acknowledgement."""
    await tx.run(
        "update app.subscriptions set acknowledgement_token = $3 where tenant_id = $1 and id = $2",
        subscription_id,
        token,
    )
    await _do_queue_change(tx, subscription_id)


async def _do_queue_change(tx: Tx, subscription_id: UUID) -> None:
    await jobs.queue(tx, ACKNOWLEDGE_CHANGE, AcknowledgeChange(subscription_id), dedupe_key=f"{subscription_id}:change")


async def acknowledge_change(db: Database, tenant_id: int, job: AcknowledgeChange) -> None:
    """Acknowledges a change at the store. A failure is left to the sweep."""
    async with db.as_service(tenant_id) as tx:
        changed = await tx.maybe(
            _Changed,
            """
            select provider, acknowledgement_token from app.subscriptions where tenant_id = $1 and id = $2 and acknowledgement_token is not null
                and provider is not null
            """,
            job.subscription_id,
        )
    if changed is None:
        return
    try:
        async with provider_accounts.opened(db, tenant_id, changed.provider) as provider:
            await provider.do_acknowledge(changed.acknowledgement_token, subscription=True, given=True)
    except (ProviderUnavailable, ProviderRefused, provider_accounts.ProviderNotConnected) as error:
        log.warning("subscription %s could not be acknowledged: %s", job.subscription_id, error)
        return
    async with db.as_service(tenant_id) as tx:
        await tx.run(
            "update app.subscriptions set acknowledgement_token = null where tenant_id = $1 and id = $2 and acknowledgement_token = $3",
            job.subscription_id,
            changed.acknowledgement_token,
        )


async def do_sweep(tx: Tx) -> None:
    """Queues every change that is not acknowledged yet.

    Runs as: service."""
    for subscription_id in await tx.all(
        UUID,
        "select id from app.subscriptions where tenant_id = $1 and acknowledgement_token is not null and status <> 'expired' limit $2",
        _AT_ONCE,
    ):
        await _do_queue_change(tx, subscription_id)
