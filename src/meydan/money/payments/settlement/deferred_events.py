"""Out-of-order webhooks: an event whose payment or subscription is unknown is stored until that exists.

Deferred events are then applied in the order of their own time.
"""

from datetime import timedelta
from typing import Any

import msgspec

from meydan.integrations.payments.contract import ProviderEvent
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Tx
from meydan.money.payments.fulfilment import Applied

_KEPT = timedelta(days=90)
"""An event whose subject is still unknown after so long is deleted."""


async def do_defer(tx: Tx, name: ProviderName, subject: str, event: ProviderEvent) -> Applied:
    """Stores an event until the charge or the subscription ``subject`` is known."""
    await tx.run(
        """
        insert into app.deferred_events (tenant_id, provider, subject, event_id, event) values ($1, $2, $3, $4, $5)
        on conflict do nothing
        """,
        *(name.value, subject, event.event_id, msgspec.to_builtins(event)),
    )
    return Applied(problem="waits_for_payment")


async def do_take_deferred(tx: Tx, name: ProviderName, subject: str) -> list[ProviderEvent]:
    """Deletes and answers the deferred events of a subject, oldest first."""
    waiting = await tx.all(
        dict[str, Any],
        "delete from app.deferred_events where tenant_id = $1 and provider = $2 and subject = $3 returning event",
        name.value,
        subject,
    )
    events: list[ProviderEvent] = [msgspec.convert(event, ProviderEvent) for event in waiting]
    return sorted(events, key=lambda event: event.happened_at)


async def do_purge_old(tx: Tx) -> None:
    """Deletes events whose payment or subscription never came.

    Runs as: service."""
    await tx.run(
        "delete from app.deferred_events where tenant_id = $1 and received_at < app.now() - $2::interval", _KEPT
    )
