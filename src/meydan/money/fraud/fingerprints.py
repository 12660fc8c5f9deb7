"""Which card and device a payment was made with: keyed hashes, so that the same one is recognised and none can be read."""

from enum import StrEnum
from uuid import UUID

from meydan.kit import seal
from meydan.kit.database import Tx


class MarkKind(StrEnum):
    card = "card"
    device = "device"


def mark_of(tx: Tx, kind: MarkKind, value: object) -> bytes:
    """The same only in the same community."""
    return seal.mac("payment marks", tx.tenant_id, kind, value)


async def do_mark(tx: Tx, payment_id: UUID, user_id: UUID, marks: dict[MarkKind, bytes]) -> None:
    await tx.run(
        "insert into app.payment_fingerprints (tenant_id, payment_id, kind, mark, user_id)"
        " select $1, $2, seen.kind, seen.mark, $3 from unnest($4::text[], $5::bytea[]) seen (kind, mark)"
        " on conflict do nothing",
        payment_id,
        user_id,
        [kind.value for kind in marks],
        list(marks.values()),
    )


async def do_see_card(tx: Tx, payment_id: UUID, card: str) -> None:
    """A card was tried and refused: many different ones are suspicious. A service transaction."""
    user_id = await tx.one(UUID, "select user_id from app.payments where (tenant_id, id) = ($1, $2)", payment_id)
    await do_mark(tx, payment_id, user_id, {MarkKind.card: mark_of(tx, MarkKind.card, card)})


async def card_of_subscription(tx: Tx, payment_id: UUID) -> bytes | None:
    """What the payments of its subscription before it were made with, for providers that say it only the first time."""
    return await tx.maybe(
        bytes,
        "select m.mark from app.payments renewal"
        " join app.payments p on (p.tenant_id, p.agreement_id) = (renewal.tenant_id, renewal.agreement_id)"
        " join app.payment_fingerprints m on (m.tenant_id, m.payment_id, m.kind) = (p.tenant_id, p.id, 'card')"
        " where (renewal.tenant_id, renewal.id) = ($1, $2) order by m.created_at desc limit 1",
        payment_id,
    )


async def do_trust(tx: Tx, payment_id: UUID) -> None:
    """Its person may go on paying with what this payment was made with, whoever else does."""
    await tx.run(
        "update app.payment_fingerprints set trusted = true where (tenant_id, payment_id) = ($1, $2)", payment_id
    )


async def do_take_turn(tx: Tx, user_id: UUID, marks: dict[MarkKind, bytes]) -> None:
    """Payments of one person, one card or one device are judged one after the other, each seeing those before it."""
    things = [seal.mac("payment marks", tx.tenant_id, "person", user_id), *marks.values()]
    # In one order for everybody, so that nobody waits for somebody who waits for them.
    for key in sorted(int.from_bytes(thing[:4], signed=True) for thing in things):
        await tx.run("select pg_advisory_xact_lock($1, $2)", key)


async def do_tidy(tx: Tx, days: int) -> None:
    """What no rule looks at any more goes; trust stays."""
    await tx.run(
        "delete from app.payment_fingerprints"
        " where tenant_id = $1 and created_at < app.now() - make_interval(days => $2) and not trusted",
        days,
    )
