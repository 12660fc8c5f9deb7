"""`meydan doctor` on installations that are broken on purpose."""

import os
import re
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import msgspec
import pytest
from msgspec.structs import replace
from valkey import Valkey

from meydan import tenants
from meydan.commands.doctor import examine
from meydan.commands.doctor.ciphertext import check_ciphertext
from meydan.commands.doctor.database import check_database
from meydan.commands.doctor.findings import Level
from meydan.commands.doctor.installation import check_disk, check_settings
from meydan.commands.doctor.keys import check_keys
from meydan.commands.doctor.parts import check_servers, check_valkey, check_worker
from meydan.config import Backups, Settings, Sms, make_secrets
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import valkey as kit_valkey
from meydan.kit.crypto.keys import key_id
from meydan.kit.database import Database, DatabaseSettings
from meydan.kit.jobs.heartbeat import KEY, beating
from meydan.money import wallet
from meydan.money.payments import provider_accounts
from tests.accounts.conftest import new_phone
from tests.accounts.former.test_inheritance import arrive_with
from tests.conftest import new_tenant
from tests.factories import make_person
from tests.money.fraud.purchases import buy
from tests.own_valkey import OwnValkey
from tests.rotation import BEFORE, TWICE


@pytest.fixture(scope="module")
def database_settings(own_database: DatabaseSettings) -> DatabaseSettings:
    return own_database  # jobs of other stories wait there, for longer than a worker would let them


@pytest.fixture(scope="module")
async def db(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    database = await Database.open(database_settings)
    yield database
    await database.close()


def settings_of(data: Path, database: DatabaseSettings, valkey_url: str) -> Settings:
    from msgspec.structs import asdict, replace

    from meydan.config import DatabaseUrls, Secrets
    from meydan.config import Valkey as ValkeyAddress

    return replace(
        Settings(data=data),
        database=DatabaseUrls(**asdict(database)),
        valkey=ValkeyAddress(url=valkey_url),
        secrets=Secrets(token_key="t" * 64, seal_key="s" * 64, contact_key="c" * 64),
    )


async def words(findings, level: Level) -> str:
    return "\n".join([finding.words async for finding in findings if finding.level is level])


@pytest.fixture
def settings(tmp_path: Path, database_settings: DatabaseSettings, valkey_url: str) -> Settings:
    return settings_of(tmp_path, database_settings, valkey_url)


async def test_a_healthy_database_has_nothing_to_mend(settings: Settings, db: Database) -> None:
    await db.relay.execute("delete from app.outbox")  # of other stories, which have no worker
    assert await words(check_database(settings), Level.bad) == ""
    assert "fsync is off" in await words(check_database(settings), Level.warning)  # as the tests' engines are
    assert await words(check_valkey(settings), Level.bad) == ""


async def test_a_login_that_may_pass_row_level_security(settings: Settings, postgres_url: str) -> None:
    from msgspec.structs import replace

    superuser = settings.database.app_url.replace(
        "meydan_app:test", postgres_url.split("//")[1].split("@", maxsplit=1)[0]
    )
    loose = replace(settings, database=replace(settings.database, app_url=superuser))
    said = await words(check_database(loose), Level.bad)
    assert "logs in as postgres" in said
    assert "may pass row level security" in said


async def test_what_does_not_answer(settings: Settings) -> None:
    from msgspec.structs import replace

    nowhere = "postgresql://meydan_app:x@127.0.0.1:1/meydan"
    said = await words(
        check_database(replace(settings, database=replace(settings.database, app_url=nowhere, relay_url=""))),
        Level.bad,
    )
    assert "meydan_app cannot log in" in said
    assert "MEYDAN_DATABASE_RELAY_URL" in said
    said = await words(
        check_valkey(replace(settings, valkey=replace(settings.valkey, url="redis://127.0.0.1:1/0"))), Level.bad
    )
    assert "no answer" in said


async def test_held_and_late_jobs_missing_migrations_and_open_tables(settings: Settings) -> None:
    owner = await asyncpg.connect(settings.database.owner_url)
    try:
        newest = await owner.fetchrow(
            "delete from public.migrations where name = (select max(name) from public.migrations) returning *"
        )
        await owner.execute("create table app.left_open (id integer)")
        for status, after in (("failed", "0"), ("queued", "1 hour")):
            await owner.execute(
                """
                insert into jobs.pgqueuer (priority, entrypoint, execute_after, status)
                values (0, 'doctor_test', now() - $2::text::interval, $1::text::jobs.pgqueuer_status)
                """,
                status,
                after,
            )
        bad = await words(check_database(settings), Level.bad)
        warned = await words(check_database(settings), Level.warning)
    finally:
        await owner.execute("drop table app.left_open; delete from jobs.pgqueuer where entrypoint = 'doctor_test'")
        await owner.execute("insert into public.migrations values ($1, $2, $3, $4)", *newest.values())
        await owner.close()
    assert newest["name"] in bad
    assert "left_open" in bad
    assert "more than five minutes" in bad
    assert "doctor_test 1" in warned


async def test_keys_that_are_needed_and_keys_that_are_missing(
    settings: Settings, db: Database, tenant: tenants.Tenant
) -> None:
    """The checks begin with what the stories' own keys have hashed; then the keys are rotated, and then lost."""
    for person in [await arrive_with(db, tenant, new_phone()) for _ in range(2)]:
        await buy(db, person, card="visa")
    async with db.as_service(tenant.id) as tx:
        values = {"secret_key": "sk_test_123", "webhook_secret": "whsec_123"}
        await provider_accounts.do_connect(tx, ProviderName.stripe, values, sandbox=True)
    owner = await asyncpg.connect(settings.database.owner_url)
    try:
        for secrets, level, expected in (
            (BEFORE, Level.good, ""),
            (TWICE, Level.good, f"seal key {key_id('s' * 32, 'seal')} (accepted) is for contacts, "),
            (TWICE, Level.good, "accounts at payment providers, log ins"),
            (TWICE, Level.bad, ""),
            (TWICE, Level.warning, f"meydan keys retire {key_id('t' * 32, 'token')}"),
            (replace(BEFORE, seal_key="x" * 32), Level.bad, f"seal key {key_id('s' * 32, 'seal')} is missing"),
            (replace(BEFORE, seal_key="x" * 32), Level.bad, "(unknown) is missing"),
            (replace(BEFORE, seal_key="x" * 32), Level.bad, "no contact is found"),
            (replace(TWICE, first_seal_key=TWICE.seal_key), Level.bad, "no contact is found"),
            (replace(BEFORE, contact_key="x" * 32), Level.bad, "no contact is found"),
        ):
            said = await words(check_keys(replace(settings, secrets=secrets), owner), level)
            assert expected in said if expected else not said
    finally:
        await owner.execute("delete from app.provider_accounts; delete from app.payment_fingerprints")
        await owner.execute("delete from app.known_contacts")
        await owner.close()


def test_a_public_key_that_is_none(settings: Settings) -> None:
    spoiled = replace(settings, backups=Backups(public_keys=["age1nobody"]))
    assert any("no public key of age" in finding.words for finding in check_settings(spoiled))


async def test_coins_that_do_not_add_up(settings: Settings, db: Database, tenant: tenants.Tenant) -> None:
    person = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await wallet.do_credit(
            tx,
            person.me.user_id,
            50,
            source=wallet.PROMOTIONS,
            type=wallet.TransactionType.earned,
            key="a present",
        )
    assert "every ledger adds up" in await words(check_database(settings), Level.good)
    owner = await asyncpg.connect(settings.database.owner_url)
    tampered = "update app.coin_transactions set amount = amount {} 1 where tenant_id = $1"
    try:
        await owner.execute(tampered.format("+"), tenant.id)
        said = await words(check_database(settings), Level.bad)
    finally:
        await owner.execute(tampered.format("-"), tenant.id)
        await owner.execute(
            "update app.coin_transactions set created_at = created_at - interval '1 hour' where tenant_id = $1",
            tenant.id,
        )
        await owner.close()
    assert f"the ledger of {tenant.slug} does not add up, 1 faults: amount_differs_from_entries" in said
    unproved = f"nobody has added up the ledger of {tenant.slug}"
    assert unproved in await words(check_database(settings), Level.warning)
    async with db.as_service(tenant.id) as tx:
        await wallet.do_audit(tx)
    assert unproved not in await words(check_database(settings), Level.warning)


async def test_what_operators_set_wrongly(settings: Settings, db: Database, tenant: tenants.Tenant) -> None:
    assert "Communities" not in await words(check_database(settings), Level.bad)
    assert "Communities: all settings" in await words(check_database(settings), Level.good)
    owner = await asyncpg.connect(settings.database.owner_url)
    try:
        await owner.execute("update app.tenants set timezone = 'Europe/Stambul' where id = $1", tenant.id)
        await owner.execute(
            "insert into app.tenant_configs (tenant_id, config_key, config_value) values"
            """ ($1, 'accounts.default_region', '"xx"'), ($1, 'meeting.match_hours', '-1'), ($1, 'meeting.gone', '1')""",
            tenant.id,
        )
        wrong = await words(check_database(settings), Level.bad)
        assert f"{tenant.slug} has the time zone Europe/Stambul, which does not exist" in wrong
        assert f"accounts.default_region of {tenant.slug} is \"xx\": 'xx' is no country" in wrong
        assert f"meeting.match_hours of {tenant.slug} is -1: Expected `int` >= 1" in wrong
        assert f"meeting.gone of {tenant.slug} is 1: there is no such setting" in wrong
    finally:
        await owner.execute("update app.tenants set timezone = 'Europe/Istanbul' where id = $1", tenant.id)
        await owner.execute("delete from app.tenant_configs where tenant_id = $1", tenant.id)
        await owner.close()
    assert "Communities" not in await words(check_database(settings), Level.bad)


async def test_how_much_of_the_budget_for_texts_is_used(settings: Settings, tenant: tenants.Tenant) -> None:
    assert "Texts" not in await words(check_database(settings), Level.good), "none are sent from here"
    owner = await asyncpg.connect(settings.database.owner_url)
    sms = Sms(twilio_account_sid="AC1", daily_budget_cents=1000, countries=["TR", "XX"])
    sending = msgspec.structs.replace(settings, sms=sms)
    spend = """
        insert into app.sms_spendings (tenant_id, otp_id, day, cents, is_known)
        values ($1, uuidv7(), (now() at time zone 'UTC')::date - $2::integer, $3, false)
    """
    try:
        await owner.execute(spend, tenant.id, 1, 900)
        await owner.execute(spend, tenant.id, 0, 100)
        assert "Texts: 100 of today's 1000 cents are spent (10 %)" in await words(check_database(sending), Level.good)
        assert "sms.countries names XX, which is no country" in await words(check_database(sending), Level.bad)
        await owner.execute(spend, tenant.id, 0, 650)
        said = await words(check_database(sending), Level.warning)
        assert "Texts: 750 of today's 1000 cents are spent (75 %). The last quarter is kept for known devices" in said
    finally:
        await owner.execute("delete from app.sms_spendings where tenant_id = $1", tenant.id)
        await owner.close()


async def test_frames_that_wait(settings: Settings, tenant: tenants.Tenant) -> None:
    owner = await asyncpg.connect(settings.database.owner_url)
    await owner.execute("delete from app.outbox")
    assert "no frame waits" in await words(check_database(settings), Level.good)
    try:
        await owner.execute(
            """
            insert into app.outbox (tenant_id, id, user_id, payload, created_at)
            values ($1, uuidv7(), uuidv7(), '{"t":"note"}', clock_timestamp() - interval '2 hours')
            """,
            tenant.id,
        )
        said = await words(check_database(settings), Level.bad)
    finally:
        await owner.execute("delete from app.outbox where tenant_id = $1", tenant.id)
        await owner.close()
    assert "1 frames wait" in said
    [seconds] = re.findall(r"the oldest for (\d+) s", said)
    assert 7_200 <= int(seconds) < 10_800, "two hours, and as long as a slow machine took to look"


async def test_a_worker_that_beats_one_that_was_killed_and_none(
    settings: Settings, db: Database, own_valkey: OwnValkey
) -> None:
    from msgspec.structs import replace

    alone = replace(settings, valkey=replace(settings.valkey, url=own_valkey.url))
    assert "none is at work" in await words(check_worker(alone), Level.bad)
    async with kit_valkey.opened(own_valkey.url) as valkey:
        await valkey.execute("HSETEX", KEY, "EX", 600 - 100, "FIELDS", 1, "elsewhere:7", "")
        assert "none is at work" in await words(check_worker(alone), Level.bad)
        async with beating(db, valkey):
            await valkey.execute("PING")
            assert "1 at work" in await words(check_worker(alone), Level.good)
            said = await words(check_worker(alone), Level.warning)
            [silent] = re.findall(r"elsewhere:7 gave no sign for (\d+) s", said)
            assert 100 <= int(silent) < 600, "so long, and as long as a slow machine took to look"
        await valkey.execute("PING")
        assert "none is at work" in await words(check_worker(alone), Level.bad)


async def test_a_valkey_that_is_full(settings: Settings, own_valkey: OwnValkey) -> None:
    from msgspec.structs import replace

    alone = replace(settings, valkey=replace(settings.valkey, url=own_valkey.url))
    with Valkey.from_url(own_valkey.url) as valkey:
        assert "full" not in await words(check_valkey(alone), Level.bad)
        valkey.config_set("maxmemory", "100kb")
        assert "It is full" in await words(check_valkey(alone), Level.bad)
        valkey.config_set("maxmemory", str(int(valkey.info("memory")["used_memory"] / 0.87)))
        assert "raise maxmemory" in await words(check_valkey(alone), Level.warning)


async def test_a_server_that_takes_connections_and_answers_none(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from msgspec.structs import replace

    monkeypatch.setattr("meydan.commands.doctor.parts._ANSWER_LIMIT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as frozen, socket.create_server(("127.0.0.1", 0)) as gone:
        ports = frozen.getsockname()[1], gone.getsockname()[1]
        gone.close()
        asked = replace(settings, http=replace(settings.http, port=ports[0], gateway_port=ports[1]))
        assert "it is frozen" in await words(check_servers(asked), Level.bad)
        assert "nothing answers" in await words(check_servers(asked), Level.warning)


async def test_a_restore_journal_that_does_not_reach_the_backups(settings: Settings, db: Database) -> None:
    tenant = await new_tenant(db)
    owner = await asyncpg.connect(settings.database.owner_url)
    await owner.execute(
        """
        insert into app.restore_journal (tenant_id, kind, entry, created_at)
        values ($1, 'erasure', '{}', app.now() - interval '1 hour')
        """,
        tenant.id,
    )
    try:
        assert "a restore would undo them" in await words(check_database(settings), Level.bad)
    finally:
        await owner.execute("delete from app.restore_journal where tenant_id = $1", tenant.id)
        await owner.close()


async def test_a_valkey_that_forgets(settings: Settings) -> None:
    with Valkey.from_url(settings.valkey.url) as valkey:
        valkey.config_set("maxmemory-policy", "allkeys-lru")
        try:
            assert "forget revoked sessions" in await words(check_valkey(settings), Level.bad)
        finally:
            valkey.config_set("maxmemory-policy", "noeviction")


def test_secrets_that_others_can_read_and_settings_that_are_none(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_secrets(tmp_path)
    (tmp_path / "secrets.toml").chmod(0o644)
    monkeypatch.setenv("MEYDAN_MAIL_HOTS", "smtp.example.org")
    monkeypatch.setenv("MEYDAN_OWNER_PASSWORD", "of `tenant add`")
    said = [finding.words for finding in check_settings(settings)]
    assert any("chmod 600" in line for line in said)
    assert any("MEYDAN_MAIL_HOTS" in line for line in said)
    assert not any("MEYDAN_OWNER_PASSWORD" in line for line in said)


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 50_000_000}))
    (finding,) = check_disk(tmp_path)
    assert finding.level is Level.bad
    assert "make room" in finding.words
    (missing,) = check_disk(tmp_path / "nowhere")
    assert "no folder" in missing.words


async def test_a_folder_over_which_nothing_runs(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    findings = await examine(tmp_path)
    assert findings[-1].level is Level.bad
    assert "is not running" in findings[-1].words


def test_how_long_ended_messages_stay_in_the_engines_logs_is_told(tmp_path: Path):
    wal, aof = tmp_path / "engines/postgres/data/pg_wal", tmp_path / "engines/valkey/data/appendonlydir"
    for folder, days in ((wal, 9), (aof, 1)):
        folder.mkdir(parents=True)
        for name, age in (("new", 0), ("old", days)):
            (folder / name).touch()
            os.utime(folder / name, (0, time.time() - age * 86_400))
    found = list(check_ciphertext(tmp_path, Settings(data=tmp_path)))
    assert [finding.level for finding in found] == [Level.warning, Level.good]
    assert "PostgreSQL's log reaches 9 days back" in found[0].words
    assert "Valkey's log reaches 24 hours back" in found[1].words
    url = "postgresql://a:b@db.example/meydan"
    elsewhere = settings_of(tmp_path, DatabaseSettings(url, url, url, url), "valkey://cache")
    assert list(check_ciphertext(tmp_path, elsewhere)) == []
