"""What became of a person's coins, as they read it: with the names that others go by today."""

from uuid import UUID

import msgspec

from meydan.kit.database import Tx
from meydan.money import wallet
from meydan.money.gifts import gifts

_WHO = "profile_id"


async def history(tx: Tx, before: UUID | None, limit: int) -> wallet.MovementPage:
    """One's own, newest first. ``details`` of a gift say who the other is: ``profile_id`` and ``alias``.

    The ledger keeps the id alone, so that a name which is changed or erased is nowhere else.
    """
    page = await wallet.history(tx, before, limit)
    known = await gifts.somebodies(tx, (UUID(item.details[_WHO]) for item in page.items if _WHO in item.details))
    return msgspec.structs.replace(page, items=[_named(item, known) for item in page.items])


def _named(item: wallet.Movement, known: dict[UUID, gifts.Somebody]) -> wallet.Movement:
    if _WHO not in item.details:
        return item
    alias = known[UUID(item.details[_WHO])].alias
    return msgspec.structs.replace(item, details=item.details | {"alias": alias})
