"""Changes of an account's phone number or e-mail address: they need a proof of the contact, and the password.

An access token alone is not enough, because a contact opens a login and a password reset.
"""

from uuid import UUID

import asyncpg

from meydan.accounts import events, me, users
from meydan.accounts.events import SignInPart
from meydan.accounts.former import inheritance
from meydan.accounts.former.contact_marks import contact_hash
from meydan.accounts.me import Me
from meydan.accounts.sign_in import otp, password_changes, security_alerts
from meydan.accounts.sign_in.otp import Purpose
from meydan.accounts.sign_in.registration import TAKEN
from meydan.integrations import Channel
from meydan.kit.database import Database, Tx
from meydan.kit.events import publish
from meydan.kit.identity import Identity

_COLUMN = {Channel.sms: SignInPart.phone, Channel.email: SignInPart.email}


async def do_set_contact(db: Database, identity: Identity, proof: str, password: str) -> Me:
    """Sets the proved contact. The proof stays unspent when this is refused.

    Raises: ProofRefused, PasswordWrong, TooManyRequests, PhoneTaken, EmailTaken, AccountBanned.
    """
    async with db.as_service(identity.tenant_id) as tx:
        await otp.check_proof(tx, proof, Purpose.verify)
    password_hash = await password_changes.do_check_password(db, identity, password)
    async with db.as_service(identity.tenant_id) as tx:
        await password_changes.lock_password(tx, identity.user_id, password_hash)
        await _do_set(tx, identity.user_id, proof)
        return await me.read(tx, identity.user_id, identity.profile_id)


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
    is_new = await inheritance.do_prove_contact(tx, user_id, proved.value)
    await inheritance.do_replace_contact(tx, user_id, before.contacts, proved.value)
    if proved.channel is Channel.sms:
        await publish(tx, events.Verified(user_id, contact_hash(tx, proved.value), is_new))
    if proved.value not in before.names:
        await security_alerts.do_queue(tx, before, part)
