"""Authentication of a session: the proofs that its log in gave. Whatever asks how strong a session is asks here."""

from enum import StrEnum


class Authentication(StrEnum):
    """Written when the session starts; changed only where its user gives a stronger proof, or gives one up."""

    password = "password"  # noqa: S105 -- a proof, no secret
    code = "code"
    """A one-time code to a proved contact."""
    totp = "totp"
    """A code of the user's authenticator, after one of these two."""
    recovery_code = "recovery_code"
    """A recovery code, after one of these two."""
    passkey = "passkey"
    """A passkey, whose authenticator has verified the user."""

    @property
    def is_two_factor(self) -> bool:
        return self in _TWO_FACTORS


_TWO_FACTORS = {Authentication.totp, Authentication.recovery_code, Authentication.passkey}
