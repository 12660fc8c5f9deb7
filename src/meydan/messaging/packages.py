"""Single-use MLS key packages, by which an offline device can be added to groups."""

import hashlib
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from meydan import accounts
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound, Refused
from meydan.kit.events import listen
from meydan.messaging import conversations, identity_keys

LIMIT_PER_DEVICE = 100
CLAIMS_PER_CONVERSATION = 20
"""For each person: founding takes one, and a lost answer another."""

_LARGEST = 4096
_LIFETIME = timedelta(days=30)


class KeyPackage(Struct, frozen=True):
    profile_id: UUID
    device_id: UUID
    package: bytes


class KeyPackageTooLarge(Refused):
    code, status, title = "key_package_too_large", 413, "A key package has at most 4 KB."


class GroupExists(Refused):
    code, status, title = "group_exists", 409, "The group is founded already: ask to be let in."


class KeyPackageClaimsSpent(Refused):
    code, status, title = "key_package_claims_spent", 429, "You have taken key packages too often in this conversation."


def conversation_device_id(profile_id: UUID, device_id: UUID) -> UUID:
    """A device's id in conversations. It differs for every profile, so that it cannot link two faces."""
    digest = bytearray(hashlib.sha256(b"meydan device" + profile_id.bytes + device_id.bytes).digest()[:16])
    digest[6] = 0x80 | digest[6] & 0x0F
    digest[8] = 0x80 | digest[8] & 0x3F
    return UUID(bytes=bytes(digest))


def my_device_id(tx: Tx) -> UUID:
    return conversation_device_id(tx.me.profile_id, tx.me.client_device_id)


async def do_add(tx: Tx, packages: list[bytes], *, replace: bool) -> int:
    """Adds packages of this device and returns their number. ``replace`` deletes those of a cleared browser first.

    Raises: KeyPackageTooLarge, KeyPackageUnsigned.
    """
    if any(not 0 < len(package) <= _LARGEST for package in packages):
        raise KeyPackageTooLarge
    device = my_device_id(tx)
    await identity_keys.check_signed(tx, device, packages)
    if replace:
        await tx.run(
            "delete from app.key_packages where tenant_id = $1 and profile_id = $2 and device_id = $3",
            tx.me.profile_id,
            device,
        )
    await tx.run(
        """
        insert into app.key_packages (tenant_id, user_id, profile_id, device_id, body)
        select $1, $2, $3, $4, package from unnest($5::bytea[]) as package
        on conflict (tenant_id, profile_id, device_id, digest) do nothing
        """,
        tx.me.user_id,
        tx.me.profile_id,
        device,
        packages,
    )
    await tx.run(
        """
        delete from app.key_packages where tenant_id = $1 and id in (
            select id from app.key_packages where tenant_id = $1 and profile_id = $2 and device_id = $3
            order by id desc offset $4
        )
        """,
        tx.me.profile_id,
        device,
        LIMIT_PER_DEVICE,
    )
    return await count(tx)


async def count(tx: Tx) -> int:
    return await tx.one(
        int,
        "select count(*) from app.key_packages where tenant_id = $1 and profile_id = $2 and device_id = $3",
        tx.me.profile_id,
        my_device_id(tx),
    )


class _Claim(Struct, frozen=True):
    outcome: str
    profile_ids: list[UUID] | None
    device_ids: list[UUID] | None
    packages: list[bytes] | None


async def do_consume(tx: Tx, conversation_id: UUID, epoch: int) -> list[KeyPackage]:
    """Consumes a package of each device of both users, except the caller's, to found a group at this epoch.

    Locks: conversation_members.
    Raises: NotFound, ConversationClosed, GroupExists, KeyPackageClaimsSpent.
    """
    claim = await tx.one(
        _Claim,
        "select outcome, profile_ids, device_ids, packages from app.consume_key_packages($1, $2, $3, $4, $5)",
        conversation_id,
        my_device_id(tx),
        epoch,
        CLAIMS_PER_CONVERSATION,
    )
    match claim.outcome:
        case "done":
            found = zip(claim.profile_ids or [], claim.device_ids or [], claim.packages or [], strict=True)
            return [KeyPackage(profile_id, device_id, package) for profile_id, device_id, package in found]
        case "closed":
            raise conversations.ConversationClosed
        case "stale":
            raise GroupExists
        case "spent":
            raise KeyPackageClaimsSpent
        case _:
            raise NotFound


async def do_purge_old(tx: Tx) -> None:
    """Deletes packages after 30 days. Live devices add new ones."""
    await tx.run(
        "delete from app.key_packages where tenant_id = $1 and created_at < app.now() - $2::interval", _LIFETIME
    )


@listen(accounts.DeviceForgotten)
async def delete_packages_of_device(tx: Tx, event: accounts.DeviceForgotten) -> None:
    """Deletes a forgotten device's packages, so that it is not added to groups any more."""
    await _do_delete_of_devices(tx, event.user_id, [event.client_device_id])


@listen(accounts.SessionsEnded)
async def delete_packages_of_signed_out_devices(tx: Tx, event: accounts.SessionsEnded) -> None:
    """Deletes the packages of devices without a session. A browser that comes back offers new ones."""
    await _do_delete_of_devices(tx, event.user_id, event.signed_out_device_ids)


async def _do_delete_of_devices(tx: Tx, user_id: UUID, client_device_ids: list[UUID]) -> None:
    profiles = await tx.all(UUID, "select id from app.profiles where tenant_id = $1 and user_id = $2", user_id)
    await tx.run(
        "delete from app.key_packages where tenant_id = $1 and user_id = $2 and device_id = any($3::uuid[])",
        user_id,
        [conversation_device_id(profile, device) for profile in profiles for device in client_device_ids],
    )
