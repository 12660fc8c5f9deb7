"""Security alerts: messages about changed credentials, sent to the contacts from before the change."""

from datetime import timedelta
from uuid import UUID, uuid4

from msgspec import Struct, field, structs

from meydan import integrations, tenants
from meydan.accounts import events
from meydan.accounts.events import SignInPart
from meydan.accounts.identifiers import Contact
from meydan.accounts.sign_in import code_delivery, code_limits, sms_budget
from meydan.accounts.sign_in.code_limits import Terms
from meydan.accounts.users import User
from meydan.integrations import Channel, Message
from meydan.kit import clock
from meydan.kit.database import Database, Tx
from meydan.kit.events import publish
from meydan.kit.jobs import queue
from meydan.tenants import Language

_TEXTS_PER_DAY = 5
"""The most alerts to one phone number, so that repeated changes cannot run up costs."""
_EXPIRES_AFTER = timedelta(days=1)
_ATTEMPTS = 8
_BACK_OFF = timedelta(seconds=15)

_BODY = {
    Language.turkish: {
        SignInPart.password: "{community}: hesabınızın şifresi değişti. Siz yapmadıysanız şifrenizi hemen sıfırlayın.",
        SignInPart.phone: "{community}: hesabınızın telefon numarası değişti. Siz yapmadıysanız hemen şifrenizi değiştirin"
        " ve topluluğu yönetenlere yazın.",
        SignInPart.email: "{community}: hesabınızın e-posta adresi değişti. Siz yapmadıysanız hemen şifrenizi değiştirin"
        " ve topluluğu yönetenlere yazın.",
        SignInPart.second_factor_on: "{community}: hesabınızda iki adımlı giriş açıldı. Siz açmadıysanız hemen şifrenizi"
        " değiştirin ve topluluğu yönetenlere yazın.",
        SignInPart.second_factor_off: "{community}: hesabınızda iki adımlı giriş kapatıldı. Siz kapatmadıysanız hemen"
        " şifrenizi değiştirin ve yeniden açın.",
        SignInPart.second_factor_removed: "{community}: topluluğu yönetenler hesabınızdaki iki adımlı girişi kaldırdı."
        " Siz istemediyseniz hemen şifrenizi değiştirin ve yeniden açın.",
        SignInPart.recovery_codes: "{community}: hesabınız için yeni kurtarma kodları alındı. Siz almadıysanız hemen"
        " şifrenizi değiştirin ve yenilerini alın.",
        SignInPart.recovery_code_used: "{community}: hesabınızın bir kurtarma kodu kullanıldı. Siz kullanmadıysanız hemen"
        " şifrenizi değiştirin ve yeni kodlar alın.",
        SignInPart.passkey_added: "{community}: hesabınıza bir geçiş anahtarı eklendi. Siz yapmadıysanız onu kaldırın ve"
        " hemen şifrenizi değiştirin.",
        SignInPart.passkey_removed: "{community}: hesabınızdan bir geçiş anahtarı kaldırıldı. Siz yapmadıysanız hemen"
        " şifrenizi değiştirin.",
    },
    Language.english: {
        SignInPart.password: "{community}: the password of your account was changed. If that was not you, reset it now.",
        SignInPart.phone: "{community}: the phone number of your account was changed. If that was not you, change your"
        " password now and write to the people who run the community.",
        SignInPart.email: "{community}: the e-mail address of your account was changed. If that was not you, change your"
        " password now and write to the people who run the community.",
        SignInPart.second_factor_on: "{community}: two-step login was switched on for your account. If that was not you,"
        " change your password now and write to the people who run the community.",
        SignInPart.second_factor_off: "{community}: two-step login was switched off for your account. If that was not you,"
        " change your password now and switch it on again.",
        SignInPart.second_factor_removed: "{community}: the people who run the community removed two-step login from your"
        " account. If you did not ask for it, change your password now and switch it on again.",
        SignInPart.recovery_codes: "{community}: new recovery codes were made for your account. If that was not you, change"
        " your password now and make new ones.",
        SignInPart.recovery_code_used: "{community}: a recovery code of your account was used. If that was not you, change"
        " your password now and make new codes.",
        SignInPart.passkey_added: "{community}: a passkey was added to your account. If that was not you, remove it and"
        " change your password now.",
        SignInPart.passkey_removed: "{community}: a passkey was removed from your account. If that was not you, change your"
        " password now.",
    },
}
_SUBJECT = {
    Language.turkish: "{community}: hesabınızın giriş bilgileri değişti",
    Language.english: "{community}: how you log in was changed",
}


class SendSecurityAlert(Struct, frozen=True):
    """The job's payload, one job for each contact. The contact is in the row."""

    alert_id: UUID = field(name="notice_id")
    part: SignInPart
    language: Language
    attempt: int = 1


class _QueuedAlert(Struct, frozen=True):
    channel: Channel
    contact: str


async def do_queue(tx: Tx, before: User, part: SignInPart) -> None:
    """Queues an alert to each contact of the account as it was before the change.

    Runs as: service.
    """
    for contact in before.contacts:
        await _do_queue_to(tx, contact, part, before.language)
    await publish(tx, events.SignInChanged(before.id, part))


async def _do_queue_to(tx: Tx, contact: Contact, part: SignInPart, language: Language) -> None:
    if contact.channel not in integrations.current().channels:
        return
    await sms_budget.lock_sending(tx, contact.channel)
    sent_today = await tx.one(
        int,
        """
        select count(*)::integer from app.otp_verifications where tenant_id = $1 and contact = $2
        and purpose = 'notice' and created_at > app.now() - interval '1 day'
        """,
        contact.value,
    )
    if contact.channel is Channel.sms and sent_today >= _TEXTS_PER_DAY:
        return
    alert_id = uuid4()
    if await sms_budget.do_spend(tx, alert_id, contact.channel, is_known=True) is not None:
        return
    leaves_at = await code_limits.leaves_at_for_alert(tx, contact)
    await code_limits.do_record(tx, alert_id, contact, "", Terms(is_known=True, difficulty=0, leaves_at=leaves_at))
    now = clock.now()
    await tx.run(
        """
        insert into app.otp_verifications (tenant_id, id, purpose, channel, contact, code_hash, attempts_left, network,
        expires_at) values ($1, $2, 'notice', $3, $4, '', 0, '', $5)
        """,
        alert_id,
        contact.channel,
        contact.value,
        now + _EXPIRES_AFTER,
    )
    alert = SendSecurityAlert(alert_id, part, language)
    await queue(tx, "accounts.send_security_alert", alert, delay=leaves_at - now)


async def do_send(db: Database, tenant_id: int, job: SendSecurityAlert) -> None:
    """Sends an alert once. Retries with back-off for about half an hour."""
    async with db.as_service(tenant_id) as tx:
        queued = await tx.maybe(
            _QueuedAlert,
            """
            select channel, contact from app.otp_verifications
            where tenant_id = $1 and id = $2 and sent_at is null and expires_at > app.now()
            """,
            job.alert_id,
        )
        community = tenants.name_in_messages((await tenants.current(tx)).name)
        if queued is None or await code_delivery.do_wait_for_turn(
            tx, job.alert_id, queued.channel, "accounts.send_security_alert", job
        ):
            return
    message = Message(
        to=queued.contact,
        subject=_SUBJECT[job.language].format(community=community),
        body=_BODY[job.language][job.part].format(community=community),
    )
    is_retryable = await code_delivery.do_deliver(db, tenant_id, job.alert_id, queued.channel, message)
    if is_retryable and job.attempt < _ATTEMPTS:
        async with db.as_service(tenant_id) as tx:
            retry = structs.replace(job, attempt=job.attempt + 1)
            await queue(tx, "accounts.send_security_alert", retry, delay=_BACK_OFF * 2**job.attempt)
