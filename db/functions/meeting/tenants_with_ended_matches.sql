create or replace function app.tenants_with_ended_matches() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct over.tenant_id from app.matches over where over.status = 'active' and over.expires_at <= app.now();
end;

comment on function app.tenants_with_ended_matches is
    'Names the tenants that have active matches whose time is up.';
revoke all on function app.tenants_with_ended_matches from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_ended_matches to meydan_service;
