"""Tenants, which people call communities: adding one, and finding the one that a request addresses."""

import re
import time
from enum import StrEnum
from typing import ClassVar

import msgspec
from msgspec import Struct

from meydan.kit.database import Database, Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish
from meydan.tenants import events

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_RESERVED = {"www", "api", "admin", "app", "static", "mail", "localhost"}
_KEPT_FOR_SECONDS = 5.0


class Language(StrEnum):
    turkish = "tr"
    english = "en"


class TenantStatus(StrEnum):
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


async def do_add(
    tx: Tx, slug: str, name: str, *, timezone: str = "Europe/Istanbul", language: Language = Language.turkish
) -> Tenant:
    """Adds a tenant and enters it: the rest of the transaction runs inside the new tenant.

    Raises: TenantInvalid, TenantTaken.
    Runs as: service.
    """
    if not _SLUG.fullmatch(slug) or slug in _RESERVED or not 1 <= len(name.strip()) <= 80:
        raise TenantInvalid(slug=slug)
    tenant_id = await tx.connection.fetchval(
        "select app.add_tenant($1, $2, $3, $4)", slug, name.strip(), timezone, language
    )
    if tenant_id is None:
        raise TenantTaken(slug=slug)
    await tx.enter_tenant(tenant_id)
    await publish(tx, events.TenantAdded(tenant_id))
    return await current(tx)


async def current(tx: Tx) -> Tenant:
    """Reads the transaction's tenant."""
    return await tx.one(
        Tenant, "select id, slug, name, hosts, timezone, default_language, status from app.tenants where id = $1"
    )


class Directory:
    """Finds a request's tenant by header or host. Caches all tenants for a few seconds."""

    default_slug: ClassVar[str] = "default"

    def __init__(self, db: Database) -> None:
        self._db = db
        self._read_at = float("-inf")
        self._by_slug: dict[str, Tenant] = {}
        self._by_host: dict[str, Tenant] = {}

    async def find(self, host: str, slug: str | None, *, suspended_too: bool = False) -> Tenant:
        """Reads the tenants again when a slug or host is unknown, because it may have just been added.

        Raises: UnknownTenant, TenantSuspended.
        """
        if time.monotonic() - self._read_at > _KEPT_FOR_SECONDS:
            await self._read()
        tenant = self._look_up(host, slug)
        if tenant is None:
            await self._read()
            tenant = self._look_up(host, slug)
        if tenant is None:
            raise UnknownTenant
        if tenant.status is TenantStatus.suspended and not suspended_too:
            raise TenantSuspended
        return tenant

    def _look_up(self, host: str, slug: str | None) -> Tenant | None:
        if slug:
            return self._by_slug.get(slug)
        name = host.rsplit(":", 1)[0].lower() if not host.startswith("[") else host
        if tenant := self._by_host.get(name):
            return tenant
        label, _, rest = name.partition(".")
        if rest and (tenant := self._by_slug.get(label)):
            return tenant
        return self._by_slug.get(self.default_slug)

    async def _read(self) -> None:
        async with self._db.as_service(0) as tx:
            # `app.tenants` has no tenant_id, and every row is public.
            rows = await tx.connection.fetch(
                "select id, slug, name, hosts, timezone, default_language, status from app.tenants"
            )
        tenants = [msgspec.convert(dict(row), Tenant) for row in rows]
        self._by_slug = {tenant.slug: tenant for tenant in tenants}
        self._by_host = {host.lower(): tenant for tenant in tenants for host in tenant.hosts}
        self._read_at = time.monotonic()
