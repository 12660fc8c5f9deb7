"""What the worker does for accounts."""

from meydan.accounts import delivery, notices, otp, sessions, throttle
from meydan.kit.database import Database, Tx
from meydan.kit.jobs import errand, every


@errand("send_code")
async def send_code(db: Database, tenant_id: int, payload: otp.SendCode) -> None:
    await delivery.send(db, tenant_id, payload)


@errand("tell_of_change")
async def tell_of_change(db: Database, tenant_id: int, payload: notices.TellOfChange) -> None:
    await notices.send(db, tenant_id, payload)


@every("17 3 * * *")
async def tidy_accounts(tx: Tx) -> None:
    await otp.do_tidy(tx)
    await throttle.do_tidy(tx)
    await sessions.do_tidy(tx)
