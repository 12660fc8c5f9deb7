"""Walks the database's own catalogue: no table of the product may be outside the wall between tenants."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from meydan.kit.database import DatabaseSettings

# `tenants` is the list of tenants itself.
WITHOUT_TENANT = {"tenants"}
# A host leads to one tenant of all.
# A day's budget is the installation's, and a number gets its texts from all tenants.
# A browser has one push endpoint for all tenants at one address.
ACROSS_TENANTS = {
    *("tenant_hosts_host_key", "sms_spendings_day", "code_requests_contact", "push_subscriptions_endpoint_key"),
}
# No person ever reads or writes these: their only ways are the service's and security definer functions.
WITHOUT_PEOPLE: set[str] = {
    *("otp_verifications", "login_attempts", "known_contacts", "ticket_lanes", "encounters", "decoy_keys"),
    *("former_accounts", "kept_apart", "restore_journal"),
    *("sms_spendings", "code_requests", "spent_puzzles"),
    *("totp_secrets", "recovery_codes", "login_challenges", "spent_passkey_challenges"),
    *("provider_accounts", "webhook_events", "deferred_events", "payment_refunds"),
    *(
        "payment_disputes",
        "reconciliations",
        "reconciliation_differences",
        "payment_fingerprints",
        "fraud_cases",
        "report_cases",
        "coin_adjustments",
    ),
    *("legal_texts", "legal_acceptances"),
    *("unaudited_balances", "audited_balances", "ledger_audits", "meters", "meter_units"),
}


@pytest.fixture
async def catalogue(database_settings: DatabaseSettings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_settings.owner_url)
    yield connection
    await connection.close()


async def tables(catalogue: asyncpg.Connection) -> list[asyncpg.Record]:
    return [
        row
        for row in await catalogue.fetch("""
            select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) as owner
            from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p')
        """)
        if row["relname"] not in WITHOUT_TENANT
    ]


async def test_row_level_security_is_on_and_forced(catalogue: asyncpg.Connection):
    found = await tables(catalogue)
    assert len(found) > 2
    for table in found:
        assert table["relrowsecurity"], table["relname"]
        assert table["relforcerowsecurity"], table["relname"]
        assert table["owner"] == "meydan_owner", table["relname"]


async def test_every_table_says_what_a_person_may_do(catalogue: asyncpg.Connection):
    for table in await tables(catalogue):
        policies = await catalogue.fetch(
            "select policyname, roles, qual, with_check from pg_policies where schemaname = 'app' and tablename = $1",
            table["relname"],
        )
        names = {policy["policyname"] for policy in policies}
        assert {"owner_all", "service_tenant"} <= names, table["relname"]
        for_people = [policy for policy in policies if "meydan_app" in policy["roles"]]
        assert bool(for_people) != (table["relname"] in WITHOUT_PEOPLE), table["relname"]
        for policy in for_people:
            assert "tenant_id" in f"{policy['qual']}{policy['with_check']}", (table["relname"], policy["policyname"])


async def test_the_tenant_is_in_every_key(catalogue: asyncpg.Connection):
    for table in await tables(catalogue):
        constraints = await catalogue.fetch(
            """
            select k.conname, k.contype::text as kind, k.confrelid::regclass::text as target,
                   (select array_agg(a.attname::text order by u.n) from unnest(k.conkey) with ordinality u (number, n)
                    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number) as columns
            from pg_constraint k where k.conrelid = $1 and k.contype in ('p', 'u', 'f')
            """,
            table["oid"],
        )
        primary = [key for key in constraints if key["kind"] == "p"]
        assert len(primary) == 1, table["relname"]
        assert primary[0]["columns"][0] == "tenant_id", table["relname"]
        for key in constraints:
            across = key["conname"] in ACROSS_TENANTS
            assert ("tenant_id" in key["columns"]) != across, (table["relname"], key["conname"])


async def test_every_index_begins_with_the_tenant(catalogue: asyncpg.Connection):
    for table in await tables(catalogue):
        for index in await catalogue.fetch(
            "select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid, 1, true) as first from pg_index where indrelid = $1",
            table["oid"],
        ):
            across = index["name"].removeprefix("app.") in ACROSS_TENANTS
            assert (index["first"] == "tenant_id") != across, (table["relname"], index["name"])


async def test_nobody_but_the_owner_may_pass_the_wall(catalogue: asyncpg.Connection):
    for role in await catalogue.fetch(
        "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname like 'meydan\\_%'"
    ):
        assert not any((role["rolsuper"], role["rolbypassrls"], role["rolcreaterole"], role["rolcreatedb"])), role
    assert not await catalogue.fetch("""
        select r.rolname, m.rolname from pg_auth_members a
        join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member where m.rolname like 'meydan\\_%'
    """)


async def test_functions_that_see_more_are_closed_to_the_public(catalogue: asyncpg.Connection):
    for function in await catalogue.fetch("""
        select p.oid::regprocedure::text as name, p.proconfig, has_function_privilege('meydan_relay', p.oid, 'execute') as open
        from pg_proc p where p.pronamespace = 'app'::regnamespace and p.prosecdef
    """):
        assert "search_path=pg_catalog, pg_temp" in (function["proconfig"] or []), function["name"]
        assert not function["open"], function["name"]


async def test_arguments_have_names_that_no_column_has(catalogue: asyncpg.Connection):
    """An unqualified name in a function is then an argument or a column, never either."""
    arguments = await catalogue.fetch("""
        select p.oid::regprocedure::text as function, argument.name
        from pg_proc p
        cross join lateral unnest(
            p.proargnames, coalesce(p.proargmodes, array_fill('i'::"char", array[p.pronargs::integer]))
        ) argument (name, mode)
        where p.pronamespace = 'app'::regnamespace and argument.mode in ('i', 'b', 'v')
    """)
    assert len(arguments) > 100
    assert [tuple(row) for row in arguments if not row["name"].startswith("in_")] == []
    unnamed = "select oid::regprocedure::text from pg_proc where pronamespace = 'app'::regnamespace and pronargs > 0 and proargnames is null"
    assert await catalogue.fetch(unnamed) == []
    columns = await catalogue.fetch("""
        select attrelid::regclass::text || '.' || attname from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'app'::regnamespace and a.attnum > 0 and a.attname like 'in\\_%'
    """)
    assert columns == []
