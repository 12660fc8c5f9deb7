"""What a restore must not undo is noted by the database itself, shipped beside the backups, and done again."""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from msgspec import structs

from meydan import accounts, safety, tenants
from meydan.commands.backups import replay
from meydan.config import Settings
from meydan.kit import clock, personal_data
from meydan.kit.crypto import age
from meydan.kit.database import Database
from meydan.kit.identity import Role
from meydan.kit.runtime import runtime
from meydan.money import wallet
from meydan.tenants import restore_journal
from tests.accounts.conftest import owner
from tests.factories import Person, make_person
from tests.meeting_scenarios import bring_together

__all__ = ["owner"]

BEFORE = [
    "delete from app.blocks where tenant_id = $1",
    "update app.bans set lifted_at = app.now() where tenant_id = $1 and lifted_at is null",
    "update app.users set ban_reason = null, banned_until = null, role = 'user' where tenant_id = $1",
    "update app.known_contacts set ban_reason = null, banned_until = null where tenant_id = $1",
    "update app.wallet_freezes set thawed_at = app.now() where tenant_id = $1 and thawed_at is null",
]
"""Takes the database back behind the changes of a story, as a backup would."""

PASSKEY = """
    insert into app.passkeys (tenant_id, id, user_id, rp_id, credential_id, public_key, sign_count, is_backup_eligible,
    is_backed_up, transports, name) values ($1, $2, $3, 'localhost', $4, 'x', 0, false, false, '{}', 'a lost phone')
"""


async def ship(db: Database, tenant: tenants.Tenant, folder: Path) -> list[tenants.JournalEntry]:
    with runtime.using(tenants.JournalFolder(folder)):
        async with db.as_service(tenant.id) as tx:
            while await restore_journal.do_ship(tx):
                pass
    return tenants.entries_since(folder, clock.now())


async def state_of(db: Database, person: Person) -> tuple[bool, bool, str | None, bool]:
    """Erased, banned, role, frozen."""
    async with db.as_service(person.tenant.id) as tx:
        user = await accounts.user(tx, person.me.user_id)
        purse = await wallet.wallet_of(tx, person.me.user_id)
        return user.phone is None, user.is_banned, user.role, purse.frozen is not None


async def test_bans_erasures_blocks_roles_freezes_and_removed_passkeys_survive_a_restore(
    db: Database, settings: Settings, tenant: tenants.Tenant, owner: asyncpg.Connection, tmp_path: Path
):
    banned, lifted, erased, promoted, frozen, thawed, blocker, blocked = [
        await make_person(db, tenant) for _ in range(8)
    ]
    await bring_together(db, blocker, blocked)
    passkey = (tenant.id, uuid4(), thawed.me.user_id, secrets.token_bytes(16))
    await owner.execute(PASSKEY, *passkey)
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, lifted.me.user_id, safety.BanReason.spam)
        await wallet.do_freeze(tx, thawed.me.user_id, "fraud", None)
    await ship(db, tenant, tmp_path / "before the backup")
    async with db.as_user(blocker.me) as tx:
        await safety.do_block(tx, blocked.me.profile_id)
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, banned.me.user_id, safety.BanReason.threat, until=clock.now() + timedelta(days=9))
        await safety.do_lift(tx, lifted.me.user_id, reason="a mistake")
        await accounts.do_set_role_of(tx, promoted.me.user_id, Role.moderator)
        await wallet.do_freeze(tx, frozen.me.user_id, "a name: Ayşe Yılmaz", None)
        await wallet.do_thaw(tx, thawed.me.user_id, None)
        await personal_data.do_erase(tx, erased.me.user_id)
        assert await accounts.do_delete_passkey(tx, thawed.me.user_id, passkey[1])
    entries = await ship(db, tenant, tmp_path)
    assert {entry.kind for entry in entries} == set(restore_journal.JournalKind)
    written = "".join(file.read_text() for file in tmp_path.glob("*.jsonl"))
    for words in ("Ayşe", *(str(person.phone) for person in (banned, erased)), banned.alias, erased.alias):
        assert words not in written

    for statement in BEFORE:
        await owner.execute(statement, tenant.id)
    await owner.execute(PASSKEY, *passkey)
    await owner.execute(
        """
        update app.users set erased_at = null, phone = $3, password_hash = 'none', birth_date = '1990-05-17'
        where tenant_id = $1 and id = $2
        """,
        *(tenant.id, erased.me.user_id, erased.phone),
    )
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, lifted.me.user_id, safety.BanReason.spam)
        await wallet.do_freeze(tx, thawed.me.user_id, "fraud", None)
    for _ in range(2):  # once more changes nothing
        await replay.do_replay(settings, entries)
        assert await state_of(db, banned) == (False, True, "user", False)
        assert await state_of(db, lifted) == (False, False, "user", False)
        assert await state_of(db, erased) == (True, False, "user", False)
        assert await state_of(db, promoted) == (False, False, "moderator", False)
        assert await state_of(db, frozen) == (False, False, "user", True)
        assert await state_of(db, thawed) == (False, False, "user", False)
        assert await owner.fetchval("select count(*) from app.passkeys where tenant_id = $1", tenant.id) == 0
        async with db.as_user(blocker.me) as tx:
            found = await tx.all(UUID, "select blocked_profile_id from app.blocks where tenant_id = $1")
        assert found == [blocked.me.profile_id]


async def test_a_contact_stays_banned_though_its_account_is_newer_than_the_backup(
    db: Database, settings: Settings, tenant: tenants.Tenant, owner: asyncpg.Connection, tmp_path: Path
):
    newcomer = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, newcomer.me.user_id, safety.BanReason.threat)
    entries = await ship(db, tenant, tmp_path)
    await owner.execute("delete from app.known_contacts where tenant_id = $1", tenant.id)
    of_contact = [entry for entry in entries if entry.kind is restore_journal.JournalKind.contact_ban]
    elsewhere = [structs.replace(entry, tenant_id=2**31 - 1) for entry in of_contact]  # founded after the backup
    assert await replay.do_replay(settings, elsewhere) == 0
    await owner.execute("update app.tenants set status = 'suspended' where id = $1", tenant.id)
    assert await replay.do_replay(settings, of_contact) == len(of_contact)
    again = await make_person(db, tenant)
    with pytest.raises(accounts.AccountBanned):
        async with db.as_service(tenant.id) as tx:
            await accounts.inheritance.do_prove_contact(tx, again.me.user_id, str(newcomer.phone))


async def test_the_files_stand_a_crash_and_go_with_the_oldest_backup(
    db: Database, tenant: tenants.Tenant, tmp_path: Path
):
    async def ban(person: Person) -> None:
        async with db.as_service(tenant.id) as tx:
            await safety.do_ban(tx, person.me.user_id, safety.BanReason.spam)

    def banned(entries: list[tenants.JournalEntry]) -> list[str]:
        return [entry.entry["user_id"] for entry in entries if entry.kind is restore_journal.JournalKind.ban]

    first, second = await make_person(db, tenant), await make_person(db, tenant)
    await ban(first)
    await ship(db, tenant, tmp_path)
    [file] = tmp_path.glob("*.jsonl")
    assert file.stat().st_mode & 0o077 == 0
    whole = file.read_bytes()
    file.write_bytes(whole + whole[: len(whole) // 3])  # a worker that was killed while it wrote
    await ban(second)
    assert banned(await ship(db, tenant, tmp_path)) == [str(first.me.user_id), str(second.me.user_id)]
    file.write_bytes(file.read_bytes() + whole)  # a worker that was killed before it marked its rows
    assert banned(tenants.entries_since(tmp_path, clock.now())) == [str(first.me.user_id), str(second.me.user_id)]
    assert tenants.entries_since(tmp_path, clock.now() + timedelta(hours=2)) == []

    async def purge() -> bool:
        with runtime.using(tenants.JournalFolder(tmp_path)):
            async with db.as_service(tenant.id) as tx:
                await restore_journal.do_purge(tx)
        return file.exists()

    assert await purge(), "without a backup beside it nothing is deleted"
    (tmp_path / "night.backup").touch()
    assert await purge()
    _make_old(file)
    assert not await purge()


async def test_an_encrypted_journal_opens_with_its_key_only(db: Database, tenant: tenants.Tenant, tmp_path: Path):
    keys = [tmp_path / name for name in ("ours", "another")]
    public = []
    for key in keys:
        text, half = age.new_identity()
        key.write_text(text)
        public.append(half)
    ours, another = (age.identities_in(key) for key in keys)
    people = [await make_person(db, tenant) for _ in range(2)]
    for person, recipients in zip(people, ([], public[:1]), strict=True):  # the operator has set a key meanwhile
        async with db.as_service(tenant.id) as tx:
            await safety.do_ban(tx, person.me.user_id, safety.BanReason.spam)
            with runtime.using(tenants.JournalFolder(tmp_path, age.recipients_of(recipients))):
                await restore_journal.do_ship(tx)
    [file] = tmp_path.glob("*.jsonl")
    assert str(people[0].me.user_id) in file.read_text()
    assert str(people[1].me.user_id) not in file.read_text()
    known = tenants.entries_since(tmp_path, clock.now(), ours)
    assert {entry.entry.get("user_id") for entry in known} >= {str(person.me.user_id) for person in people}
    for identities in ([], another):
        with pytest.raises(tenants.JournalClosedError):
            tenants.entries_since(tmp_path, clock.now(), identities)
    *_, closed = filter(None, file.read_bytes().splitlines())
    whole = file.read_bytes()
    for cut in range(1, len(closed), 7):  # a worker that was killed while it wrote
        file.write_bytes(whole + b"\n" + closed[:cut])
        assert tenants.entries_since(tmp_path, clock.now(), ours) == known


def _make_old(file: Path) -> None:
    then = (datetime.now().astimezone() - timedelta(days=2)).timestamp()
    os.utime(file, (then, then))
