"""Wallet freezes: nothing is spent until staff thaw the wallet. Earlier holds are still paid, and coins still come in."""

from uuid import UUID

from meydan import tenants
from meydan.kit.database import Tx
from meydan.kit.events import publish
from meydan.money.wallet.balances import do_send_wallet
from meydan.money.wallet.events import WalletFrozen, WalletThawed


async def do_freeze(tx: Tx, user_id: UUID, reason: str, frozen_by_user_id: UUID | None) -> None:
    """Freezes the wallet; a frozen one stays as it is. The user sees ``reason``.

    Runs as: service.
    """
    if not await tx.one(bool, "select app.freeze_wallet($1, $2, $3, $4)", user_id, reason, frozen_by_user_id):
        return
    await tenants.do_record(tx, "wallet_frozen", user_id=user_id, acted_by_user_id=frozen_by_user_id, reason=reason)
    await publish(tx, WalletFrozen(user_id, reason))
    await do_send_wallet(tx, user_id)


async def do_thaw(tx: Tx, user_id: UUID, thawed_by_user_id: UUID | None) -> None:
    """Thaws the wallet; does nothing to one that is not frozen.

    Runs as: service.
    """
    if not await tx.one(bool, "select app.thaw_wallet($1, $2, $3)", user_id, thawed_by_user_id):
        return
    await tenants.do_record(tx, "wallet_thawed", user_id=user_id, acted_by_user_id=thawed_by_user_id)
    await publish(tx, WalletThawed(user_id))
    await do_send_wallet(tx, user_id)


async def is_frozen(tx: Tx, user_id: UUID) -> bool:
    """Runs as: service."""
    return await tx.one(
        bool,
        """
        select exists (
            select from app.wallet_freezes where tenant_id = $1 and user_id = $2 and thawed_at is null
        )
        """,
        user_id,
    )
