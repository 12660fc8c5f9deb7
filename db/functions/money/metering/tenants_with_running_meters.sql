create or replace function app.tenants_with_running_meters() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct meter.tenant_id from app.meters meter where meter.ended_at is null;
end;

comment on function app.tenants_with_running_meters is
    'Names the tenants in which a meter runs.';
revoke all on function app.tenants_with_running_meters from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_running_meters to meydan_service;
