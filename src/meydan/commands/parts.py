"""The product's three processes, one at a time: as `up` starts them, and as a server's service manager does."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from meydan.commands import PlainError, data_option
from meydan.config import Settings, load_settings


@click.command()
@data_option
def api(data: Path | None) -> None:
    """The HTTP API, which also serves the web client."""
    settings = _ready(data)
    from meydan.app import run

    run(settings)


@click.command()
@data_option
def gateway(data: Path | None) -> None:
    """The realtime gateway: WebSockets of everybody who is here."""
    settings = _ready(data)
    from meydan.gateway import run

    run(settings)


@click.command()
@data_option
def worker(data: Path | None) -> None:
    """Jobs and schedules."""
    settings = _ready(data)
    from meydan.worker import run

    run(settings)


def _ready(data: Path | None) -> Settings:
    """Settings of a process that cannot work without its engines and secrets."""
    settings = load_settings(data)
    missing = [
        f"MEYDAN_{name.upper().replace('.', '_')}"
        for name, value in {
            "database.app_url": settings.database.app_url,
            "database.service_url": settings.database.service_url,
            "database.relay_url": settings.database.relay_url,
            "valkey.url": settings.valkey.url,
            "secrets.token_key": settings.secrets.token_key,
            "secrets.seal_key": settings.secrets.seal_key,
        }.items()
        if not value
    ]
    if missing:
        raise PlainError(
            f"Not set: {', '.join(missing)}. Set them, or run `meydan up`, which makes what is missing "
            f"(this looked in {settings.data})."
        )
    logging.basicConfig(
        level=settings.log_level.value.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    return settings
