"""Devices: the browsers that a user has logged in with."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from meydan.accounts import events
from meydan.accounts.sessions import endings
from meydan.kit.database import Tx
from meydan.kit.events import publish


class ClientDevice(Struct, frozen=True):
    """The client's description of its own device. Its id is generated once and kept in the browser."""

    id: UUID
    name: Annotated[str, Meta(max_length=80)] = ""


class DeviceLine(Struct, frozen=True):
    """A device as its owner sees it in the list."""

    id: UUID
    name: str
    current: bool
    created_at: datetime
    last_seen_at: datetime


async def is_known(tx: Tx, user_id: UUID, client_id: UUID) -> bool:
    found = await tx.maybe(
        UUID,
        "select id from app.devices where tenant_id = $1 and user_id = $2 and client_id = $3 and forgotten_at is null",
        user_id,
        client_id,
    )
    return found is not None


async def do_record_device(tx: Tx, user_id: UUID, device: ClientDevice) -> UUID:
    """Inserts or updates the device's row and returns its id. Publishes NewDevice unless it is the user's first."""
    is_new = not await is_known(tx, user_id, device.id)
    had_others = await tx.maybe(int, "select 1 from app.devices where tenant_id = $1 and user_id = $2 limit 1", user_id)
    row_id = await tx.one(
        UUID,
        """
        insert into app.devices (tenant_id, user_id, client_id, name) values ($1, $2, $3, $4)
        on conflict (tenant_id, user_id, client_id) where user_id is not null
        do update set name = excluded.name, last_seen_at = app.now(), forgotten_at = null returning id
        """,
        user_id,
        device.id,
        device.name,
    )
    if is_new and had_others is not None:
        await publish(tx, events.NewDevice(user_id, device.id, device.name))
    return row_id


async def mine(tx: Tx) -> list[DeviceLine]:
    return await tx.all(
        DeviceLine,
        """
        select client_id as id, name, client_id = $2 as current, created_at, last_seen_at from app.devices
        where tenant_id = $1 and forgotten_at is null order by last_seen_at desc, id
        """,
        tx.me.client_device_id,
    )


async def do_forget(tx: Tx, user_id: UUID, client_id: UUID) -> None:
    """Forgets a device and ends its sessions. A later login from it counts as a new device.

    Raises: NotFound.
    Runs as: service.
    """
    row_id = await tx.one(
        UUID,
        """
        update app.devices set forgotten_at = app.now()
        where tenant_id = $1 and user_id = $2 and client_id = $3 and forgotten_at is null returning id
        """,
        user_id,
        client_id,
    )
    await endings.do_end_of_device(tx, user_id, row_id)
    await publish(tx, events.DeviceForgotten(user_id, client_id))
