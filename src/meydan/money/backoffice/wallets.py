"""Wallets that staff freeze and thaw. The person reads the reason."""

from uuid import UUID

from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.money import wallet
from meydan.money.backoffice import conflict_of_interest, person_view
from meydan.money.fraud import cases


class WalletAlreadyFrozen(Refused):
    """Refused, because the second reason would not be stored."""

    code, status, title = "wallet_frozen_already", 409, "This wallet is frozen already."


async def do_freeze(tx: Tx, user_id: UUID, reason: str, actor: UUID) -> None:
    """Freezes a wallet.

    Raises: NotFound, ConflictOfInterest, WalletAlreadyFrozen.
    Runs as: service."""
    await person_view.person_of(tx, user_id)
    await conflict_of_interest.check(tx, actor, user_id)
    if (known := (await wallet.wallet_of(tx, user_id)).frozen) is not None:
        raise WalletAlreadyFrozen(reason=known)
    await wallet.do_freeze(tx, user_id, reason, actor)


async def do_thaw(tx: Tx, user_id: UUID, actor: UUID) -> None:
    """Thaws a wallet, and fulfils the payments that were held with it.

    Raises: NotFound, ConflictOfInterest.
    Runs as: service."""
    await person_view.person_of(tx, user_id)
    await conflict_of_interest.check(tx, actor, user_id)
    await cases.do_thaw(tx, user_id, actor)
