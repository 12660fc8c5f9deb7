"""Registration: a user with a proved contact or a username, and optionally a new tenant, in one transaction."""

from datetime import date
from typing import Annotated
from uuid import UUID

import asyncpg
from msgspec import Meta, Struct

from meydan import config, tenants
from meydan.accounts import events, me, standing
from meydan.accounts.faces import profiles
from meydan.accounts.faces.profiles import Gender
from meydan.accounts.former import inheritance
from meydan.accounts.former.contact_marks import contact_hash
from meydan.accounts.identifiers import read_username
from meydan.accounts.me import LoggedIn
from meydan.accounts.sessions import devices, sessions
from meydan.accounts.sessions.authentication import Authentication
from meydan.accounts.sessions.devices import ClientDevice
from meydan.accounts.sessions.refresh_tokens import BrowserKey, read_browser_key
from meydan.accounts.settings import AccountsSettings, SignInMethod
from meydan.accounts.sign_in import login_throttle, otp, passwords
from meydan.accounts.sign_in.otp import ProvedContact, Purpose
from meydan.integrations import Channel
from meydan.kit.bounded_threads import Caller
from meydan.kit.database import Database, Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish
from meydan.kit.identity import Role
from meydan.kit.networks import network_of
from meydan.tenants import Language


class PhoneTaken(Refused):
    code, status, title = "phone_taken", 409, "There is an account with this phone number already."


class EmailTaken(Refused):
    code, status, title = "email_taken", 409, "There is an account with this e-mail address already."


class UsernameTaken(Refused):
    code, status, title = "username_taken", 409, "This username is taken."


class SignInMethodClosed(Refused):
    code, status, title = "sign_in_not_open", 422, "Registering this way is not possible here."


class IdentifierMissing(Refused):
    code, status, title = (
        "identifier_missing",
        422,
        "A proved phone number or e-mail address, or a username, is needed.",
    )


class NewTenant(Struct, frozen=True):
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    slug: Annotated[str, Meta(min_length=1, max_length=40)]


class RegisterUserRequest(Struct, frozen=True):
    password: str
    alias: str
    birth_date: date
    language: Language
    device: ClientDevice
    proof: str | None = None
    username: str | None = None
    gender: Gender | None = None
    invite_code: Annotated[str, Meta(max_length=40)] | None = None
    new_tenant: NewTenant | None = None
    browser_key: BrowserKey | None = None
    shown_texts: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=10)] | None = None
    """Digests of the legal texts that stood beside the form. One that is no longer in force is refused."""


TAKEN: dict[str, type[Refused]] = {
    "users_tenant_id_phone_key": PhoneTaken,
    "users_tenant_id_email_key": EmailTaken,
    "users_tenant_id_username_key": UsernameTaken,
}


_CLOSED = config.Tenants()


async def do_register(
    db: Database,
    tenant_id: int,
    wanted: RegisterUserRequest,
    ip_address: str,
    rules: config.Tenants = _CLOSED,
) -> LoggedIn:
    """Registers in two transactions: cheap checks come before the password is hashed, which costs CPU.

    ``rules`` say whether a new tenant may be founded.

    Raises: IdentifierMissing, WeakPassword, TooManyRequests, TooBusy, ProofRefused, SignInMethodClosed, TooYoung,
    BrowserKeyInvalid.
    """
    username = read_username(wanted.username) if wanted.username else None
    if wanted.proof is None and username is None:
        raise IdentifierMissing
    about = [name for name in (username, wanted.alias, wanted.new_tenant and wanted.new_tenant.slug) if name]
    passwords.check_strength(wanted.password, about)
    if wanted.new_tenant is not None:
        tenants.check_founding_open(rules.founding)
    network = network_of(ip_address)
    async with db.as_service(tenant_id) as tx:
        settings = await tenants.settings(tx, AccountsSettings)
        await login_throttle.do_count_registration(tx, network, settings.registrations_per_ip_address_hour)
        if wanted.proof is not None:
            await otp.check_proof(tx, wanted.proof, Purpose.register)
    password_hash = await passwords.hash_of(wanted.password, Caller(network))
    async with db.as_service(tenant_id) as tx:
        return await _do_write(tx, wanted, username, password_hash, ip_address, rules)


async def _do_write(
    tx: Tx,
    wanted: RegisterUserRequest,
    username: str | None,
    password_hash: str,
    ip_address: str,
    rules: config.Tenants,
) -> LoggedIn:
    # The proof belongs to the tenant of the page, so it is spent before a new tenant is entered.
    proved = await otp.do_spend_proof(tx, wanted.proof, Purpose.register) if wanted.proof else None
    if wanted.new_tenant is not None:
        await tenants.do_found(
            tx,
            wanted.new_tenant.slug,
            wanted.new_tenant.name,
            language=wanted.language,
            network=network_of(ip_address),
            rules=rules,
        )
    settings = await tenants.settings(tx, AccountsSettings)
    methods = [method for method in (proved and proved.method, username and SignInMethod.username) if method]
    if not set(methods) <= set(settings.sign_in_methods):
        raise SignInMethodClosed(open=list(settings.sign_in_methods))
    await standing.check_age(tx, wanted.birth_date, settings.minimum_age)
    if proved is not None:
        passwords.check_strength(wanted.password, [proved.value])
    user_id = await _do_add_user(tx, wanted, proved, username, password_hash)
    profile_id = await profiles.do_add_real(tx, user_id, wanted.alias, wanted.gender, wanted.language)
    device_row = await devices.do_record_device(tx, user_id, wanted.device)
    is_new = await inheritance.do_prove_contact(tx, user_id, proved.value) if proved else False
    phone = proved.value if proved and proved.channel is Channel.sms else None
    phone_key = contact_hash(tx, phone) if phone else None
    await publish(
        tx,
        events.Registered(
            user_id=user_id,
            profile_id=profile_id,
            device_id=device_row,
            invite_code=wanted.invite_code,
            phone_hash=phone_key,
            is_new_phone=phone is not None and is_new,
            shown_texts=wanted.shown_texts,
        ),
    )
    if phone_key is not None:
        await publish(tx, events.Verified(user_id, phone_key, is_new))
    browser_key = read_browser_key(wanted.browser_key)
    opened = await sessions.do_start(tx, user_id, device_row, ip_address, Authentication.password, browser_key)
    return await me.logged_in(tx, opened)


async def _do_add_user(
    tx: Tx, wanted: RegisterUserRequest, proved: ProvedContact | None, username: str | None, password_hash: str
) -> UUID:
    """Raises: PhoneTaken, EmailTaken, UsernameTaken."""
    try:
        return await tx.one(
            UUID,
            """
            insert into app.users (tenant_id, phone, email, username, password_hash, birth_date, role, language)
            values ($1, $2, $3, $4, $5, $6, $7, $8) returning id
            """,
            proved.value if proved and proved.channel is Channel.sms else None,
            proved.value if proved and proved.channel is Channel.email else None,
            username,
            password_hash,
            wanted.birth_date,
            Role.owner if wanted.new_tenant else Role.user,
            wanted.language,
        )
    except asyncpg.UniqueViolationError as error:
        raise TAKEN[error.constraint_name] from None
