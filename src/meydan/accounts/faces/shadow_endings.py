"""Endings of shadows: others see a gone person's shadow for a random time longer.

A ban or an erasure ends at once what the person does under either face. Others see the end of the real face at once too.
If the shadow ended in the same moment, everybody who has met both would know whose it was.
"""

import secrets
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from meydan.accounts import events, users
from meydan.kit.database import Tx
from meydan.kit.events import publish
from meydan.kit.jobs import queue

END_SHADOW = "accounts.end_shadow"
SOONEST, LATEST = timedelta(days=1), timedelta(days=7)


class EndShadow(Struct, frozen=True):
    profile_id: UUID


class _Gone(Struct, frozen=True):
    user_id: UUID
    is_erased: bool


async def do_schedule(tx: Tx, user_id: UUID) -> None:
    """Queues the end of a user's shadow, if there is one, for a random time in one to seven days.

    Runs as: service.
    """
    shadow = await tx.maybe(
        UUID, "select id from app.profiles where tenant_id = $1 and user_id = $2 and face = 'shadow'", user_id
    )
    if shadow is not None:
        delay = SOONEST + timedelta(seconds=secrets.randbelow(int((LATEST - SOONEST).total_seconds())))
        await queue(tx, END_SHADOW, EndShadow(shadow), delay=delay, dedupe_key=str(shadow))


async def do_end(tx: Tx, profile_id: UUID) -> None:
    """Ends what others see of a shadow, unless its person is back: a ban may have been lifted meanwhile.

    Locks: users.
    Runs as: service.
    """
    owner = await tx.maybe(UUID, "select user_id from app.profiles where tenant_id = $1 and id = $2", profile_id)
    if owner is None:
        return
    await users.lock_standing(tx, owner)
    gone = await tx.maybe(
        _Gone,
        """
        select id as user_id, erased_at is not null as is_erased from app.users where tenant_id = $1 and id = $2
        and (erased_at is not null or ban_reason is not null and (banned_until is null or banned_until > app.now()))
        """,
        owner,
    )
    if gone is None:
        return
    await publish(tx, events.ShadowEnded(gone.user_id, profile_id, is_erased=gone.is_erased))
    if gone.is_erased:
        await do_blank(tx, profile_id)


async def do_blank(tx: Tx, profile_id: UUID) -> None:
    """Blanks an erased user's face. The row stays: other users' conversations and reports refer to it.

    Runs as: service.
    """
    await tx.run(
        """
        update app.profiles set alias = '', tag = '', bio = '', gender = null, interests = '{}', languages = '{}',
        latitude = null, longitude = null, avatar_seed = '' where tenant_id = $1 and id = $2
        """,
        profile_id,
    )
