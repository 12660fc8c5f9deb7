-- Staff of the installation approve communities; staff of a community look up contacts, so many times a day.
-- A day begins at the first of its midnights.
-- serves: 0023
-- squawk-ignore require-concurrent-index-creation -- it has no rows yet
create index system_logs_contact_lookups on app.system_logs (tenant_id, created_at) where action = 'contact_looked_up';

-- Below this line: written by `make functions` from db/functions. Change it there.

-- Where clocks go back over midnight a day has two. PostgreSQL names the second, but the day begins at the first.
create or replace function app.day_begins(in_timezone text, in_day date) returns timestamptz
language sql stable parallel safe
return (
    select min(instant)
    from (select in_day::timestamp at time zone in_timezone as midnight) as named,
        unnest(array[named.midnight - interval '1 hour', named.midnight]) as instant
    where instant = named.midnight or (instant at time zone in_timezone)::date = in_day
);

comment on function app.day_begins is 'Returns the first moment of a day in a time zone.';
revoke all on function app.day_begins from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.day_begins to public;

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
