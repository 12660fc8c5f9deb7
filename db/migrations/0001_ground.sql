-- What every room stands on: who is asking, what time it is, tenants and their settings, the outbox, the job queue's door.
-- Roles (meydan_owner, meydan_app, meydan_service, meydan_relay) are made before, by whoever may create logins.

create schema app;
grant usage on schema app to meydan_app, meydan_service, meydan_relay;

create function app.tenant_id() returns integer language sql stable parallel safe
return current_setting('app.tenant_id')::integer;

create function app.user_id() returns uuid language sql stable parallel safe
return current_setting('app.user_id')::uuid;

create function app.profile_id() returns uuid language sql stable parallel safe
return current_setting('app.profile_id')::uuid;

-- The product's clock: the database's own, moved only by tests.
create function app.now() returns timestamptz language sql stable parallel safe
return now() + make_interval(secs => coalesce(nullif(current_setting('app.clock_offset', true), ''), '0')::double precision);

-- Every table of the product is protected by this, then says in its own policies what a person may do.
create function app.protect(target regclass) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy owner_all on %s to meydan_owner using (true) with check (true)', target);
    execute format(
        'create policy service_tenant on %s to meydan_service'
        ' using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()))', target);
    execute format('grant select, insert, update, delete on %s to meydan_service', target);
end $$;
revoke all on function app.protect(regclass) from public;

create table app.tenants (
    id integer generated always as identity primary key,
    slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
    name text not null check (length(name) between 1 and 80),
    hosts text[] not null default '{}',
    timezone text not null default 'Europe/Istanbul',
    default_language text not null default 'tr' check (default_language in ('tr', 'en')),
    status text not null default 'active' check (status in ('active', 'suspended')),
    created_at timestamptz not null default app.now()
);
grant select on app.tenants to meydan_app, meydan_service, meydan_relay;

-- The only way to make a tenant: the service login cannot write the table itself.
create function app.add_tenant(slug text, name text, timezone text, default_language text) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into app.tenants (slug, name, timezone, default_language) values (slug, name, timezone, default_language)
    on conflict do nothing
    returning id
$$;
revoke all on function app.add_tenant(text, text, text, text) from public;
grant execute on function app.add_tenant(text, text, text, text) to meydan_service;

create table app.tenant_configs (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    config_key text not null check (config_key ~ '^[a-z_]+\.[a-z_]+$'),
    config_value jsonb not null,
    updated_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, config_key)
);
select app.protect('app.tenant_configs');
create policy members_read on app.tenant_configs for select to meydan_app using (tenant_id = (select app.tenant_id()));
grant select on app.tenant_configs to meydan_app;

-- What staff and the system did to people. A person reads what was done to them; nobody rewrites it.
create table app.system_logs (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    action text not null,
    user_id uuid,
    actor_user_id uuid,
    details jsonb not null default '{}',
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id)
);
create index system_logs_user on app.system_logs (tenant_id, user_id, id desc);
select app.protect('app.system_logs');
revoke update, delete on app.system_logs from meydan_service;
create policy own_read on app.system_logs for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select on app.system_logs to meydan_app;

-- Frames that were told and are not yet known to be kept by Valkey. Written with the change they tell of.
create table app.outbox (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    payload text not null,
    created_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, fillfactor = 80);
select app.protect('app.outbox');
create policy members_tell on app.outbox for insert to meydan_app with check (tenant_id = (select app.tenant_id()));
grant insert on app.outbox to meydan_app;
create policy relay_read on app.outbox for select to meydan_relay using (true);
create policy relay_delete on app.outbox for delete to meydan_relay using (true);
grant select, delete on app.outbox to meydan_relay;
-- `for update skip locked` asks for an update right; no column is ever written.
create policy relay_lock on app.outbox for update to meydan_relay using (true) with check (false);
grant update (created_at) on app.outbox to meydan_relay;

insert into app.tenants (slug, name) values ('default', 'Meydan');

-- The door to the job queue: whoever changes something queues what must follow in the same transaction, and reads nothing.
-- A once-key keeps one such job waiting; while one is already running another may wait behind it, so no news is lost.
create schema jobs;
create function app.queue_job(entrypoint text, payload bytea, delay interval, once_key text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant text := current_setting('app.tenant_id');
    key text := tenant || ':' || entrypoint || ':' || once_key;
    placed bigint;
begin
    if not exists (select from app.tenants t where t.id = tenant::integer) then
        raise exception 'a job belongs to a tenant';
    end if;
    insert into jobs.pgqueuer as waiting (priority, entrypoint, payload, execute_after, dedupe_key, headers, status)
    values (0, entrypoint, payload, now() + delay, key, jsonb_build_object('tenant_id', tenant::integer), 'queued')
    on conflict do nothing
    returning id into placed;
    if placed is null then
        insert into jobs.pgqueuer (priority, entrypoint, payload, execute_after, dedupe_key, headers, status)
        select 0, entrypoint, payload, now() + delay, key || ':next', jsonb_build_object('tenant_id', tenant::integer), 'queued'
        where exists (select from jobs.pgqueuer running where running.dedupe_key = key and running.status = 'picked')
        on conflict do nothing;
    end if;
end $$;
revoke all on function app.queue_job(text, bytea, interval, text) from public;
grant execute on function app.queue_job(text, bytea, interval, text) to meydan_app, meydan_service;
