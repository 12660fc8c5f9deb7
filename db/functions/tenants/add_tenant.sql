-- The service login cannot write the table itself, so this is the only way to make a tenant.
create or replace function app.add_tenant(
    in_slug text, in_name text, in_timezone text, in_default_language text, in_status text, in_founded_from bytea
) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into app.tenants (slug, name, timezone, default_language, status, founded_from)
    values (in_slug, in_name, in_timezone, in_default_language, in_status, in_founded_from)
    on conflict do nothing
    returning id
$$;

comment on function app.add_tenant is 'Inserts a tenant and returns its id, or null when the slug is taken.';
revoke all on function app.add_tenant from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.add_tenant to meydan_service;
