create or replace function app.tenants_with_held_payments() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct held.tenant_id from app.fraud_cases held where held.status = 'open' and held.outcome in ('delay', 'review');
end;

comment on function app.tenants_with_held_payments is
    'Names the tenants in which a payment waits for a decision or for its time.';
revoke all on function app.tenants_with_held_payments from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_held_payments to meydan_service;
