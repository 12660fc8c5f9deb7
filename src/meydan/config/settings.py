"""Settings of the product: their fields, and what follows from them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from meydan.kit.crypto.keys import Keys
from meydan.kit.hosts import LOOPBACK_NAME, is_loopback

if TYPE_CHECKING:
    from meydan.kit.database import DatabaseSettings

PREFIX = "MEYDAN"


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
