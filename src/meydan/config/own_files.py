"""Files that Meydan makes in the data folder: its secrets, its logins' passwords, where its servers listen."""

import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec

from meydan.config.settings import PREFIX, Secrets
from meydan.kit.files import remembered_port, write_whole
from meydan.kit.settings import Layer, read_file

LOGINS = {
    "owner_url": "meydan_owner",
    "app_url": "meydan_app",
    "service_url": "meydan_service",
    "relay_url": "meydan_relay",
}
DATABASE_NAME = "meydan"
_IN_OWN_FILES = ("contact_key", "push_key")


def make_secrets(data: Path, given: Secrets | None = None) -> None:
    """Writes random secrets and database passwords, at the first `up`, to a file that only its owner reads.

    ``given`` are the secrets of a backup that becomes this installation.
    """
    if generated_file(data).exists():
        return
    given = given or Secrets(token_key=secrets.token_hex(32), seal_key=secrets.token_hex(32))
    write_secrets(data, given, {login: secrets.token_hex(24) for login in LOGINS.values()})


def write_secrets(data: Path, given: Secrets, passwords: Mapping[str, str]) -> None:
    """Writes the file whole, but for the keys that have files of their own."""
    lines = [
        "# Made by Meydan; `meydan keys` changes it. Keep it with the backups of this data, and away from everybody else.",
        *("", "[secrets]", *secrets_lines(given)),
        *("", "[passwords]", *(f"{login} = {_toml(password)}" for login, password in passwords.items())),
    ]
    write_whole(generated_file(data), ("\n".join(lines) + "\n").encode())


def secrets_lines(given: Secrets) -> list[str]:
    """The section `secrets` as TOML, without what is not set and what has a file of its own."""
    values = msgspec.structs.asdict(given)
    return [f"{name} = {_toml(value)}" for name, value in values.items() if value and name not in _IN_OWN_FILES]


def _toml(value: str | list[str]) -> str:
    return msgspec.json.encode(value).decode()  # TOML writes texts and lists of them as JSON does


def make_contact_key(data: Path, given: str = "") -> None:
    """Writes the contact key to a file of its own, which no backup holds. One that is there or set stays."""
    _make_key(contact_key_file(data), given)


def make_push_key(data: Path, given: str = "") -> None:
    """Writes the push key to a file of its own, at the first start of a program that has one. One that is there stays."""
    _make_key(push_key_file(data), given)


def _make_key(path: Path, given: str) -> None:
    if not path.exists():
        write_whole(path, f"{given or secrets.token_hex(32)}\n".encode())


def database_passwords(data: Path) -> dict[str, str]:
    """Passwords of the logins in the database that `up` runs."""
    return {str(login): str(password) for login, password in read_file(generated_file(data))["passwords"].items()}


def is_own_engine(data: Path, engine: str, url: str) -> bool:
    """True if the URL is of the engine that `up` runs over this data folder, or none is set."""
    port = remembered_port(data / "engines" / engine / "port")
    return not url or (port is not None and f"@127.0.0.1:{port}/" in url)


def note_running(data: Path, environment: Mapping[str, str]) -> None:
    """Notes where the servers of this start listen, for commands in other processes."""
    listening = {name: value for name, value in environment.items() if name.startswith(f"{PREFIX}_HTTP_")}
    write_whole(data / "running.json", msgspec.json.encode(listening))


def last_running(data: Path) -> dict[str, str]:
    """Addresses of the servers. An empty or broken file counts as none; the next start writes it again."""
    try:
        return msgspec.json.decode((data / "running.json").read_bytes(), type=dict[str, str])
    except (FileNotFoundError, msgspec.DecodeError):
        return {}


def generated_file(data: Path) -> Path:
    return data / "secrets.toml"


def contact_key_file(data: Path) -> Path:
    return data / "contact.key"


def push_key_file(data: Path) -> Path:
    return data / "push.key"


def embedded_urls(data: Path, passwords: Mapping[str, str]) -> Layer:
    """URLs of the engines of this data folder, by their remembered ports."""
    engines, found = data / "engines", Layer()
    if port := remembered_port(engines / "postgres/port"):
        found["database"] = {
            field: f"postgresql://{login}:{passwords[login]}@127.0.0.1:{port}/{DATABASE_NAME}"
            for field, login in LOGINS.items()
        }
    if port := remembered_port(engines / "valkey/port"):
        password = (engines / "valkey/password").read_text()
        found["valkey"] = {"url": f"redis://:{password}@127.0.0.1:{port}/0"}
    return found
