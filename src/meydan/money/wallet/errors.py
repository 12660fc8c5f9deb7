"""What the ledger refuses. Its functions raise SQLSTATEs of class WA; here each becomes the answer a client can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import msgspec

from meydan.kit.errors import NotFound, Refused


class BalanceTooLow(Refused):
    """``balance`` is what the account can give, ``needed`` what was asked, ``account`` its kind."""

    code, status, title = "balance_too_low", 409, "There are not enough coins for this."


class WalletIsFrozen(Refused):
    """``reason`` says why."""

    code, status, title = "wallet_frozen", 403, "This wallet is frozen: nothing can be spent from it."


class DebtBlocks(Refused):
    """``debt`` is what has to be paid first."""

    code, status, title = "debt_blocks", 409, "Coins are owed for what was taken back; nothing can be spent until then."


class IdempotencyKeyReused(Refused):
    code, status, title = "idempotency_key_reused", 422, "This Idempotency-Key was used for something else."


class AlreadyReversed(Refused):
    code, status, title = "already_reversed", 409, "This transfer was reversed already."


class NotReversible(Refused):
    code, status, title = "not_reversible", 409, "A reversal is not reversed."


class HoldOver(Refused):
    """``status`` says how it ended: committed, released or expired."""

    code, status, title = "hold_over", 409, "These coins are held no more."


class EarningsUnripe(Refused):
    """``ripe`` is how much may become coins now, ``next_at`` when it will be more."""

    code, status, title = "earnings_unripe", 409, "What was earned lately cannot become coins yet."


_REFUSALS: dict[str, type[Refused]] = {
    "WA001": BalanceTooLow,
    "WA002": WalletIsFrozen,
    "WA003": DebtBlocks,
    "WA004": IdempotencyKeyReused,
    "WA005": AlreadyReversed,
    "WA006": HoldOver,
    "WA007": NotReversible,
    "WA008": NotFound,
    "WA009": EarningsUnripe,
}


@contextmanager
def worded() -> Iterator[None]:
    """Around a call of the ledger's functions. The transaction is lost then; who wants to go on uses ``tx.savepoint()``."""
    try:
        yield
    except asyncpg.PostgresError as error:
        refusal = _REFUSALS.get(error.sqlstate)
        if refusal is None:
            raise
        raise refusal(**(msgspec.json.decode(error.detail) if error.detail else {})) from None
