"""CSV for spreadsheets: RFC 4180, a byte order mark for UTF-8, and no text that begins a formula."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

BYTE_ORDER_MARK = "\ufeff"

Cell = str | int | Decimal | datetime | date | None

# A formula begins a cell. A spreadsheet that separates by semicolons begins one after each of them too.
_FORMULA = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=[=+\-@\t\r\n＝＋－＠])")


def csv_lines(rows: Iterable[Iterable[Cell]]) -> str:
    """Rows as lines. Times are ISO 8601 in UTC; texts that could be formulas get an apostrophe before them."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_text(cell) for cell in row] for row in rows)
    return text.getvalue()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return _FORMULA.sub("'", cell)
    return str(cell) if isinstance(cell, int) else f"{cell:f}"
