"""One-time codes: asked for, sent by the worker, verified once, and turned into a proof that is used once.

Whether somebody has an account is looked up by the worker, never while the one who asks waits: the answer and its time
are the same for every address.
"""

import math
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from meydan import integrations, tenants
from meydan.accounts.identifiers import Address
from meydan.accounts.settings import AccountsSettings, SignIn
from meydan.accounts.sign_in import sms_budget
from meydan.integrations import Channel
from meydan.kit import clock, seal
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.jobs import queue
from meydan.kit.rate_limits import TooManyRequests
from meydan.tenants import Language

CODE_LIFETIME = timedelta(minutes=10)
PROOF_LIFETIME = timedelta(minutes=15)
RESEND_AFTER = timedelta(seconds=60)
ATTEMPTS = 5


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
    code: ClassVar[str] = "proof_refused"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "Your code was verified too long ago, or used already. Ask for a new one."


class ChannelUnavailable(Refused):
    code, status, title = "channel_unavailable", 422, "Codes cannot be sent in this way, or not to this country."


class OtpSent(Struct, frozen=True):
    expires_at: datetime
    resend_at: datetime


class Proof(Struct, frozen=True):
    proof: str
    expires_at: datetime


class Proved(Struct, frozen=True):
    """An address that belongs to whoever brought the proof."""

    channel: Channel
    value: str

    @property
    def kind(self) -> SignIn:
        return SignIn.phone if self.channel is Channel.sms else SignIn.email


class SendCode(Struct, frozen=True):
    """The job. The code is sealed: the queue is a table too."""

    otp_id: UUID
    sealed_code: bytes
    language: Language
    attempt: int = 1


class _Limit(Struct, frozen=True):
    where: str
    value: object
    count: int
    per: timedelta


class _Recent(Struct, frozen=True):
    id: UUID
    code_hash: bytes
    attempts_left: int
    expires_at: datetime
    verified_at: datetime | None


async def do_ask(
    tx: Tx, address: Address, purpose: Purpose, *, network: str, device_id: UUID | None, language: Language
) -> OtpSent:
    """Raises ChannelUnavailable, TooManyRequests, SendingPaused. A service transaction."""
    settings = await tenants.settings(tx, AccountsSettings)
    adapters = integrations.current()
    if address.channel not in adapters.channels or (
        settings.sms_countries and address.country is not None and address.country not in settings.sms_countries
    ):
        raise ChannelUnavailable
    await sms_budget.do_queue_up(tx)
    await _check_limits(tx, settings, address, network, device_id)
    cost = await sms_budget.do_pay(tx, address.channel)
    number = f"{secrets.randbelow(1_000_000):06}"
    now, otp_id = clock.now(), UUID(bytes=secrets.token_bytes(16), version=4)
    await tx.run(
        """
        insert into app.otp_verifications (tenant_id, id, purpose, channel, address, code_hash, attempts_left, network,
        device_id, country, cost_cents, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        otp_id,
        purpose,
        address.channel,
        address.value,
        _code_hash(otp_id, number),
        ATTEMPTS,
        network,
        device_id,
        address.country,
        cost,
        now + CODE_LIFETIME,
    )
    await queue(tx, "send_code", SendCode(otp_id, seal.seal("one-time codes", number.encode()), language))
    return OtpSent(now + CODE_LIFETIME, now + RESEND_AFTER)


async def _check_limits(
    tx: Tx, settings: AccountsSettings, address: Address, network: str, device_id: UUID | None
) -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    limits = [
        _Limit("address", address.value, 1, RESEND_AFTER),
        _Limit("address", address.value, settings.codes_per_number_hour, hour),
        _Limit("address", address.value, settings.codes_per_number_day, day),
        _Limit("network", network, settings.codes_per_address_hour, hour),
    ]
    if device_id is not None:
        limits.append(_Limit("device_id", device_id, settings.codes_per_device_hour, hour))
    if address.country is not None:
        limits.append(_Limit("country", address.country, settings.codes_per_country_hour, hour))
    for limit in limits:
        # The oldest of the newest `count`: when it leaves the window there is room again.
        blocks = await tx.maybe(
            datetime,
            f"""
            select created_at from app.otp_verifications where tenant_id = $1 and {limit.where} = $2
            and purpose <> 'notice'
            and created_at > app.now() - $3::interval order by created_at desc offset $4 limit 1
            """,
            limit.value,
            limit.per,
            max(limit.count - 1, 0),
        )
        if blocks is not None or limit.count == 0:
            free_at = (blocks or clock.now()) + limit.per
            raise TooManyRequests(retry_after=max(1, math.ceil((free_at - clock.now()).total_seconds())))


async def do_verify(tx: Tx, address: Address, purpose: Purpose, number: str) -> Proof | Refused:
    """A refusal is returned, not raised: the attempt that it cost must be committed. A service transaction."""
    recent = await tx.maybe(
        _Recent,
        """
        select id, code_hash, attempts_left, expires_at, verified_at from app.otp_verifications
        where tenant_id = $1 and address = $2 and purpose = $3 order by created_at desc, id desc limit 1 for update
        """,
        address.value,
        purpose,
    )
    if recent is None:
        return OtpExpired()
    if recent.verified_at is not None:
        return OtpUsed()
    if recent.expires_at <= clock.now() or recent.attempts_left == 0:
        return OtpExpired()
    if not seal.constant_time_equal(recent.code_hash, _code_hash(recent.id, number)):
        await tx.run(
            "update app.otp_verifications set attempts_left = attempts_left - 1 where tenant_id = $1 and id = $2",
            recent.id,
        )
        return OtpWrong(attempts_left=recent.attempts_left - 1)
    await tx.run("update app.otp_verifications set verified_at = app.now() where tenant_id = $1 and id = $2", recent.id)
    return Proof(f"{recent.id.hex}.{_proof_mac(tx, recent.id).hex()}", clock.now() + PROOF_LIFETIME)


async def check_proof(tx: Tx, proof: str, purpose: Purpose) -> Proved:
    """The address it proves, still unspent. Raises ProofRefused. A service transaction."""
    proved = await tx.maybe(
        Proved,
        """
        select channel, address as value from app.otp_verifications where tenant_id = $1 and id = $2 and purpose = $3
        and spent_at is null and verified_at > app.now() - $4::interval
        """,
        _read_proof(tx, proof),
        purpose,
        PROOF_LIFETIME,
    )
    if proved is None:
        raise ProofRefused
    return proved


async def do_spend_proof(tx: Tx, proof: str, purpose: Purpose) -> Proved:
    """The address it proves, once. Raises ProofRefused. A service transaction."""
    proved = await tx.maybe(
        Proved,
        """
        update app.otp_verifications set spent_at = app.now()
        where tenant_id = $1 and id = $2 and purpose = $3 and spent_at is null and verified_at > app.now() - $4::interval
        returning channel, address as value
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


async def do_tidy(tx: Tx) -> None:
    """Limits look back a day."""
    await tx.run(
        "delete from app.otp_verifications where tenant_id = $1 and created_at < app.now() - interval '2 days'"
    )


def _code_hash(otp_id: UUID, number: str) -> bytes:
    return seal.mac("one-time codes", otp_id, number)


def _proof_mac(tx: Tx, otp_id: UUID) -> bytes:
    return seal.mac("proofs", tx.tenant_id, otp_id)
