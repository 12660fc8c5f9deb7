"""What the ledger knows: accounts, why coins move, and the two sides of a movement."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct


class AccountKind(StrEnum):
    person_coins = "person_coins"
    """What a person can spend; never below zero, never below what is held."""
    creator_revenue = "creator_revenue"
    """What a person earned by gifts and calls; never below zero."""
    person_debt = "person_debt"
    """What a person owes, below zero."""
    tenant_revenue = "tenant_revenue"
    promotions = "promotions"
    """Where coins come from that nobody paid for."""
    clearing = "clearing"
    """Coins sold through one provider in one currency: below zero by as many as there are."""
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
    """More than zero: the account gets."""


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


def people_in(entries: Sequence[Entry]) -> set[UUID]:
    """Whose wallets it changes."""
    return {entry.account.user_id for entry in entries if entry.account.user_id is not None}


class Columns(NamedTuple):
    """Entries as the database's functions take them."""

    kinds: list[str]
    owners: list[UUID | None]
    providers: list[str | None]
    currencies: list[str | None]
    amounts: list[int]


_ORDER = {kind: number for number, kind in enumerate(AccountKind)}


def columns(entries: Sequence[Entry]) -> Columns:
    """In the order in which the database locks accounts: what comes so need not be sorted there."""
    entries = sorted(entries, key=lambda entry: _ORDER[entry.account.kind])
    accounts = [entry.account for entry in entries]
    return Columns(
        [account.kind.value for account in accounts],
        [account.user_id for account in accounts],
        [account.provider for account in accounts],
        [account.currency for account in accounts],
        [entry.amount for entry in entries],
    )
