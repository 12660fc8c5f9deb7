"""The page about settings, made from the settings themselves."""

from __future__ import annotations

import click

from meydan.config import PREFIX, Settings
from meydan.kit.settings import reference

INTRODUCTION = """\
# Settings

Made by `make docs` from `src/meydan/config.py`; do not edit.

Every setting has a default that is right for one machine. What differs is taken, strongest first, from the environment,
from one TOML file (`MEYDAN_CONFIG`, else `meydan.toml` in the data folder), and from what `meydan up` made in the data
folder at its first start: secrets, passwords and the addresses of the engines it runs. An address given for the
database or for Valkey replaces the one `up` would run. Lists are separated by commas in the environment.

With `environment = "production"` nothing starts while a secret is missing, short, not random or out of a manual, while
codes would go nowhere but to the local outbox, or while the product's clock is moved.
"""


@click.command("settings-reference")
def settings_reference() -> None:
    """Print the page docs/settings.md."""
    click.echo(f"{INTRODUCTION}\n{reference(Settings, prefix=PREFIX)}", nl=False)
