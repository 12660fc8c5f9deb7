"""Delivery of one-time codes: the worker looks up the account and calls the sender outside any transaction."""

import logging
from datetime import timedelta
from uuid import UUID

from msgspec import Struct, structs

from meydan import integrations, tenants
from meydan.accounts import users
from meydan.accounts.identifiers import Identifier
from meydan.accounts.settings import SignInMethod
from meydan.accounts.sign_in import code_limits, sms_budget
from meydan.accounts.sign_in.otp import Purpose, SendCode
from meydan.integrations import Channel, Message, SendingFailed, Undeliverable
from meydan.kit.crypto import seal
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


class _QueuedCode(Struct, frozen=True):
    id: UUID
    purpose: Purpose
    channel: Channel
    contact: str


async def do_send(db: Database, tenant_id: int, job: SendCode) -> None:
    """Sends a code once. Retries with back-off while the sender is down and the code is still useful."""
    async with db.as_service(tenant_id) as tx:
        queued = await _do_take_queued(tx, job)
        community = tenants.name_in_messages((await tenants.current(tx)).name)
        if queued is None or await do_wait_for_turn(tx, queued.id, queued.channel, "accounts.send_code", job):
            return
    code = seal.unseal("one-time codes", job.sealed_code).decode()
    words = {"code": code, "community": community}
    message = Message(
        to=queued.contact,
        subject=_SUBJECT[job.language].format(**words),
        body=_BODY[job.language].format(**words),
        code=code,
    )
    is_retryable = await do_deliver(db, tenant_id, queued.id, queued.channel, message)
    if is_retryable and job.attempt < _ATTEMPTS:
        async with db.as_service(tenant_id) as tx:
            retry = structs.replace(job, attempt=job.attempt + 1)
            await queue(tx, "accounts.send_code", retry, delay=_BACK_OFF * job.attempt)


async def do_wait_for_turn(tx: Tx, row_id: UUID, channel: Channel, job: str, payload: Struct) -> bool:
    """Queues a text message's job anew if its number had another one a moment ago. Returns False if it may leave."""
    if channel is not Channel.sms:
        return False
    wait = await code_limits.do_take_sending_turn(tx, row_id)
    if wait is None:
        return False
    await queue(tx, job, payload, delay=wait)
    return True


async def do_deliver(db: Database, tenant_id: int, row_id: UUID, channel: Channel, message: Message) -> bool:
    """Calls the sender. Returns True after a failure that is worth a retry."""
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


async def _do_take_queued(tx: Tx, job: SendCode) -> _QueuedCode | None:
    """The code to send; None when it was sent or has expired.

    None also when no account has the contact of a login or reset: its cost is given back.
    """
    queued = await tx.maybe(
        _QueuedCode,
        """
        select id, purpose, channel, contact from app.otp_verifications
        where tenant_id = $1 and id = $2 and sent_at is null and expires_at > app.now()
        """,
        job.otp_id,
    )
    if queued is None or queued.purpose not in (Purpose.login, Purpose.reset):
        return queued
    method = SignInMethod.phone if queued.channel is Channel.sms else SignInMethod.email
    if await users.find(tx, Identifier(method, queued.contact)) is not None:
        return queued
    await sms_budget.do_return_cost(tx, job.otp_id)
    return None
