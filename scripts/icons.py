"""Draws the pictures of the app's icon from web/public/icon.svg: `python scripts/icons.py`, after the icon was changed.

Chromium draws them, which the tests bring along. The results are kept in git, so that a build needs no browser.
"""

import base64
import subprocess
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PUBLIC = ROOT / "web" / "public"
GROUND = "#1c1c30"
SAFE = 0.8
"""Part of a maskable icon that every mask leaves: a circle of this diameter."""


def _picture(inner: str, ground: str) -> str:
    return (
        f"<!doctype html><style>html,body{{margin:0;height:100%;background:{ground}}}"
        f"body{{display:flex;align-items:center;justify-content:center}}</style>{inner}"
    )


def _image(svg: str, share: float) -> str:
    """The drawing at this share of the picture's width."""
    encoded = base64.b64encode(svg.encode()).decode()
    return f'<img style="width:{share * 100}vw" src="data:image/svg+xml;base64,{encoded}">'


def _mark(share: float) -> str:
    return _image((PUBLIC / "icon.svg").read_text(), share)


def _draw(page: Page, name: str, size: int, html: str) -> None:
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(html)
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    page.screenshot(path=PUBLIC / name, omit_background=True)


def main() -> None:
    chromium = subprocess.run(["sh", ROOT / "scripts/chromium"], capture_output=True, text=True, check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.stdout.strip(), args=["--no-sandbox"])
        page = browser.new_page()
        for size in (192, 512):
            _draw(page, f"icon-{size}.png", size, _picture(_mark(1), "transparent"))
        # A mask cuts its own corners, and a phone of Apple's paints what is transparent black.
        _draw(page, "icon-maskable-512.png", 512, _picture(_mark(SAFE), GROUND))
        _draw(page, "apple-touch-icon.png", 180, _picture(_mark(0.9), GROUND))
        # Android takes the badge's shape alone, in one colour.
        _draw(page, "badge.png", 96, _picture(_badge(), "transparent"))
        browser.close()


def _badge() -> str:
    """The mark without its ground, in white."""
    svg = (PUBLIC / "icon.svg").read_text()
    lines = [line for line in svg.splitlines() if "<rect" not in line and "opacity" not in line]
    white = "\n".join(lines).replace("#efe9dc", "#fff").replace("#f4b63f", "#fff")
    return _image(white.replace('viewBox="0 0 64 64"', 'viewBox="8 10 48 48"'), 1)


if __name__ == "__main__":
    main()
