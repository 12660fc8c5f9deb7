"""The installation as this machine has it: program, settings, secrets and disk."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from meydan.commands.doctor.findings import Finding, bad, good, warning
from meydan.config import PREFIX, Environment, Settings, contact_key_file, generated_file, push_key_file
from meydan.kit.crypto.age import AgeError, recipients_of
from meydan.kit.settings import fields

_OWN_VARIABLES = {"MEYDAN_DATA", "MEYDAN_CONFIG", "MEYDAN_OWNER_PASSWORD", "MEYDAN_SKIP_WEB", "MEYDAN_CHROMIUM"}
_LITTLE_DISK, _NO_DISK = 2_000_000_000, 200_000_000


def versions() -> Iterator[Finding]:
    from importlib.metadata import version

    python = ".".join(map(str, sys.version_info[:3]))
    yield good(f"Meydan {version('meydan')} on Python {python}")


def check_settings(settings: Settings) -> Iterator[Finding]:
    known = {field.variable(PREFIX) for field in fields(Settings)} | _OWN_VARIABLES
    for name in sorted(set(os.environ) - known):
        if name.startswith(f"{PREFIX}_"):
            yield warning(f"Settings: there is no setting {name}; it has no effect")
    yield from _check_secrets(settings)
    if settings.environment is Environment.production:
        if not settings.secrets.push_key:
            yield warning("Settings: secrets.push_key is not set, so nothing is pushed")
        for name, given in (
            ("mail.host", settings.mail.host),
            ("sms.twilio_account_sid", settings.sms.twilio_account_sid),
        ):
            if not given:
                yield warning(f"Settings: {name} is not set, so no codes go out that way")


def _check_secrets(settings: Settings) -> Iterator[Finding]:
    try:
        recipients_of(settings.backups.public_keys)
    except AgeError as error:
        yield bad(f"Settings: backups.public_keys: {error} No part starts, and no backup is made")
    missing = settings.secrets.missing
    if missing:
        yield bad(
            f"Secrets: {' and '.join(missing)} not set. `meydan up` makes them in {settings.data}; elsewhere set "
            f"{' and '.join(f'{PREFIX}_SECRETS_{name.upper()}' for name in missing)} (openssl rand -hex 32)"
        )
    kept = (generated_file(settings.data), contact_key_file(settings.data), push_key_file(settings.data))
    files = [file for file in kept if file.exists()]
    readable = [file for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077]
    for file in readable:
        yield bad(f"Secrets: others on this machine can read {file}. Close it: chmod 600 {file}")
    if not readable and not missing:
        yield good(f"Secrets are set, environment is {settings.environment.value}")


def check_disk(data: Path) -> Iterator[Finding]:
    if not data.exists():
        yield bad(f"Data: there is no folder {data} yet. `meydan up` makes it, or name the right one with --data")
        return
    free = shutil.disk_usage(data).free
    words = f"{free / 1e9:.1f} GB free where the data is ({data})"
    if free < _NO_DISK:
        yield bad(f"Disk: {words}. PostgreSQL stops when it is full: make room")
    elif free < _LITTLE_DISK:
        yield warning(f"Disk: {words}. That is little")
    else:
        yield good(f"Disk: {words}")
