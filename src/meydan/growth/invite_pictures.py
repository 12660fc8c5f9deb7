"""Pictures of invitations, and what messengers read of a link before they show it.

Both depend on the community and the language alone. They tell neither who invites nor whether the code is valid.
"""

import hashlib
import html

from meydan.growth import invite_drawing
from meydan.growth.invite_drawing import ABOUT, HEIGHT, INVITED, WIDTH
from meydan.kit.bounded_threads import BoundedThreads, Caller
from meydan.tenants import Language, Tenant

_DRAWING = 1
"""Counts changes of the drawing, which every version names."""
_LOCALES = {Language.turkish: "tr_TR", Language.english: "en_US"}
_MOST_KEPT = 64  # about 8 MB

_threads = BoundedThreads("invite-pictures", 1, 32)
_kept: dict[str, bytes] = {}


def version_of(tenant: Tenant, language: Language) -> str:
    """Changes with everything that the picture shows, so that its address can be kept for good."""
    return hashlib.sha256(f"{_DRAWING}\n{language}\n{tenant.name}".encode()).hexdigest()[:16]


async def picture(tenant: Tenant, language: Language, network: str) -> bytes:
    """A PNG. One is drawn at a time, each once, and the last ones are kept.

    Raises: TooBusy.
    """
    version = version_of(tenant, language)
    if version in _kept:
        return _kept[version]
    return await _threads.run(lambda: _drawn(version, tenant.name, language), Caller(network))


def _drawn(version: str, name: str, language: Language) -> bytes:
    """Draws, unless the drawing before was the same."""
    if version not in _kept:
        while len(_kept) >= _MOST_KEPT:
            del _kept[next(iter(_kept))]
        _kept[version] = invite_drawing.draw(name, language)
    return _kept[version]


def preview_tags(tenant: Tenant, language: Language, base_url: str) -> str:
    """Tags for the head of an invitation's page (Open Graph). None names the page's address, which holds the code."""
    picture_path = f"api/growth/invite-pictures/{language}/{version_of(tenant, language)}.png"
    tags = {
        "og:type": "website",
        "og:locale": _LOCALES[language],
        "og:site_name": tenant.name,
        "og:title": f"{INVITED[language]}: {tenant.name}",
        "og:description": ABOUT[language],
        "og:image": f"{base_url.rstrip('/')}/{picture_path}",
        "og:image:type": "image/png",
        "og:image:width": str(WIDTH),
        "og:image:height": str(HEIGHT),
        "og:image:alt": f"{INVITED[language]}: {tenant.name}",
    }
    lines = [f'<meta property="{name}" content="{html.escape(content)}" />' for name, content in tags.items()]
    return "\n".join([*lines, '<meta name="twitter:card" content="summary_large_image" />'])
