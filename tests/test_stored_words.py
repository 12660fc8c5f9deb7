"""Stored words: a database of an older program goes on in this one, and nothing in it is lost.

``migrations/from_0010.sql.gz`` was filled by that program with one of each (see ``migrations/README.md``). A word may be
renamed together with the data. The values that stood under it must still be there.
"""

import gzip
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from meydan import (
    rooms,  # noqa: F401 -- registers every room's jobs and settings
    tenants,
)
from meydan.accounts import ClientDevice, LogInRequest, do_log_in, sessions
from meydan.accounts.former import contact_marks
from meydan.accounts.identifiers import Contact
from meydan.accounts.sign_in import client_network, code_limits, login_throttle, otp
from meydan.commands import backup, contacts
from meydan.config import DatabaseUrls, Secrets, Settings
from meydan.integrations import Adapters, Channel, LocalPayments
from meydan.integrations.payments import ADAPTERS, Adapter, adapter
from meydan.integrations.payments.contract import (
    Checkout,
    Disputed,
    DisputeState,
    Order,
    Paid,
    Provider,
    ProviderEvent,
    Refund,
    Statement,
    Webhook,
    WebhookEvent,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock, jobs
from meydan.kit.crypto.keys import Keys
from meydan.kit.database import Database, DatabaseSettings, Tx, migrations
from meydan.kit.errors import Refused
from meydan.kit.identity import Face, Identity, Role
from meydan.kit.jobs import registry
from meydan.kit.realtime import Frame, Realtime
from meydan.kit.realtime.frames import channel_of_user, log_key
from meydan.kit.realtime.outbox import EVERY_PROCESS
from meydan.kit.runtime import runtime
from meydan.meeting import purchases
from meydan.money import metering, wallet
from meydan.money.backoffice import adjustments, case_queue
from meydan.money.fraud import Outcome, fingerprints
from meydan.money.fraud.cases import CaseStatus
from meydan.money.gifts import gifts
from meydan.money.payments import (
    coins,
    order_source,
    orders,
    provider_accounts,
    refunds,
    settlement,
)
from meydan.money.payments.enums import PaymentStatus
from meydan.money.payments.settlement import deferred_events
from meydan.money.premium import membership
from meydan.money.wallet import daily_bonus, earnings
from meydan.notifications.inbox import Code
from tests.accounts.conftest import Postbox
from tests.conftest import MovableClock

_FOLDER = Path(__file__).parent / "migrations"
_FACTS: dict[str, Any] = json.loads((_FOLDER / "from_0010.json").read_text())
_TENANT: int = _FACTS["tenant"]
_CONTACT_KEY = "c" * 32
"""A program of then had none."""
_LAGOON: int = _FACTS["other_tenant"]
_MOMENT = datetime.fromisoformat(_FACTS["moment"])
_TRIES = "attempts"
"""The column of ``login_attempts`` that counts."""

_REAL = dict(ADAPTERS)

Row = dict[str, Any]


class Before(msgspec.Struct, frozen=True):
    """Rows as the older program left them, read before the first newer migration."""

    jobs: list[Row]
    schedules: list[str]
    configs: list[Row]
    deferred: list[Row]
    outbox: list[Row]
    attempts: list[Row]
    contacts: list[bytes]
    marks: list[Row]
    findings: list[list[Row]]
    codes: list[str]
    unread: list[Row]


class Moved(msgspec.Struct, frozen=True):
    """A copy of the older database, brought to the present."""

    db: Database
    owner: asyncpg.Connection
    before: Before

    async def job(self, id: int) -> Row:
        return dict(await self.owner.fetchrow("select * from jobs.pgqueuer where id = $1", id))

    async def work(self) -> None:
        """Does every queued job, and the jobs that it queues."""
        while rows := await self.owner.fetch(
            "delete from jobs.pgqueuer where status = 'queued' returning id, entrypoint, payload, headers"
        ):
            await self._do(rows)

    async def do_those_called(self, old_name: str) -> None:
        """Does the queued jobs that had this name, and leaves them in the queue for other stories."""
        ids = [row["id"] for row in self.before.jobs if (row["entrypoint"], row["status"]) == (old_name, "queued")]
        await self._do(await self.owner.fetch("select * from jobs.pgqueuer where id = any($1)", ids))

    async def _do(self, rows: list[asyncpg.Record]) -> None:
        for row in sorted(rows, key=lambda row: row["id"]):
            tenant_id = json.loads(row["headers"])["tenant_id"]
            await jobs.run_job(self.db, row["entrypoint"], row["payload"], tenant_id)


def _at(url: str, database: str, role: str | None = None) -> str:
    start, _, _ = url.rpartition("/")
    scheme, _, host = start.partition("://")
    login = f"{role}:test" if role else host.rpartition("@")[0]
    return f"{scheme}://{login}@{host.rpartition('@')[2]}/{database}"


@pytest.fixture(scope="module")
async def older(postgres_url: str) -> AsyncIterator[tuple[str, Before]]:
    """The name of a database that was loaded from the dump and migrated, and its rows before that."""
    name = f"meydan_older_{uuid4().hex[:8]}"
    superuser = await asyncpg.connect(postgres_url)
    await superuser.execute(f'create database "{name}" template template0 owner meydan_owner')
    owner = await asyncpg.connect(_at(postgres_url, name, "meydan_owner"))
    await owner.execute(gzip.decompress((_FOLDER / "from_0010.sql.gz").read_bytes()).decode())
    await owner.close()
    owner = await asyncpg.connect(_at(postgres_url, name, "meydan_owner"))
    before = await _read(owner)
    await owner.close()
    url = _at(postgres_url, name, "meydan_owner")
    await migrations.migrate(url)
    keys = Secrets(token_key=_FACTS["token_key"], seal_key=_FACTS["seal_key"], contact_key=_CONTACT_KEY)
    await contacts.do_rehash(Settings(Path(), database=DatabaseUrls(owner_url=url), secrets=keys))
    yield name, before
    await superuser.execute(f'drop database "{name}" with (force)')
    await superuser.close()


async def _read(owner: asyncpg.Connection) -> Before:
    async def rows(statement: str) -> list[Row]:
        return [dict(row) for row in await owner.fetch(statement)]

    return Before(
        jobs=await rows("select id, entrypoint, payload, dedupe_key, headers, status from jobs.pgqueuer order by id"),
        schedules=await owner.fetchval("select array_agg(entrypoint) from jobs.pgqueuer_schedules"),
        configs=await rows("select tenant_id, config_key, config_value from app.tenant_configs"),
        deferred=await rows(
            "select provider, subject, event from app.payment_early_events where subject <> 'ch_before'"
        ),
        outbox=await rows("select tenant_id, id, user_id, payload from app.outbox"),
        attempts=await rows("select scope, key, tries from app.login_attempts"),
        contacts=await owner.fetchval("select array_agg(contact_hash) from app.known_contacts"),
        marks=await rows(
            "select m.kind, m.mark, p.device_id, p.charge from app.payment_marks m "
            "join app.payments p on (p.tenant_id, p.id) = (m.tenant_id, m.payment_id)"
        ),
        findings=[
            json.loads(row["findings"])
            for row in await rows("select findings from app.fraud_cases where status = 'open'")
        ],
        codes=await owner.fetchval("select array_agg(distinct code) from app.notifications"),
        unread=await rows("select provider, event_id, payload from app.payment_notices where read_at is null"),
    )


@asynccontextmanager
async def copied(older: tuple[str, Before], postgres_url: str) -> AsyncIterator[Moved]:
    template, before = older
    name = f"meydan_moved_{uuid4().hex[:8]}"
    superuser = await asyncpg.connect(postgres_url)
    await superuser.execute(f'create database "{name}" template "{template}" owner meydan_owner')
    db = await Database.open(
        DatabaseSettings(
            app_url=_at(postgres_url, name, "meydan_app"),
            service_url=_at(postgres_url, name, "meydan_service"),
            relay_url=_at(postgres_url, name, "meydan_relay"),
            owner_url=_at(postgres_url, name, "meydan_owner"),
        )
    )
    owner = await asyncpg.connect(_at(postgres_url, name, "meydan_owner"))
    yield Moved(db, owner, before)
    await owner.close()
    await db.close()
    await superuser.execute(f'drop database "{name}" with (force)')
    await superuser.close()


@pytest.fixture(scope="module")
async def shared(older: tuple[str, Before], postgres_url: str) -> AsyncIterator[Moved]:
    async with copied(older, postgres_url) as one:
        yield one


@pytest.fixture
def at_its_time(tmp_path: Path, postbox: Postbox) -> Iterator[MovableClock]:
    """The moment at which the dump was made, with its keys: codes are still valid, and tries not forgotten."""
    moving = MovableClock(tmp_path / "clock")
    moving.forward(seconds=(_MOMENT - datetime.now(UTC)).total_seconds())
    keys = Keys(token_key=_FACTS["token_key"], seal_key=_FACTS["seal_key"], contact_key=_CONTACT_KEY)
    with runtime.using(clock.Clock(moving.file), keys):
        tenants.configs._read.clear()
        yield moving


@pytest.fixture
def moved(shared: Moved, at_its_time: MovableClock) -> Moved:
    """The copy shared by all stories that take nothing from each other."""
    return shared


@pytest.fixture
async def alone(older: tuple[str, Before], postgres_url: str, at_its_time: MovableClock) -> AsyncIterator[Moved]:
    """A separate copy, for a story that takes jobs out of the queue."""
    async with copied(older, postgres_url) as one:
        yield one


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    postbox = Postbox()
    place = LocalPayments(url="http://127.0.0.1:9", database=Path("nowhere"), certificate=None)
    adapters = Adapters(senders=dict.fromkeys(Channel, postbox), local_outbox=None, local_payments=place)
    with runtime.using(adapters):
        yield postbox


class Twin(Provider):
    """A provider that does as it is asked, and keeps a record of it."""

    renews = True
    calls: ClassVar[list[tuple[str, ...]]]
    webhook_events: ClassVar[list[tuple["Twin", WebhookEvent]]]

    def __init__(self, account: msgspec.Struct, *, sandbox: bool) -> None:
        self.account, self.sandbox = account, sandbox

    async def do_open_checkout(self, order: Order) -> Checkout:
        self.calls.append(("checkout", str(order.payment_id)))
        return Checkout(f"cs_{order.payment_id}", "https://pay.example/", clock.now() + timedelta(hours=1))

    async def verify(self, webhook: Webhook) -> WebhookEvent:
        raise NotImplementedError

    async def read(self, event: WebhookEvent) -> list[ProviderEvent]:
        self.calls.append(("read", event.event_id))
        self.webhook_events.append((self, event))
        return []

    async def payment(self, provider_id: str) -> list[ProviderEvent]:
        self.calls.append(("payment", provider_id))
        return []

    async def receipt(self, receipt: str) -> list[ProviderEvent]:
        self.calls.append(("receipt", receipt))
        return []

    async def subscription(self, subscription_id: str, charge: str) -> list[ProviderEvent]:
        self.calls.append(("subscription", subscription_id, charge))
        return []

    async def do_refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:
        self.calls.append(("refund", charge, str(amount), currency))
        return Refund(f"re_{charge}", amount)

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:
        self.calls.append(("statement", self.name))
        return Statement([], complete=False)

    async def do_cancel(self, subscription_id: str) -> None:
        self.calls.append(("cancel", subscription_id))

    async def do_acknowledge(self, charge: str, *, subscription: bool, given: bool) -> None:
        self.calls.append(("acknowledge", charge, "subscription" if subscription else "purchase", str(given)))


@pytest.fixture
def webhook_events() -> list[tuple[Twin, WebhookEvent]]:
    """Webhooks that a provider was given to read."""
    return []


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, webhook_events: list[tuple[Twin, WebhookEvent]]) -> list[tuple[str, ...]]:
    """Replaces every provider by its twin, and returns their calls; the account structs stay the real ones."""
    calls: list[tuple[str, ...]] = []
    for name in ProviderName:
        twin = type("Named", (Twin,), {"name": name, "calls": calls, "webhook_events": webhook_events})
        monkeypatch.setitem(ADAPTERS, name, partial(Adapter, twin, adapter(name).account))
    return calls


def leaves(value: Any) -> Counter[str]:
    """Counts every value in it, under any name."""
    if isinstance(value, dict):
        return sum((leaves(one) for one in value.values()), Counter[str]())
    if isinstance(value, list):
        return sum((leaves(one) for one in value), Counter[str]())
    return Counter() if value is None else Counter([json.dumps(value)])


def lost(before: Any, after: object) -> Counter[str]:
    """Values that ``before`` has and ``after`` has not."""
    return leaves(before) - leaves(msgspec.to_builtins(after))


def who(facts: Row) -> Identity:
    user, profile, session, device = (UUID(facts[one]) for one in ("user", "profile", "session", "device"))
    return Identity(_TENANT, user, profile, session, device, Role.user, Face.real)


def test_the_dump_has_one_of_everything_there_was(older: tuple[str, Before]):
    _, before = older
    for status in ("queued", "failed"):
        assert {row["entrypoint"] for row in before.jobs if row["status"] == status} == set(_FACTS["entrypoints"])
    assert {row["config_key"] for row in before.configs} == set(_FACTS["settings"])
    assert set(before.schedules) == set(_FACTS["schedules"])
    assert {json.loads(row["event"])["event"] for row in before.deferred} == set(_FACTS["deferred_types"])
    assert {row["provider"] for row in before.unread} == set(_FACTS["providers"])
    assert before.outbox
    assert {row["scope"] for row in before.attempts} == {"account", "address", "device", "pair", "register"}
    assert {row["kind"] for row in before.marks} == {"card", "device"}


async def test_every_job_has_a_handler_that_takes_all_it_carries(moved: Moved):
    for row in moved.before.jobs:
        now = await moved.job(row["id"])
        assert now["entrypoint"] in registry.HANDLERS, f"nobody does {row['entrypoint']} any more"
        kind, _ = registry.HANDLERS[now["entrypoint"]]
        payload = msgspec.json.decode(now["payload"], type=kind)
        missing = lost(json.loads(row["payload"]), payload)
        assert not missing, f"{row['entrypoint']} has lost {missing}"
        assert json.loads(now["headers"]) == json.loads(row["headers"])


async def test_every_job_is_done(alone: Moved, asked: list[tuple[str, ...]], postbox: Postbox):
    await alone.work()
    assert {
        ("checkout", _FACTS["purchase"]["payment"]),
        ("receipt", "receipt-of-google-12"),
        ("receipt", "receipt-of-google-13"),
        *(("read", row["event_id"]) for row in alone.before.unread),
        ("refund", "ch_bought", "1000", "TRY"),
        ("refund", "ch_twice", "14999", "TRY"),
        ("acknowledge", "GPA.claimed", "purchase", "True"),
        ("acknowledge", "claim-of-google-17", "subscription", "True"),
        ("cancel", "sub_wish"),
        ("cancel", "sub_left"),
        ("cancel", "sub_left_2"),
        ("subscription", "sub_first", "ch_first"),
        *(("statement", name) for name in _FACTS["provider_accounts"][str(_TENANT)]),
    } <= set(asked)
    assert Counter(call[0] for call in asked)["statement"] == 6  # one is the other community's
    assert {message.to for message in postbox.sent} == {"waiting@harbour.example", "+905321112233"}


async def test_every_job_that_was_held_can_be_done_when_an_operator_says_so(
    alone: Moved, asked: list[tuple[str, ...]], postbox: Postbox
):
    held = [row["id"] for row in alone.before.jobs if row["status"] == "failed"]
    await alone.owner.execute("delete from jobs.pgqueuer where status = 'queued'")
    await alone.owner.execute(
        "update jobs.pgqueuer set status = 'queued' where id = any($1) and status = 'failed'", held
    )
    await alone.work()
    kinds = {call[0] for call in asked}
    assert kinds >= {"checkout", "read", "refund", "acknowledge", "cancel", "subscription", "statement"}
    assert {"receipt", "payment"} & kinds
    assert len(postbox.sent) == 2
    assert await alone.owner.fetchval("select count(*) from jobs.pgqueuer") == 0


async def test_what_waits_once_is_not_queued_twice(moved: Moved):
    waiting = [row for row in moved.before.jobs if row["dedupe_key"] is not None]
    assert waiting
    count = await moved.owner.fetchval("select count(*) from jobs.pgqueuer")
    for row in waiting:
        tenant_id = json.loads(row["headers"])["tenant_id"]
        dedupe_key = row["dedupe_key"].removeprefix(f"{tenant_id}:{row['entrypoint']}:")
        now = await moved.job(row["id"])
        kind, _ = registry.HANDLERS[now["entrypoint"]]
        async with moved.db.as_service(tenant_id) as tx:
            await jobs.queue(
                tx, now["entrypoint"], msgspec.json.decode(now["payload"], type=kind), dedupe_key=dedupe_key
            )
    assert await moved.owner.fetchval("select count(*) from jobs.pgqueuer") == count


async def test_no_schedule_is_kept_that_nobody_follows(moved: Moved):
    kept = await moved.owner.fetchval("select array_agg(entrypoint) from jobs.pgqueuer_schedules")
    assert set(kept or []) <= {name for name, _, _ in registry.SCHEDULES}


# A device can be called anything: nothing counts by it any more.
_SETTINGS_WITHOUT_SUCCESSOR = {"accounts.codes_per_device_hour"}


async def test_every_setting_is_still_set(moved: Moved):
    for tenant_id in (_TENANT, _LAGOON):
        said = [
            json.loads(row["config_value"])
            for row in moved.before.configs
            if row["tenant_id"] == tenant_id and row["config_key"] not in _SETTINGS_WITHOUT_SUCCESSOR
        ]
        assert said
        async with moved.db.as_service(tenant_id) as tx:
            read = [(kind, await tenants.settings(tx, kind)) for kind in tenants.settings_types().values()]
        changed = [
            json.dumps(value, sort_keys=True)
            for kind, values in read
            for name, value in msgspec.to_builtins(values).items()
            if value != msgspec.to_builtins(kind())[name]
        ]
        assert sorted(changed) == sorted(json.dumps(value, sort_keys=True) for value in said)


async def test_every_report_waits_in_the_one_open_case_about_its_person(moved: Moved):
    reports = await moved.owner.fetch("""
        select said.reported_user_id, opened.user_id, opened.id, opened.status from app.reports said
        join app.users reported on reported.tenant_id = said.tenant_id and reported.id = said.reported_user_id
        left join app.report_cases opened on opened.tenant_id = said.tenant_id and opened.id = said.case_id
        where reported.erased_at is null
    """)
    assert reports
    assert all((row["user_id"], row["status"]) == (row["reported_user_id"], "open") for row in reports)
    assert len({row["id"] for row in reports}) == len({row["user_id"] for row in reports})


async def test_the_database_reads_settings_by_their_names_too(moved: Moved):
    """Two are read inside SQL functions, so that no caller sets them: 41 per cent of a gift, ripe after nine days."""
    gift = _FACTS["gift"]
    async with moved.db.as_user(who(gift)) as tx:
        await gifts.do_send(tx, UUID(gift["gift"]), 1, UUID(gift["to"]), "", key=uuid4().hex)
    async with moved.db.as_user(who(gift["receiver"])) as tx:
        [newest, *_] = (await gifts.received(tx, None, 10)).items
        assert newest.earned == newest.gift.price * 41 // 100
        [day] = {day.available_at for day in (await earnings.earnings(tx)).pending}
        assert timedelta(days=8) < day - _MOMENT < timedelta(days=10)


class _Converted(Exception):
    def __init__(self, value: object) -> None:
        self.value = value


async def test_every_webhook_that_nobody_has_read_is_understood(
    moved: Moved,
    asked: list[tuple[str, ...]],
    webhook_events: list[tuple[Twin, WebhookEvent]],
    monkeypatch: pytest.MonkeyPatch,
):
    """The real adapter converts the payload that it kept. Reading stops there, before a provider is asked."""
    await moved.do_those_called("commerce.read_notice")
    monkeypatch.undo()
    convert = msgspec.convert

    def spy(value: Any, *args: Any, **named: Any) -> Any:
        raise _Converted(convert(value, *args, **named))

    monkeypatch.setattr(msgspec, "convert", spy)
    payloads = {row["event_id"]: json.loads(row["payload"]) for row in moved.before.unread}
    assert {twin.name for twin, _ in webhook_events} == set(ProviderName)
    for twin, webhook_event in webhook_events:
        real: Any = _REAL[twin.name]().provider
        with pytest.raises(_Converted) as converted:
            await real(twin.account, sandbox=True).read(webhook_event)
        missing = lost(payloads[webhook_event.event_id], converted.value.value)
        assert not missing, f"{twin.name} has lost {missing}"


async def test_every_provider_account_opens(moved: Moved, asked: list[tuple[str, ...]]):
    for tenant_id, accounts_ in _FACTS["provider_accounts"].items():
        for name, values in accounts_.items():
            provider = await provider_accounts.provider_of(moved.db, int(tenant_id), ProviderName(name))
            assert isinstance(provider, Twin)
            assert not lost(values, provider.account)
    local = await provider_accounts.provider_of(moved.db, _TENANT, ProviderName.local)
    assert isinstance(local, Twin)
    assert not lost(_FACTS["local_account"], local.account)


def test_a_backup_of_then_knows_its_seal_key():
    assert backup.fingerprint(_FACTS["seal_key"]) == _FACTS["backup_fingerprint"]


# Codes of an older program belong to no browser.
_ASKER = code_limits.Asker("127.0.0.1", "0" * 64)


async def test_codes_on_their_way_arrive_and_open(moved: Moved, postbox: Postbox):
    to = _FACTS["codes"]["queued"]["to"]
    await moved.do_those_called("send_code")
    [message] = postbox.to(to)
    assert message.code is not None
    async with moved.db.as_service(_TENANT) as tx:
        said = await otp.do_verify(tx, Contact(Channel.email, to), otp.Purpose.register, message.code, asker=_ASKER)
    assert isinstance(said, otp.Proof)


async def test_codes_that_were_tried_are_counted_on(moved: Moved):
    tried = _FACTS["codes"]["tried"]
    address = Contact(Channel.sms, tried["to"], "TR")
    async with moved.db.as_service(_TENANT) as tx:
        wrong = await otp.do_verify(
            tx, address, otp.Purpose.register, f"{(int(tried['code']) + 1) % 1_000_000:06}", asker=_ASKER
        )
        assert isinstance(wrong, otp.OtpWrong)
        assert wrong.extra["attempts_left"] == tried["attempts_left"] - 1
        assert isinstance(
            await otp.do_verify(tx, address, otp.Purpose.register, tried["code"], asker=_ASKER), otp.Proof
        )


async def test_a_proof_proves_what_it_did(moved: Moved):
    proved = _FACTS["codes"]["proved"]
    async with moved.db.as_service(_TENANT) as tx:
        assert (await otp.do_spend_proof(tx, proved["proof"], otp.Purpose.register)).value == proved["to"]


async def test_whoever_is_logged_in_stays_so(moved: Moved):
    for user_id, token in _FACTS["refresh_tokens"].items():
        async with moved.db.as_service(_TENANT) as tx:
            opened = await sessions.do_refresh(tx, token)
        assert isinstance(opened, sessions.Opened)
        assert opened.identity.user_id == UUID(user_id)


async def test_tries_are_counted_on(moved: Moved):
    logins = _FACTS["logins"]

    async def counted() -> dict[tuple[str, bytes], int]:
        rows = await moved.owner.fetch(
            f"select scope, key, {_TRIES} as tries from app.login_attempts where scope <> 'code'"
        )
        return {(row["scope"], row["key"]): row["tries"] for row in rows}

    before = {(row["scope"], row["key"]): row["tries"] for row in moved.before.attempts}
    assert await counted() == before
    for person in (logins["known"], logins["unknown"]):
        device = ClientDevice(id=UUID(person.get("device") or str(uuid4())), name="A phone")
        with pytest.raises(Refused) as refused:
            await do_log_in(
                moved.db, _TENANT, LogInRequest(person["identifier"], device, "not this one 2"), logins["address"]
            )
        assert refused.value.code == "login_failed"
    async with moved.db.as_service(_TENANT) as tx:
        await login_throttle.do_count_registration(tx, client_network.network_of("127.0.0.1"), 1000)
    assert await counted() == {row: tries + 1 for row, tries in before.items()}


async def test_contacts_cards_and_devices_are_recognised(moved: Moved):
    async with moved.db.as_service(_TENANT) as tx:
        known = {contact_marks.contact_hash(tx, contact) for contact in _FACTS["contacts"]}
        assert known == set(await tx.all(bytes, "select contact_hash from app.known_contacts where tenant_id = $1"))
        assert len(known) == len(moved.before.contacts)
        assert not known & set(moved.before.contacts), "the seal key alone makes none of them"
        held = await tx.all(
            str,
            """
            select coalesce(person.phone, person.email) from app.known_contacts known
            join app.users person on person.tenant_id = known.tenant_id and person.id = known.user_id
            where known.tenant_id = $1 and known.left_at is null
            """,
        )
        assert held
        assert set(held) <= set(_FACTS["contacts"])
        for row in moved.before.marks:
            kind = fingerprints.FingerprintKind(row["kind"])
            value = (
                row["device_id"] if kind is fingerprints.FingerprintKind.device else _FACTS["cards"].get(row["charge"])
            )
            if value is not None:
                assert fingerprints.fingerprint_of(tx, kind, value) == row["mark"]


async def test_deferred_events_are_what_they_were(moved: Moved):
    subjects = {(row["provider"], row["subject"]) for row in moved.before.deferred}
    for provider, subject in subjects:
        said = [json.loads(row["event"]) for row in moved.before.deferred if row["subject"] == subject]
        async with moved.db.as_service(_TENANT) as tx:
            events = await deferred_events.do_take_deferred(tx, ProviderName(provider), subject)
        assert len(events) == len(said)
        assert not lost(said, events)


async def test_a_refund_that_came_first_is_still_applied_when_its_payment_comes(moved: Moved):
    facts = _FACTS["refunded_before_paid"]
    payment_id = UUID(facts["payment"])
    paid = Paid("evt_late", clock.now(), facts["charge"], facts["amount"], facts["currency"], payment_id)
    async with moved.db.as_service(_TENANT) as tx:
        await settlement.do_apply(tx, ProviderName.stripe, paid)
        assert (await orders.payment(tx, payment_id)).status is PaymentStatus.refunded


async def test_a_dispute_that_is_open_can_be_won(moved: Moved):
    facts = _FACTS["dispute"]
    payment_id = UUID(facts["payment"])
    won = Disputed(
        *("evt_won", clock.now() + timedelta(seconds=1), facts["charge"], facts["dispute"]),
        *(facts["amount"], facts["currency"], DisputeState.won),
    )
    async with moved.db.as_service(_TENANT) as tx:
        assert (await orders.payment(tx, payment_id)).status is PaymentStatus.disputed
        await settlement.do_apply(tx, ProviderName.stripe, won)
        assert (await orders.payment(tx, payment_id)).status is PaymentStatus.paid


async def test_what_was_doubted_is_shown_and_released_in_time(moved: Moved, at_its_time: MovableClock):
    staff = UUID(_FACTS["adjust"]["actor"])
    async with moved.db.as_service(_TENANT) as tx:
        shown = (await case_queue.page(tx, staff, CaseStatus.open, None, 50)).items
        held = {case.outcome: case.payment.id for case in shown if case.payment is not None}
    assert not leaves(moved.before.findings) - leaves([msgspec.to_builtins(case.findings) for case in shown])
    at_its_time.forward(hours=3)
    await moved.do_those_called("release_delayed")
    async with moved.db.as_service(_TENANT) as tx:
        assert (await orders.payment(tx, held[Outcome.delay])).status is PaymentStatus.paid
        assert (await orders.payment(tx, held[Outcome.review])).status is PaymentStatus.held


async def test_frames_that_nobody_has_forwarded_are_forwarded(moved: Moved, valkey_url: str):
    tags = {kind.__struct_config__.tag for kind in _frames(Frame)}
    frames = [row for row in moved.before.outbox if row["user_id"] != EVERY_PROCESS]
    assert {json.loads(row["payload"])["t"] for row in frames} <= tags
    async with Realtime.opened(valkey_url, moved.db) as realtime:
        assert await realtime.sweeper.lock_and_forward(timedelta()) >= len(moved.before.outbox)
        for row in frames:
            key = log_key(channel_of_user(row["tenant_id"], row["user_id"]))
            logged = [fields[1] for _, fields in await realtime.valkey.execute("XRANGE", key, "-", "+")]
            assert row["payload"].encode() in logged


def _frames(kind: type[Frame]) -> Iterator[type[Frame]]:
    for one in kind.__subclasses__():
        yield one
        yield from _frames(one)


async def test_notifications_say_what_clients_know(moved: Moved):
    assert set(moved.before.codes) <= {code.value for code in Code}


async def test_what_was_asked_for_once_is_not_done_again(moved: Moved):
    """Idempotency keys are stored words too: a repeated request answers what the first one did."""

    async def books() -> list[int]:
        return [
            await moved.owner.fetchval(f"select count(*) from app.{table}")
            for table in ("payments", "payment_refunds", "subscriptions", "coin_transactions", "coin_holds", "meters")
        ]

    before = await books()
    async with moved.db.as_service(_TENANT) as tx:
        await _ask_again(tx)
    gift = _FACTS["gift"]
    async with moved.db.as_user(who(gift)) as tx:
        sent = await gifts.do_send(
            tx, UUID(gift["gift"]), gift["quantity"], UUID(gift["to"]), gift["note"], key=gift["key"]
        )
    assert sent.id == UUID(gift["sent"])
    assert await books() == before
    async with moved.db.as_service(_TENANT) as tx:
        assert (await wallet.do_audit(tx, whole=True)).fault_count == 0


async def test_a_stored_transfer_still_has_its_fingerprint(alone: Moved):
    """Entries are asked for in the order of locks. A chargeback stands for its request, which is not stored."""
    rows = await alone.owner.fetch("""
        select header.idempotency_key as key, header.fingerprint as stored, app.ledger_fingerprint(
            header.transaction_type, header.user_id, header.subject_id, header.reverses_id, null, array_agg(
                (account.kind, account.user_id, account.provider, account.currency, entry.amount)::app.ledger_entry
                order by app.ledger_rank(account.kind)
            )
        ) as present
        from app.coin_transactions header
        join app.coin_entries entry on entry.tenant_id = header.tenant_id and entry.transaction_id = header.id
        join app.ledger_accounts account on account.tenant_id = entry.tenant_id and account.id = entry.account_id
        where header.transaction_type <> 'chargeback'
        group by header.tenant_id, header.id
    """)
    assert len(rows) == 12
    assert {row["key"]: row["present"] for row in rows} == {row["key"]: row["stored"] for row in rows}


async def _ask_again(tx: Tx) -> None:
    purchase, refund, spent = _FACTS["purchase"], _FACTS["refund"], _FACTS["spend"]
    meter, hold, adjust, subscribe = _FACTS["meter"], _FACTS["hold"], _FACTS["adjust"], _FACTS["subscribe"]
    at = order_source.OrderedFrom(uuid4(), "203.0.113.7", "https://harbour.example")
    ordered = await coins.do_order(
        tx, UUID(purchase["user"]), UUID(_FACTS["package"]), ProviderName.stripe, purchase["key"], at
    )
    assert ordered.id == UUID(purchase["payment"])
    await refunds.do_refund(
        *(tx, UUID(refund["payment"]), refund["amount"]),
        reason=refund["reason"],
        actor=UUID(refund["actor"]),
        key=refund["key"],
    )
    await purchases.do_spend(tx, UUID(spent["user"]), purchases.Item(spent["item"]), spent["quantity"], spent["key"])
    await membership.do_subscribe_with_coins(tx, UUID(subscribe["user"]), UUID(subscribe["plan"]), subscribe["key"])
    await adjustments.do_adjust(
        *(
            tx,
            UUID(adjust["user"]),
            adjustments.Direction.give,
            adjust["coins"],
            adjust["reason"],
            UUID(adjust["actor"]),
        ),
        key=adjust["key"],
    )
    held = await wallet.do_hold(
        *(tx, UUID(hold["user"]), hold["amount"]),
        key=hold["key"],
        purpose=hold["purpose"],
        expires_at=datetime.fromisoformat(hold["expires_at"]),
    )
    assert held.id == UUID(hold["hold"])
    running = await metering.do_start_meter(
        tx,
        payer=UUID(meter["payer"]),
        payee=UUID(meter["payee"]),
        coins_per_minute=meter["coins_per_minute"],
        subject_id=UUID(meter["subject"]),
        key=meter["key"],
    )
    assert running.id == UUID(meter["meter"])
    with pytest.raises(daily_bonus.AlreadyEarned):
        async with tx.savepoint():
            await daily_bonus.do_earn_daily(tx, UUID(_FACTS["daily"]["user"]))
