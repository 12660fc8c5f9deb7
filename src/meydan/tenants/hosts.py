"""Hosts of a tenant: names elsewhere that lead to it, each to one tenant only."""

import re

from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.hosts import host_name
from meydan.tenants.addresses import Addresses

_NAME = re.compile(r"(?=.{3,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class HostInvalid(Refused):
    code, status, title = "host_invalid", 422, "A community's host is a domain name, such as chess.example.org."


class HostIsOurs(Refused):
    code, status, title = "host_is_ours", 409, "This name belongs to the installation itself or to its base domain."


class HostTaken(Refused):
    code, status, title = "host_taken", 409, "Another community is reached at this host."


async def check_host(tx: Tx, host: str, addresses: Addresses) -> str:
    """Checks that the transaction's tenant may have a host, and returns its name as it is compared.

    Raises: HostInvalid, HostIsOurs, HostTaken.
    Runs as: service.
    """
    name = host_name(host)
    if addresses.is_main(name) or addresses.slug_in(name) is not None:
        raise HostIsOurs(host=name)
    if not _NAME.fullmatch(name):
        raise HostInvalid(host=host)
    # Names of hosts are public: the service sees those of all tenants.
    holder = await tx.connection.fetchval("select tenant_id from app.tenant_hosts where host = $1", name)
    if holder not in (None, tx.tenant_id):
        raise HostTaken(host=name)
    return name


async def do_add_host(tx: Tx, host: str, addresses: Addresses) -> str:
    """Adds a host to the transaction's tenant and returns its name as it is compared. Raises as ``check_host`` does.

    Raises: HostTaken.
    Runs as: service.
    """
    name = await check_host(tx, host, addresses)
    await tx.run("insert into app.tenant_hosts (tenant_id, host) values ($1, $2) on conflict (host) do nothing", name)
    if name not in await hosts(tx):  # another tenant took it meanwhile
        raise HostTaken(host=name)
    return name


async def do_remove_host(tx: Tx, host: str) -> bool:
    """Removes a host from the transaction's tenant; False if it had none of that name.

    Runs as: service.
    """
    removed = await tx.maybe(
        str, "delete from app.tenant_hosts where tenant_id = $1 and host = $2 returning host", host_name(host)
    )
    return removed is not None


async def hosts(tx: Tx) -> list[str]:
    """Hosts of the transaction's tenant, in the order of the alphabet."""
    return await tx.all(str, "select host from app.tenant_hosts where tenant_id = $1 order by host")
