"""Webhook events: stored once verified, read by the worker, and retried until their events are applied."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct, field

from meydan.integrations.payments.contract import ProviderLocked, ProviderRefused, ProviderUnavailable, WebhookEvent
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import jobs
from meydan.kit.database import Database, Tx
from meydan.kit.jobs import retries
from meydan.money.payments import provider_accounts, settlement

READ_WEBHOOK_EVENT = "provider_events.read_event"
KEPT = timedelta(days=90)
"""A webhook event that was read is deleted after so long."""


class ReadWebhookEvent(retries.RetryableJob, frozen=True):
    webhook_event_id: UUID = field(name="notice_id")


class _StoredEvent(Struct, frozen=True):
    provider: ProviderName
    event_id: str
    payload: Any


async def do_store(tx: Tx, name: ProviderName, event: WebhookEvent) -> None:
    """Stores a verified webhook and queues its reading. Idempotent by the provider's event id.

    Runs as: service."""
    stored = await tx.maybe(
        UUID,
        """
        insert into app.webhook_events (tenant_id, provider, event_id, payload) values ($1, $2, $3, $4)
        on conflict do nothing returning id
        """,
        *(name.value, event.event_id, event.payload),
    )
    if stored is not None:
        await jobs.queue(tx, READ_WEBHOOK_EVENT, ReadWebhookEvent(webhook_event_id=stored), dedupe_key=str(stored))


async def read_webhook_event(db: Database, tenant_id: int, job: ReadWebhookEvent) -> None:
    """Reads a webhook at its provider, and applies its events in the transaction that marks it as read."""
    async with db.as_service(tenant_id) as tx:
        stored = await tx.maybe(
            _StoredEvent,
            """
            select provider, event_id, payload from app.webhook_events
            where tenant_id = $1 and id = $2 and read_at is null
            """,
            job.webhook_event_id,
        )
    if stored is None:
        return
    try:
        async with provider_accounts.opened(db, tenant_id, stored.provider) as provider:
            events = await provider.read(WebhookEvent(stored.event_id, stored.payload))
    except (ProviderUnavailable, ProviderLocked) as error:
        async with db.as_service(tenant_id) as tx:
            await _do_mark(tx, job.webhook_event_id, str(error), is_read=False)
            await retries.do_retry(tx, READ_WEBHOOK_EVENT, job, retries.PATIENTLY, dedupe_key=str(job.webhook_event_id))
        return
    except (ProviderRefused, provider_accounts.ProviderNotConnected) as error:
        async with db.as_service(tenant_id) as tx:
            await _do_mark(tx, job.webhook_event_id, str(error), is_read=True)
        return
    async with db.as_service(tenant_id) as tx:
        done = await settlement.do_apply_all(tx, stored.provider, events)
        problems = [applied.problem for applied in done if applied.problem]
        payment_id = next((applied.payment_id for applied in done if applied.payment_id), None)
        await _do_mark(tx, job.webhook_event_id, ", ".join(problems), is_read=True, payment_id=payment_id)


async def do_sweep(tx: Tx) -> None:
    """Queues webhooks that a lost job left unread.

    Runs as: service."""
    unread = await tx.all(
        UUID,
        """
        select id from app.webhook_events where tenant_id = $1 and read_at is null and attempts = 0
            and received_at between app.now() - interval '1 day' and app.now() - interval '10 minutes'
        order by received_at limit 100
        """,
    )
    for webhook_event_id in unread:
        await jobs.queue(
            tx,
            READ_WEBHOOK_EVENT,
            ReadWebhookEvent(webhook_event_id=webhook_event_id),
            dedupe_key=str(webhook_event_id),
        )


async def do_purge_old(tx: Tx) -> None:
    """Deletes events that were read long ago: their effect is in the books.

    Runs as: service."""
    await tx.run(
        "delete from app.webhook_events where tenant_id = $1 and read_at is not null and received_at < app.now() - $2::interval",
        KEPT,
    )


async def _do_mark(
    tx: Tx, webhook_event_id: UUID, problem: str, *, is_read: bool, payment_id: UUID | None = None
) -> None:
    await tx.run(
        """
        update app.webhook_events set problem = nullif(left($3, 500), ''), attempts = attempts + 1, payment_id = $4,
            read_at = case when $5 then app.now() end where tenant_id = $1 and id = $2
        """,
        *(webhook_event_id, problem, payment_id, is_read),
    )
