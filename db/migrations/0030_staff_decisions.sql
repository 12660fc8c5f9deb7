-- Staff of the installation approve communities; staff of a community look up contacts, so many times a day.
-- serves: 0023
-- squawk-ignore require-concurrent-index-creation -- it has no rows yet
create index system_logs_contact_lookups on app.system_logs (tenant_id, created_at) where action = 'contact_looked_up';

-- Below this line: written by `make functions` from db/functions. Change it there.

-- The service login cannot write the table itself. Asked from any other tenant than the default one it does nothing.
create or replace function app.decide_tenant(in_slug text, in_status text) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
    update app.tenants set status = in_status
    where slug = in_slug and status = 'pending' and in_status in ('active', 'suspended') and exists (
        select from app.tenants asking where asking.id = app.tenant_id() and asking.slug = 'default'
    )
    returning id
$$;

comment on function app.decide_tenant is
    'Opens or closes a tenant that waits for approval and returns its id, or null when it does not wait.';
revoke all on function app.decide_tenant from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.decide_tenant to meydan_service;
