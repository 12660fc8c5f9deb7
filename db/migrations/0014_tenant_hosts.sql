-- Hosts: each leads to one tenant only, in one spelling. A founded tenant may wait for approval.
-- Serves no older program: stop, migrate, start.
-- serves: 0014
create table app.tenant_hosts (
    tenant_id integer not null references app.tenants,
    host text not null check (host = lower(host) and length(host) between 3 and 253),
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, host),
    constraint tenant_hosts_host_key unique (host)
);
select app.enable_tenant_rls('app.tenant_hosts');
-- Names of hosts are public, and a request's tenant is found by one before anybody is anywhere.
create policy service_read_all on app.tenant_hosts for select to meydan_service using (true);
create policy own_read on app.tenant_hosts for select to meydan_app using (tenant_id = (select app.tenant_id()));
grant select on app.tenant_hosts to meydan_app;

-- Of two tenants with one host the older keeps it.
insert into app.tenant_hosts (tenant_id, host)
select min(t.id), given.name
from app.tenants t
cross join lateral unnest(t.hosts) spelled (host)
cross join lateral rtrim(lower(spelled.host), '.') given (name)
where length(given.name) between 3 and 253
group by given.name;
-- squawk-ignore ban-drop-column -- stop, migrate, start: no older program reads it
alter table app.tenants drop column hosts;

-- squawk-ignore ban-drop-constraint -- the one with a third status takes its place
alter table app.tenants drop constraint tenants_status_check;
-- squawk-ignore constraint-missing-not-valid -- an installation has thousands of tenants, not millions
alter table app.tenants add constraint tenants_status_check check (status in ('pending', 'active', 'suspended'));
-- squawk-ignore ban-drop-function -- the one with a status takes its place
drop function app.add_tenant(text, text, text, text);

-- Below this line: written by `make functions` from db/functions. Change it there.

-- The service login cannot write the table itself, so this is the only way to make a tenant.
create or replace function app.add_tenant(
    in_slug text, in_name text, in_timezone text, in_default_language text, in_status text
) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into app.tenants (slug, name, timezone, default_language, status)
    values (in_slug, in_name, in_timezone, in_default_language, in_status)
    on conflict do nothing
    returning id
$$;

comment on function app.add_tenant is 'Inserts a tenant and returns its id, or null when the slug is taken.';
revoke all on function app.add_tenant from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.add_tenant to meydan_service;
