"""The drawing of an invitation: a community's name over a square at night, as a PNG.

The fonts are the client's. They have Latin letters only, so a name in another script is left to the link's title.
"""

import io
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

from meydan.tenants import Language

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

    _Fonts = tuple[FreeTypeFont, FreeTypeFont]

WIDTH, HEIGHT = 1200, 630
_SCALE = 2
"""Everything is drawn larger and then reduced, which smooths its edges."""

INVITED = {Language.turkish: "Davetlisin", Language.english: "You are invited"}
ABOUT = {
    Language.turkish: "Bir yabancı, bir sohbet, bir gün.",
    Language.english: "One stranger, one talk, one day.",
}
_IN_NO_FONT = "\ue000"
_BOLD, _MEDIUM = 700, 500
_MARGIN = 84
_MOST_LINES = {104: 1, 92: 2, 80: 2, 64: 3, 52: 3}
"""Lines that a name may have, by the size of its letters, the largest first."""

_SKY_HIGH, _SKY_LOW, _STONE, _PAVING = (18, 19, 42), (101, 72, 132), (45, 44, 67), (60, 60, 83)
_PERSON, _MOON, _LAMP, _LAMP_BRIGHT = (6, 6, 19), (241, 220, 169), (246, 179, 63), (255, 207, 108)
_INK, _INK_SOFT = (243, 238, 227), (214, 210, 222)
_HORIZON = 520
_LAMPS = ((700, 586), (905, 562), (1110, 596))
_PEOPLE = ((610, 578, 1.4), (778, 556, 1.1), (1000, 590, 1.7), (1172, 560, 1.2))
_STARS = ((640, 70), (742, 46), (826, 128), (1010, 60), (1150, 150), (1172, 48), (560, 36), (930, 40))


def drawable(name: str) -> str:
    """The name without signs that the font lacks, such as emoji. Empty where it lacks a letter of it."""
    name = unicodedata.normalize("NFC", name)
    lacking = {sign for sign in name if not _is_drawable(sign)}
    if any(unicodedata.category(sign)[0] in "LMN" for sign in lacking):
        return ""
    return " ".join("".join(" " if sign in lacking else sign for sign in name).split())


def _is_drawable(sign: str) -> bool:
    """A sign that the font lacks has the form of one that no font has."""
    [(_, font)] = _runs(sign, _fonts("bricolage-grotesque", _BOLD, min(_MOST_LINES)))
    return sign.isprintable() and bytes(font.getmask(sign)) != bytes(font.getmask(_IN_NO_FONT))


def draw(name: str, language: Language) -> bytes:
    """Imports Pillow with the first picture, so that a process which draws none starts without it."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE))
    pen = ImageDraw.Draw(image)
    _draw_sky(image, pen)
    _draw_square(image, pen)
    _draw_words(pen, drawable(name), language)
    file = io.BytesIO()
    image.reduce(_SCALE).save(file, "PNG")
    return file.getvalue()


def _scaled(*values: float) -> list[float]:
    return [value * _SCALE for value in values]


def _draw_sky(image: "Image", pen: "ImageDraw") -> None:
    from PIL import Image, ImageDraw

    fade = Image.linear_gradient("L").resize((image.width, _HORIZON * _SCALE))
    low, high = (Image.new("RGB", fade.size, colour) for colour in (_SKY_LOW, _SKY_HIGH))
    image.paste(Image.composite(low, high, fade))
    for x, y in _STARS:
        pen.ellipse(_scaled(x - 2, y - 2, x + 2, y + 2), _MOON)
    crescent = Image.new("L", (60 * _SCALE, 60 * _SCALE))
    moon = ImageDraw.Draw(crescent)
    moon.ellipse(_scaled(0, 0, 58, 58), 255)
    moon.ellipse(_scaled(-16, -10, 38, 44), 0)
    image.paste(_MOON, (1040 * _SCALE, 84 * _SCALE), crescent)


def _draw_square(image: "Image", pen: "ImageDraw") -> None:
    """Paving that runs to one point, lamps, and people who keep their distance."""
    pen.rectangle(_scaled(0, _HORIZON, WIDTH, HEIGHT), _STONE)
    for x in range(-1800, 3001, 240):
        pen.line(_scaled(600 + (x - 600) / 3, _HORIZON, x, HEIGHT), _PAVING, 3)
    for y in (_HORIZON + 24, _HORIZON + 60):
        pen.line(_scaled(0, y, WIDTH, y), _PAVING, 3)
    for x, y in _LAMPS:
        _draw_glow(image, x, y - 150, 110, 110)
        _draw_glow(image, x, y, 90, 16)
        pen.line(_scaled(x, y, x, y - 132), _PERSON, 12)
        pen.ellipse(_scaled(x - 17, y - 167, x + 17, y - 133), _LAMP_BRIGHT)
    for x, y, size in _PEOPLE:
        pen.ellipse(_scaled(x - 9 * size, y - 49 * size, x + 9 * size, y - 31 * size), _PERSON)
        pen.rounded_rectangle(_scaled(x - 12 * size, y - 28 * size, x + 12 * size, y), 11 * size * _SCALE, _PERSON)
        pen.rectangle(_scaled(x - 12 * size, y - 14 * size, x + 12 * size, y), _PERSON)


def _draw_glow(image: "Image", x: float, y: float, width: float, height: float) -> None:
    """Light that grows weaker from the middle on."""
    from PIL import Image, ImageOps

    size = (round(2 * width * _SCALE), round(2 * height * _SCALE))
    fade = ImageOps.invert(Image.radial_gradient("L").resize(size)).point(lambda value: max(0, value - 75) ** 2 / 200)
    image.paste(_LAMP, (round((x - width) * _SCALE), round((y - height) * _SCALE)), fade)


def _draw_words(pen: "ImageDraw", name: str, language: Language) -> None:
    """The invitation, the name and what the place is, in the middle of the sky.

    Without a name the invitation is the heading."""
    size, lines = _fitted(name or INVITED[language])
    of_name = round(size * 1.14)
    top = (_HORIZON - 120 - of_name * len(lines)) / 2
    if name:
        _draw_line(pen, INVITED[language], top, _fonts("figtree", _MEDIUM, 40), _LAMP_BRIGHT)
    top += 62
    for line in lines:
        _draw_line(pen, line, top, _fonts("bricolage-grotesque", _BOLD, size), _INK)
        top += of_name
    _draw_line(pen, ABOUT[language], top + 16, _fonts("figtree", _MEDIUM, 36), _INK_SOFT)


def _fitted(name: str) -> tuple[int, list[str]]:
    """The largest size in which the name has few lines and no broken word. In the smallest one words are broken."""
    for size, most in _MOST_LINES.items():
        lines = list(_wrapped(name, _fonts("bricolage-grotesque", _BOLD, size)))
        if len(lines) <= most and " ".join(lines) == name:
            return size, lines
    return size, _shortened(lines)


def _shortened(lines: list[str]) -> list[str]:
    """As many lines as there is room for; the last one ends in dots where more follow."""
    most = _MOST_LINES[min(_MOST_LINES)]
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][:-2].rstrip()}…"]


def _wrapped(text: str, fonts: "_Fonts") -> Iterator[str]:
    """Lines that fit beside the margins. A word that is wider than a line is broken."""
    line = ""
    for word in text.split():
        if line and _width(f"{line} {word}", fonts) <= WIDTH - 2 * _MARGIN:
            line = f"{line} {word}"
            continue
        if line:
            yield line
        line = word
        while _width(line, fonts) > WIDTH - 2 * _MARGIN:
            most = next(at for at in range(len(line), 0, -1) if _width(line[:at], fonts) <= WIDTH - 2 * _MARGIN)
            yield line[:most]
            line = line[most:]
    if line:
        yield line


@cache
def _fonts(family: str, weight: int, size: int) -> "_Fonts":
    """A font in two files, as the client has it: Latin letters, and their extension with ğ, ş and İ."""
    from PIL import ImageFont

    def read(part: str) -> "FreeTypeFont":
        file = files("meydan.growth").joinpath("fonts", f"{family}-{part}-wght-normal.woff2").read_bytes()
        font = ImageFont.truetype(io.BytesIO(file), size * _SCALE, layout_engine=ImageFont.Layout.BASIC)
        font.set_variation_by_axes([weight])
        return font

    return read("latin"), read("latin-ext")


def _runs(text: str, fonts: "_Fonts") -> "Iterator[tuple[str, FreeTypeFont]]":
    """Pieces of the text, each in the file that has its letters."""
    latin, extension = fonts
    for is_extension, signs in groupby(text, lambda sign: "\u0100" <= sign <= "\u017e" and sign != "ı"):
        yield "".join(signs), extension if is_extension else latin


def _width(text: str, fonts: "_Fonts") -> float:
    return sum(font.getlength(piece) for piece, font in _runs(text, fonts)) / _SCALE


def _draw_line(pen: "ImageDraw", text: str, top: float, fonts: "_Fonts", colour: tuple[int, int, int]) -> None:
    x, y = float(_MARGIN * _SCALE), top * _SCALE + fonts[0].getmetrics()[0]
    for piece, font in _runs(text, fonts):
        pen.text((x, y), piece, colour, font, anchor="ls")
        x += font.getlength(piece)
