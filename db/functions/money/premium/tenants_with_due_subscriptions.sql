create or replace function app.tenants_with_due_subscriptions() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select period.tenant_id from app.subscriptions period
    where period.status <> 'expired' and period.period_ends_at <= app.now()
    union
    select change.tenant_id from app.subscriptions change where change.next_plan_at <= app.now();
end;

comment on function app.tenants_with_due_subscriptions is
    'Names the tenants in which a subscription has reached the end of its period or a change of plan.';
revoke all on function app.tenants_with_due_subscriptions from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_due_subscriptions to meydan_service;
