create or replace function app.expire_holds(in_tenant_id integer, in_batch_size integer) returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform app.check_ledger_caller(in_tenant_id);
    return query select distinct over.whose from app.end_expired_holds(in_tenant_id, null, in_batch_size) over (whose);
end $$;

comment on function app.expire_holds is 'Releases a tenant''s expired holds, at most so many. Returns their users.';
revoke all on function app.expire_holds from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.expire_holds to meydan_service;
