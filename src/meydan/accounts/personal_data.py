"""Personal data in accounts: export and erasure, and the two routes' use of every room's."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan.accounts import users
from meydan.accounts.faces import shadow_endings
from meydan.accounts.faces.profiles import Gender
from meydan.accounts.former import inheritance
from meydan.accounts.second_factor import enrolment, totp
from meydan.accounts.sessions import endings
from meydan.accounts.sessions.authentication import Authentication
from meydan.accounts.sessions.endings import EndReason
from meydan.kit import personal_data
from meydan.kit.database import Database, Tx
from meydan.kit.identity import Face, Identity

COLUMNS = {
    "users.id",
    "users.phone",
    "users.email",
    "users.username",
    "users.password_hash",
    "users.birth_date",
    "users.role",
    "users.language",
    "users.ban_reason",
    "users.banned_until",
    "users.matching_suspended_until",
    "users.erased_at",
    "users.passkey_handle",
    "users.created_at",
    "profiles.id",
    "profiles.face",
    "profiles.created_at",
    "profiles.user_id",
    "profiles.alias",
    "profiles.alias_key",
    "profiles.tag",
    "profiles.bio",
    "profiles.gender",
    "profiles.interests",
    "profiles.languages",
    "profiles.latitude",
    "profiles.longitude",
    "profiles.avatar_seed",
    "devices.user_id",
    "devices.client_id",
    "devices.name",
    "sessions.user_id",
    "sessions.device_id",
    "sessions.profile_id",
    "sessions.address_hint",
    "sessions.browser_key",  # a public key, gone with its session
    "totp_secrets.user_id",
    "totp_secrets.sealed_secret",  # not exported: whoever reads an export must not log in with it
    "recovery_codes.user_id",
    "recovery_codes.code_hash",
    "login_challenges.user_id",
    "login_challenges.browser",  # a keyed hash, gone with its challenge within ten minutes
    "login_challenges.client_device_id",
    "login_challenges.device_name",
    "login_challenges.browser_key",
    "passkeys.user_id",
    "passkeys.rp_id",
    "passkeys.credential_id",
    "passkeys.public_key",
    "passkeys.name",
    "otp_verifications.contact",
    "otp_verifications.network",
    "otp_verifications.device_id",
    "otp_verifications.browser",  # a keyed hash, gone with its code
    "code_requests.contact_hash",  # keyed hashes, gone after two days: limits outlive an erasure
    "code_requests.network_hash",
    "login_attempts.key",  # a keyed hash, gone after a day
    # Keyed hashes, kept for a time so that leaving washes nothing off. docs/security.md says what they tell.
    "known_contacts.contact_hash",
    "known_contacts.user_id",
    "former_accounts.user_id",
    "former_accounts.mark",
    "former_accounts.sealed_hash",
    "kept_apart.mark",
    "kept_apart.other_mark",
}


class ProfileExport(Struct, frozen=True):
    id: UUID
    face: Face
    alias: str
    tag: str
    bio: str
    gender: Gender | None
    interests: list[str]
    languages: list[str]
    latitude: float | None
    longitude: float | None
    created_at: datetime


class DeviceExport(Struct, frozen=True):
    id: UUID
    name: str
    created_at: datetime
    last_seen_at: datetime
    forgotten_at: datetime | None


class SessionExport(Struct, frozen=True):
    id: UUID
    client_device_id: UUID
    ip_address_hint: str
    authenticated_by: Authentication
    created_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    end_reason: EndReason | None


class RecoveryCodeExport(Struct, frozen=True):
    created_at: datetime
    used_at: datetime | None


class PasskeyExport(Struct, frozen=True):
    name: str
    host: str
    credential_id: str
    is_backed_up: bool
    created_at: datetime
    last_used_at: datetime | None


class CodeExport(Struct, frozen=True):
    purpose: str
    contact: str
    network: str
    created_at: datetime
    sent_at: datetime | None
    verified_at: datetime | None


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """Runs as: service."""
    user = await users.by_id(tx, user_id)
    return {
        "user": msgspec.to_builtins(user),
        "profiles": msgspec.to_builtins(
            await tx.all(
                ProfileExport,
                """
                select id, face, alias, tag, bio, gender, interests, languages, latitude, longitude, created_at
                from app.profiles where tenant_id = $1 and user_id = $2 order by face
                """,
                user_id,
            )
        ),
        "devices": msgspec.to_builtins(
            await tx.all(
                DeviceExport,
                """
                select client_id as id, name, created_at, last_seen_at, forgotten_at from app.devices
                where tenant_id = $1 and user_id = $2 order by created_at
                """,
                user_id,
            )
        ),
        "sessions": msgspec.to_builtins(
            await tx.all(
                SessionExport,
                """
                select s.id, d.client_id as client_device_id, s.address_hint as ip_address_hint,
                    s.authenticated_by, s.created_at, s.last_seen_at, s.ended_at, s.end_reason
                from app.sessions s join app.devices d on d.tenant_id = s.tenant_id and d.id = s.device_id
                where s.tenant_id = $1 and s.user_id = $2 order by s.created_at
                """,
                user_id,
            )
        ),
        "second_factor_since": msgspec.to_builtins(await totp.confirmed_at(tx, user_id)),
        "recovery_codes": msgspec.to_builtins(
            await tx.all(
                RecoveryCodeExport,
                """
                select created_at, used_at from app.recovery_codes
                where tenant_id = $1 and user_id = $2 order by created_at, used_at
                """,
                user_id,
            )
        ),
        "passkeys": msgspec.to_builtins(
            await tx.all(
                PasskeyExport,
                """
                select name, rp_id as host, encode(credential_id, 'hex') as credential_id, is_backed_up, created_at,
                    last_used_at
                from app.passkeys where tenant_id = $1 and user_id = $2 order by created_at
                """,
                user_id,
            )
        ),
        "codes": msgspec.to_builtins(
            await tx.all(
                CodeExport,
                """
                select purpose, contact, network, created_at, sent_at, verified_at from app.otp_verifications
                where tenant_id = $1 and contact = any($2::text[]) order by created_at
                """,
                user.names,
            )
        ),
    }


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Blanks the user's row and the real face at once, and the shadow at a random time. Others' rows refer to them.

    A suspension stays until its end, for the account that inherits it.

    Runs as: service.
    """
    await users.lock_standing(tx, user_id)  # a login under way commits first, and its session is deleted below
    await endings.do_end_all(tx, user_id, EndReason.erased)
    names = (await users.by_id(tx, user_id)).names
    await tx.run("delete from app.otp_verifications where tenant_id = $1 and contact = any($2::text[])", names)
    await enrolment.do_delete(tx, user_id)
    await tx.run("delete from app.passkeys where tenant_id = $1 and user_id = $2", user_id)
    await tx.run("delete from app.sessions where tenant_id = $1 and user_id = $2", user_id)
    await tx.run("delete from app.devices where tenant_id = $1 and user_id = $2", user_id)
    for profile_id in await tx.all(
        UUID, "select id from app.profiles where tenant_id = $1 and user_id = $2 and face = 'real'", user_id
    ):
        await shadow_endings.do_blank(tx, profile_id)
    await shadow_endings.do_schedule(tx, user_id)
    await tx.run(
        """
        update app.users set phone = null, email = null, username = null, password_hash = null, birth_date = null,
        role = 'user', ban_reason = null, banned_until = null, passkey_handle = null, erased_at = app.now()
        where tenant_id = $1 and id = $2
        """,
        user_id,
    )


personal_data.register("accounts", COLUMNS, export, do_erase)
personal_data.before_erasing(inheritance.do_keep)


async def export_me(db: Database, me: Identity) -> dict[str, Any]:
    """Exports the caller's personal data of every room."""
    async with db.as_service(me.tenant_id) as tx:
        return await personal_data.export(tx, me.user_id)


async def do_erase_me(db: Database, me: Identity) -> None:
    """Erases the caller's personal data in every room, in one transaction."""
    async with db.as_service(me.tenant_id) as tx:
        await personal_data.do_erase(tx, me.user_id)
