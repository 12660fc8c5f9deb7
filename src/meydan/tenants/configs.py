"""Settings of a tenant: each room declares a struct with defaults, and rows of `tenant_configs` override them."""

import time
from functools import partial
from typing import Any, ClassVar, TypeVar

import msgspec
from msgspec import Struct

from meydan.kit.database import Database, Tx
from meydan.kit.errors import Refused

_KEPT_FOR_SECONDS = 2.0
_read: dict[int, tuple[float, dict[str, Any]]] = {}


class RoomSettings(Struct, frozen=True):
    """Base of a room's per-tenant settings; ``room`` is the first half of its keys (``meeting.claim_minutes``)."""

    room: ClassVar[str]


S = TypeVar("S", bound=RoomSettings)


class SettingInvalid(Refused):
    code, status, title = "setting_invalid", 422, "This setting cannot have this value."


class UnknownSetting(Refused):
    code, status, title = "unknown_setting", 404, "There is no such setting."


async def settings(tx: Tx, settings_type: type[S]) -> S:
    """A room's settings in this tenant; another process's change is seen within two seconds."""
    return _converted(await _values(tx), settings_type)


def _converted(values: dict[str, Any], settings_type: type[S]) -> S:
    """The settings, with the default in place of a value that is none. `meydan doctor` names such values."""
    prefix = settings_type.room + "."
    own = {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}
    try:
        return msgspec.convert(own, settings_type)
    except msgspec.ValidationError:
        right = {name: value for name, value in own.items() if fault(prefix + name, value) is None}
        return msgspec.convert(right, settings_type)


def fault(key: str, value: Any) -> str | None:
    """The reason why a setting cannot have this value, in words. None for a value that it can have."""
    room, _, name = key.partition(".")
    settings_type = settings_types().get(room)
    if settings_type is None or name not in _names(settings_type):
        return "there is no such setting"
    try:
        msgspec.convert({name: value}, settings_type)
    except msgspec.ValidationError as error:
        return str(error)
    return None


def _names(settings_type: type[RoomSettings]) -> set[str]:
    return {field.name for field in msgspec.structs.fields(settings_type)}


async def cached_settings(db: Database, tenant_id: int, settings_type: type[S]) -> S:
    """Settings for callers without a transaction. Opens one only when the cached values have expired."""
    if not _is_fresh(tenant_id):
        async with db.as_service(tenant_id) as tx:
            return await settings(tx, settings_type)
    return _converted(_read[tenant_id][1], settings_type)


async def do_configure(tx: Tx, settings_type: type[RoomSettings], /, **values: Any) -> None:
    """Sets some of a room's settings: all of them, or none when one is invalid. Names may be a client's.

    Raises: SettingInvalid.
    """
    if unknown := set(values) - _names(settings_type):
        raise SettingInvalid(detail=f"unknown: {', '.join(sorted(unknown))}")
    try:
        converted = msgspec.convert(values, settings_type)
    except msgspec.ValidationError as error:
        raise SettingInvalid(detail=str(error)) from None
    for name in values:
        await tx.run(
            """
            insert into app.tenant_configs (tenant_id, config_key, config_value) values ($1, $2, $3)
            on conflict (tenant_id, config_key) do update set config_value = excluded.config_value, updated_at = app.now()
            """,
            f"{settings_type.room}.{name}",
            msgspec.to_builtins(getattr(converted, name)),
        )
    tenant_id = tx.tenant_id
    tx.after_commit(partial(_forget, tenant_id))


def settings_types() -> dict[str, type[RoomSettings]]:
    """Every room's settings, by the first half of their keys."""
    return {each.room: each for each in sorted(RoomSettings.__subclasses__(), key=lambda each: each.room)}


async def do_configure_key(tx: Tx, key: str, value: Any) -> None:
    """Sets one setting by its whole key, such as ``meeting.matches_per_day``.

    Raises: UnknownSetting, SettingInvalid.
    """
    room, _, name = key.partition(".")
    settings_type = settings_types().get(room)
    if settings_type is None or name not in _names(settings_type):
        raise UnknownSetting(key=key)
    await do_configure(tx, settings_type, **{name: value})


def _forget(tenant_id: int) -> None:
    _read.pop(tenant_id, None)


def _is_fresh(tenant_id: int) -> bool:
    known = _read.get(tenant_id)
    return known is not None and time.monotonic() - known[0] < _KEPT_FOR_SECONDS


async def _values(tx: Tx) -> dict[str, Any]:
    if _is_fresh(tx.tenant_id):
        return _read[tx.tenant_id][1]
    rows = await tx.connection.fetch(
        "select config_key, config_value from app.tenant_configs where tenant_id = $1", tx.tenant_id
    )
    values = {row["config_key"]: row["config_value"] for row in rows}
    _read[tx.tenant_id] = (time.monotonic(), values)
    return values
