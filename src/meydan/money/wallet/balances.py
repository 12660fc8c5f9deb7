"""Balances of accounts: now, at any past time, and as the user's own wallet."""

from datetime import datetime
from functools import partial
from uuid import UUID

from msgspec import Struct

from meydan.kit import realtime
from meydan.kit.database import Tx
from meydan.money.wallet.enums import Account, AccountKind


class Wallet(Struct, frozen=True):
    balance: int
    held: int
    """Reserved by open holds, for a call for example."""
    available: int
    debt: int
    """Coins clawed back after they had been spent; paid from the next coins that come."""
    earnings: int
    frozen: str | None
    """The freeze's reason; while it stands nothing can be spent."""


class WalletChanged(realtime.Frame, frozen=True, tag="wallet"):
    wallet: Wallet


class AccountSum(Struct, frozen=True):
    kind: AccountKind
    provider: str | None
    currency: str | None
    accounts: int
    balance: int
    held: int


async def wallet_of(tx: Tx, user_id: UUID) -> Wallet:
    """The user's wallet. Expired holds do not count, even before the job has released them."""
    return await tx.one(
        Wallet,
        """
        select coalesce(coins.balance, 0) as balance, coalesce(coins.held, 0) - gone.held as held,
            coalesce(coins.balance - coins.held, 0) + gone.held as available, coalesce(-debt.balance, 0) as debt,
            coalesce(earned.balance, 0) as earnings, stop.reason as frozen
        from (
            select coalesce(sum(hold.amount), 0)::bigint as held from app.coin_holds hold
            where hold.tenant_id = $1 and hold.user_id = $2::uuid and hold.status = 'open' and hold.expires_at <= app.now()
        ) gone
        left join app.ledger_balances coins on coins.tenant_id = $1 and coins.stripe = 0
            and coins.account_id = (select app.ledger_account_id('person_coins', $2, null, null))
        left join app.ledger_balances debt on debt.tenant_id = $1 and debt.stripe = 0
            and debt.account_id = (select app.ledger_account_id('person_debt', $2, null, null))
        left join app.ledger_balances earned on earned.tenant_id = $1 and earned.stripe = 0
            and earned.account_id = (select app.ledger_account_id('creator_revenue', $2, null, null))
        left join app.wallet_freezes stop on stop.tenant_id = $1 and stop.user_id = $2 and stop.thawed_at is null
        """,
        user_id,
    )


async def balance_of(tx: Tx, account: Account) -> int:
    return await tx.one(
        int,
        """
        select coalesce(sum(balance), 0)::bigint from app.ledger_balances
        where tenant_id = $1 and account_id = (select app.ledger_account_id($2, $3, $4, $5))
        """,
        *(account.kind, account.user_id, account.provider, account.currency),
    )


async def balance_at(tx: Tx, account: Account, at: datetime) -> int:
    """The balance at that moment: today's balance less all later entries. Quick for recent times."""
    return await tx.one(
        int,
        """
        select (
            coalesce((
                select sum(known.balance) from app.ledger_balances known
                where known.tenant_id = $1 and known.account_id = account.id
            ), 0) - coalesce((
                select sum(entry.amount) from app.coin_entries entry
                where entry.tenant_id = $1 and entry.account_id = account.id and entry.created_at > $6
            ), 0)
        )::bigint
        from (select app.ledger_account_id($2, $3, $4, $5) as id offset 0) account
        """,
        *(account.kind, account.user_id, account.provider, account.currency, at),
    )


async def sums(tx: Tx) -> list[AccountSum]:
    """Balances summed by kind, provider and currency.

    Runs as: service.
    """
    return await tx.all(
        AccountSum,
        """
        select account.kind, account.provider, account.currency, count(distinct account.id) as accounts,
            sum(known.balance)::bigint as balance, sum(known.held)::bigint as held
        from app.ledger_accounts account join app.ledger_balances known
            on known.tenant_id = $1 and known.account_id = account.id
        where account.tenant_id = $1 group by account.kind, account.provider, account.currency
        order by account.kind, account.provider, account.currency
        """,
    )


async def do_send_wallet(tx: Tx, user_id: UUID) -> None:
    """Sends the wallet to the user's devices before this transaction commits, once for all its changes.

    In a user's transaction other users' wallets are not sent: row-level security hides them.
    """
    if not tx.acts_for_person or tx.me.user_id == user_id:
        tx.before_commit(partial(_do_send_wallet, tx, user_id), key=("wallet", user_id))


async def _do_send_wallet(tx: Tx, user_id: UUID) -> None:
    await realtime.send_frame(tx, user_id, WalletChanged(await wallet_of(tx, user_id)))
