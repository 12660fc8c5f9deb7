"""Jobs and schedules of accounts."""

from meydan.accounts.admission import foundings
from meydan.accounts.faces import shadow_endings
from meydan.accounts.former import inheritance
from meydan.accounts.passkeys import challenges as passkey_challenges
from meydan.accounts.second_factor import challenges, totp
from meydan.accounts.sessions import endings
from meydan.accounts.sign_in import code_delivery, code_limits, login_throttle, otp, puzzles, security_alerts
from meydan.kit.database import Database, Tx
from meydan.kit.jobs import every, external_job, job


@external_job("accounts.send_code")
async def send_code(db: Database, tenant_id: int, payload: otp.SendCode) -> None:
    await code_delivery.do_send(db, tenant_id, payload)


@external_job("accounts.send_security_alert")
async def send_security_alert(db: Database, tenant_id: int, payload: security_alerts.SendSecurityAlert) -> None:
    await security_alerts.do_send(db, tenant_id, payload)


@external_job(foundings.SEND_NEWS)
async def send_founding_news(db: Database, tenant_id: int, payload: foundings.SendFoundingNews) -> None:
    await foundings.do_send_news(db, tenant_id, payload)


@job(shadow_endings.END_SHADOW)
async def end_shadow(tx: Tx, payload: shadow_endings.EndShadow) -> None:
    await shadow_endings.do_end(tx, payload.profile_id)


@every("37 3 * * *")
async def reseal_authenticators(tx: Tx) -> None:
    await totp.do_reseal(tx)


@every("17 3 * * *")
async def purge_old(tx: Tx) -> None:
    await otp.do_purge_old(tx)
    await code_limits.do_purge_old(tx)
    await puzzles.do_purge_old(tx)
    await passkey_challenges.do_purge_old(tx)
    await login_throttle.do_purge_old(tx)
    await endings.do_purge_old(tx)
    await challenges.do_purge_old(tx)
    await totp.do_purge_old(tx)
    await inheritance.do_purge(tx)
