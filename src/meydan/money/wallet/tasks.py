"""Scheduled jobs of the wallet."""

from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.money.wallet import audit, holds


@jobs.every("* * * * *", due="tenants_with_expired_holds")
async def expire_holds(tx: Tx) -> None:
    await holds.do_expire(tx)


@jobs.every("*/5 * * * *")
async def audit_ledger(tx: Tx) -> None:
    await audit.do_audit(tx)


@jobs.every("20 4 * * *")
async def audit_full_ledger(tx: Tx) -> None:
    await audit.do_audit(tx, whole=True)
