"""Two who want the same row at once."""

from meydan.kit.database import Tx


async def waiters(tx: Tx, *, for_rows: bool = False) -> int:
    """How many wait for a lock in this database (``for_rows``: not for an advisory one); other stories have theirs on
    the same server. Who waits for a transaction is known by the tables it has open: that lock is of no database.
    """
    return await tx.one(
        int,
        "select count(distinct pid)::integer from pg_locks where $1 > 0 and not granted and not ($2 and locktype = 'advisory')"
        " and pid in (select pid from pg_locks where database = (select oid from pg_database where datname = current_database()))",
        for_rows,
    )


async def somebody_waits(tx: Tx) -> bool:
    return await waiters(tx) > 0
