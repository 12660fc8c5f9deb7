"""Identity keys: each profile has one, and it signs the profile's devices. The server stores the public half.

Clients verify signatures and remember the identity of a peer. The checks here only refuse early what they would refuse.
"""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta, Struct

from meydan.kit import realtime
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound, Refused
from meydan.messaging.frames import IdentityReplaced

TRANSFER_LIVES_FOR = timedelta(minutes=10)
LARGEST_TRANSFER = 64 * 1024

_SIGNED = b"meydan device 1"
_KEY_PACKAGE_MESSAGE = bytes((0, 1, 0, 5, 0, 1, 0, 1))
"""MLS 1.0, a key package, MLS 1.0, and the one cipher suite that clients use."""
_BASIC_CREDENTIAL = bytes((0, 1))


class IdentityReplacedElsewhere(Refused):
    code, status, title = "identity_replaced", 409, "Another browser has set another identity key meanwhile."


class KeyPackageUnsigned(Refused):
    code, status, title = (
        "key_package_unsigned",
        422,
        "A key package names this profile and device, signed by the profile's identity key.",
    )


class SetIdentityKeyRequest(Struct, frozen=True, forbid_unknown_fields=True):
    public_key: Annotated[bytes, Meta(min_length=32, max_length=32)]
    replaces: Annotated[bytes, Meta(min_length=32, max_length=32)] | None = None
    """The key that this browser knows as the profile's, or None for the first one."""


class Device(Struct, frozen=True):
    """The device that a key package names, as its credential has it."""

    profile_id: UUID
    device_id: UUID
    identity_key: bytes
    signature: bytes
    signature_key: bytes


async def my_identity_key(tx: Tx) -> bytes | None:
    return await tx.maybe(
        bytes, "select public_key from app.identity_keys where tenant_id = $1 and profile_id = $2", tx.me.profile_id
    )


async def do_set(tx: Tx, new: SetIdentityKeyRequest) -> None:
    """Sets the profile's identity key. Replacing one deletes the key packages that it signed, and tells other browsers.

    Raises: IdentityReplacedElsewhere.
    """
    if new.public_key == await my_identity_key(tx):
        return
    changed = await tx.maybe(
        UUID,
        """
        insert into app.identity_keys (tenant_id, profile_id, user_id, public_key) values ($1, $2, $3, $4)
        on conflict (tenant_id, profile_id) do update set public_key = excluded.public_key, created_at = app.now()
        where identity_keys.public_key = $5
        returning profile_id
        """,
        tx.me.profile_id,
        tx.me.user_id,
        new.public_key,
        new.replaces,
    )
    if changed is None:
        raise IdentityReplacedElsewhere
    await tx.run("delete from app.key_packages where tenant_id = $1 and profile_id = $2", tx.me.profile_id)
    await realtime.send_frame(tx, tx.me.user_id, IdentityReplaced(tx.me.profile_id, new.public_key))


async def check_signed(tx: Tx, device_id: UUID, packages: list[bytes]) -> None:
    """Raises: KeyPackageUnsigned."""
    if not packages:
        return
    identity_key = await my_identity_key(tx)
    for package in packages:
        device = device_of_package(package)
        if (
            device is None
            or (device.profile_id, device.device_id) != (tx.me.profile_id, device_id)
            or device.identity_key != identity_key
            or not _is_signed(device)
        ):
            raise KeyPackageUnsigned


def signed_bytes(profile_id: UUID, device_id: UUID, signature_key: bytes) -> bytes:
    """The bytes that an identity key signs to make a device one of its profile."""
    return _SIGNED + profile_id.bytes + device_id.bytes + signature_key


def device_of_package(package: bytes) -> Device | None:
    """Reads an MLS key package as far as its credential; None for anything else."""
    if not package.startswith(_KEY_PACKAGE_MESSAGE):
        return None
    _, rest = _vector(package[len(_KEY_PACKAGE_MESSAGE) :])  # init_key
    _, rest = _vector(rest)  # encryption_key
    signature_key, rest = _vector(rest)
    if not rest.startswith(_BASIC_CREDENTIAL):
        return None
    credential, _ = _vector(rest[len(_BASIC_CREDENTIAL) :])
    if len(credential) != 128 or len(signature_key) != 32:
        return None
    return Device(
        UUID(bytes=credential[:16]), UUID(bytes=credential[16:32]), credential[32:64], credential[64:], signature_key
    )


def _vector(data: bytes) -> tuple[bytes, bytes]:
    """A vector with a length of one, two or four bytes (RFC 9420, 2.1.2), and what follows it."""
    size = 1 << (data[0] >> 6) if data else 8
    if size > 4:
        return b"", b""
    end = size + (int.from_bytes(data[:size]) & (1 << (8 * size - 2)) - 1)
    return data[size:end], data[end:]


def _is_signed(device: Device) -> bool:
    signed = signed_bytes(device.profile_id, device.device_id, device.signature_key)
    try:
        Ed25519PublicKey.from_public_bytes(device.identity_key).verify(device.signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


class Transfer(Struct, frozen=True):
    """An identity on its way to another browser, sealed under a code that only the two browsers know."""

    body: bytes


async def do_offer(tx: Tx, body: bytes) -> None:
    """Keeps a sealed identity for ten minutes. A newer one takes its place."""
    await tx.run(
        """
        insert into app.identity_transfers (tenant_id, profile_id, user_id, body, expires_at)
        values ($1, $2, $3, $4, app.now() + $5::interval)
        on conflict (tenant_id, profile_id) do update set body = excluded.body, expires_at = excluded.expires_at
        """,
        tx.me.profile_id,
        tx.me.user_id,
        body,
        TRANSFER_LIVES_FOR,
    )


async def offered(tx: Tx) -> Transfer:
    """Raises: NotFound."""
    body = await tx.maybe(
        bytes,
        "select body from app.identity_transfers where tenant_id = $1 and profile_id = $2 and expires_at > app.now()",
        tx.me.profile_id,
    )
    if body is None:
        raise NotFound
    return Transfer(body)


async def do_withdraw(tx: Tx) -> None:
    """Deletes the sealed identity once it has arrived."""
    await tx.run("delete from app.identity_transfers where tenant_id = $1 and profile_id = $2", tx.me.profile_id)


async def do_purge_transfers(tx: Tx) -> None:
    await tx.run("delete from app.identity_transfers where tenant_id = $1 and expires_at <= app.now()")
