"""Keys and signatures of the local provider. Both keys come from the installation's own."""

from datetime import datetime

from meydan.integrations.payments.signatures import signature
from meydan.kit.crypto import seal

SIGNATURE = "meydan-pay-signature"


def signing_key(account: int) -> str:
    return seal.mac("local payments webhook", account).hex()


def api_key(account: int) -> str:
    return f"{account}.{seal.mac('local payments api', account).hex()}"


def sign(key: str, at: datetime, body: bytes) -> str:
    seconds = int(at.timestamp())
    return f"t={seconds},v1={signature(key, seconds, body)}"
