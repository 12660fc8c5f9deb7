"""Errors of the ledger. Its SQL functions raise SQLSTATEs of class WA, which ``translated_errors`` maps to them."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import msgspec

from meydan.kit.errors import NotFound, Refused


class BalanceTooLow(Refused):
    """``balance`` is the account's spendable amount, ``needed`` the requested one, ``account`` its kind."""

    code, status, title = "balance_too_low", 409, "There are not enough coins for this."


class WalletBlocked(Refused):
    """``reason`` is the freeze's reason."""

    code, status, title = "wallet_frozen", 403, "This wallet is frozen: nothing can be spent from it."


class DebtBlocks(Refused):
    """``debt`` is the amount to be paid first."""

    code, status, title = "debt_blocks", 409, "Coins are owed for what was taken back; nothing can be spent until then."


class IdempotencyKeyReused(Refused):
    code, status, title = "idempotency_key_reused", 422, "This Idempotency-Key was used for something else."


class AlreadyReversed(Refused):
    code, status, title = "already_reversed", 409, "This transfer was reversed already."


class NotReversible(Refused):
    code, status, title = "not_reversible", 409, "A reversal is not reversed."


class HoldExpired(Refused):
    """``status`` is the hold's final one: committed, released or expired."""

    code, status, title = "hold_expired", 409, "These coins are held no more."


class EarningsPending(Refused):
    """``available`` is the amount that can be converted now, ``next_at`` when it grows."""

    code, status, title = "earnings_pending", 409, "What was earned lately cannot become coins yet."


_REFUSALS: dict[str, type[Refused]] = {
    "WA001": BalanceTooLow,
    "WA002": WalletBlocked,
    "WA003": DebtBlocks,
    "WA004": IdempotencyKeyReused,
    "WA005": AlreadyReversed,
    "WA006": HoldExpired,
    "WA007": NotReversible,
    "WA008": NotFound,
    "WA009": EarningsPending,
}


@contextmanager
def translated_errors() -> Iterator[None]:
    """Translates the ledger's SQLSTATEs into errors. The transaction is aborted then; callers that go on use a savepoint."""
    try:
        yield
    except asyncpg.PostgresError as error:
        refusal = _REFUSALS.get(error.sqlstate)
        if refusal is None:
            raise
        raise refusal(**(msgspec.json.decode(error.detail) if error.detail else {})) from None
