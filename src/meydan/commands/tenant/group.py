"""`meydan tenant`, which the files beside this one add their commands to."""

import click


@click.group()
def tenant() -> None:
    """Communities on this installation."""
