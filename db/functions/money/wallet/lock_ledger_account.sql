-- Later accounts in the order wait for nobody who waits for this one.
create or replace function app.lock_ledger_account(in_tenant_id integer, in_kind text, in_owner_user_id uuid)
    returns void language plpgsql as $$
begin
    for attempt in 1 .. 2 loop
        perform from app.ledger_balances known
        where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id(in_kind, in_owner_user_id,
            null, null)
            and known.stripe = 0
        for no key update;
        exit when found;
        perform app.open_ledger_account(in_tenant_id, in_kind, in_owner_user_id, null, null, 0);
    end loop;
end $$;

comment on function app.lock_ledger_account is
    'Locks a person''s account until the transaction ends, and opens it if needed. Locks: ledger_balances.';
revoke all on function app.lock_ledger_account from public, meydan_app, meydan_service, meydan_relay;
