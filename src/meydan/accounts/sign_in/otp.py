"""Codes that are valid once: requested, sent by the worker, verified, and exchanged for a proof that is spent once.

The worker looks up the account, never the request: its response and its time are the same for every contact.
A code belongs to the browser that asked for it, told by a secret that only this browser holds. Another browser that asks
gets a code of its own, and its wrong guesses touch nobody else's.
"""

import math
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import integrations, tenants
from meydan.accounts.identifiers import Contact
from meydan.accounts.settings import AccountsSettings, SignInMethod
from meydan.accounts.sign_in import login_throttle, sms_budget
from meydan.integrations import Channel
from meydan.kit import clock
from meydan.kit.crypto import seal
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.jobs import queue
from meydan.kit.rate_limits import TooManyRequests
from meydan.tenants import Language

CODE_LIFETIME = timedelta(minutes=10)
PROOF_LIFETIME = timedelta(minutes=15)
RESEND_AFTER = timedelta(seconds=60)
ATTEMPTS = 5
BROWSER_REMEMBERED = timedelta(days=2)
"""As long as codes are kept."""
_BROWSERS_HERE = 3
_BROWSERS_EVERYWHERE = 6


class Purpose(StrEnum):
    register = "register"
    login = "login"
    reset = "reset"
    verify = "verify"


class OtpWrong(Refused):
    code, status, title = "otp_wrong", 409, "This is not the code."


class OtpExpired(Refused):
    code, status, title = "otp_expired", 410, "This code is no longer valid. Ask for a new one."


class OtpUsed(Refused):
    code, status, title = "otp_used", 409, "This code was used already. Ask for a new one."


class ProofRefused(Refused):
    code, status, title = (
        "proof_refused",
        409,
        "Your code was verified too long ago, or used already. Ask for a new one.",
    )


class ChannelUnavailable(Refused):
    code, status, title = "channel_unavailable", 422, "Codes cannot be sent in this way, or not to this country."


class OtpSent(Struct, frozen=True):
    to: str
    """The phone number or e-mail address in its one form, with its country code."""
    expires_at: datetime
    resend_at: datetime


class Proof(Struct, frozen=True):
    proof: str
    expires_at: datetime


class ProvedContact(Struct, frozen=True):
    """A contact that belongs to the bearer of the proof."""

    channel: Channel
    value: str

    @property
    def method(self) -> SignInMethod:
        return SignInMethod.phone if self.channel is Channel.sms else SignInMethod.email


class SendCode(Struct, frozen=True):
    """The job's payload. The code is sealed, because the queue is a table too."""

    otp_id: UUID
    sealed_code: bytes
    language: Language
    attempt: int = 1


class Asker(Struct, frozen=True):
    """The browser and network that ask for a code, or type one."""

    network: str
    secret: str | None = None
    """The browser's own secret; None when it holds none."""
    client_device_id: UUID | None = None


class _Limit(Struct, frozen=True):
    columns: tuple[str, ...]
    values: tuple[object, ...]
    count: int
    per: timedelta


class _NewestCode(Struct, frozen=True):
    id: UUID
    code_hash: bytes
    attempts_left: int
    expires_at: datetime
    verified_at: datetime | None


async def do_request(tx: Tx, contact: Contact, purpose: Purpose, *, asker: Asker, language: Language) -> OtpSent:
    """Stores a new code and queues its delivery.

    Raises: ChannelUnavailable, TooManyRequests, SendingPaused.
    Runs as: service.
    """
    settings = await tenants.settings(tx, AccountsSettings)
    adapters = integrations.current()
    if contact.channel not in adapters.channels or (
        settings.sms_countries and contact.country is not None and contact.country not in settings.sms_countries
    ):
        raise ChannelUnavailable
    await sms_budget.lock_code_sending(tx)
    browser = _browser(tx, asker)
    await _check_limits(tx, settings, contact, asker, browser)
    cost = await sms_budget.do_reserve_budget(tx, contact.channel)
    number = f"{secrets.randbelow(1_000_000):06}"
    now, otp_id = clock.now(), UUID(bytes=secrets.token_bytes(16), version=4)
    await tx.run(
        """
        insert into app.otp_verifications (tenant_id, id, purpose, channel, contact, code_hash, attempts_left, network,
        device_id, country, cost_cents, expires_at, browser)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        otp_id,
        purpose,
        contact.channel,
        contact.value,
        _code_hash(otp_id, number),
        ATTEMPTS,
        asker.network,
        asker.client_device_id,
        contact.country,
        cost,
        now + CODE_LIFETIME,
        browser,
    )
    await queue(tx, "accounts.send_code", SendCode(otp_id, seal.seal("one-time codes", number.encode()), language))
    return OtpSent(contact.value, now + CODE_LIFETIME, now + RESEND_AFTER)


async def _check_limits(
    tx: Tx, settings: AccountsSettings, contact: Contact, asker: Asker, browser: bytes | None
) -> None:
    """Limits of one browser come first. Those of a network or of all hold the cost, and are wider: a stranger shares them.

    A browser that has proved the contact is no stranger to it.
    """
    hour, day = timedelta(hours=1), timedelta(days=1)
    per_hour, per_day = settings.codes_per_number_hour, settings.codes_per_number_day
    mine = ("contact", "browser"), (contact.value, browser)
    here = ("contact", "network"), (contact.value, asker.network)
    limits = [
        _Limit(*mine, 1, RESEND_AFTER),
        _Limit(*mine, per_hour, hour),
        _Limit(*mine, per_day, day),
        _Limit(("network",), (asker.network,), settings.codes_per_ip_address_hour, hour),
    ]
    if not await _has_proved(tx, contact, browser):
        limits += [
            _Limit(*here, per_hour * _BROWSERS_HERE, hour),
            _Limit(*here, per_day * _BROWSERS_HERE, day),
            _Limit(("contact",), (contact.value,), per_day * _BROWSERS_EVERYWHERE, day),
        ]
    if asker.client_device_id is not None:
        limits.append(_Limit(("device_id",), (asker.client_device_id,), settings.codes_per_device_hour, hour))
    if contact.country is not None:
        limits.append(_Limit(("country",), (contact.country,), settings.codes_per_country_hour, hour))
    for limit in limits:
        # Room opens when the oldest of the newest `count` codes leaves the window.
        blocked_since = await tx.maybe(
            datetime,
            f"""
            select created_at from app.otp_verifications where tenant_id = $1
            and created_at > app.now() - $2::interval and purpose <> 'notice'
            {" ".join(f"and {column} = ${place}" for place, column in enumerate(limit.columns, 4))}
            order by created_at desc offset $3 limit 1
            """,
            limit.per,
            max(limit.count - 1, 0),
            *limit.values,
        )
        if blocked_since is not None or limit.count == 0:
            free_at = (blocked_since or clock.now()) + limit.per
            raise TooManyRequests(retry_after=max(1, math.ceil((free_at - clock.now()).total_seconds())))


async def _has_proved(tx: Tx, contact: Contact, browser: bytes | None) -> bool:
    return await tx.one(
        bool,
        """
        select exists (select from app.otp_verifications
        where tenant_id = $1 and contact = $2 and browser = $3 and verified_at is not null)
        """,
        contact.value,
        browser,
    )


async def do_verify(tx: Tx, contact: Contact, purpose: Purpose, number: str, *, asker: Asker) -> Proof | Refused:
    """Exchanges a code of this browser for a proof. Returns errors, so that the attempt is committed.

    Locks: otp_verifications, login_attempts.
    Runs as: service.
    """
    settings = await tenants.settings(tx, AccountsSettings)
    guessed = await login_throttle.wrong_codes(tx, asker.network)
    outcome = await _do_verify(
        tx, contact, purpose, number, asker, is_guessing=guessed >= settings.wrong_codes_per_ip_address_hour
    )
    if isinstance(outcome, OtpWrong | OtpExpired):
        await login_throttle.do_count_wrong_code(tx, asker.network)
    return outcome


async def _do_verify(
    tx: Tx, contact: Contact, purpose: Purpose, number: str, asker: Asker, *, is_guessing: bool
) -> Proof | Refused:
    """``is_guessing``: too many wrong codes came from this network, so a code has only its first attempt there.

    Locks: otp_verifications.
    """
    newest = await tx.maybe(
        _NewestCode,
        """
        select id, code_hash, attempts_left, expires_at, verified_at from app.otp_verifications
        where tenant_id = $1 and contact = $2 and purpose = $3 and (browser = $4 or browser is null)
        order by created_at desc, id desc limit 1 for update
        """,
        contact.value,
        purpose,
        _browser(tx, asker),
    )
    if newest is None:
        return OtpExpired()
    if newest.verified_at is not None:
        return OtpUsed()
    if newest.expires_at <= clock.now() or newest.attempts_left == 0:
        return OtpExpired()
    if is_guessing and newest.attempts_left < ATTEMPTS:
        return TooManyRequests(retry_after=int(CODE_LIFETIME.total_seconds()))
    if not seal.constant_time_equal(newest.code_hash, _code_hash(newest.id, number)):
        await tx.run(
            "update app.otp_verifications set attempts_left = attempts_left - 1 where tenant_id = $1 and id = $2",
            newest.id,
        )
        return OtpWrong(attempts_left=newest.attempts_left - 1)
    await tx.run("update app.otp_verifications set verified_at = app.now() where tenant_id = $1 and id = $2", newest.id)
    return Proof(f"{newest.id.hex}.{_proof_mac(tx, newest.id).hex()}", clock.now() + PROOF_LIFETIME)


async def check_proof(tx: Tx, proof: str, purpose: Purpose) -> ProvedContact:
    """Reads the contact of an unspent proof.

    Raises: ProofRefused.
    Runs as: service.
    """
    proved = await tx.maybe(
        ProvedContact,
        """
        select channel, contact as value from app.otp_verifications where tenant_id = $1 and id = $2 and purpose = $3
        and spent_at is null and verified_at > app.now() - $4::interval
        """,
        _read_proof(tx, proof),
        purpose,
        PROOF_LIFETIME,
    )
    if proved is None:
        raise ProofRefused
    return proved


async def do_spend_proof(tx: Tx, proof: str, purpose: Purpose) -> ProvedContact:
    """Spends a proof and returns its contact.

    Raises: ProofRefused.
    Runs as: service.
    """
    proved = await tx.maybe(
        ProvedContact,
        """
        update app.otp_verifications set spent_at = app.now()
        where tenant_id = $1 and id = $2 and purpose = $3 and spent_at is null and verified_at > app.now() - $4::interval
        returning channel, contact as value
        """,
        _read_proof(tx, proof),
        purpose,
        PROOF_LIFETIME,
    )
    if proved is None:
        raise ProofRefused
    return proved


def _read_proof(tx: Tx, proof: str) -> UUID:
    id_, _, mac = proof.partition(".")
    try:
        otp_id, given = UUID(hex=id_), bytes.fromhex(mac)
    except ValueError:
        raise ProofRefused from None
    if not seal.constant_time_equal(given, _proof_mac(tx, otp_id)):
        raise ProofRefused
    return otp_id


async def do_purge_old(tx: Tx) -> None:
    """Deletes codes after two days; limits look back one."""
    await tx.run(
        "delete from app.otp_verifications where tenant_id = $1 and created_at < app.now() - interval '2 days'"
    )


def _browser(tx: Tx, asker: Asker) -> bytes | None:
    return None if asker.secret is None else seal.mac("browsers of codes", tx.tenant_id, asker.secret)


def _code_hash(otp_id: UUID, number: str) -> bytes:
    return seal.mac("one-time codes", otp_id, number)


def _proof_mac(tx: Tx, otp_id: UUID) -> bytes:
    return seal.mac("proofs", tx.tenant_id, otp_id)
