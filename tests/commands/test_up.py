"""`meydan up`, from the first start to the worst end."""

import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from meydan.config import last_running, load_settings
from tests.commands.conftest import Up, clean_environment, meydan
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.slow
PARTS = {"PostgreSQL", "Valkey", "api", "gateway", "worker"}


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_everything_starts_is_told_in_one_address_and_stops(data: Path) -> None:
    up = Up(data)
    try:
        assert up.healthy()
        assert up.words.count(up.url + "\n") == 1
        named = up.url.replace("127.0.0.1", "localhost")
        assert f"at {named}\n" in up.words
        assert httpx.get(f"{named}/api/config", timeout=PATIENCE).json()["passkeys"] == "ready"
        parts = up.parts()
        assert set(parts) == PARTS
        for part in parts.values():
            listening = {found.laddr.ip for found in part.net_connections("inet") if found.status == "LISTEN"}
            assert listening <= {"127.0.0.1"}
        assert stat.S_IMODE((data / "secrets.toml").stat().st_mode) == 0o600
        doctor = meydan("doctor", "--data", str(data))
        assert doctor.returncode == 0, doctor.stdout
        assert "Nothing to mend" in doctor.stdout
        second = meydan("up", "--data", str(data))
        assert second.returncode == 1
        assert str(up.process.pid) in second.stderr
        assert "Traceback" not in second.stderr
    finally:
        code = up.stop()
    assert code == 0, up.words
    assert all(gone(part) for part in parts.values())

    doctor = meydan("doctor", "--data", str(data))
    assert doctor.returncode == 1
    assert "is not running" in doctor.stdout

    again = Up(data)
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(PATIENCE) == 0, again.words


def test_a_background_job_of_a_shell_stops_by_ctrl_c_too(data: Path) -> None:
    """A shell starts it with SIGINT ignored, and Python installs no handler of its own then."""
    up = Up(data, started_by=["/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh"])
    parts = up.parts()
    assert set(parts) == PARTS
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(PATIENCE) == 0, up.words
    assert all(gone(part) for part in parts.values())


def test_a_killed_part_comes_back_and_a_killed_whole_leaves_nothing(data: Path) -> None:
    up = Up(data)
    before = up.parts()
    for part in before.values():
        os.kill(part.pid, signal.SIGKILL)
    wait_until(
        lambda: (
            set(up.parts()) == PARTS
            and not {part.pid for part in up.parts().values()} & {part.pid for part in before.values()}
        )
    )
    wait_until(up.healthy)
    assert "killed by SIGKILL" in up.words

    everything = psutil.Process(up.process.pid).children(recursive=True)
    up.process.kill()
    up.process.wait(PATIENCE)
    recovered = Up(data)  # at once: the old engines may still be ending
    try:
        assert recovered.healthy()
        wait_until(lambda: all(gone(process) for process in everything))
    finally:
        recovered.stop()


def test_a_frozen_part_is_replaced_and_a_busy_one_is_not(data: Path) -> None:
    up = Up(data)
    before = up.parts()
    frozen = [before[name] for name in ("api", "gateway", "worker")]
    try:
        for part in frozen:
            part.suspend()
        wait_until(
            lambda: (
                set(up.parts()) == PARTS
                and not {part.pid for part in up.parts().values()} & {part.pid for part in frozen}
            )
        )
        wait_until(up.healthy)
        assert up.words.count("has not moved for 40 s") == 3
        assert {up.parts()[name].pid for name in ("PostgreSQL", "Valkey")} == {
            before[name].pid for name in ("PostgreSQL", "Valkey")
        }
        wait_until(lambda: meydan("doctor", "--data", str(data)).returncode == 0)
    finally:
        up.stop()


def test_an_engine_whose_port_was_taken_meanwhile_moves_and_the_others_follow(data: Path) -> None:
    up = Up(data)
    port = int((data / "engines/valkey/port").read_text())
    before = up.parts()
    try:
        with socket.socket() as thief:
            thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            os.kill(before["Valkey"].pid, signal.SIGKILL)
            wait_until(lambda: _takes(thief, port))
            thief.listen()
            wait_until(lambda: (data / "engines/valkey/port").read_text() != str(port))
            products = {before[name].pid for name in ("api", "gateway", "worker")}
            wait_until(lambda: set(up.parts()) == PARTS and not products & {part.pid for part in up.parts().values()})
            wait_until(lambda: meydan("doctor", "--data", str(data)).returncode == 0)
    finally:
        up.stop()


def _takes(thief: socket.socket, port: int) -> bool:
    try:
        thief.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def test_a_taken_port_is_said_in_words(data: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = meydan("up", "--data", str(data), "--port", str(port))
    assert said.returncode == 1
    assert f"Port {port}" in said.stderr
    assert "--port" in said.stderr
    assert "Traceback" not in said.stderr


def test_tls_on_both_servers_with_one_certificate(data: Path) -> None:
    up = Up(data, "--tls")
    try:
        assert up.healthy()
        context = ssl.create_default_context(cafile=str(data / "tls/certificate.pem"))
        gateway = load_settings(data, last_running(data)).http.gateway_port
        for port in (up.port, gateway):
            with (
                socket.create_connection(("127.0.0.1", port), PATIENCE) as plain,
                context.wrap_socket(plain, server_hostname="localhost") as secure,
            ):
                assert secure.version() == "TLSv1.3"
        assert stat.S_IMODE((data / "tls/key.pem").stat().st_mode) == 0o600
    finally:
        up.stop()


def test_beyond_this_machine_it_says_what_that_means(data: Path) -> None:
    up = Up(data, "--host", "0.0.0.0")
    try:
        assert up.healthy()
        assert "other machines too" in up.words
        assert "--tls" in up.words
        assert "shown to this machine only" in up.words
        assert "/pay/local" in up.words
    finally:
        up.stop()


def test_a_broken_setting_is_named(data: Path) -> None:
    data.mkdir()
    (data / "meydan.toml").write_text("[mail]\nport = 'many'\n")
    said = meydan("up", "--data", str(data))
    assert said.returncode == 1
    assert "meydan.toml" in said.stderr
    assert "mail.port" in said.stderr
    assert "Traceback" not in said.stderr


def test_parts_alone_say_what_they_lack(data: Path) -> None:
    for part in ("api", "gateway", "worker"):
        said = meydan(part, "--data", str(data))
        assert said.returncode == 1
        assert "MEYDAN_DATABASE_APP_URL" in said.stderr
        assert "Traceback" not in said.stderr


def test_a_part_waits_for_its_database_and_lets_itself_be_stopped_meanwhile(data: Path) -> None:
    settings = {
        f"MEYDAN_DATABASE_{login}_URL": "postgresql://a:b@127.0.0.1:1/meydan" for login in ("APP", "SERVICE", "RELAY")
    }
    settings |= {"MEYDAN_VALKEY_URL": "redis://127.0.0.1:1/0"}
    settings |= {
        "MEYDAN_SECRETS_TOKEN_KEY": "t" * 32,
        "MEYDAN_SECRETS_SEAL_KEY": "s" * 32,
        "MEYDAN_SECRETS_CONTACT_KEY": "c" * 32,
    }
    log = data.with_suffix(".log")
    with log.open("wb") as output:
        api = subprocess.Popen(
            [sys.executable, "-m", "meydan", "api", "--data", str(data)],
            env=clean_environment(**settings),
            stdout=output,
            stderr=output,
        )
    wait_until(lambda: "waiting for it" in log.read_text() or api.poll() is not None)
    assert api.poll() is None, log.read_text()
    api.terminate()
    assert api.wait(PATIENCE) == -signal.SIGTERM
    assert "Traceback" not in log.read_text()
