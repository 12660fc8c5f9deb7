"""Founding: a stranger makes a tenant over HTTP, where the operator of the installation lets them."""

from msgspec import Struct

from meydan import config
from meydan.config import Founding
from meydan.kit.crypto import seal
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


class _Founded(Struct, frozen=True):
    by_all: int
    from_here: int


async def do_found(tx: Tx, slug: str, name: str, *, language: Language, network: str, rules: config.Tenants) -> Tenant:
    """Adds a tenant and enters it. Waits for approval where the rules say so; they limit a day's foundings.

    Those of one network have a limit of their own, so that nobody uses up the day of all.

    Locks: an advisory lock, held until commit, so that foundings are counted one after the other.
    Raises: FoundingClosed, TooManyRequests.
    Runs as: service.
    """
    check_founding_open(rules.founding)
    await tx.connection.execute("select pg_advisory_xact_lock(hashtext('app.tenants founding'))")
    founded_from = seal.known_macs("networks of foundings", network)
    founded = await tx.one(
        _Founded,
        # `app.tenants` has no tenant_id, and every row is public.
        """
        select count(*)::integer as by_all, (count(*) filter (where founded_from = any($2::bytea[])))::integer as from_here
        from app.tenants where created_at > app.now() - interval '1 day' and $1::integer is not null
        """,
        founded_from,
    )
    if founded.by_all >= rules.foundings_per_day or founded.from_here >= rules.foundings_per_network_day:
        raise TooManyRequests(retry_after=_SECONDS_TO_WAIT)
    status = TenantStatus.pending if rules.founding is Founding.approved else TenantStatus.active
    return await do_add(tx, slug, name, language=language, status=status, founded_from=founded_from[0])
