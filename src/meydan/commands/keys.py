"""`meydan keys`: shows the installation's keys by their ids, and rotates them. What each earlier key is for stays."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from meydan.commands import PlainError, data_option
from meydan.config import (
    Secrets,
    database_passwords,
    default_data,
    generated_file,
    load_settings,
    secrets_lines,
    write_secrets,
)
from meydan.kit.crypto.keys import key_id
from meydan.kit.settings import read_file


@click.group()
def keys() -> None:
    """Show the keys by their ids, and rotate them."""


@keys.command("list")
@data_option
def list_keys(data: Path | None) -> None:
    """Show every key's id and what it is now. `meydan doctor` says what needs it."""
    given = load_settings(data).secrets
    for name, key in given.named():
        kind = next(kind for kind in ("token", "seal", "contact", "push") if kind in name)
        click.echo(f"{kind:8} {key_id(key, kind)}  {name}")


@keys.command()
@data_option
@click.option(
    "--prepare",
    is_flag=True,
    help="Make the next keys, which every process accepts from its next start on and none uses yet. For parts that are "
    "restarted one by one.",
)
@click.option(
    "--leaked",
    is_flag=True,
    help="Somebody else may know the keys: end every log in, and trust nothing made with them.",
)
def rotate(data: Path | None, *, prepare: bool, leaked: bool) -> None:
    """Put new keys in the place of token_key and seal_key, and keep the ones before."""
    if prepare and leaked:
        raise PlainError("What leaked is replaced at once: use --leaked alone.")
    with _changing(data) as given:
        new = prepared(given) if prepare else replaced(given) if leaked else rotated(given)
        _do_write(data, given, new)
    if prepare:
        _say_prepared(new)
    else:
        _say_rotated(new, leaked=leaked)


@keys.command()
@click.argument("id")
@data_option
def retire(id: str, data: Path | None) -> None:
    """Trust an earlier key no more. A token key is dropped; a seal key still opens and finds stored data."""
    with _changing(data) as given:
        new = retired(given, id)
        _do_write(data, given, new)
    if new.kept_token_keys != given.kept_token_keys:
        click.echo(f"Token key {id} is dropped. Restart the parts: from then on they refuse tokens made with it.")
    else:
        click.echo(
            f"Seal key {id} is retired. Restart the parts: from then on log ins made with it have ended, and stored data is "
            "still found and opened. Keep it in the secrets."
        )


def prepared(given: Secrets) -> Secrets:
    """Adds the next keys; those that are there already stay."""
    return msgspec.structs.replace(
        given,
        next_token_key=given.next_token_key or secrets.token_hex(32),
        next_seal_key=given.next_seal_key or secrets.token_hex(32),
        first_seal_key=given.first_seal_key or given.seal_key,
    )


def rotated(given: Secrets) -> Secrets:
    """Makes the next keys current, and keeps those before as accepted."""
    given = prepared(given)
    return msgspec.structs.replace(
        given,
        token_key=given.next_token_key,
        seal_key=given.next_seal_key,
        next_token_key="",
        next_seal_key="",
        kept_token_keys=[given.token_key, *given.kept_token_keys],
        kept_seal_keys=[given.seal_key, *given.kept_seal_keys],
    )


def replaced(given: Secrets) -> Secrets:
    """Makes new keys current; those before, also the prepared ones, are trusted no more."""
    new = rotated(msgspec.structs.replace(given, next_token_key="", next_seal_key=""))
    return msgspec.structs.replace(
        new, kept_token_keys=[], kept_seal_keys=[], retired_seal_keys=[*new.kept_seal_keys, *new.retired_seal_keys]
    )


def retired(given: Secrets, id: str) -> Secrets:
    """Raises: PlainError (no kept key has this id)."""
    for name, key in given.named():
        if name == "kept_token_keys" and key_id(key, "token") == id:
            return msgspec.structs.replace(
                given, kept_token_keys=[kept for kept in given.kept_token_keys if kept != key]
            )
        if name == "kept_seal_keys" and key_id(key, "seal") == id:
            return msgspec.structs.replace(
                given,
                kept_seal_keys=[kept for kept in given.kept_seal_keys if kept != key],
                retired_seal_keys=[key, *given.retired_seal_keys],
            )
    raise PlainError(f"No kept key has the id {id}. `meydan keys list` shows them; the current ones are rotated first.")


@contextmanager
def _changing(data: Path | None) -> Iterator[Secrets]:
    """The secrets, while no other command changes them."""
    settings = load_settings(data)
    if settings.secrets.missing:
        raise PlainError(f"There is no installation in {settings.data}. `meydan up` makes one; --data names another.")
    descriptor = os.open(settings.data, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield load_settings(data).secrets
    finally:
        os.close(descriptor)


def _do_write(data: Path | None, given: Secrets, new: Secrets) -> None:
    """Writes the data folder's file. Secrets that are set elsewhere are printed, because only an operator may write there.

    Raises: PlainError (nothing was changed)."""
    data = (data or default_data()).absolute()
    file = generated_file(data)
    if not file.exists() or secrets_lines(_in_file(file)) != secrets_lines(given):
        click.echo("\n".join(secrets_lines(new)))
        raise PlainError(
            "Nothing was changed: the secrets are set in your own settings. Put the lines above into the section [secrets] in "
            "place of what is there, but for contact_key and push_key, on every machine. What comes then is the same: docs/deploy.md."
        )
    write_secrets(data, new, database_passwords(data))


def _in_file(file: Path) -> Secrets:
    return msgspec.convert(read_file(file)["secrets"], Secrets)


def _say_prepared(new: Secrets) -> None:
    click.echo(
        f"The next keys are there: token key {key_id(new.next_token_key, 'token')}, seal key "
        f"{key_id(new.next_seal_key, 'seal')}. Nothing uses them yet.\n"
        "Now restart every part, one by one; on several machines copy secrets.toml to each first.\n"
        "When all have restarted: meydan keys rotate"
    )


def _say_rotated(new: Secrets, *, leaked: bool) -> None:
    click.echo(
        f"New keys: token key {key_id(new.token_key, 'token')}, seal key {key_id(new.seal_key, 'seal')}.\n"
        "Now restart every part: until then they go on with the ones before. On several machines copy secrets.toml to each "
        "first. Keep a copy of it where the backups are not: older backups open with it too."
    )
    if leaked:
        click.echo(
            "After the restart everybody logs in again. Whoever had the database as well has read what was sealed in it: "
            "change the payment providers' keys at the providers, then `meydan payments connect`."
        )
    for key in new.kept_token_keys:
        known_as = key_id(key, "token")
        click.echo(
            f"Ten minutes after the restart nothing needs token key {known_as}. Drop it: meydan keys retire {known_as}"
        )
    for key in new.kept_seal_keys:
        known_as = key_id(key, "seal")
        click.echo(
            f"Seal key {known_as} stays: stored data is found and opened with it, and log ins go on. Thirty days after the restart "
            f"these have new tokens, and it need not be trusted: meydan keys retire {known_as}"
        )
