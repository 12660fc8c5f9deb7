"""Suspensions of matching: the user meets nobody new for a time, and keeps all else. Time ends them, or a decision."""

from datetime import datetime
from uuid import UUID

from meydan import accounts, tenants
from meydan.kit.database import Tx
from meydan.kit.events import publish
from meydan.safety import events


async def do_suspend_matching(tx: Tx, user_id: UUID, until: datetime, **evidence: object) -> None:
    """Suspends matching until a time. ``evidence`` goes into the audit log.

    Runs as: service.
    """
    await accounts.do_suspend_matching(tx, user_id, until)
    await tenants.do_record(tx, "matching_suspended", user_id=user_id, acted_by_user_id=None, until=until, **evidence)
    await publish(tx, events.SuspensionBegan(user_id=user_id, until=until))


async def do_resume_matching(tx: Tx, user_id: UUID, *, resumed_by_user_id: UUID | None = None) -> None:
    """Ends a suspension before its time, if there is one; also that of an erased account's heirs.

    Runs as: service.
    """
    for each in (user_id, *await accounts.inheritance.heirs_of(tx, user_id)):
        if await accounts.do_resume_matching(tx, each):
            await tenants.do_record(tx, "matching_resumed", user_id=each, acted_by_user_id=resumed_by_user_id)
            await publish(tx, events.SuspensionEnded(user_id=each))
