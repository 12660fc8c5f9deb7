"""Two people who met, for stories that are not about meeting."""

from datetime import timedelta
from uuid import UUID, uuid4

from meydan import messaging
from meydan.kit import clock
from meydan.kit.database import Database
from tests.people import Person


async def bring_together(db: Database, one: Person, other: Person) -> UUID:
    """As a match does: the two faces have a conversation. Answers the match's id."""
    match_id = uuid4()
    async with db.as_service(one.tenant.id) as tx:
        await messaging.do_open(
            tx,
            members=[(one.me.user_id, one.me.profile_id), (other.me.user_id, other.me.profile_id)],
            opener=one.me.profile_id,
            expires_at=clock.now() + timedelta(hours=24),
            match_id=match_id,
        )
    return match_id
