"""Freezing and thawing somebody's wallet by hand. The person is told, with the reason."""

from uuid import UUID

from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.money import wallet
from meydan.money.backoffice import conflict_of_interest, person_view
from meydan.money.fraud import cases


class FrozenAlready(Refused):
    """Said, so that nobody believes their reason was written down."""

    code, status, title = "wallet_frozen_already", 409, "This wallet is frozen already."


async def do_freeze(tx: Tx, user_id: UUID, reason: str, actor: UUID) -> None:
    """Raises NotFound, OwnAffair, FrozenAlready. A service transaction."""
    await person_view.of_user(tx, user_id)
    await conflict_of_interest.check(tx, actor, user_id)
    if (known := (await wallet.wallet_of(tx, user_id)).frozen) is not None:
        raise FrozenAlready(reason=known)
    await wallet.do_freeze(tx, user_id, reason, actor)


async def do_thaw(tx: Tx, user_id: UUID, actor: UUID) -> None:
    """What the freezing kept back is given. Raises NotFound, OwnAffair. A service transaction."""
    await person_view.of_user(tx, user_id)
    await conflict_of_interest.check(tx, actor, user_id)
    await cases.do_thaw(tx, user_id, actor)
