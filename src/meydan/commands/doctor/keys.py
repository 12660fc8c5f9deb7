"""Keys: which earlier ones are still needed, and which one is missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from typing import Any

from meydan.commands.doctor.findings import Finding, bad, good, warning
from meydan.config import Settings
from meydan.kit.crypto.keys import Keys, key_id
from meydan.kit.runtime import runtime

_SAMPLE = 50


async def check_keys(settings: Settings, connection: Any) -> AsyncIterator[Finding]:
    """Checks that every key is here with which stored data was sealed or hashed."""
    if settings.secrets.missing or not await connection.fetchval("select to_regclass('app.totp_secrets') is not null"):
        return  # said elsewhere
    keys = settings.secrets.keys()
    with runtime.using(keys):
        uses: defaultdict[str, list[str]] = defaultdict(list)
        here = {key_id(key, "seal") for key in keys.every_seal_key}
        for known_as, words in [
            *await _fingerprints(keys, connection),
            *await _accounts(connection),
            *await _authenticators(connection),
        ]:
            uses[known_as].append(words)
        for known_as in sorted(set(uses) - here):
            yield bad(
                f"Keys: seal key {known_as or '(unknown)'} is missing, and {' and '.join(uses[known_as])} stand under it. Find it in an "
                "earlier secrets.toml and add it to secrets.retired_seal_keys"
            )
        if not await _knows_contacts(connection):
            yield bad(
                "Keys: no contact is found by its hash, so nobody who was banned is known again: contact_key or "
                "first_seal_key is not the one they were hashed with"
            )
        has_codes = await connection.fetchval("select exists (select from app.recovery_codes where used_at is null)")
        for finding in _earlier(keys, uses, has_recovery_codes=has_codes):
            yield finding


def _earlier(keys: Keys, uses: dict[str, list[str]], *, has_recovery_codes: bool) -> Iterator[Finding]:
    """Tells of each earlier key what it is for."""
    for key in keys.kept_token_keys:
        known_as = key_id(key, "token")
        yield warning(
            f"Keys: token key {known_as} is still accepted. Ten minutes after the rotation nothing needs it: meydan keys retire {known_as}"
        )
    for key in keys.every_seal_key:
        known_as = key_id(key, "seal")
        needed = [
            *(["contacts"] if key == keys.first_seal_key else []),
            *uses.get(known_as, []),
            *(["recovery codes made under it"] if has_recovery_codes else []),
            *(["log ins that were not renewed since"] if key in keys.kept_seal_keys else []),
        ]
        if key not in (keys.seal_key, keys.next_seal_key):
            state = "accepted" if key in keys.kept_seal_keys else "retired"
            yield good(f"Keys: seal key {known_as} ({state}) is for {', '.join(needed) or 'older backups only'}")


async def _fingerprints(keys: Keys, connection: Any) -> list[tuple[str, str]]:
    """Cards and devices by the seal key of their hashes. Those of programs up to 0026 name none: it was the first."""
    rows = await connection.fetch("select key_id, count(*) as count from app.payment_fingerprints group by key_id")
    counted: Counter[str] = Counter()
    for row in rows:
        counted[row["key_id"] or key_id(keys.contact_seal_key, "seal")] += row["count"]
    return [(known_as, f"{count} hashes of cards and devices") for known_as, count in counted.items()]


async def _accounts(connection: Any) -> list[tuple[str, str]]:
    """Payment providers' accounts by the seal key that opens them; "" if none here does."""
    from meydan.integrations.payments.enums import ProviderName
    from meydan.money.payments import provider_accounts

    rows = await connection.fetch("select tenant_id, provider, sealed from app.provider_accounts")
    counted = Counter(
        provider_accounts.opening_key(row["tenant_id"], ProviderName(row["provider"]), row["sealed"]) or ""
        for row in rows
    )
    return [(known_as, f"{count} accounts at payment providers") for known_as, count in counted.items()]


async def _authenticators(connection: Any) -> list[tuple[str, str]]:
    """Secrets of authenticators by the seal key that opens them; "" if none here does."""
    from meydan import accounts

    rows = await connection.fetch("select sealed_secret from app.totp_secrets")
    counted = Counter(accounts.key_of_authenticator(row["sealed_secret"]) or "" for row in rows)
    return [(known_as, f"{count} secrets of authenticators") for known_as, count in counted.items()]


async def _knows_contacts(connection: Any) -> bool:
    """Recomputes contacts of the newest accounts. True if one has its stored hash, or nobody has a contact."""
    from meydan import accounts

    rows = await connection.fetch(
        """
        select person.tenant_id, array_remove(array[person.phone, person.email], null) as values, array_agg(contact_hash) as hashes
        from app.users person
        join app.known_contacts known on known.tenant_id = person.tenant_id and known.user_id = person.id
        where num_nonnulls(person.phone, person.email) > 0 and known.is_rehashed
        group by person.tenant_id, person.id order by person.id desc limit $1
        """,
        _SAMPLE,
    )
    return not rows or any(
        accounts.contact_hash_in(row["tenant_id"], value) in row["hashes"] for row in rows for value in row["values"]
    )
