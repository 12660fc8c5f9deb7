"""What staff and the system did to people, in words that a program can count."""

from uuid import UUID

from meydan.kit.database import Tx


async def record(
    tx: Tx, action: str, *, user_id: UUID | None = None, actor: UUID | None = None, **details: object
) -> None:
    """Write a line that nobody can change; ``actor`` is absent when the system itself acted. Service transactions only."""
    await tx.run(
        "insert into app.system_logs (tenant_id, action, user_id, actor_user_id, details) values ($1, $2, $3, $4, $5)",
        action,
        user_id,
        actor,
        details,
    )
