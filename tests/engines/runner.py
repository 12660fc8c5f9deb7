"""Starts the engines in a process of its own, as whoever is asked for, until standard input ends. Run by the tests."""

import encodings.idna  # noqa: F401  the standard library may be out of reach once we are somebody else
import json
import os
import pwd
import sys
from pathlib import Path

from meydan.engines import Engines
from meydan.engines import postgres as postgres_module
from meydan.engines import valkey as valkey_module
from meydan.engines.processes import start_child


def main() -> None:
    options = json.loads(sys.argv[1])
    if name := options.get("user"):
        user = pwd.getpwnam(name)
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
    if options.get("watcher"):  # as on a machine without setpriv
        for module in (postgres_module, valkey_module):
            module.start_child = lambda *args, **kwargs: start_child(*args, **kwargs, use_setpriv=False)  # type: ignore[attr-defined]
    with Engines(Path(options["data"])) as engines:
        children = [engines.postgres.child, engines.valkey.child]
        sys.stdout.write(
            json.dumps(
                {
                    "pids": [child.pid for child in children if child],
                    "postgres": engines.postgres_url,
                    "valkey": engines.valkey_url,
                }
            )
            + "\n"
        )
        sys.stdout.flush()
        sys.stdin.read()


main()
