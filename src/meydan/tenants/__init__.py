"""Tenants, which people call communities: their settings, and the audit log of actions on users."""

from meydan.tenants import (
    approval,
    lists,
    tasks,  # noqa: F401 -- importing the room registers its schedules
)
from meydan.tenants.addresses import Addresses
from meydan.tenants.configs import (
    RoomSettings,
    SettingInvalid,
    UnknownSetting,
    cached_settings,
    do_configure,
    do_configure_key,
    fault,
    settings,
    settings_types,
)
from meydan.tenants.directory import (
    Directory,
    Language,
    Tenant,
    TenantInvalid,
    TenantPending,
    TenantStatus,
    TenantSuspended,
    TenantTaken,
    UnknownTenant,
    check_open,
    current,
    do_add,
)
from meydan.tenants.events import TenantAdded
from meydan.tenants.founding import FoundingClosed, check_founding_open, do_found
from meydan.tenants.hosts import HostInvalid, HostIsOurs, HostTaken, check_host, do_add_host, do_remove_host
from meydan.tenants.message_names import name_in_messages
from meydan.tenants.restore_journal import JournalClosedError, JournalEntry, JournalFolder, JournalKind, entries_since
from meydan.tenants.scenes import Scene, TenantsSettings
from meydan.tenants.system_log import do_record
from meydan.tenants.timezones import TimezoneUnknown, check_timezone, timezones

__all__ = [
    "Addresses",
    "Directory",
    "FoundingClosed",
    "HostInvalid",
    "HostIsOurs",
    "HostTaken",
    "JournalClosedError",
    "JournalEntry",
    "JournalFolder",
    "JournalKind",
    "Language",
    "RoomSettings",
    "Scene",
    "SettingInvalid",
    "Tenant",
    "TenantAdded",
    "TenantInvalid",
    "TenantPending",
    "TenantStatus",
    "TenantSuspended",
    "TenantTaken",
    "TenantsSettings",
    "TimezoneUnknown",
    "UnknownSetting",
    "UnknownTenant",
    "approval",
    "cached_settings",
    "check_founding_open",
    "check_host",
    "check_open",
    "check_timezone",
    "current",
    "do_add",
    "do_add_host",
    "do_configure",
    "do_configure_key",
    "do_found",
    "do_record",
    "do_remove_host",
    "entries_since",
    "fault",
    "lists",
    "name_in_messages",
    "settings",
    "settings_types",
    "timezones",
]
