"""Two people who met, for stories that are not about meeting."""

from datetime import timedelta
from uuid import UUID, uuid4

from meydan import messaging
from meydan.kit import clock
from meydan.kit.database import Database
from tests.factories import Person
from tests.messaging.factories import send, text


async def bring_together(db: Database, one: Person, other: Person, *, talking: bool = False) -> UUID:
    """As the matcher does, without waiting: a match that is over, and its conversation. Answers the match's id.

    ``talking``: both write to each other.
    """
    match_id = uuid4()
    async with db.as_service(one.tenant.id) as tx:
        await tx.run(
            """
            insert into app.matches (
                tenant_id, id, type, status, user1_id, profile1_id, user2_id, profile2_id, claim_opens_at, expires_at, ended_at
            ) values ($1, $2, 'anonymous_text', 'cancelled', $3, $4, $5, $6, app.now(), app.now() + interval '1 day', app.now())
            """,
            match_id,
            *(one.me.user_id, one.me.profile_id),
            *(other.me.user_id, other.me.profile_id),
        )
        opened = await messaging.do_open(
            tx,
            members=[(one.me.user_id, one.me.profile_id), (other.me.user_id, other.me.profile_id)],
            opener=one.me.profile_id,
            expires_at=clock.now() + timedelta(hours=24),
            match_id=match_id,
        )
    for side in (one, other) if talking else ():
        await send(db, side.me, text(opened.id))
    return match_id
