"""An account's phone number and e-mail address, set once their owner has proved them and knows the password.

An access token alone must not be enough: with an address of one's own comes a way to log in and to a new password.
"""

from uuid import UUID

import asyncpg

from meydan.accounts import events, me, standing, users
from meydan.accounts.events import SignInPart
from meydan.accounts.identifiers import phone_hash
from meydan.accounts.me import Me
from meydan.accounts.sign_in import otp, password_changes, security_alerts
from meydan.accounts.sign_in.otp import Purpose
from meydan.accounts.sign_in.registration import TAKEN
from meydan.integrations import Channel
from meydan.kit.database import Database, Tx
from meydan.kit.events import publish
from meydan.kit.identity import Identity

_COLUMN = {Channel.sms: SignInPart.phone, Channel.email: SignInPart.email}


async def set_address(db: Database, who: Identity, proof: str, password: str) -> Me:
    """Raises ProofRefused, PasswordWrong, TooManyRequests, PhoneTaken, EmailTaken, Banned; the proof stays good then."""
    async with db.as_service(who.tenant_id) as tx:
        await otp.check_proof(tx, proof, Purpose.verify)
    known = await password_changes.check_password(db, who, password)
    async with db.as_service(who.tenant_id) as tx:
        await password_changes.do_hold_password(tx, who.user_id, known)
        await _do_set(tx, who.user_id, proof)
        return await me.read(tx, who.user_id, who.profile_id)


async def _do_set(tx: Tx, user_id: UUID, proof: str) -> None:
    proved = await otp.do_spend_proof(tx, proof, Purpose.verify)
    before = await users.by_id(tx, user_id)
    part = _COLUMN[proved.channel]
    try:
        await tx.run(
            f"update app.users set {part} = $3 where tenant_id = $1 and id = $2",
            user_id,
            proved.value,
        )
    except asyncpg.UniqueViolationError as error:
        raise TAKEN[error.constraint_name] from None
    is_new = await standing.do_know_contact(tx, proved.value)
    if proved.channel is Channel.sms:
        await publish(tx, events.Verified(user_id, phone_hash(tx, proved.value), is_new))
    if proved.value not in before.names:
        await security_alerts.do_tell(tx, before, part)
