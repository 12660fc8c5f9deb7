"""Commands of the `meydan` program, each in its own file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


class PlainError(Exception):
    """Expected failure of a command. Its message is all that a person needs to see."""


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of everything kept on this machine. Default: MEYDAN_DATA, else ~/.local/share/meydan "
        "(root: /var/lib/meydan).",
    )(command)
