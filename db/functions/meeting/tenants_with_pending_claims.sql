create or replace function app.tenants_with_pending_claims() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct claim.tenant_id from app.claims claim where claim.status = 'pending';
end;

comment on function app.tenants_with_pending_claims is
    'Names the tenants that have claims to decide.';
revoke all on function app.tenants_with_pending_claims from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_pending_claims to meydan_service;
