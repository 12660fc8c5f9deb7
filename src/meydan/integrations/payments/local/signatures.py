"""Keys and signatures of the local provider. Both keys come from the installation's own."""

from collections.abc import Sequence
from datetime import datetime

from meydan.integrations.payments.signatures import signature
from meydan.kit.crypto import seal

SIGNATURE = "meydan-pay-signature"


def signing_keys(account: int) -> list[str]:
    """Keys that sign webhooks, from each seal key, the current one's first."""
    return [mac.hex() for mac in seal.accepted_macs("local payments webhook", account)]


def api_keys(account: int) -> list[str]:
    """Keys of the API, from each seal key, the current one's first."""
    return [f"{account}.{mac.hex()}" for mac in seal.accepted_macs("local payments api", account)]


def sign(keys: Sequence[str], at: datetime, body: bytes) -> str:
    """Signs with every key, because the process that checks may have another current one."""
    seconds = int(at.timestamp())
    return ",".join((f"t={seconds}", *(f"v1={signature(key, seconds, body)}" for key in keys)))
