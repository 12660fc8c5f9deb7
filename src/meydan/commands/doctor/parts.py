"""Parts beside the database: Valkey, workers, and the servers that people reach."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus

from meydan.commands.doctor.findings import Finding, bad, good, warning
from meydan.config import Settings

_ANSWER_LIMIT = 5.0
_MUCH_MEMORY, _FULL_MEMORY = 0.8, 0.95


async def check_valkey(settings: Settings) -> AsyncIterator[Finding]:
    from meydan.kit.valkey import Valkey

    if not settings.valkey.url:
        yield bad("Valkey: no address (MEYDAN_VALKEY_URL). `meydan up` runs one here")
        return
    valkey = Valkey(settings.valkey.url, name="meydan-doctor")
    valkey.start()
    try:
        if not await valkey.wait_up(3):
            yield bad("Valkey: no answer")
            return
        info = _fields((await valkey.execute("INFO")).decode())
        version = info.get("valkey_version") or info.get("redis_version", "?")
        if "valkey_version" not in info or int(version.split(".")[0]) < 9:
            yield bad(
                f"Valkey: this is {info.get('server_name', 'a server')} {version}; Meydan needs Valkey 9 or newer"
            )
        else:
            yield good(f"Valkey {version} answers")
        if info.get("aof_enabled") != "1":
            yield warning(
                "Valkey: nothing is written to disk (appendonly no): after a restart clients reload everything"
            )
        elif info.get("aof_last_write_status") != "ok":
            yield bad("Valkey: writing to disk fails: look at its log and at the disk")
        for finding in _check_memory(int(info["used_memory"]), int(info.get("maxmemory", 0))):
            yield finding
        if info.get("maxmemory") != "0" and info.get("maxmemory_policy") != "noeviction":
            yield bad(
                f"Valkey: maxmemory-policy is {info['maxmemory_policy']}: it would forget revoked sessions. Use noeviction"
            )
    finally:
        await valkey.close()


def _check_memory(used: int, most: int) -> Iterator[Finding]:
    if not most:
        return
    words = f"Valkey: {used / 1e6:.0f} of {most / 1e6:.0f} MB are used (maxmemory)"
    if used >= _FULL_MEMORY * most:
        yield bad(f"{words}. It is full and takes no frames, so nothing reaches open pages: raise maxmemory")
    elif used >= _MUCH_MEMORY * most:
        yield warning(f"{words}. At the limit nothing reaches open pages: raise maxmemory")


async def check_worker(settings: Settings) -> AsyncIterator[Finding]:
    from meydan.kit.jobs.heartbeat import heartbeats
    from meydan.kit.valkey import Valkey, ValkeyDown

    valkey = Valkey(settings.valkey.url, name="meydan-doctor")
    valkey.start()
    try:
        if not settings.valkey.url or not await valkey.wait_up(3):
            return  # said by check_valkey
        beats = await heartbeats(valkey)
    except ValkeyDown:
        return
    finally:
        await valkey.close()
    if not any(not beat.is_late for beat in beats):
        yield bad("Worker: none is at work with its database and Valkey. Start `meydan worker`, or look at its log")
    else:
        yield good(f"Worker: {sum(not beat.is_late for beat in beats)} at work")
    for beat in beats:
        if beat.is_late:
            yield warning(
                f"Worker: {beat.worker} gave no sign for {beat.seconds_ago:.0f} s: it is frozen, or was killed"
            )


async def check_servers(settings: Settings) -> AsyncIterator[Finding]:
    """Asks each server a real question: a frozen one still takes connections."""
    import httpx

    host = settings.http.local_host
    scheme = "https" if settings.tls else "http"
    address = f"[{host}]" if ":" in host else host
    # The certificate is of another name than this machine's, mostly.
    async with httpx.AsyncClient(verify=False, timeout=_ANSWER_LIMIT, trust_env=False) as client:  # noqa: S501
        for name, port, path in (
            ("API", settings.http.port, "/api/ready"),
            ("Gateway", settings.http.gateway_port, "/ready"),
        ):
            try:
                answer = await client.get(f"{scheme}://{address}:{port}{path}")
            except httpx.ConnectError:
                yield warning(f"{name}: nothing answers on {host}:{port}. It is not running here, or on another port")
            except httpx.TimeoutException:
                yield bad(f"{name}: takes connections on {host}:{port} and answers none: it is frozen. Start it again")
            except httpx.HTTPError as error:
                yield bad(f"{name}: does not answer on {host}:{port}: {error or type(error).__name__}")
            else:
                yield _answered(name, f"{host}:{port}", answer.status_code)


def _answered(name: str, place: str, status: int) -> Finding:
    if status == HTTPStatus.OK:
        return good(f"{name}: answers on {place}")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return bad(f"{name}: waits on {place} for its database or Valkey. Its log says for which")
    return warning(f"{name}: another program seems to answer on {place} (status {status})")


def _fields(info: str) -> dict[str, str]:
    return dict(line.split(":", 1) for line in info.splitlines() if ":" in line)
