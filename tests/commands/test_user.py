"""Users from the command line."""

import asyncio
from pathlib import Path

from meydan import accounts, tenants
from meydan.accounts.sessions import sessions
from meydan.kit.database import Database, DatabaseSettings
from meydan.kit.identity import Role
from tests.accounts.second_factor.authenticator import put_on
from tests.commands.conftest import Installation
from tests.factories import make_person


async def test_the_only_owner_lost_their_phone(
    db: Database, database_settings: DatabaseSettings, tmp_path: Path, tenant: tenants.Tenant
) -> None:
    meydan = Installation(database_settings, tmp_path).meydan
    owner = await make_person(db, tenant, role=Role.owner)
    await put_on(db, owner)
    async with db.as_service(tenant.id) as tx:
        username = (await accounts.user(tx, owner.me.user_id)).username or ""
    remove = ("user", "remove-second-factor", tenant.slug, username, "--reason", "drowned, she called")
    removed = await asyncio.to_thread(meydan, *remove)
    assert "logs in to" in removed.stdout, removed.stderr
    assert "has no second factor" in (await asyncio.to_thread(meydan, *remove)).stderr
    async with db.as_service(tenant.id) as tx:
        assert await sessions.authentication(tx, owner.me.session_id) is None, "every session has ended"
        assert (await accounts.user(tx, owner.me.user_id)).role is Role.owner
        assert await tx.all(
            str,
            """
            select details ->> 'reason' from app.system_logs
            where tenant_id = $1 and action = 'second_factor_removed' and acted_by_user_id is null
            """,
        ) == ["drowned, she called"]
