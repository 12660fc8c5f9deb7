"""Billing customers: a user's id at providers, whose row lock serialises the user's money operations."""

from uuid import UUID

from meydan.kit.database import Tx
from meydan.kit.errors import NotFound


async def lock_buyer(tx: Tx, user_id: UUID) -> None:
    """Serialises this user's money operations until commit, so that a repeated request sees the first one's result.

    Locks: the user's billing customer.
    Raises: NotFound (erased).
    Runs as: service."""
    await lock_billing_customer(tx, user_id)
    here = "select id from app.users where tenant_id = $1 and id = $2 and erased_at is null"
    if await tx.maybe(UUID, here, user_id) is None:
        raise NotFound


async def lock_billing_customer(tx: Tx, user_id: UUID) -> UUID:
    """The user's id at providers, made at its first use.

    Locks: the user's billing customer.
    Runs as: service."""
    await tx.run(
        "insert into app.billing_customers (tenant_id, user_id) values ($1, $2) on conflict do nothing", user_id
    )
    return await tx.one(
        UUID,
        "select customer_reference from app.billing_customers where tenant_id = $1 and user_id = $2 for update",
        user_id,
    )
