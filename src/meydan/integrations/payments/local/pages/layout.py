"""Layout of the local provider's pages: the product's colours and type, by day and by night, without a script."""

import base64
import hashlib
import html
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from litestar import MediaType, Response

_FONTS = {
    "Figtree": ("figtree-latin-wght", "figtree-latin-ext-wght"),
    "Bricolage": ("bricolage-grotesque-latin-wght", "bricolage-grotesque-latin-ext-wght"),
}
_EXTENDED = "U+0100-02BA,U+1E00-1E9F,U+20A0-20C0"

_STYLE = """
:root{color-scheme:light dark;--ground:oklch(.985 .006 85);--card:oklch(.998 .003 85);--deep:oklch(.955 .012 82);
--ink:oklch(.25 .02 60);--soft:oklch(.45 .02 60);--line:oklch(.885 .014 80);--strong:oklch(.6 .02 70);
--lamp:oklch(.8 .15 75);--bright:oklch(.85 .14 80);--lamp-soft:oklch(.945 .05 83);--lamp-ink:oklch(.25 .04 60);
--lamp-text:oklch(.47 .1 65);--terracotta:oklch(.5 .14 33);--terracotta-soft:oklch(.945 .025 35);
--lift:0 1px 2px oklch(.3 .03 60/.06),0 8px 24px -12px oklch(.3 .03 60/.16);--hairline:transparent}
@media(prefers-color-scheme:dark){:root{--ground:oklch(.19 .03 285);--card:oklch(.235 .033 285);--deep:oklch(.16 .028 285);
--ink:oklch(.95 .015 85);--soft:oklch(.76 .02 285);--line:oklch(.325 .035 285);--strong:oklch(.58 .035 285);
--lamp:oklch(.81 .148 77);--bright:oklch(.88 .13 83);--lamp-soft:oklch(.31 .05 75);--lamp-ink:oklch(.22 .04 60);
--lamp-text:oklch(.85 .12 80);--terracotta:oklch(.76 .115 38);--terracotta-soft:oklch(.29 .06 30);
--lift:none;--hairline:var(--line)}}
*{box-sizing:border-box}
body{margin:0;min-height:100dvh;background:var(--ground);color:var(--ink);font:1.0625rem/1.5 Figtree,system-ui,sans-serif;
overflow-wrap:break-word}
main{max-width:27rem;margin:0 auto;padding:1rem 1rem 2.5rem;display:flex;flex-direction:column;gap:1.25rem}
main.wide{max-width:68rem}
h1,h2,.price{font-family:Bricolage,Figtree,system-ui,sans-serif;line-height:1.15;margin:0;text-wrap:balance}
h1{font-size:1.3125rem}h2{font-size:1.0625rem}p{margin:0;text-wrap:pretty}a{color:inherit}
header{display:flex;align-items:center;gap:.5rem;min-height:2.75rem;font-weight:700;font-family:Bricolage,Figtree,sans-serif}
header svg{width:2rem;height:2rem;flex:none}header a{margin-left:auto;font:600 .9375rem/1 Figtree,system-ui,sans-serif;padding:.75rem 0}
.card{background:var(--card);border:1px solid var(--hairline);border-radius:14px;box-shadow:var(--lift);padding:1.25rem;
display:flex;flex-direction:column;gap:1rem}
.note{background:var(--lamp-soft);border-radius:14px;padding:.75rem 1rem;font-size:.9375rem}
.price{font-size:2.5rem;font-weight:700;font-variant-numeric:tabular-nums}.soft{color:var(--soft);font-size:.9375rem}
.problem{background:var(--terracotta-soft);color:var(--terracotta);border-radius:14px;padding:.75rem 1rem;font-weight:600}
form{display:flex;flex-direction:column;gap:1rem}label{font-weight:600;font-size:.9375rem;display:flex;flex-direction:column;gap:.375rem}
input{font:500 1.0625rem/1.5 Figtree,system-ui,sans-serif;font-variant-numeric:tabular-nums;width:100%;min-height:3rem;padding:.625rem 1rem;
color:inherit;background:var(--card);border:1px solid var(--strong);border-radius:14px}
button{font:600 1.0625rem/1.25 Figtree,system-ui,sans-serif;min-height:3rem;padding:.5rem 1.25rem;border-radius:999px;cursor:pointer;
color:inherit;background:var(--card);border:1px solid var(--strong)}
button:hover{background:var(--deep)}
button.lamp{min-height:3.5rem;background:var(--lamp);color:var(--lamp-ink);border-color:transparent}button.lamp:hover{background:var(--bright)}
button.ends{color:var(--terracotta);border-color:var(--terracotta)}button.ends:hover{background:var(--terracotta-soft)}
:focus-visible{outline:3px solid var(--lamp-text);outline-offset:2px}
ul{list-style:none;margin:0;padding:0}li{border-top:1px solid var(--line)}li:first-child{border-top:0}
li a{display:flex;flex-direction:column;padding:.75rem 0;text-decoration:none}li a:hover b{text-decoration:underline}
li b{font-variant-numeric:tabular-nums;letter-spacing:.02em}
.rows{gap:0;padding:.25rem 1.25rem}
.row{display:grid;grid-template-columns:1fr;gap:.5rem 1rem;padding:1rem 0}
.row form{flex-direction:row;flex-wrap:wrap;gap:.5rem;align-items:center}
.row button{min-height:2.75rem;font-size:.9375rem;padding:.25rem 1rem}.row input{width:7rem;min-height:2.75rem;padding:.25rem .75rem}
.row .id{font:400 .8125rem/1.5 ui-monospace,monospace;color:var(--soft)}
@media(min-width:60rem){main{padding-top:2.5rem}.row{grid-template-columns:minmax(0,1fr) auto}.row form{justify-content:flex-end;max-width:36rem}}
"""

_MARK = (
    '<svg aria-hidden="true" viewBox="8 4 48 52"><circle cx="32" cy="19" r="12" fill="var(--lamp)" opacity=".28"/>'
    '<path d="M32 31 52 42.5 32 54 12 42.5Z" fill="none" stroke="currentColor" stroke-width="3.5" stroke-linejoin="round"/>'
    '<path d="M32 42.5V24" stroke="currentColor" stroke-width="3.5" stroke-linecap="round"/>'
    '<circle cx="32" cy="19" r="6.5" fill="var(--lamp)"/></svg>'
)

text = html.escape


def answer(
    body: str, *, title: str, language: str, status: int = 200, wide: bool = False, link: str = "", leads_to: str = ""
) -> Response[str]:
    """Builds a whole page. ``leads_to`` is an address that its forms may end up at besides here."""
    style, fingerprint = _styles()
    shop = urlsplit(leads_to)
    target = f" {shop.scheme}://{shop.netloc}" if shop.netloc else ""
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{text(title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{style}</style></head>'
        f"<body><main{' class=wide' if wide else ''}><header>{_MARK}<span>Meydan Pay</span>{link}</header>{body}</main></body></html>"
    )
    headers = {
        "cache-control": "no-store",
        "content-security-policy": f"default-src 'none'; style-src 'sha256-{fingerprint}'; font-src 'self'; "
        f"form-action 'self'{target}; base-uri 'none'; frame-ancestors 'none'",
    }
    return Response(page, status_code=status, media_type=MediaType.HTML, headers=headers)


@cache
def _styles() -> tuple[str, str]:
    """Builds the style with the built client's fonts, whose names carry a hash, and the style's hash for the policy."""
    assets = files("meydan") / "static" / "assets"
    names = sorted(file.name for file in assets.iterdir()) if assets.is_dir() else []
    faces = ""
    for family, kinds in _FONTS.items():
        for kind in kinds:
            name = next((name for name in names if name.startswith(kind) and name.endswith(".woff2")), None)
            if name is not None:
                extent = f"unicode-range:{_EXTENDED};" if "-ext-" in kind else ""
                faces += (
                    f"@font-face{{font-family:{family};font-weight:200 900;font-display:swap;{extent}"
                    f"src:url(/assets/{name}) format('woff2')}}"
                )
    style = faces + _STYLE
    return style, base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
