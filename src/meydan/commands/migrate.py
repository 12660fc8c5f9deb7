"""`meydan migrate`: prepares the database before any process serves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from meydan.commands import PlainError, contacts, data_option
from meydan.config import DATABASE_NAME, Settings, database_passwords, is_own_engine, load_settings


@click.command()
@data_option
def migrate(data: Path | None) -> None:
    """Bring the database to this version. May run twice, and in two places at once."""
    settings = load_settings(data)
    if not settings.database.owner_url:
        raise PlainError(
            f"No database: there is none in {settings.data} (`meydan up` makes one) and MEYDAN_DATABASE_OWNER_URL is not set."
        )
    from meydan.kit.database.migrations import MigrationChangedError

    try:
        applied = asyncio.run(prepare(settings))
    except MigrationChangedError as error:
        raise PlainError(f"{error}. Data of another version of that file cannot go on with this one.") from None
    for name in applied:
        click.echo(f"applied {name}")


async def prepare(settings: Settings, *, rehashes: bool = True) -> list[str]:
    """Creates logins and database where the engine is ours, applies the migrations and returns their names."""
    from meydan.kit.database import migrations

    if superuser := embedded_superuser_url(settings):
        await migrations.bootstrap(superuser, DATABASE_NAME, database_passwords(settings.data))
    applied = await migrations.migrate(settings.database.owner_url)
    if rehashes:
        await contacts.do_rehash(settings)
    return applied


def embedded_superuser_url(settings: Settings) -> str | None:
    """The superuser's URL of the PostgreSQL that `up` runs over this folder; None for a database elsewhere."""
    if not is_own_engine(settings.data, "postgres", settings.database.owner_url):
        return None
    home = settings.data / "engines/postgres"
    password, port = (home / "password").read_text(), (home / "port").read_text()
    return f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
