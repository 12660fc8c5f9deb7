"""`meydan up`: the whole product on one machine, in one terminal, stopped by one Ctrl-C."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
from rich.console import Console
from rich.markup import escape

from meydan.commands import PlainError, data_option
from meydan.commands.supervisor import Notes, Part, Supervisor
from meydan.config import (
    Environment,
    Http,
    Settings,
    default_data,
    is_own_engine,
    load_settings,
    make_contact_key,
    make_push_key,
    make_secrets,
    note_running,
)
from meydan.engines import Engine, Engines, rotate_log
from meydan.engines.processes import Child, start_child

_PARTS = ("api", "gateway", "worker")
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_START_PATIENCE = 300.0  # a part that ends is noticed at once


@click.command()
@data_option
@click.option(
    "--port", type=click.IntRange(1, 65_535), help="The port to open in a browser. Default: 8000, or the next free one."
)
@click.option("--host", help="Address to listen on. Default: 127.0.0.1, this machine only.")
@click.option(
    "--tls", is_flag=True, help="Speak https with a certificate made here; browsers ask once whether to trust it."
)
def up(data: Path | None, port: int | None, host: str | None, tls: bool) -> None:
    """Start everything on this machine and print its address; Ctrl-C stops it.

    PostgreSQL and Valkey come with the package and keep their data in --data. Nothing committed is lost, however it
    ends; the next start recovers.
    """
    data = (data or default_data()).absolute()
    console = Console(highlight=False, soft_wrap=True)
    # SIGINT too: a shell starts a background job with it ignored, Python then installs no handler, and children inherit.
    for number in _ENDINGS:
        signal.signal(number, _interrupt)
    started = time.monotonic()
    try:
        engines = Engines(data)
        engines.acquire_folder()
    except OSError as error:
        raise PlainError(f"{data} cannot be written ({error.strerror}). Choose another folder with --data.") from None
    supervisor = Supervisor(say=lambda words: console.print(words, style="yellow"))
    sockets = tempfile.TemporaryDirectory(prefix="meydan-")  # a socket's path is short; a data folder's may be long
    try:
        _start(console, supervisor, engines, data, port, host, tls=tls, started=started, sockets=Path(sockets.name))
        supervisor.watch(lambda: _rotate_logs(data))
    except KeyboardInterrupt:
        console.print("\nStopping …")
    finally:
        for number in _ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop()
        engines.stop()
        sockets.cleanup()
    console.print("Stopped. Everything is kept in " + str(data))


def _start(
    console: Console,
    supervisor: Supervisor,
    engines: Engines,
    data: Path,
    port: int | None,
    host: str | None,
    *,
    tls: bool,
    started: float,
    sockets: Path,
) -> None:
    make_secrets(data)
    make_contact_key(data)
    make_push_key(data)
    given = load_settings(data, {**os.environ, "MEYDAN_DATA": str(data)})
    environment = _environment(data, given.http, port, host, tls=tls)
    first = not (data / "engines/postgres/data").exists()
    # An engine whose URL is set runs elsewhere.
    if is_own_engine(data, "postgres", given.database.owner_url):
        with _step(console, "PostgreSQL" + (", for the first time" if first else "")):
            supervisor.add(_engine("PostgreSQL", engines.postgres, supervisor))
    if is_own_engine(data, "valkey", given.valkey.url):
        with _step(console, "Valkey"):
            supervisor.add(_engine("Valkey", engines.valkey, supervisor))
    with _step(console, "Database up to date"):
        _run(["migrate"], environment)
    settings = load_settings(data, environment)
    note_running(data, environment)
    with _step(console, "API, gateway, worker"):
        for name in _PARTS:
            notes = Notes(sockets / name)
            start = _starter(name, {**environment, "NOTIFY_SOCKET": str(notes.path)}, data / "logs")
            supervisor.add(Part(name, start, start(), notes=notes))
        _wait_until_they_answer(supervisor, settings, data / "logs")
    _announce(console, settings, time.monotonic() - started)


def _announce(console: Console, settings: Settings, seconds: float) -> None:
    from importlib.resources import files

    url = settings.own_url
    console.print(f"\nMeydan is up, in {seconds:.1f} s: [bold]{escape(url)}[/bold]\n")
    if settings.named_url:
        console.print(f"Passkeys want a name: try them at {settings.named_url}", style="dim", markup=False)
    if not files("meydan").joinpath("static", "index.html").is_file():
        console.print(
            "The web client is not built, only the API answers. Build it: python hatch_build.py", style="yellow"
        )
    if not settings.http.is_private:
        console.print(f"It answers on {settings.http.host}, to other machines too.", style="yellow")
        console.print("Codes and the play money's books are shown to this machine only.", style="yellow")
        if not settings.tls:
            console.print(
                "Over plain http their browsers give no keys, no camera and no notifications: start it with --tls, or "
                "put a proxy with a certificate before it.",
                style="yellow",
            )
    if settings.local_twin:
        console.print(f"Codes that would be sent are at {url}/outbox", style="dim", markup=False)
    if settings.environment is not Environment.production:
        console.print(f"Coins are sold for play money; its books are at {url}/pay/local", style="dim", markup=False)
    console.print(f"Data and logs: {settings.data}    Stop: Ctrl-C", style="dim")


@contextmanager
def _step(console: Console, words: str) -> Iterator[None]:
    """Shows a spinner while the block runs, then its duration."""
    begun = time.monotonic()
    with console.status(f"{words} …"):
        yield
    console.print(f"[green]✓[/green] {words} [dim]{time.monotonic() - begun:.1f} s[/dim]")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _environment(data: Path, http: Http, port: int | None, host: str | None, *, tls: bool) -> dict[str, str]:
    """Environment of the processes: the settings of this start, decided once."""
    host = host or http.host
    defaults = Http()
    api_port = _port(host, port or http.port, fixed=port is not None or http.port != defaults.port, taken=set())
    wanted = http.gateway_port if http.gateway_port != defaults.gateway_port else api_port + 1
    gateway_port = _port(host, wanted, fixed=http.gateway_port != defaults.gateway_port, taken={api_port})
    environment = {
        **os.environ,
        "MEYDAN_DATA": str(data),
        "MEYDAN_HTTP_HOST": host,
        "MEYDAN_HTTP_PORT": str(api_port),
        "MEYDAN_HTTP_GATEWAY_PORT": str(gateway_port),
        "PYTHONUNBUFFERED": "1",
    }
    if tls and http.tls_certificate is None:
        from meydan.commands.certificate import own_certificate

        certificate, key = own_certificate(data / "tls", host)
        environment |= {"MEYDAN_HTTP_TLS_CERTIFICATE": str(certificate), "MEYDAN_HTTP_TLS_KEY": str(key)}
    return environment


def _port(host: str, wanted: int, *, fixed: bool, taken: set[int]) -> int:
    for candidate in [wanted] if fixed else range(wanted, min(wanted + 100, 65_536)):
        # The name localhost leads browsers to ::1 first, where another program may be.
        if candidate not in taken and _is_free(host, candidate) and (fixed or not _listens("::1", candidate)):
            return candidate
    raise PlainError(
        f"Port {wanted} on {host} is taken by another program. Choose another with --port, or stop that one."
        if fixed
        else f"No free port on {host} from {wanted} on. Choose one with --port."
    )


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise PlainError(
                f"Port {port} needs rights this user has not: choose one above 1023 with --port."
            ) from None
        except socket.gaierror:
            raise PlainError(f"{host} is no address of this machine.") from None
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise PlainError(f"{host} is no address of this machine.") from None
            return False
        return True


def _run(command: list[str], environment: dict[str, str]) -> None:
    """Runs a short command in a process of its own, so that its imports use no memory in this one."""
    done = subprocess.run(
        [sys.executable, "-m", "meydan", *command], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise PlainError(f"`meydan {' '.join(command)}` failed:\n{(done.stderr or done.stdout).strip()}")


def _starter(name: str, environment: dict[str, str], logs: Path) -> Callable[[], Child]:
    def start() -> Child:
        logs.mkdir(mode=0o700, exist_ok=True)
        log = logs / f"{name}.log"
        rotate_log(log)
        with log.open("ab") as output:
            return start_child(
                [sys.executable, "-m", "meydan", name], end=signal.SIGTERM, output=output, environment=environment
            )

    return start


def _rotate_logs(data: Path) -> None:
    for log in (*(data / "logs" / f"{name}.log" for name in _PARTS), *data.glob("engines/*/*.log")):
        if not log.name.endswith(".old.log"):
            rotate_log(log)


def _engine(name: str, engine: Engine, supervisor: Supervisor) -> Part:
    def restart() -> Child:
        before = engine.port
        child = engine.start()
        if engine.port != before:  # another program took the port: our processes know only the old one
            supervisor.ask_products_to_stop()
        return child

    return Part(name, restart, engine.start(), is_engine=True)


def _wait_until_they_answer(supervisor: Supervisor, settings: Settings, logs: Path) -> None:
    host = settings.http.local_host
    waiting = {"api": settings.http.port, "gateway": settings.http.gateway_port, "worker": None}
    deadline = time.monotonic() + _START_PATIENCE
    while waiting:
        if ended := [part.name for part in supervisor.parts if not part.running]:
            raise PlainError(f"{ended[0]} ended at once. Its log ends with:\n{_log_tail(logs / f'{ended[0]}.log')}")
        if time.monotonic() > deadline:
            name = next(iter(waiting))
            raise PlainError(f"{name} does not answer. Its log ends with:\n{_log_tail(logs / f'{name}.log')}")
        ready = {part.name for part in supervisor.parts if part.is_ready}
        for name, port in list(waiting.items()):
            if name in ready and (port is None or _listens(host, port)):
                del waiting[name]
        time.sleep(0.02)


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), 1):
            return True
    except OSError:
        return False


def _log_tail(path: Path) -> str:
    return path.read_text(errors="replace")[-2000:].strip() if path.exists() else "(nothing)"
