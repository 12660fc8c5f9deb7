"""Codes on their way: the worker decides whether there is anybody to send one to, and sends it outside of any transaction."""

import logging
from datetime import timedelta
from uuid import UUID

from msgspec import Struct, structs

from meydan import integrations, tenants
from meydan.accounts import users
from meydan.accounts.identifiers import Identifier
from meydan.accounts.settings import SignIn
from meydan.accounts.sign_in.otp import Purpose, SendCode
from meydan.integrations import Channel, Message, SendingFailed, Undeliverable
from meydan.kit import seal
from meydan.kit.database import Database, Tx
from meydan.kit.jobs import queue
from meydan.tenants import Language

log = logging.getLogger(__name__)

_ATTEMPTS = 4
_BACK_OFF = timedelta(seconds=5)

_BODY = {
    Language.turkish: "{code} — {community} için kodunuz. 10 dakika geçerlidir. Kimseyle paylaşmayın.",
    Language.english: "{code} is your code for {community}. It is valid for 10 minutes. Share it with nobody.",
}
_SUBJECT = {Language.turkish: "{community} kodunuz: {code}", Language.english: "Your {community} code: {code}"}


class _Waiting(Struct, frozen=True):
    id: UUID
    purpose: Purpose
    channel: Channel
    address: str


async def send(db: Database, tenant_id: int, order: SendCode) -> None:
    """Send it once; a service that is down is asked again after a while, until the code would be too old to be useful."""
    async with db.as_service(tenant_id) as tx:
        waiting = await _waiting(tx, order)
        community = (await tenants.this(tx)).name
    if waiting is None:
        return
    code = seal.unseal("one-time codes", order.sealed_code).decode()
    words = {"code": code, "community": community}
    message = Message(
        to=waiting.address,
        subject=_SUBJECT[order.language].format(**words),
        body=_BODY[order.language].format(**words),
        code=code,
    )
    may_work_later = await hand_over(db, tenant_id, waiting.id, waiting.channel, message)
    if may_work_later and order.attempt < _ATTEMPTS:
        async with db.as_service(tenant_id) as tx:
            again = structs.replace(order, attempt=order.attempt + 1)
            await queue(tx, "send_code", again, delay=_BACK_OFF * order.attempt)


async def hand_over(db: Database, tenant_id: int, row_id: UUID, channel: Channel, message: Message) -> bool:
    """Give it to the service that sends. True when that failed and is worth another try."""
    try:
        await integrations.current().sender(channel).send(message)
    except SendingFailed as error:
        log.warning("a message by %s could not be sent: %s", channel, error)
        return True
    except Undeliverable as error:
        log.warning("a message by %s will not arrive: %s", channel, error)
        return False
    async with db.as_service(tenant_id) as tx:
        await tx.run("update app.otp_verifications set sent_at = app.now() where tenant_id = $1 and id = $2", row_id)
    return False


async def _waiting(tx: Tx, order: SendCode) -> _Waiting | None:
    """None when it was sent, is too old, or is for logging in to an account that does not exist: that costs nothing."""
    waiting = await tx.maybe(
        _Waiting,
        """
        select id, purpose, channel, address from app.otp_verifications
        where tenant_id = $1 and id = $2 and sent_at is null and expires_at > app.now()
        """,
        order.otp_id,
    )
    if waiting is None or waiting.purpose not in (Purpose.login, Purpose.reset):
        return waiting
    kind = SignIn.phone if waiting.channel is Channel.sms else SignIn.email
    if await users.find(tx, Identifier(kind, waiting.address)) is not None:
        return waiting
    await tx.run("update app.otp_verifications set cost_cents = 0 where tenant_id = $1 and id = $2", order.otp_id)
    return None
