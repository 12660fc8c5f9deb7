"""Schedules and jobs of notifications."""

from meydan.kit.database import Tx
from meydan.kit.jobs import every, external_job
from meydan.notifications import inbox, push_sending

external_job(push_sending.JOB)(push_sending.do_send)


@every("17 4 * * *")
async def purge_old(tx: Tx) -> None:
    await inbox.do_purge_old(tx)
