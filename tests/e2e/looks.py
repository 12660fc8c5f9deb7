"""Looks at a page as people with other eyes do: what sticks out, what is cut off, and what axe finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_AXE = Axe()


Light = Literal["day", "night", "dusk", "dusk-night"]


@dataclass(frozen=True)
class Look:
    """A pair of eyes: a language, a light, a screen, and how large letters are."""

    language: Literal["tr", "en"]
    light: Light
    width: int
    text: int = 100

    @property
    def ground(self) -> str:
        return "night" if self.light.endswith("night") else "day"

    @property
    def face(self) -> str:
        return "shadow" if self.light.startswith("dusk") else "real"

    def __str__(self) -> str:
        return f"{self.language}-{self.light}-{self.width}-{self.text}"


async def faults(page: Page, *, within: str = "html", only: Sequence[str] = ()) -> list[str]:
    """Violations that axe finds, in a line each; ``only`` names the rules where not all are asked."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_AXE.axe_script)
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(only)} if only else {})
    results: dict[str, Any] = await page.evaluate("([within, options]) => axe.run(within, options)", [within, options])
    return [
        f"{violation['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:300]})"
        for violation in results["violations"]
        for node in violation["nodes"]
    ]


async def sticks_out(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth > innerWidth"))


_CUT = """() => {
  const cut = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    if (!text.data.trim()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const { left, right, top, bottom, width, height } = range.getBoundingClientRect();
    if (width <= 1 || height <= 1) continue;
    for (let box = text.parentElement; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.position === 'absolute' && box.clientWidth <= 1) break; // for screen readers only
      if (style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none') break; // says itself that there is more
      const hides = (overflow) => overflow === 'hidden' || overflow === 'clip';
      const frame = box.getBoundingClientRect();
      const over = Math.max(frame.left - left, right - frame.right);
      const beyond = Math.max(frame.top - top, bottom - frame.bottom);
      if ((hides(style.overflowX) && over > 2) || (hides(style.overflowY) && beyond > 4)) {
        cut.push(text.data.trim().slice(0, 60));
        break;
      }
      if (/auto|scroll/.test(style.overflowX + style.overflowY)) break; // it can be scrolled to
    }
  }
  return [...new Set(cut)];
}"""


async def cut_off(page: Page) -> list[str]:
    """Texts that a box around them hides in part, without a sign that there is more."""
    found: list[str] = await page.evaluate(_CUT)
    return found
