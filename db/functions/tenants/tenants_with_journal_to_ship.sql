create or replace function app.tenants_with_journal_to_ship() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct entry.tenant_id from app.restore_journal entry where entry.shipped_at is null;
end;

comment on function app.tenants_with_journal_to_ship is
    'Names the tenants whose restore journal has entries to ship.';
revoke all on function app.tenants_with_journal_to_ship from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_journal_to_ship to meydan_service;
