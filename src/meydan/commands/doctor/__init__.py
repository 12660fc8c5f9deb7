"""`meydan doctor`: checks everything the product needs and explains what is wrong."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import click

from meydan.commands import data_option
from meydan.commands.doctor import ciphertext, database, installation, parts
from meydan.commands.doctor.findings import Finding, Level, bad
from meydan.config import default_data, is_own_engine, last_running, load_settings
from meydan.engines import is_running
from meydan.kit.settings import SettingsError

_SIGNS = {Level.good: ("✓", "green"), Level.warning: ("!", "yellow"), Level.bad: ("✗", "red")}


@click.command()
@data_option
def doctor(data: Path | None) -> None:
    """Say in words what is wrong: settings, secrets, disk, database, Valkey, clock, jobs, coins.

    Ends with 1 when something has to be mended, with 0 when it all works or deserves only a look.
    """
    findings = asyncio.run(examine(data))
    for finding in findings:
        sign, colour = _SIGNS[finding.level]
        click.echo(f"{click.style(sign, fg=colour)} {finding.words}")
    wrong = sum(finding.level is Level.bad for finding in findings)
    if wrong:
        click.secho(f"\n{wrong} to mend.", fg="red")
        sys.exit(1)
    click.echo("\nNothing to mend.")


async def examine(data: Path | None) -> list[Finding]:
    findings = list(installation.versions())
    data = (data or default_data()).absolute()
    try:
        settings = load_settings(data, {**last_running(data), **os.environ})
    except SettingsError as error:
        return [*findings, bad(f"Settings: {error}")]
    findings += [*installation.check_settings(settings), *installation.check_disk(data)]
    if is_own_engine(data, "postgres", settings.database.owner_url) and not is_running(data):
        return [*findings, bad(f"`meydan up` is not running over {data}. Start it, then ask again")]
    findings += [finding async for finding in database.check_database(settings)]
    findings += [finding async for finding in parts.check_valkey(settings)]
    findings += [finding async for finding in parts.check_worker(settings)]
    findings += [finding async for finding in parts.check_servers(settings)]
    findings += ciphertext.check_ciphertext(data, settings)
    return findings
