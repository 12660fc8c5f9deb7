"""What changed about logging in is told to the addresses that the account had before: nobody takes one over quietly."""

from datetime import timedelta
from uuid import UUID

from msgspec import Struct, structs

from meydan import integrations, tenants
from meydan.accounts import events
from meydan.accounts.events import SignInPart
from meydan.accounts.identifiers import Address
from meydan.accounts.sign_in import code_delivery, sms_budget
from meydan.accounts.users import User
from meydan.integrations import Channel, Message
from meydan.kit import clock
from meydan.kit.database import Database, Tx
from meydan.kit.events import publish
from meydan.kit.jobs import queue
from meydan.tenants import Language

_TEXTS_PER_DAY = 5
"""To one number: whoever changes a password again and again is not paid for it."""
_WORTH_TELLING = timedelta(days=1)
_ATTEMPTS = 8
_BACK_OFF = timedelta(seconds=15)

_BODY = {
    Language.turkish: {
        SignInPart.password: "{community}: hesabınızın şifresi değişti. Siz yapmadıysanız şifrenizi hemen sıfırlayın.",
        SignInPart.phone: "{community}: hesabınızın telefon numarası değişti. Siz yapmadıysanız hemen şifrenizi değiştirin"
        " ve topluluğu yönetenlere yazın.",
        SignInPart.email: "{community}: hesabınızın e-posta adresi değişti. Siz yapmadıysanız hemen şifrenizi değiştirin"
        " ve topluluğu yönetenlere yazın.",
    },
    Language.english: {
        SignInPart.password: "{community}: the password of your account was changed. If that was not you, reset it now.",
        SignInPart.phone: "{community}: the phone number of your account was changed. If that was not you, change your"
        " password now and write to the people who run the community.",
        SignInPart.email: "{community}: the e-mail address of your account was changed. If that was not you, change your"
        " password now and write to the people who run the community.",
    },
}
_SUBJECT = {
    Language.turkish: "{community}: hesabınızın giriş bilgileri değişti",
    Language.english: "{community}: how you log in was changed",
}


class TellOfChange(Struct, frozen=True):
    """The job, one for each address; the address stands in the row."""

    notice_id: UUID
    part: SignInPart
    language: Language
    attempt: int = 1


class _Waiting(Struct, frozen=True):
    channel: Channel
    address: str


async def do_tell(tx: Tx, before: User, part: SignInPart) -> None:
    """``before``: the account as it was until now. A service transaction."""
    for address in before.addresses:
        await _do_write(tx, address, part, before.language)
    await publish(tx, events.SignInChanged(before.id, part))


async def _do_write(tx: Tx, address: Address, part: SignInPart, language: Language) -> None:
    if address.channel not in integrations.current().channels:
        return
    await sms_budget.do_queue_up(tx)
    told = await tx.one(
        int,
        """
        select count(*)::integer from app.otp_verifications where tenant_id = $1 and address = $2
        and purpose = 'notice' and created_at > app.now() - interval '1 day'
        """,
        address.value,
    )
    if address.channel is Channel.sms and told >= _TEXTS_PER_DAY:
        return
    notice_id = await tx.one(
        UUID,
        """
        insert into app.otp_verifications (tenant_id, purpose, channel, address, code_hash, attempts_left, network,
        cost_cents, expires_at) values ($1, 'notice', $2, $3, '', 0, '', $4, $5) returning id
        """,
        address.channel,
        address.value,
        await sms_budget.do_pay(tx, address.channel, whatever_is_left=True),
        clock.now() + _WORTH_TELLING,
    )
    await queue(tx, "tell_of_change", TellOfChange(notice_id, part, language))


async def send(db: Database, tenant_id: int, order: TellOfChange) -> None:
    """Send it once, tried for half an hour or so."""
    async with db.as_service(tenant_id) as tx:
        waiting = await tx.maybe(
            _Waiting,
            """
            select channel, address from app.otp_verifications
            where tenant_id = $1 and id = $2 and sent_at is null and expires_at > app.now()
            """,
            order.notice_id,
        )
        community = (await tenants.this(tx)).name
    if waiting is None:
        return
    message = Message(
        to=waiting.address,
        subject=_SUBJECT[order.language].format(community=community),
        body=_BODY[order.language][order.part].format(community=community),
    )
    may_work_later = await code_delivery.hand_over(db, tenant_id, order.notice_id, waiting.channel, message)
    if may_work_later and order.attempt < _ATTEMPTS:
        async with db.as_service(tenant_id) as tx:
            again = structs.replace(order, attempt=order.attempt + 1)
            await queue(tx, "tell_of_change", again, delay=_BACK_OFF * 2**order.attempt)
