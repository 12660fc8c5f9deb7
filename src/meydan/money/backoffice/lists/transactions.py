"""Transactions of the ledger as staff see them, with all entries.

Names are those of real faces. Staff must not learn the owner of a shadow that they exchanged gifts or calls with. So of
those they see only their own side.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan.kit.database import Tx
from meydan.money import wallet
from meydan.money.backoffice.person_view import Person, person


class EntryLine(Struct, frozen=True):
    account: wallet.AccountKind
    provider: str | None
    currency: str | None
    person: Person | None
    """The account's owner; None for an account of the tenant, and for the other side of the viewer's own call."""
    amount: int


class StaffTransaction(Struct, frozen=True):
    id: UUID
    type: wallet.TransactionType
    person: Person | None
    """The person in whose history it stands."""
    amount: int
    """Change of that person's coins."""
    description: str
    subject_id: UUID | None
    reverses_id: UUID | None
    created_at: datetime
    entries: list[EntryLine]


class StaffTransactionPage(Struct, frozen=True):
    items: list[StaffTransaction]
    next: UUID | None = None


async def page(
    tx: Tx,
    viewer: UUID,
    before: UUID | None,
    limit: int,
    *,
    type: wallet.TransactionType | None = None,
    user_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> StaffTransactionPage:
    """Transactions, newest first; with ``user_id`` every one that touched an account of that user.

    Runs as: service."""
    statement = _ALL if user_id is None else _OF_PERSON
    owner = [user_id] if user_id else []
    items = await tx.all(StaffTransaction, statement, before, limit, type, since, until, viewer, *owner)
    return StaffTransactionPage(items, items[-1].id if len(items) == limit else None)


_COLUMNS = f"""
    t.id, t.transaction_type as type, {person("t.user_id")} as person, t.amount, t.description, t.subject_id,
    t.reverses_id, t.created_at, (
        select jsonb_agg(jsonb_build_object(
            'account', a.kind, 'provider', a.provider, 'currency', a.currency,
            'person', case when t.user_id is distinct from $7 or a.user_id = $7 then {person("a.user_id")} end,
            'amount', e.amount
        ) order by e.amount, a.kind, a.id)
        from app.coin_entries e
        join app.ledger_accounts a on (a.tenant_id, a.id) = (e.tenant_id, e.account_id)
        where (e.tenant_id, e.transaction_id) = (t.tenant_id, t.id)
    ) as entries
"""
_WHERE = """
    t.tenant_id = $1 and ($2::uuid is null or t.id < $2) and ($4::text is null or t.transaction_type = $4)
    and ($5::timestamptz is null or t.created_at >= $5) and ($6::timestamptz is null or t.created_at < $6)
    and not (
        t.user_id <> $7 and exists (
            select from app.gifts_sent g
            where (g.tenant_id, g.id) = ($1, t.subject_id) and $7 in (g.giver_user_id, g.receiver_user_id)
        )
    )
    and not (
        t.user_id <> $7 and exists (
            select from app.coin_entries own join app.ledger_accounts mine
                on (mine.tenant_id, mine.id) = (own.tenant_id, own.account_id)
            where (own.tenant_id, own.transaction_id) = ($1, t.id) and mine.user_id = $7
        )
    )
"""
_ALL = f"select {_COLUMNS} from app.coin_transactions t where {_WHERE} order by t.id desc limit $3"
# A statement of its own: an "or" for both would read the whole ledger to find one person's lines. The viewer's own lines
# among another person's are left out: their presence alone would reveal the owner of a shadow.
_OF_PERSON = f"""
    select {_COLUMNS} from app.coin_transactions t
    where {_WHERE} and t.id = any(array(
        select e.transaction_id from app.ledger_accounts a
        join app.coin_entries e on e.tenant_id = a.tenant_id and e.account_id = a.id
        where a.tenant_id = $1 and a.user_id = $8
    )) and ($7 = $8 or t.user_id is distinct from $7)
    order by t.id desc limit $3
"""
