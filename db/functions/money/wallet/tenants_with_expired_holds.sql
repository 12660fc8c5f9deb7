create or replace function app.tenants_with_expired_holds() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct hold.tenant_id from app.coin_holds hold where hold.status = 'open' and hold.expires_at <= app.now();
end;

comment on function app.tenants_with_expired_holds is
    'Names the tenants that have open holds whose time is up.';
revoke all on function app.tenants_with_expired_holds from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_expired_holds to meydan_service;
