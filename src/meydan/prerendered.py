"""Doors of the web client as HTML, drawn by the build; the visitor's community and language choose and complete one."""

import html
import json
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from meydan import tenants

LANGUAGE_COOKIE = "meydan_language"
"""Language that the person chose in the client (``web/src/kit/language.ts``)."""
WORDS = ("src/app/words-{}.ts", "src/features/accounts/locales/{}.po", "src/features/legal/locales/{}.po")
"""Files of the words on these pages, by language."""
_NAME = "\ufdd1"  # stands for the community's name (web/scripts/prerender.mjs); no name holds this noncharacter
_ROOT = b'<div id="root"></div>'
_BEGINNING = b'<html lang="tr">'


class Door(Struct, frozen=True):
    """Markup of a page before log in, and the scripts that the page needs."""

    markup: dict[str, dict[str, str]]
    """By language, then ``default`` or ``other`` community."""
    scripts: dict[str, list[str]]
    """By language."""


@cache
def doors(static: Path) -> dict[str, Door]:
    """Reads the doors by path. Empty where the client is not built."""
    try:
        markup = json.loads((static / ".doors.json").read_bytes())
        chunks = json.loads((static / ".manifest.json").read_bytes())
    except FileNotFoundError:
        return {}
    return {
        path.strip("/"): Door(
            by_language,
            {language: _scripts(chunks, path, language) for language in by_language},
        )
        for path, by_language in markup.items()
    }


def _scripts(chunks: dict[str, Any], path: str, language: str) -> list[str]:
    """Files that the page loads once its entry runs: the door, and the words of this language."""
    door = "LandingPage" if path == "/" else "doors"
    found: dict[str, None] = {}
    wanted = [f"src/features/accounts/{door}.tsx", *(file.format(language) for file in WORDS)]
    entry = _with_imports(chunks, ["index.html"])
    for key in _with_imports(chunks, wanted):
        if key not in entry:
            found[chunks[key]["file"]] = None
    return list(found)


def _with_imports(chunks: dict[str, Any], keys: list[str]) -> dict[str, None]:
    found: dict[str, None] = {}
    while keys:
        key = keys.pop()
        if key not in found:
            found[key] = None
            keys = keys + chunks[key].get("imports", [])
    return found


def language_of(cookie: str | None, accepted: str) -> tenants.Language:
    """The language that the client will choose: its cookie, else the browser's first, else Turkish."""
    asked = cookie or accepted.strip()[:2].lower()
    return tenants.Language.english if asked == "en" else tenants.Language.turkish


def drawn(page: bytes, door: Door, tenant: tenants.Tenant, language: tenants.Language) -> bytes:
    """The page with the door in it. The community's name is text, whatever it holds."""
    kind = "default" if tenant.slug == tenants.Directory.default_slug else "other"
    markup = door.markup[language][kind].replace(_NAME, html.escape(tenant.name))
    ahead = "".join(f'<link rel="modulepreload" crossorigin href="/{name}">' for name in door.scripts[language])
    beginning = f'<html lang="{language}" data-door="{html.escape(tenant.slug)}">'
    return (
        page.replace(_BEGINNING, beginning.encode(), 1)
        .replace(b"</head>", f"{ahead}</head>".encode(), 1)
        .replace(_ROOT, f'<div id="root">{markup}</div>'.encode(), 1)
    )
