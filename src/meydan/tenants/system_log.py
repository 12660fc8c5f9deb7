"""The audit log: actions of staff and the system on users, each with a stable name."""

from uuid import UUID

from meydan.kit.database import Tx


async def do_record(
    tx: Tx, action: str, /, *, user_id: UUID | None = None, acted_by_user_id: UUID | None = None, **details: object
) -> None:
    """Appends an entry that no login can change. ``acted_by_user_id`` is absent when the system acted.

    Runs as: service.
    """
    await tx.run(
        "insert into app.system_logs (tenant_id, action, user_id, acted_by_user_id, details) values ($1, $2, $3, $4, $5)",
        action,
        user_id,
        acted_by_user_id,
        details,
    )
