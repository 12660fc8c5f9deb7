"""What the worker does for accounts."""

from meydan.accounts import sessions
from meydan.accounts.sign_in import code_delivery, login_throttle, otp, security_alerts
from meydan.kit.database import Database, Tx
from meydan.kit.jobs import every, external_job


@external_job("send_code")
async def send_code(db: Database, tenant_id: int, payload: otp.SendCode) -> None:
    await code_delivery.send(db, tenant_id, payload)


@external_job("tell_of_change")
async def tell_of_change(db: Database, tenant_id: int, payload: security_alerts.TellOfChange) -> None:
    await security_alerts.send(db, tenant_id, payload)


@every("17 3 * * *")
async def tidy_accounts(tx: Tx) -> None:
    await otp.do_tidy(tx)
    await login_throttle.do_tidy(tx)
    await sessions.do_tidy(tx)
