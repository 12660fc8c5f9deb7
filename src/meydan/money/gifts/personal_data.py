"""Personal data of gifts: exported on request; the notes are blanked when the user leaves."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import accounts
from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.kit.events import listen
from meydan.money.wallet import do_close

COLUMNS = {
    "gifts_sent.giver_user_id",
    "gifts_sent.giver_profile_id",
    "gifts_sent.receiver_user_id",
    "gifts_sent.receiver_profile_id",
    "gifts_sent.note",
}


class GiftRow(Struct, frozen=True):
    gift: str
    quantity: int
    coins: int
    earned: int
    given: bool
    giver_profile_id: UUID
    receiver_profile_id: UUID
    note: str
    created_at: datetime


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    gifts = await tx.all(
        GiftRow,
        """
        select gift.key as gift, sent.quantity, sent.coins, sent.earned, sent.giver_user_id = $2 as given,
            sent.giver_profile_id, sent.receiver_profile_id, sent.note, sent.created_at
        from app.gifts_sent sent join app.gifts gift on gift.tenant_id = sent.tenant_id and gift.id = sent.gift_id
        where sent.tenant_id = $1 and $2 in (sent.giver_user_id, sent.receiver_user_id) order by sent.id
        """,
        user_id,
    )
    return {"gifts": msgspec.to_builtins(gifts)}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Blanks the real face's notes, and the shadow's with the shadow. Gifts stay: they are the other user's books as well.

    Runs as: service.
    """
    await do_close(tx, user_id)  # waits for gifts under way, so that their notes are blanked too
    for profile_id in await tx.all(
        UUID, "select id from app.profiles where tenant_id = $1 and user_id = $2 and face = 'real'", user_id
    ):
        await _do_blank_notes(tx, user_id, profile_id)


@listen(accounts.ShadowEnded)
async def blank_notes_of_shadow(tx: Tx, event: accounts.ShadowEnded) -> None:
    """Blanks the notes that an erased user's shadow gave or got."""
    if event.is_erased:
        await _do_blank_notes(tx, event.user_id, event.profile_id)


async def _do_blank_notes(tx: Tx, user_id: UUID, profile_id: UUID) -> None:
    await tx.run(
        """
        update app.gifts_sent set note = ''
        where tenant_id = $1 and $2 in (giver_user_id, receiver_user_id) and note <> ''
            and $3 in (giver_profile_id, receiver_profile_id)
        """,
        user_id,
        profile_id,
    )


personal_data.register("gifts", COLUMNS, export, do_erase)
