"""E-mail through any SMTP server."""

from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import aiosmtplib

from meydan.config import Mail, MailSecurity
from meydan.integrations.message import Message, SendingFailed, Undeliverable

_TIMEOUT = 15
_PERMANENT = 500  # SMTP replies from here on are permanent


class Smtp:
    def __init__(self, settings: Mail) -> None:
        self._settings = settings

    async def send(self, message: Message) -> None:
        settings = self._settings
        try:
            await aiosmtplib.send(
                self._email(message),
                hostname=settings.host,
                port=settings.port,
                username=settings.username or None,
                password=settings.password or None,
                use_tls=settings.security is MailSecurity.tls,
                start_tls=settings.security is MailSecurity.starttls,
                timeout=_TIMEOUT,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(refused.code >= _PERMANENT for refused in error.recipients):
                raise Undeliverable("the mail server refuses the address") from error
            raise SendingFailed("the mail server does not take the address now") from error
        except aiosmtplib.SMTPResponseException as error:
            raise SendingFailed(f"the mail server answered {error.code}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise SendingFailed(f"the mail server could not be used: {error!r}") from error

    def _email(self, message: Message) -> EmailMessage:
        email = EmailMessage()
        email["From"] = self._settings.sender
        email["To"] = message.to
        email["Subject"] = message.subject
        email["Date"] = formatdate(usegmt=True)
        email["Message-ID"] = make_msgid(domain="meydan.invalid")
        email["Auto-Submitted"] = "auto-generated"
        email.set_content(message.body)
        return email
