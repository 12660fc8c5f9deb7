"""Tenants, which people call communities: their settings, and the audit log of actions on users."""

from meydan.tenants.configs import (
    RoomSettings,
    SettingInvalid,
    UnknownSetting,
    cached_settings,
    do_configure,
    do_configure_key,
    settings,
    settings_types,
)
from meydan.tenants.directory import (
    Directory,
    Language,
    Tenant,
    TenantInvalid,
    TenantStatus,
    TenantSuspended,
    TenantTaken,
    UnknownTenant,
    current,
    do_add,
)
from meydan.tenants.events import TenantAdded
from meydan.tenants.system_log import do_record

__all__ = [
    "Directory",
    "Language",
    "RoomSettings",
    "SettingInvalid",
    "Tenant",
    "TenantAdded",
    "TenantInvalid",
    "TenantStatus",
    "TenantSuspended",
    "TenantTaken",
    "UnknownSetting",
    "UnknownTenant",
    "cached_settings",
    "current",
    "do_add",
    "do_configure",
    "do_configure_key",
    "do_record",
    "settings",
    "settings_types",
]
