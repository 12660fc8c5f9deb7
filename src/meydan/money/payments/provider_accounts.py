"""A tenant's accounts at payment providers. Credentials are sealed, and unsealed only for use."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from msgspec import Struct

from meydan import integrations, tenants
from meydan.integrations.payments import ADAPTERS, APP_STORES, RECURRING, adapter
from meydan.integrations.payments.contract import Provider
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.crypto import seal
from meydan.kit.database import Database, Tx
from meydan.kit.errors import Refused


class ProviderLine(Struct, frozen=True):
    """A provider as staff see it, without secrets."""

    provider: ProviderName
    connected: bool
    sandbox: bool
    webhook_url: str
    """URL that the operator enters at the provider, where it asks for one."""
    renews: bool
    store: bool


class PaymentMethod(Struct, frozen=True):
    """A provider at which a browser can pay."""

    provider: ProviderName
    renews: bool
    """True where a subscription paid there renews by itself."""


class ProviderNotConnected(Refused):
    code, status, title = "provider_not_connected", 409, "Nothing is sold here through this provider."


class NothingForSale(Refused):
    code, status, title = "no_provider", 409, "This community has set up no way to pay yet."


class AccountInvalid(Refused):
    """``detail`` is the reason, in words."""

    code, status, title = "provider_account_invalid", 422, "The provider's account is not set up rightly."


class _Sealed(Struct, frozen=True):
    sealed: bytes
    sandbox: bool


class _Stored(Struct, frozen=True):
    provider: ProviderName
    sealed: bytes


async def connected(tx: Tx) -> list[ProviderName]:
    """Providers that sell now; a buyer who names none is given the first that is no app store.

    The local pay page is among them only until a real one is connected: then a purchase must cost money.

    Runs as: service."""
    known = set(
        await tx.all(ProviderName, "select provider from app.provider_accounts where tenant_id = $1 and active")
    )
    known.discard(ProviderName.local)
    if integrations.current().local_payments is not None and known <= APP_STORES:
        known.add(ProviderName.local)
    return [name for name in ADAPTERS if name in known]


async def payment_methods(tx: Tx) -> list[PaymentMethod]:
    """Providers at which a browser can pay; a buyer who names none is given the first.

    Runs as: service."""
    return [PaymentMethod(name, name in RECURRING) for name in await connected(tx) if name not in APP_STORES]


async def choose(tx: Tx, wanted: ProviderName | None) -> ProviderName:
    """The wanted provider, else the first that is no app store.

    Raises: ProviderNotConnected, NothingForSale.
    Runs as: service."""
    selling = await connected(tx)
    if wanted is not None:
        if wanted not in selling:
            raise ProviderNotConnected(provider=wanted)
        return wanted
    for name in selling:
        if name not in APP_STORES:
            return name
    raise NothingForSale


async def is_sandbox(tx: Tx, name: ProviderName) -> bool:
    """True where test money counts as money.

    Runs as: service."""
    if name is ProviderName.local:
        return True
    known = await tx.maybe(
        bool, "select sandbox from app.provider_accounts where tenant_id = $1 and provider = $2", name.value
    )
    return bool(known)


async def provider_of(db: Database, tenant_id: int, name: ProviderName) -> Provider:
    """The tenant's adapter for a provider, to be closed after use; also for one that was disconnected.

    Raises: ProviderNotConnected.
    Runs as: service.
    """
    if name is ProviderName.local:
        return _local(tenant_id)
    async with db.as_service(tenant_id) as tx:
        row = await tx.maybe(
            _Sealed,
            "select sealed, sandbox from app.provider_accounts where tenant_id = $1 and provider = $2",
            name.value,
        )
    if row is None:
        raise ProviderNotConnected(provider=name)
    kind = adapter(name)
    account = msgspec.json.decode(seal.unseal(_purpose(tenant_id, name), row.sealed), type=kind.account)
    return _build(kind.provider, account, sandbox=row.sandbox)


@asynccontextmanager
async def opened(db: Database, tenant_id: int, name: ProviderName) -> AsyncIterator[Provider]:
    """``provider_of``, closed at the end.

    Raises: ProviderNotConnected."""
    provider = await provider_of(db, tenant_id, name)
    try:
        yield provider
    finally:
        await provider.close()


def provider_from(name: ProviderName, values: dict[str, Any], *, sandbox: bool) -> Provider:
    """An adapter for an account that is not stored yet, to try it.

    Raises: AccountInvalid."""
    return _build(adapter(name).provider, read_account(name, values), sandbox=sandbox)


def account_of(name: ProviderName) -> type[Struct]:
    """The struct of an account's credentials."""
    return adapter(name).account


async def do_connect(tx: Tx, name: ProviderName, values: dict[str, Any], *, sandbox: bool) -> None:
    """Seals and stores an account, or replaces it.

    Raises: AccountInvalid.
    Runs as: service.
    """
    account = read_account(name, values)
    await tx.run(
        """
        insert into app.provider_accounts (tenant_id, provider, sealed, sandbox) values ($1, $2, $3, $4)
        on conflict (tenant_id, provider) do update set sealed = excluded.sealed, sandbox = excluded.sandbox,
            active = true, updated_at = app.now()
        """,
        name.value,
        seal.seal(_purpose(tx.tenant_id, name), msgspec.json.encode(account)),
        sandbox,
    )
    await tenants.do_record(tx, "payment_provider_connected", provider=name, sandbox=sandbox)


async def do_reseal(tx: Tx) -> None:
    """Seals with the current key what an older one sealed.

    Locks: provider_accounts.
    Runs as: service.
    """
    for row in await tx.all(
        _Stored, "select provider, sealed from app.provider_accounts where tenant_id = $1 order by provider for update"
    ):
        purpose = _purpose(tx.tenant_id, row.provider)
        if not seal.is_current(purpose, row.sealed):
            await tx.run(
                "update app.provider_accounts set sealed = $3 where tenant_id = $1 and provider = $2",
                row.provider.value,
                seal.seal(purpose, seal.unseal(purpose, row.sealed)),
            )


def opening_key(tenant_id: int, name: ProviderName, sealed: bytes) -> str | None:
    """Id of the seal key that opens a stored account; None if it is missing here."""
    return seal.opening_key(_purpose(tenant_id, name), sealed)


async def do_disconnect(tx: Tx, name: ProviderName) -> None:
    """Stops selling at the provider. Refunds and webhooks of earlier sales still work.

    Raises: ProviderNotConnected.
    Runs as: service.
    """
    done = await tx.maybe(
        str,
        """
        update app.provider_accounts set active = false, updated_at = app.now()
        where tenant_id = $1 and provider = $2 and active returning provider
        """,
        name.value,
    )
    if done is None:
        raise ProviderNotConnected(provider=name)
    await tenants.do_record(tx, "payment_provider_disconnected", provider=name)


def read_account(name: ProviderName, values: dict[str, Any]) -> Struct:
    """Checks and converts the credentials an operator typed. The error names the field that is missing or wrong.

    Raises: AccountInvalid."""
    if name is ProviderName.local:
        raise AccountInvalid(detail="the local pay page needs no account and takes none")
    kind = adapter(name).account
    known = {field.name for field in msgspec.structs.fields(kind)}
    if unknown := sorted(set(values) - known):
        raise AccountInvalid(detail=f"{name} has no {', '.join(unknown)}; it has {', '.join(sorted(known))}")
    try:
        return msgspec.convert(values, kind, strict=False)  # an operator types text, also for numbers
    except (msgspec.ValidationError, ValueError) as error:
        raise AccountInvalid(detail=str(error)) from None


async def provider_lines(tx: Tx) -> list[ProviderLine]:
    """Every provider, connected or not.

    Runs as: service."""
    sandboxes = await _sandboxes(tx)
    selling = await connected(tx)
    slug = (await tenants.current(tx)).slug
    return [
        ProviderLine(
            provider=name,
            connected=name in selling,
            sandbox=name is ProviderName.local or sandboxes.get(name, False),
            webhook_url=webhook_url(name, slug),
            renews=name in RECURRING,
            store=name in APP_STORES,
        )
        for name in ADAPTERS
        if name is not ProviderName.local or integrations.current().local_payments is not None
    ]


def webhook_url(name: ProviderName, slug: str) -> str:
    return f"{integrations.current().public_url}/api/payments/webhooks/{name}/{slug}"


class _Sandbox(Struct, frozen=True):
    provider: ProviderName
    sandbox: bool


async def _sandboxes(tx: Tx) -> dict[ProviderName, bool]:
    rows = await tx.all(_Sandbox, "select provider, sandbox from app.provider_accounts where tenant_id = $1")
    return {row.provider: row.sandbox for row in rows}


def _local(tenant_id: int) -> Provider:
    place = integrations.current().local_payments
    if place is None:
        raise ProviderNotConnected(provider=ProviderName.local)
    kind = adapter(ProviderName.local)
    account = kind.account.at(place, tenant_id)  # type: ignore[attr-defined]  # the one account without a setup
    return _build(kind.provider, account, sandbox=True)


def _build(provider: type[Provider], account: Struct, *, sandbox: bool) -> Provider:
    return provider(account, sandbox=sandbox)  # type: ignore[call-arg]  # each adapter takes its own account's struct


def _purpose(tenant_id: int, name: ProviderName) -> str:
    return f"payment provider {name} of tenant {tenant_id}"
