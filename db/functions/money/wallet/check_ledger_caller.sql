create or replace function app.check_ledger_caller(in_tenant_id integer) returns void language plpgsql as $$
begin
    if in_tenant_id is distinct from app.tenant_id() then
        raise exception 'a ledger is its own community''s' using errcode = 'insufficient_privilege';
    end if;
end $$;

comment on function app.check_ledger_caller is 'Raises an error unless the tenant is the transaction''s own.';
revoke all on function app.check_ledger_caller from public, meydan_app, meydan_service, meydan_relay;
