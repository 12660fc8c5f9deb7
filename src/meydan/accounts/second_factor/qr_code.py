"""QR codes as the path of an SVG. A page draws it itself, so that it takes no markup from a server."""

import segno
from msgspec import Struct

_QUIET_ZONE = 4


class QrCode(Struct, frozen=True):
    size: int
    """Width and height of the view box, the quiet zone included."""
    path: str
    """Dark modules, a rectangle for each run."""


def drawn(text: str) -> QrCode:
    rows = [bytes(row) for row in segno.make(text, micro=False, error="m").matrix_iter(border=_QUIET_ZONE)]
    return QrCode(len(rows), "".join(_runs(y, row) for y, row in enumerate(rows)))


def _runs(y: int, row: bytes) -> str:
    path, x = "", 0
    while (x := row.find(1, x)) >= 0:
        end = row.find(0, x)  # the quiet zone ends every run
        path += f"M{x} {y}h{end - x}v1h{x - end}z"
        x = end
    return path
