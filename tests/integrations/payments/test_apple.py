"""The App Store, as a server of our own behaves like it."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from meydan.integrations.payments.apple.account import APPLE_ROOT_CA_G3, AppleAccount
from meydan.integrations.payments.apple.adapter import AppleProvider
from meydan.integrations.payments.contract import (
    Charge,
    Paid,
    ProviderEvent,
    ProviderRefused,
    ProviderUnavailable,
    Refunded,
    SignatureInvalid,
    SubscriptionChanged,
    SubscriptionState,
    Webhook,
    WebhookEvent,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.money.payments import provider_accounts
from tests.integrations.payments.fake_server import Answered
from tests.integrations.payments.servers.apple import AppStore
from tests.integrations.payments.servers.apple_chain import INTERMEDIATE, Chain

T = TypeVar("T")
CHAIN = Chain()


@pytest.fixture
async def store() -> AsyncIterator[AppStore]:
    async with AppStore(chain=CHAIN) as one:
        yield one


def account(store: AppStore, **other: Any) -> AppleAccount:
    mine = AppleAccount(
        issuer_id=store.issuer_id,
        key_id=store.key_id,
        private_key=store.private_key,
        bundle_id=store.bundle_id,
        app_apple_id=store.app_apple_id,
        api_url=store.url,
        root_fingerprints=(CHAIN.fingerprint,),
    )
    return msgspec.structs.replace(mine, **other)


@pytest.fixture
async def apple(store: AppStore) -> AsyncIterator[AppleProvider]:
    provider = AppleProvider(account(store), sandbox=False)
    yield provider
    await provider.close()


async def deliver(apple: AppleProvider, body: bytes) -> list[ProviderEvent]:
    """As the webhook's route and its job do: what was verified is kept as JSON, and read later."""
    webhook_event = await apple.verify(Webhook(headers={}, body=body))
    return await apple.read(msgspec.json.decode(msgspec.json.encode(webhook_event), type=WebhookEvent))


async def last(apple: AppleProvider, store: AppStore) -> list[ProviderEvent]:
    return await deliver(apple, store.told[-1][1])


def of(kind: type[T], events: list[ProviderEvent]) -> T:
    (one,) = [event for event in events if isinstance(event, kind)]
    return one


# Buying.


async def test_bought_coins_are_told_and_checked_alike(apple: AppleProvider, store: AppStore):
    payment = uuid4()
    transaction = store.buy(token=payment)
    (paid,) = told = await last(apple, store)
    assert isinstance(paid, Paid)
    assert (paid.charge, paid.amount, paid.currency, paid.payment_id) == (transaction, 14999, "TRY", payment)
    assert (paid.product_id, paid.subscription, paid.test) == ("coins.500", None, False)
    assert paid.happened_at == store.now - timedelta(seconds=1)
    assert await apple.payment(transaction) == told


async def test_a_proof_from_the_phone_is_only_a_reason_to_ask(apple: AppleProvider, store: AppStore):
    transaction = store.buy(token=uuid4())
    proof = store.sign(store.transactions[transaction])
    store.refund(transaction)  # after the phone got its copy
    paid, refunded = await apple.receipt(proof)
    assert isinstance(paid, Paid) and isinstance(refunded, Refunded)
    assert refunded.refunded == paid.amount == 14999


async def test_a_made_up_proof_is_refused_without_asking(apple: AppleProvider, store: AppStore):
    other = AppStore(chain=Chain())
    forged = other.sign(other.transactions[other.buy(token=uuid4())])
    with pytest.raises(ProviderRefused, match="not a transaction that Apple signed"):
        await apple.receipt(forged)
    for nonsense in ("", "hello", "a.b.c", "12/../34", "１２"):
        with pytest.raises(ProviderRefused):
            await apple.payment(nonsense)
        with pytest.raises(ProviderRefused):
            await apple.receipt(nonsense)
    assert store.asked == []


async def test_apple_finds_nothing_by_our_own_id(apple: AppleProvider, store: AppStore):
    assert await apple.payment(str(uuid4())) == []
    assert store.asked == []


async def test_a_purchase_without_our_id_still_says_who_paid_what(apple: AppleProvider, store: AppStore):
    store.buy(token=None)
    assert of(Paid, await last(apple, store)).payment_id is None


async def test_what_a_relative_bought_is_no_money(apple: AppleProvider, store: AppStore):
    shared = store.subscribe(shared=True)
    assert await last(apple, store) == []
    with pytest.raises(ProviderRefused, match="Family Sharing"):
        await apple.payment(shared)
    store.tell("REVOKE", shared)
    assert await last(apple, store) == []


# Subscriptions.


async def test_a_subscription_is_checked_whole_page_by_page(apple: AppleProvider, store: AppStore):
    store.page_size = 2
    payment = uuid4()
    subscription = store.subscribe(token=payment)
    charges = [subscription, *(store.renew(subscription) for _ in range(4))]
    store.subscribe("premium.year", token=payment)  # another one of the same customer
    store.refund(charges[1])
    store.statuses[subscription] = store.statuses[charges[0]]

    events = await apple.payment(charges[3])
    assert [event.charge for event in events if isinstance(event, Paid)] == charges
    assert [event.payment_id for event in events if isinstance(event, Paid)] == [payment, None, None, None, None]
    assert of(Refunded, events).charge == charges[1]
    assert of(SubscriptionChanged, events).subscription == subscription


# Refunds.


@pytest.mark.parametrize(("part", "minor"), [(100_000, 14999), (50_000, 7500), (33_333, 5000), (1, 0), (40_000, 6000)])
async def test_a_refund_of_a_part(apple: AppleProvider, store: AppStore, part: int, minor: int):
    transaction = store.buy()
    store.refund(transaction, part=part)
    assert of(Refunded, await last(apple, store)).refunded == minor


async def test_a_refund_that_was_taken_back_stays_so_in_any_order(apple: AppleProvider, store: AppStore):
    transaction = store.buy()
    store.refund(transaction)
    store.reverse_refund(transaction)
    for _, body in reversed(store.told[1:]):
        back = of(Refunded, await deliver(apple, body))
        assert (back.refunded, back.reversed) == (0, True)


async def test_a_refunded_subscription_is_over(apple: AppleProvider, store: AppStore):
    subscription = store.subscribe()
    store.refund(subscription)
    events = await last(apple, store)
    assert of(Refunded, events).refunded == 19999
    changed = of(SubscriptionChanged, events)
    assert changed.state is SubscriptionState.expired
    assert changed.period_ends_at == of(Refunded, events).happened_at


async def test_an_older_periods_refund_says_how_the_newest_stands(apple: AppleProvider, store: AppStore):
    subscription = store.subscribe()
    store.renew(subscription)
    ends = of(SubscriptionChanged, await last(apple, store)).period_ends_at
    store.refund(subscription)
    events = await last(apple, store)
    assert of(Refunded, events).charge == subscription
    changed = of(SubscriptionChanged, events)
    assert (changed.state, changed.period_ends_at) == (SubscriptionState.active, ends)


# Who may tell.


@pytest.mark.parametrize(
    "chain",
    [
        Chain(),
        Chain(root=CHAIN.root, leaf_mark=None),
        Chain(root=CHAIN.root, leaf_mark=INTERMEDIATE),
        Chain(root=CHAIN.root, intermediate_mark=None),
        Chain(root=CHAIN.root, leaf_until=datetime(2025, 1, 1, tzinfo=UTC)),
    ],
    ids=[
        "another root",
        "a leaf without a mark",
        "a leaf with the wrong mark",
        "no intermediate",
        "expired when it signed",
    ],
)
async def test_a_chain_that_is_not_apples(apple: AppleProvider, chain: Chain):
    forger = AppStore(chain=chain)
    forger.buy()
    with pytest.raises(SignatureInvalid):
        await last(apple, forger)


async def test_a_certificate_that_expired_since_has_still_signed(apple: AppleProvider, store: AppStore):
    store.chain = Chain(root=CHAIN.root, leaf_until=datetime(2025, 1, 1, tzinfo=UTC))
    store.now = datetime(2024, 12, 31, tzinfo=UTC)
    store.buy()
    assert of(Paid, await last(apple, store)).amount == 14999


async def test_bringing_apples_root_along_is_not_being_signed_by_it(apple: AppleProvider, store: AppStore):
    forger = Chain()
    store.buy()
    payload = {"notificationType": "TEST", "notificationUUID": str(uuid4()), "signedDate": 1_760_000_000_000}
    body = json.dumps({"signedPayload": forger.sign(payload, root=CHAIN.root.der)}).encode()
    with pytest.raises(SignatureInvalid):
        await deliver(apple, body)


async def test_a_changed_payload(apple: AppleProvider, store: AppStore):
    store.buy()
    jws = json.loads(store.told[0][1])["signedPayload"]
    header, _, signature = jws.split(".")
    other = json.loads(store.tell("TEST"))["signedPayload"].split(".")[1]
    with pytest.raises(SignatureInvalid):
        await deliver(apple, json.dumps({"signedPayload": f"{header}.{other}.{signature}"}).encode())


async def test_an_inner_transaction_must_be_signed_too(apple: AppleProvider, store: AppStore):
    """Outside Apple's, inside somebody else's."""
    forger = AppStore(chain=Chain())
    transaction = forger.buy(token=uuid4())
    store.transactions[transaction] = forger.transactions[transaction]
    store.sign = forger.sign  # type: ignore[method-assign]
    store.tell("ONE_TIME_CHARGE", transaction)
    with pytest.raises(SignatureInvalid):
        await last(apple, store)


@pytest.mark.parametrize(
    "other",
    [{"bundle_id": "com.example.other"}, {"app_apple_id": 42}, {"environment": "Sandbox"}],
    ids=["another app", "another app of the same name", "the sandbox"],
)
async def test_a_notice_for_somebody_else(apple: AppleProvider, other: dict[str, Any]):
    elsewhere = AppStore(chain=CHAIN, **other)
    elsewhere.buy()
    with pytest.raises(SignatureInvalid):
        await last(apple, elsewhere)


async def test_the_sandbox_is_play_money(store: AppStore):
    async with AppStore(chain=CHAIN, environment="Sandbox") as sandbox:
        apple = AppleProvider(account(sandbox), sandbox=True)
        transaction = sandbox.buy()
        assert of(Paid, await last(apple, sandbox)).test
        assert of(Paid, await apple.payment(transaction)).test
        store.buy()
        with pytest.raises(SignatureInvalid):
            await last(apple, store)
        await apple.close()


def test_apples_own_root_is_what_counts_unless_told_otherwise():
    bare = AppleAccount(
        issuer_id="i",
        key_id="k",
        private_key=_pem(ec.generate_private_key(ec.SECP256R1())),
        bundle_id="b",
        app_apple_id=1,
    )
    assert bare.root_fingerprints == (APPLE_ROOT_CA_G3,)
    assert bytes.fromhex(APPLE_ROOT_CA_G3).hex(":").upper().startswith("63:34:3A:BF:B8:9A:6A:03:EB:B5:7E:9B:3F:5F")


async def test_fingerprints_may_be_written_as_apple_writes_them(store: AppStore):
    written = bytes.fromhex(CHAIN.fingerprint).hex(":").upper()
    apple = AppleProvider(account(store, root_fingerprints=(written,)), sandbox=False)
    store.buy()
    assert of(Paid, await last(apple, store)).amount == 14999


# The books.


async def test_a_statement_holds_what_was_told_and_what_was_asked_for(apple: AppleProvider, store: AppStore):
    store.page_size = 2
    store.now = datetime.now(UTC).replace(microsecond=0) - timedelta(days=10)
    long_ago, nobodys = store.buy(token=uuid4()), store.buy()
    store.now = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    payment = uuid4()
    bought, partly, unheard = store.buy(token=payment), store.buy(), store.buy()
    store.told.pop()  # Apple never told us of the last
    subscription = store.subscribe()
    store.subscribe(shared=True)
    store.refund(partly, part=50_000)
    store.refund(nobodys)  # told in the time asked for, but neither sold in it nor known
    now = datetime.now(UTC)

    statement = await apple.statement(now - timedelta(days=2), now, [bought, unheard, long_ago, "999"])
    assert not statement.complete
    charges = {one.provider_charge_id: one for one in statement.charges}
    assert charges.keys() == {bought, partly, unheard, long_ago, subscription}
    assert charges[bought] == Charge(
        provider_charge_id=bought,
        amount=14999,
        currency="TRY",
        refunded=0,
        disputed=False,
        paid_at=datetime.fromtimestamp(store.transactions[bought]["purchaseDate"] / 1000, UTC),
        payment_id=payment,
    )
    assert charges[partly].refunded == 7500


# When it does not work.


@pytest.mark.parametrize(
    "trouble",
    [
        Answered(404, {"errorCode": 4040006, "errorMessage": "Original transaction id not found. Please try again."}),
        Answered(200, {"signedTransactionInfo": "a.b.c"}),
        Answered(200, {}),
    ],
)
async def test_what_may_work_in_a_moment(apple: AppleProvider, store: AppStore, trouble: Answered):
    transaction = store.buy()
    store.trouble = [trouble]
    with pytest.raises(ProviderUnavailable):
        await apple.payment(transaction)
    assert of(Paid, await apple.payment(transaction)).charge == transaction


async def test_what_apple_does_not_know(apple: AppleProvider):
    with pytest.raises(ProviderRefused, match=r"404 \(4040010"):
        await apple.payment("123")


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize("key", ["", "not a key", _pem(rsa.generate_private_key(65537, 2048))])
def test_a_key_that_is_none_of_apples_is_told_when_it_is_set(key: str):
    values = {"issuer_id": "i", "key_id": "k", "private_key": key, "bundle_id": "b", "app_apple_id": 1}
    with pytest.raises(msgspec.ValidationError, match=r"\.p8"):
        msgspec.convert(values, AppleAccount)


def test_a_number_typed_in_is_a_number(store: AppStore):
    typed = {name: value for name, value in msgspec.to_builtins(account(store)).items() if name != "root_fingerprints"}
    read = provider_accounts.read_account(ProviderName.apple, typed | {"app_apple_id": str(store.app_apple_id)})
    assert read == account(store, root_fingerprints=(APPLE_ROOT_CA_G3,))
