-- The rest of their earnings is available.
create or replace function app.my_pending_earnings(in_tenant_id integer) returns table (available_at timestamptz,
    amount bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform app.check_ledger_caller(in_tenant_id);
    return query
    select max(one.available_at), sum(one.amount)::bigint
    from app.tenants community
    cross join lateral app.pending_earnings(in_tenant_id, app.user_id()) one
    where community.id = in_tenant_id
    group by (one.available_at at time zone community.timezone)::date order by 1;
end $$;

comment on function app.my_pending_earnings is
    'Sums the caller''s earnings in their holding period by day of the tenant.';
revoke all on function app.my_pending_earnings from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.my_pending_earnings to meydan_app;
