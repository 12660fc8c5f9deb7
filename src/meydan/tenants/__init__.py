"""Tenants: communities, what each of them has set, and the log of what was done to people."""

from meydan.tenants.communities import (
    CommunityAdded,
    CommunityInvalid,
    CommunityTaken,
    Directory,
    Language,
    Tenant,
    TenantStatus,
    UnknownCommunity,
    do_add,
    this,
)
from meydan.tenants.configs import (
    RoomSettings,
    SettingInvalid,
    UnknownSetting,
    do_configure,
    do_configure_key,
    kinds,
    settings,
    settings_of,
)
from meydan.tenants.system_log import record

__all__ = [
    "CommunityAdded",
    "CommunityInvalid",
    "CommunityTaken",
    "Directory",
    "Language",
    "RoomSettings",
    "SettingInvalid",
    "Tenant",
    "TenantStatus",
    "UnknownCommunity",
    "UnknownSetting",
    "do_add",
    "do_configure",
    "do_configure_key",
    "kinds",
    "record",
    "settings",
    "settings_of",
    "this",
]
