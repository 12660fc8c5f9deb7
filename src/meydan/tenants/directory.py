"""Tenants, which people call communities: adding one, and finding the one that a request addresses."""

import re
import time
from collections import OrderedDict
from enum import Enum, StrEnum, auto
from typing import ClassVar

import msgspec
from msgspec import Struct

from meydan.kit.database import Database, Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish
from meydan.kit.hosts import host_name
from meydan.tenants import events
from meydan.tenants.addresses import Addresses
from meydan.tenants.timezones import check_timezone

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_RESERVED = {"www", "api", "admin", "app", "static", "mail", "localhost"}
_KEPT_FOR_SECONDS = 5.0
_MOST_KEPT = 10_000


class Language(StrEnum):
    turkish = "tr"
    english = "en"


class TenantStatus(StrEnum):
    pending = "pending"
    """Founded, and not yet approved by those who run the installation."""
    active = "active"
    suspended = "suspended"


class Tenant(Struct, frozen=True):
    id: int
    slug: str
    name: str
    hosts: list[str]
    timezone: str
    default_language: Language
    status: TenantStatus


class TenantTaken(Refused):
    code, status, title = "tenant_taken", 409, "A community with this address exists already."


class TenantInvalid(Refused):
    code, status, title = (
        "tenant_invalid",
        422,
        "A community's address is made of small letters, digits and hyphens.",
    )


class UnknownTenant(Refused):
    code, status, title = "unknown_tenant", 404, "There is no community at this address."


class TenantSuspended(Refused):
    code, status, title = "tenant_suspended", 403, "This community is closed for now."


class TenantPending(Refused):
    code, status, title = "tenant_pending", 403, "This community waits until those who run this place approve it."


_COLUMNS = """
    id, slug, name, timezone, default_language, status,
    array(select h.host from app.tenant_hosts h where h.tenant_id = t.id order by h.host) as hosts
"""


async def do_add(
    tx: Tx,
    slug: str,
    name: str,
    *,
    timezone: str = "Europe/Istanbul",
    language: Language = Language.turkish,
    status: TenantStatus = TenantStatus.active,
    founded_from: bytes | None = None,
) -> Tenant:
    """Adds a tenant and enters it: the rest of the transaction runs inside the new tenant.

    ``founded_from`` is the keyed hash of the founder's network; an operator has none.

    Raises: TenantInvalid, TimezoneUnknown, TenantTaken.
    Runs as: service.
    """
    if not _SLUG.fullmatch(slug) or slug in _RESERVED or not 1 <= len(name.strip()) <= 80:
        raise TenantInvalid(slug=slug)
    await check_timezone(tx, timezone)
    tenant_id = await tx.connection.fetchval(
        "select app.add_tenant($1, $2, $3, $4, $5, $6)", slug, name.strip(), timezone, language, status, founded_from
    )
    if tenant_id is None:
        raise TenantTaken(slug=slug)
    await tx.enter_tenant(tenant_id)
    await publish(tx, events.TenantAdded(tenant_id))
    return await current(tx)


async def current(tx: Tx) -> Tenant:
    """Reads the transaction's tenant."""
    return await tx.one(Tenant, f"select {_COLUMNS} from app.tenants t where t.id = $1")


class Directory:
    """Finds a request's tenant by header or host, one at a time. Keeps each for a few seconds."""

    default_slug: ClassVar[str] = "default"

    def __init__(self, db: Database, addresses: Addresses | None = None) -> None:
        self._db = db
        self.addresses = addresses or Addresses()
        self._kept: OrderedDict[tuple[_By, str], tuple[float, Tenant]] = OrderedDict()

    async def find(self, host: str, slug: str | None, *, closed_too: bool = False) -> Tenant:
        """The tenant of ``slug``, else of ``host``: a Host header, in any spelling.

        Every address and unknown name leads to the default tenant, but none below the base domain does.

        Raises: UnknownTenant, TenantSuspended, TenantPending.
        """
        tenant = await (self._get(_By.slug, slug) if slug else self._at(host_name(host)))
        if tenant is None:
            raise UnknownTenant
        if not closed_too:
            check_open(tenant)
        return tenant

    async def _at(self, name: str) -> Tenant | None:
        if slug := self.addresses.slug_in(name):
            return await self._get(_By.slug, slug)
        elsewhere = None if self.addresses.is_main(name) else await self._get(_By.host, name)
        return elsewhere or await self._get(_By.slug, self.default_slug)

    async def _get(self, by: "_By", value: str) -> Tenant | None:
        read_at, tenant = self._kept.get((by, value), (float("-inf"), None))
        if time.monotonic() - read_at <= _KEPT_FOR_SECONDS:
            return tenant
        tenant = await self._read(by, value)
        self._kept.pop((by, value), None)
        if tenant is not None:  # an unknown one may be added at any moment, and costs one indexed read
            self._kept[by, value] = (time.monotonic(), tenant)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return tenant

    async def _read(self, by: "_By", value: str) -> Tenant | None:
        async with self._db.as_service(0) as tx:
            # `app.tenants` has no tenant_id, and every row is public.
            row = await tx.connection.fetchrow(f"select {_COLUMNS} from app.tenants t where {_WHERE[by]}", value)
        return msgspec.convert(dict(row), Tenant) if row else None


class _By(Enum):
    slug = auto()
    host = auto()


_WHERE = {
    _By.slug: "t.slug = $1",
    _By.host: "t.id = (select h.tenant_id from app.tenant_hosts h where h.host = $1)",
}


def check_open(tenant: Tenant) -> None:
    """Raises: TenantSuspended, TenantPending."""
    if tenant.status is TenantStatus.suspended:
        raise TenantSuspended
    if tenant.status is TenantStatus.pending:
        raise TenantPending
