"""Fingerprints of the card and device of a payment: keyed hashes, which can be compared but not read."""

from enum import StrEnum
from uuid import UUID

from meydan.kit.crypto import seal
from meydan.kit.database import Tx


class FingerprintKind(StrEnum):
    card = "card"
    device = "device"


def fingerprint_of(tx: Tx, kind: FingerprintKind, value: object) -> bytes:
    """The keyed hash of a card or device; it differs between tenants."""
    return seal.mac("payment marks", tx.tenant_id, kind, value)


async def do_add_fingerprints(
    tx: Tx, payment_id: UUID, user_id: UUID, fingerprints: dict[FingerprintKind, bytes]
) -> None:
    await tx.run(
        """
        insert into app.payment_fingerprints (tenant_id, payment_id, kind, mark, user_id)
        select $1, $2, seen.kind, seen.mark, $3 from unnest($4::text[], $5::bytea[]) seen (kind, mark)
        on conflict do nothing
        """,
        payment_id,
        user_id,
        [kind.value for kind in fingerprints],
        list(fingerprints.values()),
    )


async def do_record_card(tx: Tx, payment_id: UUID, card: str) -> None:
    """Records the card of a declined payment; many different cards are suspicious.

    Raises: NotFound.
    Runs as: service.
    """
    user_id = await tx.one(UUID, "select user_id from app.payments where tenant_id = $1 and id = $2", payment_id)
    await do_add_fingerprints(
        tx, payment_id, user_id, {FingerprintKind.card: fingerprint_of(tx, FingerprintKind.card, card)}
    )


async def card_of_subscription(tx: Tx, payment_id: UUID) -> bytes | None:
    """The card of the subscription's latest earlier payment. Some providers report it only once."""
    return await tx.maybe(
        bytes,
        """
        select m.mark from app.payments renewal
        join app.payments p on p.tenant_id = renewal.tenant_id and p.agreement_id = renewal.agreement_id
        join app.payment_fingerprints m on m.tenant_id = p.tenant_id and m.payment_id = p.id and m.kind = 'card'
        where renewal.tenant_id = $1 and renewal.id = $2 order by m.created_at desc limit 1
        """,
        payment_id,
    )


async def do_trust(tx: Tx, payment_id: UUID) -> None:
    """Trusts the payment's user with its card and device, however many others use them."""
    await tx.run(
        "update app.payment_fingerprints set trusted = true where tenant_id = $1 and payment_id = $2", payment_id
    )


async def lock_fingerprints(tx: Tx, user_id: UUID, fingerprints: dict[FingerprintKind, bytes]) -> None:
    """Serialises assessments of the same user, card or device, so that each sees those before it.

    Locks: advisory, by user and fingerprint.
    """
    digests = [seal.mac("payment marks", tx.tenant_id, "person", user_id), *fingerprints.values()]
    # Sorted, to prevent deadlock.
    for key in sorted(int.from_bytes(digest[:4], signed=True) for digest in digests):
        await tx.run("select pg_advisory_xact_lock($1, $2)", key)


async def do_purge(tx: Tx, days: int) -> None:
    """Deletes fingerprints older than any rule looks back; trusted ones stay."""
    await tx.run(
        """
        delete from app.payment_fingerprints
        where tenant_id = $1 and created_at < app.now() - make_interval(days => $2) and not trusted
        """,
        days,
    )
