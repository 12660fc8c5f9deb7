"""Door of all that only a developer may see: codes that were never sent, money that is not real."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers.base import BaseRouteHandler

from meydan.kit.errors import Refused
from meydan.kit.hosts import host_name, is_loopback

Connection = ASGIConnection[Any, Any, Any, State]

_FORWARDING = {
    *("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-original-host"),
    *("true-client-ip", "cf-connecting-ip", "cf-ray", "fastly-client-ip", "fly-client-ip"),
}


class LocalOnly(Refused):
    code, status, title = (
        "local_only",
        403,
        "This is shown only on the machine that Meydan runs on, at http://localhost or http://127.0.0.1, and through no proxy.",
    )


def is_local(connection: Connection) -> bool:
    """True if a program on this machine asked this machine's own name, and nothing forwarded its request.

    A proxy or tunnel on this machine is a loopback peer too, and a stranger's name may resolve to loopback.
    """
    peer = connection.client.host if connection.client else ""
    if not is_loopback(host_name(f"[{peer}]" if ":" in peer else peer)):
        return False
    if not is_loopback(host_name(connection.headers.get("host", ""))):
        return False
    return not any(name in _FORWARDING or name.startswith("x-forwarded-") for name in connection.headers)


def local_only(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Guard of a development door.

    Raises: LocalOnly."""
    if not is_local(connection):
        raise LocalOnly
