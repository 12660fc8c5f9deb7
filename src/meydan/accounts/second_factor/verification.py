"""Verification of a second factor: a code of the authenticator, or a recovery code."""

from uuid import UUID

from meydan.accounts import users
from meydan.accounts.events import SignInPart
from meydan.accounts.second_factor import recovery_codes, totp
from meydan.accounts.second_factor.totp import CodeCheck
from meydan.accounts.sessions.authentication import Authentication
from meydan.accounts.sign_in import security_alerts
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.typed_text import as_typed

LONGEST = 40


class SecondFactorWrong(Refused):
    code, status, title = (
        "second_factor_wrong",
        409,
        "This is neither the code that your authenticator shows now, nor one of your recovery codes.",
    )


class SecondFactorUsed(Refused):
    code, status, title = "second_factor_used", 409, "This code was used already. Wait for the next one."


def refusal_of(check: CodeCheck) -> Refused | None:
    match check:
        case CodeCheck.right:
            return None
        case CodeCheck.used:
            return SecondFactorUsed()
        case CodeCheck.wrong:
            return SecondFactorWrong()


async def do_verify(tx: Tx, user_id: UUID, typed: str) -> Authentication | Refused:
    """Checks a code and uses it up. Returns errors, so that the counted attempt is committed.

    A recovery code sends a security alert. The caller holds the user's standing.

    Locks: totp_secrets.
    Runs as: service.
    """
    recovery_code = recovery_codes.read(typed)
    if recovery_code is None:
        refusal = refusal_of(await totp.do_accept(tx, user_id, as_digits(typed)))
        return Authentication.totp if refusal is None else refusal
    if not await recovery_codes.do_use(tx, user_id, recovery_code):
        return SecondFactorWrong()
    await security_alerts.do_queue(tx, await users.by_id(tx, user_id), SignInPart.recovery_code_used)
    return Authentication.recovery_code


def as_digits(typed: str) -> str:
    """The code without the spaces that authenticators show inside it."""
    return as_typed(typed).replace(" ", "")
