"""The product's settings: their fields, their sources, and the checks of production."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from meydan.kit.crypto.keys import Keys
from meydan.kit.files import remembered_port, write_whole
from meydan.kit.hosts import LOOPBACK_NAME, host_name, is_loopback, is_private
from meydan.kit.settings import Layer, SettingsError, load, read_file

if TYPE_CHECKING:
    from meydan.kit.database import DatabaseSettings

PREFIX = "MEYDAN"
LOGINS = {
    "owner_url": "meydan_owner",
    "app_url": "meydan_app",
    "service_url": "meydan_service",
    "relay_url": "meydan_relay",
}
DATABASE_NAME = "meydan"
_SHORTEST_SECRET = 32
_IN_OWN_FILES = ("contact_key", "push_key")


class Environment(StrEnum):
    development = "development"
    production = "production"


class Founding(StrEnum):
    closed = "closed"
    approved = "approved"
    open = "open"


class LogLevel(StrEnum):
    debug = "debug"
    info = "info"
    warning = "warning"
    error = "error"


class MailSecurity(StrEnum):
    starttls = "starttls"
    tls = "tls"
    none = "none"


class Http(Struct, frozen=True):
    host: Annotated[str, Meta(description="Address the API and the gateway listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535, description="The API's port; also serves the web client.")] = 8000
    gateway_port: Annotated[int, Meta(ge=1, le=65_535, description="The realtime gateway's port.")] = 8001
    public_url: Annotated[
        str, Meta(description="URL people open, for links in messages, such as `https://meet.example.com`.")
    ] = ""
    realtime_url: Annotated[
        str,
        Meta(
            description="URL of the gateway as browsers reach it, such as `wss://meet.example.com/ws`. "
            "Empty: the page's own host at the gateway's port."
        ),
    ] = ""
    tls_certificate: Annotated[Path | None, Meta(description="PEM file; with `tls_key`, both servers speak TLS.")] = (
        None
    )
    tls_key: Annotated[Path | None, Meta(description="PEM file of the certificate's private key.")] = None
    trusted_proxies: Annotated[
        list[str],
        Meta(description="Addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed."),
    ] = msgspec.field(default_factory=list)

    @property
    def local_host(self) -> str:
        """The servers' address on this machine."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 -- only compared

    @property
    def is_private(self) -> bool:
        """True when no other machine reaches the servers."""
        return self.host in ("127.0.0.1", "localhost", "::1")


class DatabaseUrls(Struct, frozen=True):
    """Fields of kit.database.DatabaseSettings, without importing its driver: the supervisor stays small."""

    owner_url: Annotated[
        str, Meta(description="Login `meydan_owner`: owns the schema, only for migrations, backup and restore.")
    ] = ""
    app_url: Annotated[str, Meta(description="Login `meydan_app`: requests of a user.")] = ""
    service_url: Annotated[str, Meta(description="Login `meydan_service`: jobs, logging in.")] = ""
    relay_url: Annotated[str, Meta(description="Login `meydan_relay`: forwards the outbox.")] = ""
    pool_size: Annotated[
        int, Meta(ge=1, le=1000, description="Most connections that a process holds for each login.")
    ] = 8


class Valkey(Struct, frozen=True):
    url: Annotated[str, Meta(description="URL of Valkey: `redis://:password@host:port/0`.")] = ""


class Secrets(Struct, frozen=True):
    token_key: Annotated[str, Meta(description="Signs access tokens and grants. At least 32 characters, random.")] = ""
    seal_key: Annotated[
        str, Meta(description="Seals secrets at rest. At least 32 characters, random. Losing it loses the sealed data.")
    ] = ""
    contact_key: Annotated[
        str,
        Meta(
            description="Hashes phone numbers and e-mail addresses that were proved. At least 32 characters, random. "
            "No backup holds it: keep it elsewhere. Losing it forgets bans and debts of accounts that were erased."
        ),
    ] = ""
    push_key: Annotated[
        str,
        Meta(
            description="Signs messages to browsers' push services. At least 32 characters, random. Empty: nothing is "
            "pushed. Losing it ends every subscription until its browser comes back."
        ),
    ] = ""
    next_token_key: Annotated[
        str,
        Meta(
            description="Accepted already; the next rotation makes it the `token_key`. `meydan keys` cares for these."
        ),
    ] = ""
    next_seal_key: Annotated[str, Meta(description="Accepted already; the next rotation makes it the `seal_key`.")] = ""
    kept_token_keys: Annotated[
        list[str], Meta(description="Earlier `token_key`s, still accepted. Needed for ten minutes after a rotation.")
    ] = msgspec.field(default_factory=list)
    kept_seal_keys: Annotated[
        list[str],
        Meta(description="Earlier `seal_key`s, still accepted. They open and find what was made with them."),
    ] = msgspec.field(default_factory=list)
    retired_seal_keys: Annotated[
        list[str],
        Meta(description="Earlier `seal_key`s that only open and find stored data: log ins made with them have ended."),
    ] = msgspec.field(default_factory=list)
    first_seal_key: Annotated[
        str,
        Meta(
            description="The `seal_key` before the first rotation. Contacts stay hashed with it and `contact_key`: "
            "losing it is losing that. Empty until then."
        ),
    ] = ""

    @property
    def missing(self) -> list[str]:
        """Names of secrets that an installation cannot do without."""
        return [name for name in ("token_key", "seal_key", "contact_key") if not getattr(self, name)]

    def keys(self) -> Keys:
        return msgspec.convert(msgspec.structs.asdict(self), Keys)

    def named(self) -> list[tuple[str, str]]:
        """Every key that is set, with its name; several may have one name."""
        named: list[tuple[str, str]] = []
        for name, value in msgspec.structs.asdict(self).items():
            named += [(name, key) for key in (value if isinstance(value, list) else [value]) if key]
        return named


class Mail(Struct, frozen=True):
    host: Annotated[
        str, Meta(description="SMTP server. Empty: e-mails go to the local outbox, never in production.")
    ] = ""
    port: Annotated[int, Meta(ge=1, le=65_535, description="SMTP port.")] = 587
    security: Annotated[MailSecurity, Meta(description="Encryption of the connection.")] = MailSecurity.starttls
    username: Annotated[str, Meta(description="SMTP user; empty: no log in.")] = ""
    password: Annotated[str, Meta(description="SMTP password.")] = ""
    sender: Annotated[str, Meta(description="The From address.")] = "Meydan <no-reply@localhost>"


class Sms(Struct, frozen=True):
    twilio_account_sid: Annotated[
        str, Meta(description="Twilio account. Empty: text messages go to the local outbox, never in production.")
    ] = ""
    twilio_auth_token: Annotated[str, Meta(description="Twilio secret.")] = ""
    twilio_url: Annotated[str, Meta(description="URL of Twilio's API.")] = "https://api.twilio.com"
    sender: Annotated[str, Meta(description="Number or messaging service (`MG…`) the texts come from.")] = ""
    cost_cents: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000,
            description="Cost of a text message with all its parts, in cents: Turkish letters make two parts of a code's text.",
        ),
    ] = 5
    daily_budget_cents: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000_000,
            description="Budget of the installation for text messages in a day of UTC, a quarter of it kept for known devices. "
            "Beyond it none are sent.",
        ),
    ] = 2_000
    countries: Annotated[
        list[Annotated[str, Meta(pattern="^[A-Z]{2}$")]],
        Meta(
            description="Countries that text messages may be sent to, such as `TR,DE`, besides each community's own, its "
            "setting `accounts.default_region`."
        ),
    ] = msgspec.field(default_factory=lambda: ["TR"])


class Tenants(Struct, frozen=True):
    base_domain: Annotated[
        str,
        Meta(
            description="Domain below which communities have their names: with `meet.example.com` the community `chess` "
            "is at `chess.meet.example.com`. Empty: at hosts that `meydan tenant host` adds, and below `localhost`."
        ),
    ] = ""
    founding: Annotated[
        Founding,
        Meta(
            description="Whether people may start a community on the page: `closed`, `approved` (it waits for "
            "staff of the default community under `/staff/communities`, or `meydan tenant status SLUG active`), `open`."
        ),
    ] = Founding.closed
    foundings_per_day: Annotated[
        int, Meta(ge=0, le=1_000_000, description="Communities that may be added in 24 hours before founding pauses.")
    ] = 20
    foundings_per_network_day: Annotated[
        int,
        Meta(ge=0, le=1_000_000, description="Communities that people of one network may start in 24 hours."),
    ] = 3


class Backups(Struct, frozen=True):
    folder: Annotated[
        Path | None,
        Meta(
            description="Place of the backups. The worker writes there what a restore must not undo, as ids and hashes. "
            "Empty: `backups` in the data folder."
        ),
    ] = None
    public_keys: Annotated[
        list[str],
        Meta(
            description="Public keys of age (`age1…`) that backups and the restore journal are encrypted for; "
            "`meydan backup-key` makes one. Empty: they are not encrypted."
        ),
    ] = msgspec.field(default_factory=list)


class Settings(Struct, frozen=True):
    data: Annotated[Path, Meta(description="Folder of all data on this machine; also `--data`, but not in the file.")]
    environment: Annotated[
        Environment, Meta(description="`production` refuses missing, short or well-known secrets and local stand-ins.")
    ] = Environment.development
    log_level: Annotated[LogLevel, Meta(description="Least severe messages that the processes log.")] = LogLevel.info
    clock_file: Annotated[
        Path | None, Meta(description="Only for tests: a file with the seconds by which the product's clock is moved.")
    ] = None
    http: Http = Http()
    database: DatabaseUrls = DatabaseUrls()
    valkey: Valkey = Valkey()
    secrets: Secrets = Secrets()
    mail: Mail = Mail()
    sms: Sms = Sms()
    tenants: Tenants = Tenants()
    backups: Backups = Backups()

    def database_settings(self) -> DatabaseSettings:
        from meydan.kit.database import DatabaseSettings

        return DatabaseSettings(**msgspec.structs.asdict(self.database))

    @property
    def tls(self) -> bool:
        return self.http.tls_certificate is not None

    @property
    def own_url(self) -> str:
        """The API's URL on this machine, without a trailing slash."""
        host = self.http.local_host
        return f"{'https' if self.tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.http.port}"

    @property
    def named_url(self) -> str:
        """The API's URL by this machine's own name, at which browsers take passkeys; "" where it has none."""
        if not is_loopback(self.http.local_host):
            return ""
        return f"{'https' if self.tls else 'http'}://{LOOPBACK_NAME}:{self.http.port}"

    @property
    def public_url(self) -> str:
        """The product's URL for people and providers; this machine's own URL if none is set."""
        return self.http.public_url.rstrip("/") or self.own_url

    @property
    def local_twin(self) -> bool:
        """True when codes go to the local outbox, because SMS or e-mail has no real service."""
        if self.environment is Environment.production:
            return False
        return not (self.mail.host and self.sms.twilio_account_sid)

    @property
    def backup_folder(self) -> Path:
        return self.backups.folder or self.data / "backups"

    @property
    def local_outbox(self) -> Path:
        """File of the local stand-ins for SMS and e-mail."""
        return self.data / "outbox.jsonl"


def default_data() -> Path:
    """MEYDAN_DATA, else the operating system's usual folder. For root an open one: its engines run as another user."""
    if given := os.environ.get("MEYDAN_DATA"):
        return Path(given).absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/meydan")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "meydan"


def load_settings(data: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Loads settings, weakest first: defaults, files that `up` made in the data folder, meydan.toml, the environment."""
    environment = os.environ if environment is None else environment
    data = (data or (Path(environment["MEYDAN_DATA"]) if environment.get("MEYDAN_DATA") else default_data())).absolute()
    layers: dict[str, Layer] = {"default": {"data": str(data)}}
    if (made := generated_file(data)).exists():
        generated = read_file(made)
        layers[str(made)] = {"secrets": generated["secrets"]}
        layers["the engines in the data folder"] = _embedded_urls(data, generated["passwords"])
    for name, key in (("contact_key", contact_key_file(data)), ("push_key", push_key_file(data))):
        if key.exists():
            layers[str(key)] = {"secrets": {name: key.read_text().strip()}}
    file = Path(environment["MEYDAN_CONFIG"]) if environment.get("MEYDAN_CONFIG") else data / "meydan.toml"
    if file.exists():
        layers[str(file)] = read_file(file)
        if "data" in layers[str(file)]:
            raise SettingsError(f"{file}: the data folder is chosen by --data or MEYDAN_DATA, not in the file.")
    elif environment.get("MEYDAN_CONFIG"):
        raise SettingsError(f"MEYDAN_CONFIG names {file}, which does not exist.")
    own = {name: value for name, value in environment.items() if name != "MEYDAN_DATA"}
    settings = load(Settings, layers, own, prefix=PREFIX)
    if problem := keyring_problem(settings.secrets):
        raise SettingsError(problem)
    if problems := production_problems(settings):
        raise SettingsError("Production refuses to start:\n" + "\n".join(f"- {problem}" for problem in problems))
    if problem := exposure_problem(settings):
        raise SettingsError(problem)
    return settings


def production_problems(settings: Settings) -> list[str]:
    if settings.environment is not Environment.production:
        return []
    secrets_ = settings.secrets
    problems = [
        f"secrets.{name} ({PREFIX}_SECRETS_{name.upper()}) {why}. Make one with: openssl rand -hex 32"
        for name, value in [*((name, "") for name in secrets_.missing), *secrets_.named()]
        if (why := _weakness(value))
    ]
    # The first seal key is an earlier one, and so has a second name.
    named = [(name, key) for name, key in secrets_.named() if name != "first_seal_key"]
    problems += [
        f"secrets.{one} and secrets.{other} are the same: whoever learns one has both"
        for (one, key), (other, same) in combinations(named, 2)
        if key == same
    ]
    if settings.clock_file is not None:
        problems.append("clock_file is set: only tests move the product's clock")
    if not settings.mail.host and not settings.sms.twilio_account_sid:
        problems.append("neither mail.host nor sms.twilio_account_sid is set: nobody could get a code to sign in")
    if settings.http.public_url and not settings.http.public_url.startswith("https://"):
        problems.append("http.public_url is not https: browsers give keys and cookies only to secure pages")
    return problems


def keyring_problem(given: Secrets) -> str:
    """Earlier seal keys without the first of them; "" if there is none."""
    if given.first_seal_key or not (given.kept_seal_keys or given.retired_seal_keys):
        return ""
    return (
        f"secrets.first_seal_key ({PREFIX}_SECRETS_FIRST_SEAL_KEY) is missing: set it to the oldest seal key. Contacts are "
        "hashed with it, and bans found by it."
    )


def exposure_problem(settings: Settings) -> str:
    """A public URL that others can open, without the checks of production; "" if there is none."""
    url = urlsplit(settings.http.public_url)
    if settings.environment is Environment.production or not settings.http.public_url:
        return ""
    if url.scheme == "http" and is_private(host_name(url.netloc)):
        return ""
    return (
        f"http.public_url is {settings.http.public_url}, which others can open, but environment is "
        f"{settings.environment}: set environment to production, or http.public_url to an http address of this network."
    )


def _weakness(secret: str) -> str:
    if not secret:
        return "is missing"
    if len(secret) < _SHORTEST_SECRET:
        return f"is shorter than {_SHORTEST_SECRET} characters"
    if len(set(secret)) < 10:
        return "is not random"
    if any(word in secret.lower() for word in ("change", "example", "secret", "password", "meydan", "default")):
        return "looks like one out of a manual"
    return ""


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


def _embedded_urls(data: Path, passwords: Mapping[str, str]) -> Layer:
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
