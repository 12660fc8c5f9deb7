"""Removal of a lost second factor, by staff of a higher rank or from the command line. A reason is kept."""

from uuid import UUID

from meydan import tenants
from meydan.accounts import staff, users
from meydan.accounts.events import SignInPart
from meydan.accounts.second_factor import enrolment
from meydan.accounts.sessions import endings
from meydan.accounts.sessions.endings import EndReason
from meydan.accounts.sign_in import security_alerts
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound


async def do_remove(tx: Tx, user_id: UUID, reason: str, *, removed_by_user_id: UUID | None = None) -> None:
    """Removes a user's second factor, ends all their sessions, and alerts them. Nobody: the command line did it.

    Locks: users.
    Raises: NotFound (none is on), Outranked.
    Runs as: service.
    """
    if await users.lock_standing(tx, user_id) is None:
        raise NotFound
    if removed_by_user_id is not None and not await staff.outranks(tx, removed_by_user_id, user_id):
        raise staff.Outranked
    if not await enrolment.do_delete(tx, user_id):
        raise NotFound
    await endings.do_end_all(tx, user_id, EndReason.staff)
    await tenants.do_record(
        tx, "second_factor_removed", user_id=user_id, acted_by_user_id=removed_by_user_id, reason=reason
    )
    await security_alerts.do_queue(tx, await users.by_id(tx, user_id), SignInPart.second_factor_removed)
