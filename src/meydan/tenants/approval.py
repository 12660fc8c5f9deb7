"""Approval: staff of the installation, who run the default tenant, open or close a tenant that was founded and waits."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct, convert

from meydan.kit.database import Tx
from meydan.kit.errors import NotFound, Refused
from meydan.tenants import system_log
from meydan.tenants.directory import Language, TenantStatus

_MOST = 50


class WaitingTenant(Struct, frozen=True):
    id: int
    slug: str
    name: str
    hosts: list[str]
    default_language: Language
    created_at: datetime


class TenantDecided(Refused):
    code, status, title = "tenant_decided", 409, "Somebody has decided about this community already."


async def waiting(tx: Tx) -> list[WaitingTenant]:
    """The tenants that have waited longest."""
    # `app.tenants` has no tenant_id, and every row is public.
    rows = await tx.connection.fetch(
        """
        select id, slug, name, default_language, created_at, array(
            select host from app.tenant_hosts where tenant_id = tenants.id order by host
        ) as hosts
        from app.tenants where status = 'pending' order by created_at, id limit $1
        """,
        _MOST,
    )
    return [convert(dict(row), WaitingTenant) for row in rows]


async def do_decide(tx: Tx, slug: str, decider: UUID, *, is_approved: bool, reason: str) -> None:
    """Opens a waiting tenant, or closes it, and enters it. Asked from the default tenant.

    Locks: tenants.
    Raises: NotFound, TenantDecided.
    Runs as: service.
    """
    status = TenantStatus.active if is_approved else TenantStatus.suspended
    tenant_id = await tx.connection.fetchval("select app.decide_tenant($1, $2)", slug, status)
    if tenant_id is None:
        now = await tx.connection.fetchval("select status from app.tenants where slug = $1", slug)
        if now is None:
            raise NotFound
        raise TenantDecided(now=now)
    await system_log.do_record(tx, "tenant_decided", acted_by_user_id=decider, slug=slug, status=status, reason=reason)
    await tx.enter_tenant(tenant_id)
    await system_log.do_record(tx, "tenant_status_changed", status=status, reason=reason)
