"""Fingerprints of the card and device of a payment: keyed hashes, which can be compared but not read."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan.kit.crypto import keys, seal
from meydan.kit.database import Tx


class FingerprintKind(StrEnum):
    card = "card"
    device = "device"


class Fingerprint(Struct, frozen=True):
    mark: bytes
    key_id: str | None
    """The seal key's; None for a hash of programs up to 0026, which is the first key's."""
    older: list[bytes] = []
    """The same under the other seal keys: stored rows may have these."""


def fingerprint_of(tx: Tx, kind: FingerprintKind, value: object) -> Fingerprint:
    """The keyed hash of a card or device; it differs between tenants."""
    mark, *older = seal.known_macs("payment marks", tx.tenant_id, kind, value)
    return Fingerprint(mark, keys.key_id(keys.current().seal_key, "seal"), older)


async def do_add_fingerprints(
    tx: Tx, payment_id: UUID, user_id: UUID, fingerprints: dict[FingerprintKind, Fingerprint]
) -> None:
    """The caller holds their locks."""
    await tx.run(
        """
        insert into app.payment_fingerprints (tenant_id, payment_id, kind, mark, key_id, user_id)
        select $1, $2, seen.kind, seen.mark, seen.key_id, $3
        from unnest($4::text[], $5::bytea[], $6::text[]) seen (kind, mark, key_id)
        on conflict do nothing
        """,
        payment_id,
        user_id,
        [kind.value for kind in fingerprints],
        [seen.mark for seen in fingerprints.values()],
        [seen.key_id for seen in fingerprints.values()],
    )


async def do_record_card(tx: Tx, payment_id: UUID, card: str) -> None:
    """Records the card of a declined payment; many different cards are suspicious.

    Raises: NotFound.
    Runs as: service.
    """
    user_id = await tx.one(UUID, "select user_id from app.payments where tenant_id = $1 and id = $2", payment_id)
    seen = {FingerprintKind.card: fingerprint_of(tx, FingerprintKind.card, card)}
    await lock_fingerprints(tx, user_id, seen)
    await do_add_fingerprints(tx, payment_id, user_id, seen)


async def card_of_subscription(tx: Tx, payment_id: UUID) -> Fingerprint | None:
    """The card of the subscription's latest earlier payment. Some providers report it only once."""
    return await tx.maybe(
        Fingerprint,
        """
        select m.mark, m.key_id from app.payments renewal
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


async def lock_fingerprints(tx: Tx, user_id: UUID, fingerprints: dict[FingerprintKind, Fingerprint]) -> None:
    """Serialises assessments of the same user, card or device, so that each sees those before it.

    Rows under other seal keys come under the current one meanwhile, because rules compare rows with each other.

    Locks: advisory, by user and fingerprint.
    """
    digests = seal.known_macs("payment marks", tx.tenant_id, "person", user_id)
    for seen in fingerprints.values():
        digests += [seen.mark, *seen.older]
    # Sorted, to prevent deadlock.
    for key in sorted(int.from_bytes(digest[:4], signed=True) for digest in digests):
        await tx.run("select pg_advisory_xact_lock($1, $2)", key)
    for seen in fingerprints.values():
        if seen.older:
            await _do_renew(tx, seen)


async def _do_renew(tx: Tx, seen: Fingerprint) -> None:
    await tx.run(
        "update app.payment_fingerprints set mark = $2, key_id = $3 where tenant_id = $1 and mark = any($4::bytea[])",
        seen.mark,
        seen.key_id,
        seen.older,
    )


async def do_purge(tx: Tx, days: int) -> None:
    """Deletes fingerprints older than any rule looks back; trusted ones stay."""
    await tx.run(
        """
        delete from app.payment_fingerprints
        where tenant_id = $1 and created_at < app.now() - make_interval(days => $2) and not trusted
        """,
        days,
    )
