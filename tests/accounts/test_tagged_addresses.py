"""Accounts from before an inbox had one name: the oldest of an inbox gets it, the others keep what they have."""

import asyncpg

from meydan import tenants
from meydan.kit.database.migrations import directory
from tests.accounts.conftest import Arrive


async def test_the_oldest_account_of_an_inbox_gets_its_plain_name(
    arrive: Arrive, owner: asyncpg.Connection, tenant: tenants.Tenant
):
    before = ["ana+a@example.org", "ana+b@example.org", "bo+x@example.org", "bo@example.org", "+c@example.org"]
    after = ["ana@example.org", "ana+b@example.org", "bo+x@example.org", "bo@example.org", "+c@example.org"]
    people = [(await arrive()).me["user_id"] for _ in before]
    for user_id, email in zip(people, before, strict=True):
        await owner.execute(
            "update app.users set email = $3 where tenant_id = $1 and id = $2", tenant.id, user_id, email
        )
    migration = (directory() / "0017_codes_of_a_browser.sql").read_text()
    await owner.execute(migration[migration.index("update app.users") :])
    rows = await owner.fetch("select id, email from app.users where tenant_id = $1", tenant.id)
    found = {str(row["id"]): row["email"] for row in rows}
    assert [found[user_id] for user_id in people] == after
