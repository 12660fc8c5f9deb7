"""A frozen wallet: nothing is spent from it until staff say so; what was held before is still paid, and coins still come."""

from uuid import UUID

from meydan import tenants
from meydan.kit.database import Tx
from meydan.kit.events import publish
from meydan.money.wallet.balances import tell_wallet
from meydan.money.wallet.events import WalletFrozen, WalletThawed


async def do_freeze(tx: Tx, user_id: UUID, reason: str, actor_user_id: UUID | None) -> None:
    """``reason`` is shown to the person. One that is frozen already stays as it is. A service transaction."""
    if not await tx.one(bool, "select app.freeze_wallet($1, $2, $3, $4)", user_id, reason, actor_user_id):
        return
    await tenants.do_record(tx, "wallet_frozen", user_id=user_id, acted_by_user_id=actor_user_id, reason=reason)
    await publish(tx, WalletFrozen(user_id, reason))
    await tell_wallet(tx, user_id)


async def do_thaw(tx: Tx, user_id: UUID, actor_user_id: UUID | None) -> None:
    """Does nothing to a wallet that is not frozen. A service transaction."""
    if not await tx.one(bool, "select app.thaw_wallet($1, $2, $3)", user_id, actor_user_id):
        return
    await tenants.do_record(tx, "wallet_thawed", user_id=user_id, acted_by_user_id=actor_user_id)
    await publish(tx, WalletThawed(user_id))
    await tell_wallet(tx, user_id)
