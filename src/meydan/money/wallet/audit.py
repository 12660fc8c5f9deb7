"""Audits of the ledger: entries, balances and holds must agree. A fault freezes payouts."""

import logging
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.money.wallet import balances

log = logging.getLogger(__name__)


class FaultKind(StrEnum):
    entries_do_not_sum_to_zero = "entries_do_not_sum_to_zero"
    entries_without_transaction = "entries_without_transaction"
    transaction_without_entries = "transaction_without_entries"
    amount_differs_from_entries = "amount_differs_from_entries"
    balance_differs_from_entries = "balance_differs_from_entries"
    held_differs_from_holds = "held_differs_from_holds"
    balance_outside_its_limits = "balance_outside_its_limits"
    reversed_twice_or_by_another = "reversed_twice_or_by_another"
    balances_do_not_sum_to_zero = "balances_do_not_sum_to_zero"


class Fault(Struct, frozen=True):
    fault: FaultKind
    id: UUID | None
    """The transaction's or the account's."""
    expected: int | None
    found: int | None


class Audit(Struct, frozen=True):
    id: UUID
    whole: bool
    """The audit covered every entry, not only new ones."""
    fault_count: int
    faults: list[Fault]
    """The first twenty."""
    created_at: datetime


class Overview(Struct, frozen=True):
    accounts: list[balances.AccountSum]
    audit: Audit | None
    payouts_frozen: bool


class PayoutsFrozen(Refused):
    """``since`` is when the fault was last seen."""

    code, status, title = "payouts_frozen", 409, "Nothing is paid out while the books are being looked into."


_AUDIT = "id, whole, fault_count, faults, created_at"


async def do_audit(tx: Tx, *, whole: bool = False) -> Audit:
    """Audits the ledger and stores the result. A fault freezes payouts; the next audit without one thaws them.

    ``whole`` sums every entry. Otherwise new entries are summed on top of the balances that earlier audits proved.
    The transaction must move no coins itself.

    Runs as: service.
    """
    before = await last_audit(tx)
    audit = await tx.one(Audit, f"select {_AUDIT} from app.audit_ledger($1, $2)", whole)
    was_wrong = before is not None and before.fault_count > 0
    if audit.fault_count:
        log.error(
            "the ledger of tenant %s does not add up: %s faults: %s", tx.tenant_id, audit.fault_count, audit.faults
        )
        if not was_wrong:
            await tenants.do_record(
                tx,
                "ledger_fault",
                audit_id=audit.id,
                fault_count=audit.fault_count,
                kinds=sorted({f.fault for f in audit.faults}),
            )
    elif was_wrong:
        log.warning("the ledger of tenant %s adds up again", tx.tenant_id)
        await tenants.do_record(tx, "ledger_healed", audit_id=audit.id)
    return audit


async def last_audit(tx: Tx) -> Audit | None:
    return await tx.maybe(
        Audit, f"select {_AUDIT} from app.ledger_audits where tenant_id = $1 order by id desc limit 1"
    )


async def check_payouts_open(tx: Tx) -> None:
    """Refuses payouts while the newest audit's faults stand.

    Raises: PayoutsFrozen.
    Runs as: service.
    """
    audit = await last_audit(tx)
    if audit is not None and audit.fault_count:
        raise PayoutsFrozen(since=audit.created_at)


async def ledger_overview(tx: Tx) -> Overview:
    """The ledger's totals and newest audit, for staff.

    Runs as: service.
    """
    audit = await last_audit(tx)
    return Overview(await balances.sums(tx), audit, audit is not None and audit.fault_count > 0)
