"""Provider events: webhooks received and read, and our books reconciled with each provider's."""

from meydan.money.provider_events import (  # noqa: F401 -- importing the room registers its jobs and personal data
    differences,
    personal_data,
    reconciliation,
    tasks,
)

__all__ = ["differences", "reconciliation"]
