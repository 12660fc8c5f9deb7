"""Codes that are valid once: requested, sent by the worker, verified, and exchanged for a proof that is spent once.

The worker looks up the account, never the request: its response and its time are the same for every contact.
A code belongs to the browser that asked for it, told by a secret that only this browser holds. Another browser that asks
gets a code of its own, and its wrong guesses touch nobody else's.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import integrations, tenants
from meydan.accounts.identifiers import Contact
from meydan.accounts.settings import AccountsSettings, SignInMethod
from meydan.accounts.sign_in import code_limits, login_throttle, puzzles, sms_budget
from meydan.accounts.sign_in.code_limits import RESEND_AFTER, Asker
from meydan.accounts.sign_in.puzzles import PuzzlePurpose
from meydan.accounts.sign_in.sms_budget import SendingPaused
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
    code, status, title = (
        "proof_refused",
        409,
        "Your code was verified too long ago, or used already. Ask for a new one.",
    )


class ChannelUnavailable(Refused):
    code, status, title = "channel_unavailable", 422, "Codes cannot be sent in this way here."


class OtpSent(Struct, frozen=True):
    to: str
    """The phone number or e-mail address in its one form, with its country code."""
    expires_at: datetime
    resend_at: datetime
    leaves_at: datetime
    """Later than now where the number had a message a moment ago."""


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


class _NewestCode(Struct, frozen=True):
    id: UUID
    code_hash: bytes
    attempts_left: int
    expires_at: datetime
    verified_at: datetime | None


async def do_request(
    tx: Tx, contact: Contact, purpose: Purpose, *, asker: Asker, language: Language, puzzle: str | None = None
) -> OtpSent | SendingPaused:
    """Stores a new code and queues its delivery. Returns an exhausted budget, so that its record is committed.

    Locks: an advisory lock.
    Raises: ChannelUnavailable, CountryClosed, TooManyRequests, PuzzleWanted, PuzzleWrong.
    Runs as: service.
    """
    if contact.channel not in integrations.current().channels:
        raise ChannelUnavailable
    await sms_budget.check_country(tx, contact)
    await sms_budget.lock_sending(tx, contact.channel)
    terms = await code_limits.terms(tx, contact, asker)
    otp_id = UUID(bytes=secrets.token_bytes(16), version=4)
    # Before the puzzle: nobody solves one for a text that cannot be paid. What is refused after this is rolled back.
    paused = await sms_budget.do_spend(tx, otp_id, contact.channel, is_known=terms.is_known)
    if paused is not None:
        return paused
    await puzzles.do_spend(tx, puzzle, PuzzlePurpose(tx.tenant_id, purpose, contact.value), terms.difficulty)
    await code_limits.do_record(tx, otp_id, contact, asker.network, terms)
    number = f"{secrets.randbelow(1_000_000):06}"
    await tx.run(
        """
        insert into app.otp_verifications (tenant_id, id, purpose, channel, contact, code_hash, attempts_left, network,
        device_id, country, expires_at, browser)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        otp_id,
        purpose,
        contact.channel,
        contact.value,
        seal.mac(*_of_code(otp_id, number)),
        ATTEMPTS,
        asker.network,
        asker.client_device_id,
        contact.country,
        terms.leaves_at + CODE_LIFETIME,
        code_limits.browser_hash(tx, asker),
    )
    now = clock.now()
    job = SendCode(otp_id, seal.seal("one-time codes", number.encode()), language)
    await queue(tx, "accounts.send_code", job, delay=terms.leaves_at - now)
    return OtpSent(contact.value, terms.leaves_at + CODE_LIFETIME, now + RESEND_AFTER, terms.leaves_at)


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
        where tenant_id = $1 and contact = $2 and purpose = $3 and (browser = any($4::bytea[]) or browser is null)
        order by created_at desc, id desc limit 1 for update
        """,
        contact.value,
        purpose,
        code_limits.browser_hashes(tx, asker),
    )
    if newest is None:
        return OtpExpired()
    if newest.verified_at is not None:
        return OtpUsed()
    if newest.expires_at <= clock.now() or newest.attempts_left == 0:
        return OtpExpired()
    if is_guessing and newest.attempts_left < ATTEMPTS:
        return TooManyRequests(retry_after=int(CODE_LIFETIME.total_seconds()))
    if not seal.is_mac(newest.code_hash, *_of_code(newest.id, number)):
        await tx.run(
            "update app.otp_verifications set attempts_left = attempts_left - 1 where tenant_id = $1 and id = $2",
            newest.id,
        )
        return OtpWrong(attempts_left=newest.attempts_left - 1)
    await tx.run("update app.otp_verifications set verified_at = app.now() where tenant_id = $1 and id = $2", newest.id)
    return Proof(f"{newest.id.hex}.{seal.mac(*_of_proof(tx, newest.id)).hex()}", clock.now() + PROOF_LIFETIME)


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
    if not seal.is_mac(given, *_of_proof(tx, otp_id)):
        raise ProofRefused
    return otp_id


async def do_purge_old(tx: Tx) -> None:
    """Deletes codes after two days; limits look back one."""
    await tx.run(
        "delete from app.otp_verifications where tenant_id = $1 and created_at < app.now() - interval '2 days'"
    )


def _of_code(otp_id: UUID, number: str) -> tuple[str, UUID, str]:
    return "one-time codes", otp_id, number


def _of_proof(tx: Tx, otp_id: UUID) -> tuple[str, int, UUID]:
    return "proofs", tx.tenant_id, otp_id
