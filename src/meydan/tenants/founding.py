"""Founding: a stranger makes a tenant over HTTP, where the operator of the installation lets them."""

from meydan.config import Founding
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.rate_limits import TooManyRequests
from meydan.tenants.directory import Language, Tenant, TenantStatus, do_add

_SECONDS_TO_WAIT = 3600


class FoundingClosed(Refused):
    code, status, title = "founding_closed", 403, "No community can be started here."


def check_founding_open(founding: Founding) -> None:
    """Raises: FoundingClosed."""
    if founding is Founding.closed:
        raise FoundingClosed


async def do_found(tx: Tx, slug: str, name: str, *, language: Language, founding: Founding, per_day: int) -> Tenant:
    """Adds a tenant and enters it. Waits for approval where ``founding`` says so; ``per_day`` counts all of them.

    Locks: an advisory lock, held until commit, so that foundings are counted one after the other.
    Raises: FoundingClosed, TooManyRequests.
    Runs as: service.
    """
    check_founding_open(founding)
    await tx.connection.execute("select pg_advisory_xact_lock(hashtext('app.tenants founding'))")
    founded = await tx.connection.fetchval(
        "select count(*) from app.tenants where created_at > app.now() - interval '1 day'"
    )
    if founded >= per_day:
        raise TooManyRequests(retry_after=_SECONDS_TO_WAIT)
    status = TenantStatus.pending if founding is Founding.approved else TenantStatus.active
    return await do_add(tx, slug, name, language=language, status=status)
