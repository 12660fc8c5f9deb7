"""History of a user's coins, with the present aliases of others."""

from uuid import UUID

import msgspec

from meydan.kit.database import Tx
from meydan.money import wallet
from meydan.money.gifts import gifts

_OTHER = "profile_id"


async def history(tx: Tx, before: UUID | None, limit: int) -> wallet.HistoryPage:
    """The acting user's history, newest first. ``details`` of a gift carry the other's ``profile_id`` and ``alias``.

    The ledger stores the id alone, so that a changed or erased alias stays nowhere.
    """
    page = await wallet.history(tx, before, limit)
    faces = await gifts.public_faces(tx, (UUID(item.details[_OTHER]) for item in page.items if _OTHER in item.details))
    return msgspec.structs.replace(page, items=[_with_alias(item, faces) for item in page.items])


def _with_alias(item: wallet.HistoryItem, faces: dict[UUID, gifts.PublicFace]) -> wallet.HistoryItem:
    if _OTHER not in item.details:
        return item
    alias = faces[UUID(item.details[_OTHER])].alias
    return msgspec.structs.replace(item, details=item.details | {"alias": alias})
