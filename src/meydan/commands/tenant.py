"""Tenants from the command line."""

from __future__ import annotations

import click


@click.group()
def tenant() -> None:
    """Communities on this installation."""
