"""Fingerprints stay what they were: a key from before an upgrade is recognised after it, and stands for the same."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from meydan.kit import clock
from meydan.kit.database import DatabaseSettings
from meydan.money import wallet
from meydan.money.wallet import Account, AccountKind, Entry, TransactionType, coins_of, earnings_of
from meydan.money.wallet.enums import entry_rows
from tests.money.bank import Bank

ANA, BORA, SUBJECT, ORIGINAL = (UUID(int=number) for number in (0xA, 0xB, 0xC, 0xD))

Header = tuple[str, UUID | None, UUID | None, UUID | None, str | None]

# Digests by `app.ledger_fingerprint` of migration 0012, to which entries came as five arrays.
DIGESTS: list[tuple[Header, list[Entry], str]] = [
    (
        ("gift_sent", ANA, SUBJECT, None, None),
        [Entry(coins_of(ANA), -5), Entry(earnings_of(BORA), 5)],
        "9620b7f8639ad230fe6b29875b5828eee756efde3dffb97a256382a99d1dfdd7",
    ),
    (
        ("purchased", BORA, None, None, None),
        [Entry(coins_of(BORA), 100), Entry(wallet.clearing("stripe", "TRY"), -100)],
        "ce0430d07361f6dd3d724bb02010c2d41e9bd044922139885a26c479eed164f8",
    ),
    (  # words that an array's text puts in quotation marks
        ("adjustment", None, None, None, None),
        [
            Entry(Account(AccountKind.promotions, provider="", currency='a "b", \\{c} NULL'), -7),
            Entry(Account(AccountKind.clearing, provider="null", currency="x y"), 7),
        ],
        "9e6e9422bf12e8d2cee833243745943ac4702d0bf0fde2dc0190dc1affcb3b58",
    ),
    (  # a request stands in for the entries
        ("reversal", ANA, SUBJECT, ORIGINAL, "reversal"),
        [Entry(coins_of(ANA), 5), Entry(earnings_of(BORA), -5)],
        "d6ab558ce3c913235cb4001dcfdb837119cf4eafc72697a7e7b91524df37ca88",
    ),
]


@pytest.fixture
async def owner(database_settings: DatabaseSettings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_settings.owner_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize(("header", "entries", "digest"), DIGESTS, ids=[header[0] for header, _, _ in DIGESTS])
async def test_a_transfer_has_the_fingerprint_it_always_had(
    owner: asyncpg.Connection, header: Header, entries: list[Entry], digest: str
):
    found = await owner.fetchval("select app.ledger_fingerprint($1, $2, $3, $4, $5, $6)", *header, entry_rows(entries))
    assert found.hex() == digest


async def test_a_committed_hold_is_known_by_its_id_and_receivers(bank: Bank, owner: asyncpg.Connection):
    ana, bora = await bank.person(100), await bank.person()
    async with bank.db.as_service(bank.tenant.id) as tx:
        hold = await wallet.do_hold(
            *(tx, ana.me.user_id, 60), key="hold", purpose="call", expires_at=clock.now() + timedelta(hours=1)
        )
        receivers = [Entry(earnings_of(bora.me.user_id), 40), Entry(wallet.TENANT_REVENUE, 10)]
        paid = await wallet.do_commit_hold(tx, hold.id, receivers, type=TransactionType.call, key="pay")
    text = (
        f"call|{ana.me.user_id}|{hold.id}|{{creator_revenue,tenant_revenue}}|{{{bora.me.user_id},NULL}}"
        "|{NULL,NULL}|{NULL,NULL}|{40,10}"
    )
    stored = await owner.fetchval(
        "select fingerprint from app.coin_transactions where tenant_id = $1 and id = $2", bank.tenant.id, paid.id
    )
    assert stored == hashlib.sha256(text.encode()).digest()
