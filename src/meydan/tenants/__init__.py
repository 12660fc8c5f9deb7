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
from meydan.tenants.configs import RoomSettings, SettingInvalid, do_configure, settings, settings_of
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
    "do_add",
    "do_configure",
    "record",
    "settings",
    "settings_of",
    "this",
]
