"""Limits of code requests: how dear one more is, and when its message leaves.

A known device has used the contact's account before, or has proved the contact. Its first requests of a day cost no puzzle.
Their texts are paid from the kept share of the budget. All others are strangers. Where many strangers ask, for a
number, from a network or in a community, the next request costs a puzzle. Time, and no count, holds back a network that
goes on.
"""

import math
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.accounts.identifiers import Contact
from meydan.accounts.settings import AccountsSettings
from meydan.kit import clock
from meydan.kit.crypto import seal
from meydan.kit.database import Tx
from meydan.kit.rate_limits import TooManyRequests

RESEND_AFTER = timedelta(seconds=60)
SPACING = timedelta(seconds=30)
"""Between two messages to one contact, whatever their purposes and communities."""
_LONGEST_GAP = timedelta(minutes=30)
_FREE_GAPS = 2
_KNOWN_PER_DAY = 4
_FIRST_OF_A_NETWORK = 3


class Asker(Struct, frozen=True):
    """The browser and network that ask for a code, or type one."""

    network: str
    secret: str | None = None
    """The browser's own secret; None when it holds none."""
    client_device_id: UUID | None = None


class Terms(Struct, frozen=True):
    """The price of a request."""

    is_known: bool
    difficulty: int
    """The puzzle's; 0 for none."""
    leaves_at: datetime


class _Pressure(Struct, frozen=True):
    leaves_at: datetime | None
    """The newest message's, of all communities."""
    known_today: int
    strangers_today: int
    here_today: int
    """Requests of strangers for this contact from this network."""
    here_at: datetime | None
    strangers_hour: int
    network_hour: int
    tenant_hour: int


def difficulty_of(count: int, free: int) -> int:
    """0 for the first ``free``, 3 from four times as many on."""
    return min(3, (count // free).bit_length())


async def terms(tx: Tx, contact: Contact, asker: Asker) -> Terms:
    """The caller has locked the sending, so that no other request comes between these terms and its own.

    Raises: TooManyRequests.
    Runs as: service.
    """
    settings = await tenants.settings(tx, AccountsSettings)
    await _check_browser(tx, contact, asker)
    pressure = await _pressure(tx, contact, asker.network)
    if pressure.known_today < _KNOWN_PER_DAY and await _is_known(tx, contact, asker):
        return Terms(True, 0, _leaves_at(pressure, earliest=clock.now(), patience=2 * SPACING))
    difficulty = max(
        difficulty_of(pressure.strangers_hour, settings.codes_per_number_hour),
        difficulty_of(pressure.network_hour, settings.codes_per_ip_address_hour),
        difficulty_of(pressure.tenant_hour, settings.codes_per_community_hour),
    )
    return Terms(False, difficulty, _leaves_at_for_stranger(pressure, settings.codes_per_number_day))


def _leaves_at_for_stranger(pressure: _Pressure, per_day: int) -> datetime:
    """A network's first request has more patience than others, so that no flood from elsewhere keeps its message out.

    Raises: TooManyRequests.
    """
    if pressure.strangers_today >= per_day and pressure.here_today >= _FIRST_OF_A_NETWORK:
        raise TooManyRequests(retry_after=int(_LONGEST_GAP.total_seconds()))
    now = clock.now()
    earliest = now if pressure.here_at is None else max(now, pressure.here_at + gap(pressure.here_today))
    patience = 2 * SPACING if pressure.here_today == 0 else SPACING
    return _leaves_at(pressure, earliest=earliest, patience=patience)


def gap(sent: int) -> timedelta:
    """Between two messages to one contact that one network's strangers cause: 30 s at first, 30 min in the end."""
    return min(SPACING * (1 << max(0, min(sent, 20) - _FREE_GAPS)), _LONGEST_GAP)


def _leaves_at(pressure: _Pressure, *, earliest: datetime, patience: timedelta) -> datetime:
    """Raises: TooManyRequests (the message would wait longer than ``patience``)."""
    leaves_at = earliest if pressure.leaves_at is None else max(earliest, pressure.leaves_at + SPACING)
    beyond = leaves_at - patience - clock.now()
    if beyond > timedelta():
        raise TooManyRequests(retry_after=math.ceil(beyond.total_seconds()))
    return leaves_at


async def leaves_at_for_alert(tx: Tx, contact: Contact) -> datetime:
    """Alerts wait for their turn, however long the queue."""
    pressure = await _pressure(tx, contact, "")
    return _leaves_at(pressure, earliest=clock.now(), patience=timedelta(days=1))


async def do_record(tx: Tx, otp_id: UUID, contact: Contact, network: str, terms: Terms) -> None:
    """Counts a request. The record holds keyed hashes only, and outlives an erasure of the account."""
    await tx.run(
        """
        insert into app.code_requests (tenant_id, id, contact_hash, network_hash, is_known, leaves_at)
        values ($1, $2, $3, $4, $5, $6)
        """,
        otp_id,
        seal.mac(*_of_contact(contact)),
        seal.mac(*_of_network(network)),
        terms.is_known,
        terms.leaves_at,
    )


async def do_take_sending_turn(tx: Tx, otp_id: UUID) -> timedelta | None:
    """Notes that a text message leaves now, or returns how long it has to wait.

    Planned times are not enough: a worker that was away would send at once what was planned apart.

    Locks: an advisory lock of the number.
    Runs as: service.
    """
    return await tx.maybe(timedelta, "select app.take_sending_turn($1, $2, $3)", otp_id, SPACING)


async def _check_browser(tx: Tx, contact: Contact, asker: Asker) -> None:
    """Raises: TooManyRequests (this browser asked for this contact less than a minute ago)."""
    asked_at = await tx.maybe(
        datetime,
        """
        select created_at from app.otp_verifications where tenant_id = $1 and contact = $2 and browser = any($3::bytea[])
        and created_at > app.now() - $4::interval order by created_at desc limit 1
        """,
        contact.value,
        browser_hashes(tx, asker),
        RESEND_AFTER,
    )
    if asked_at is not None:
        wait = asked_at + RESEND_AFTER - clock.now()
        raise TooManyRequests(retry_after=max(1, math.ceil(wait.total_seconds())))


async def _pressure(tx: Tx, contact: Contact, network: str) -> _Pressure:
    """Adds up what was counted under each seal key."""
    return await tx.one(
        _Pressure,
        """
        select max(leaves_at) as leaves_at, sum(known_today)::integer as known_today,
            sum(strangers_today)::integer as strangers_today, sum(here_today)::integer as here_today,
            max(here_at) as here_at, sum(strangers_hour)::integer as strangers_hour,
            sum(network_hour)::integer as network_hour, max(tenant_hour) as tenant_hour
        from unnest($2::bytea[], $3::bytea[]) hashed (contact, network)
        cross join app.code_pressure($1, hashed.contact, hashed.network)
        """,
        seal.known_macs(*_of_contact(contact)),
        seal.known_macs(*_of_network(network)),
    )


async def _is_known(tx: Tx, contact: Contact, asker: Asker) -> bool:
    """Runs the same statement whether or not the contact has an account."""
    return await tx.one(
        bool,
        """
        select exists (
            select from app.otp_verifications
            where tenant_id = $1 and contact = $2 and browser = any($3::bytea[]) and verified_at is not null
        ) or exists (
            select from app.users owner
            join app.devices known on known.tenant_id = owner.tenant_id and known.user_id = owner.id
            where owner.tenant_id = $1 and (owner.phone = $2 or owner.email = $2)
                and known.client_id = $4 and known.forgotten_at is null
        )
        """,
        contact.value,
        browser_hashes(tx, asker),
        asker.client_device_id,
    )


async def do_purge_old(tx: Tx) -> None:
    """Deletes counted requests after two days; limits look back one."""
    await tx.run("delete from app.code_requests where tenant_id = $1 and created_at < app.now() - interval '2 days'")


def browser_hash(tx: Tx, asker: Asker) -> bytes | None:
    return next(iter(browser_hashes(tx, asker)), None)


def browser_hashes(tx: Tx, asker: Asker) -> list[bytes]:
    """The browser's hash under each seal key, the current one's first; none for a browser without a secret."""
    return [] if asker.secret is None else seal.known_macs("browsers of codes", tx.tenant_id, asker.secret)


def _of_contact(contact: Contact) -> tuple[str, str]:
    return "contacts of codes", contact.value


def _of_network(network: str) -> tuple[str, str]:
    return "networks of codes", network
