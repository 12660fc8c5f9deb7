"""Exports: a list of staff as a CSV file, streamed page by page. Its length is bounded; the audit log names it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from litestar.response import Stream
from msgspec import Struct, structs

from meydan.kit import clock, rate_limits
from meydan.kit.database import Database, Tx
from meydan.kit.identity import Identity
from meydan.kit.lists import Cell, Listing, csv_lines
from meydan.kit.lists.csv_text import BYTE_ORDER_MARK
from meydan.tenants.system_log import do_record

MOST_ROWS = 20_000
CUT_AT = "Meydan-Cut-At"
"""Header of a file that lacks rows: the number of those that it has."""

_EXPORTS = rate_limits.Limit("exports", timedelta(hours=1), 60)
_ROWS_AT_ONCE = 1000

Item = TypeVar("Item")


@dataclass(frozen=True)
class Export(Generic[Item]):
    """The file of a list: its name and columns, and the lines of an item."""

    name: str
    columns: tuple[str, ...]
    lines: Callable[[Item], list[tuple[Cell, ...]]]


async def do_export(
    db: Database,
    me: Identity,
    export: Export[Item],
    listing: Callable[[Tx], Awaitable[Listing[Item]]],
    filters: Struct,
) -> Stream:
    """Answers with the file. Where rows were left out, its name and a header say how many it has.

    No transaction stays open while a slow client reads: each page of the file has one.

    Raises: TooManyRequests and what ``listing`` raises."""
    await rate_limits.take(_EXPORTS, me.user_id)
    async with db.as_service(me.tenant_id) as tx:
        listed = await listing(tx)
        is_cut = await listed.count(tx, MOST_ROWS + 1) > MOST_ROWS
        await do_record(tx, "list_exported", acted_by_user_id=me.user_id, list=export.name, filters=_logged(filters))
    part = f"-first-{MOST_ROWS}" if is_cut else ""
    headers = {
        "Content-Disposition": f'attachment; filename="{export.name}-{clock.now():%Y-%m-%d}{part}.csv"',
        "Cache-Control": "no-store",
    }
    if is_cut:
        headers[CUT_AT] = str(MOST_ROWS)
    return Stream(_file(db, me, export, listed), media_type="text/csv; charset=utf-8", headers=headers)


def _logged(filters: Struct) -> dict[str, Any]:
    """The filters that were set. Of a searched name only that there was one: the log outlives who bears it."""
    return {
        name: True if name == "name" else value
        for name, value in structs.asdict(filters).items()
        if value not in (None, "")
    }


async def _file(db: Database, me: Identity, export: Export[Item], listed: Listing[Item]) -> AsyncIterator[str]:
    yield BYTE_ORDER_MARK + csv_lines([export.columns])
    cursor: str | None = None
    for _ in range(MOST_ROWS // _ROWS_AT_ONCE):
        async with db.as_service(me.tenant_id) as tx:
            page = await listed.page(tx, cursor, _ROWS_AT_ONCE)
        yield csv_lines(line for item in page.items for line in export.lines(item))
        cursor = page.next
        if cursor is None:
            return
