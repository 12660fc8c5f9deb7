"""The `meydan` command. Commands import their dependencies when they run, so that help and the supervisor stay light."""

from __future__ import annotations

import errno
import sys

import click

from meydan.commands import PlainError
from meydan.commands.backups.backup import backup, backup_key, recovered, restore
from meydan.commands.doctor import doctor
from meydan.commands.keys import keys
from meydan.commands.migrate import migrate
from meydan.commands.payments import payment_commands
from meydan.commands.processes import api, gateway, worker
from meydan.commands.seed.command import seed
from meydan.commands.settings import settings_reference
from meydan.commands.tenant import tenant
from meydan.commands.texts import texts
from meydan.commands.up import up
from meydan.commands.user import user


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="meydan")
def cli() -> None:
    """Meydan: strangers meet, talk in private, and a silent match is given back.

    `meydan up` starts everything on this machine. The other commands are its parts, and care for what it keeps.
    """


for command in (
    up,
    api,
    gateway,
    worker,
    migrate,
    tenant,
    user,
    payment_commands,
    texts,
    doctor,
    seed,
    keys,
    backup,
    backup_key,
    restore,
    recovered,
    settings_reference,
):
    cli.add_command(command)


def main() -> None:
    try:
        cli()
    except Exception as error:
        words = _plain_words(error)
        if words is None:
            raise
        click.secho(words, fg="red", err=True)
        sys.exit(1)


_OF_THE_DISK = {errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM}


def _plain_words(error: Exception) -> str | None:
    """The text of an expected error; None for a fault, which needs its traceback."""
    from meydan.engines import EngineError
    from meydan.kit.crypto.age import AgeError
    from meydan.kit.database.migrations import VersionMismatchError
    from meydan.kit.errors import Refused
    from meydan.kit.settings import SettingsError

    if isinstance(error, Refused):
        return f"{error.title} ({error.code})"
    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        return f"{error.filename or 'A file'}: {error.strerror}."
    return (
        str(error)
        if isinstance(error, PlainError | EngineError | SettingsError | VersionMismatchError | AgeError)
        else None
    )
