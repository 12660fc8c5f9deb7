"""Results are kept in benchmarks/README.md, each in the section of its benchmark, with the date."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine() -> str:
    """With the load, the benchmark's own included: on a machine with other work, latencies say little."""
    load = f"load average {os.getloadavg()[1]:.0f}"
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}, {load}"
    )


def keep(name: str, text: str) -> None:
    """Replace what stands between ``<!-- name -->`` and ``<!-- /name -->``; a new section goes to the end."""
    first, last = f"<!-- {name} -->", f"<!-- /{name} -->"
    section = f"{first}\n{datetime.now(UTC):%Y-%m-%d}, {machine()}.\n\n{text}\n{last}"
    page = README.read_text()
    if first in page:
        before, rest = page.split(first, 1)
        page = before + section + rest.split(last, 1)[1]
    else:
        page = f"{page.rstrip()}\n\n{section}\n"
    README.write_text(page)
