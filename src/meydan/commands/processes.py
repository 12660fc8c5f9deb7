"""The product's three processes, each with a command: for `up`, and for a server's service manager."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import click

from meydan.commands import PlainError, data_option
from meydan.config import Settings, load_settings
from meydan.kit import logs

log = logging.getLogger(__name__)


@click.command()
@data_option
def api(data: Path | None) -> None:
    """The HTTP API, which also serves the web client."""
    settings = _ready(data, waits=True)
    from meydan.app import run

    run(settings)


@click.command()
@data_option
@click.option("--reuse-port", is_flag=True, help="Share the port with other gateways on this machine.")
def gateway(data: Path | None, reuse_port: bool) -> None:
    """The realtime gateway: WebSockets of everybody who is here."""
    settings = _ready(data)
    from meydan.gateway import GatewaySettings, run
    from meydan.kit.clock import Clock
    from meydan.kit.runtime import runtime

    http, keyring = settings.http, settings.secrets.keys().token_keyring
    with runtime.using(Clock(settings.clock_file)):
        run(
            GatewaySettings(
                valkey_url=settings.valkey.url,
                token_keys=keyring,
                grant_keys=keyring,
                host=http.host,
                port=http.gateway_port,
                reuse_port=reuse_port,
                trusted_proxies=tuple(http.trusted_proxies),
                origins=(http.public_url,) if http.public_url else (),
                tls_certificate=str(http.tls_certificate) if http.tls_certificate else None,
                tls_key=str(http.tls_key) if http.tls_key else None,
            )
        )


@click.command()
@data_option
def worker(data: Path | None) -> None:
    """Jobs and schedules."""
    settings = _ready(data, waits=True)
    from meydan.worker import run

    run(settings)


def _ready(data: Path | None, *, waits: bool = False) -> Settings:
    """Loads settings and logging of a process, which needs its engines and secrets. ``waits`` for the database to answer."""
    settings = load_settings(data)
    missing = [
        f"MEYDAN_{name.upper().replace('.', '_')}"
        for name, value in {
            "database.app_url": settings.database.app_url,
            "database.service_url": settings.database.service_url,
            "database.relay_url": settings.database.relay_url,
            "valkey.url": settings.valkey.url,
        }.items()
        if not value
    ] + [f"MEYDAN_SECRETS_{name.upper()}" for name in settings.secrets.missing]
    if missing:
        raise PlainError(
            f"Not set: {', '.join(missing)}. Set them, or run `meydan up`, which makes what is missing "
            f"(this looked in {settings.data})."
        )
    logs.begin(settings.log_level.value)
    asyncio.run(_check_version(settings, waits=waits))
    return settings


async def _check_version(settings: Settings, *, waits: bool) -> None:
    """Refuses a database of another version in words, before a server begins to log.

    A database that does not answer yet is waited for, until a signal ends the process. The gateway works without one.

    Raises: DatabaseTooOldError, ProgramTooOldError.
    """
    import asyncpg

    from meydan.kit.database import migrations

    not_yet = (OSError, asyncpg.CannotConnectNowError, asyncpg.InsufficientResourcesError)
    is_said = False
    while True:
        try:
            connection = await asyncpg.connect(settings.database.service_url, timeout=5)
            break
        except (OSError, asyncpg.PostgresError) as error:
            if not waits or not isinstance(error, not_yet):
                return  # a refused login fails in words of its own
            if not is_said:
                log.warning("the database does not answer yet, waiting for it: %s", error or type(error).__name__)
                is_said = True
        await asyncio.sleep(1)
    try:
        await migrations.check_version(connection)
    finally:
        await connection.close()
