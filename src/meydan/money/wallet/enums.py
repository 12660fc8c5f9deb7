"""The ledger's vocabulary: accounts, transaction types and entries."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class AccountKind(StrEnum):
    person_coins = "person_coins"
    """Coins a user can spend; never below zero or below the held amount."""
    creator_revenue = "creator_revenue"
    """Earnings from gifts and calls; never below zero."""
    person_debt = "person_debt"
    """Coins a user owes; zero or below."""
    tenant_revenue = "tenant_revenue"
    promotions = "promotions"
    """The source of coins that were not paid for."""
    clearing = "clearing"
    """Coins sold through one provider in one currency; the balance is minus that number."""
    payouts = "payouts"


class TransactionType(StrEnum):
    purchased = "purchased"
    earned = "earned"
    spent = "spent"
    gift_sent = "gift_sent"
    gift_received = "gift_received"
    premium = "premium"
    call = "call"
    refund = "refund"
    chargeback = "chargeback"
    dispute_won = "dispute_won"
    debt_payment = "debt_payment"
    debt_forgiven = "debt_forgiven"
    conversion = "conversion"
    payout = "payout"
    adjustment = "adjustment"
    forfeited = "forfeited"
    reversal = "reversal"


class Account(Struct, frozen=True):
    kind: AccountKind
    user_id: UUID | None = None
    provider: str | None = None
    currency: str | None = None


class Entry(Struct, frozen=True):
    account: Account
    amount: int
    """Positive: the account receives."""


TENANT_REVENUE = Account(AccountKind.tenant_revenue)
PROMOTIONS = Account(AccountKind.promotions)
PAYOUTS = Account(AccountKind.payouts)


def coins_of(user_id: UUID) -> Account:
    return Account(AccountKind.person_coins, user_id)


def debt_of(user_id: UUID) -> Account:
    return Account(AccountKind.person_debt, user_id)


def earnings_of(user_id: UUID) -> Account:
    return Account(AccountKind.creator_revenue, user_id)


def clearing(provider: str, currency: str) -> Account:
    return Account(AccountKind.clearing, provider=str(provider), currency=currency)


def users_in(entries: Sequence[Entry]) -> set[UUID]:
    """The users whose wallets the entries change."""
    return {entry.account.user_id for entry in entries if entry.account.user_id is not None}


EntryRow = tuple[str, UUID | None, str | None, str | None, int]
"""Entry in the form of ``app.ledger_entry``: kind, owner, provider, currency, amount."""

_LOCK_ORDER = {kind: number for number, kind in enumerate(AccountKind)}


def entry_rows(entries: Sequence[Entry]) -> list[EntryRow]:
    """Sorts entries by the database's lock order of accounts, so that it need not sort them again."""
    return [
        (entry.account.kind, entry.account.user_id, entry.account.provider, entry.account.currency, entry.amount)
        for entry in sorted(entries, key=lambda entry: _LOCK_ORDER[entry.account.kind])
    ]
