-- Nothing is spent once this is committed: a transaction that is just spending holds the balance's row.
create or replace function app.freeze_wallet(in_tenant_id integer, in_owner_user_id uuid, in_reason text,
    in_actor_user_id uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    kind text;
begin
    perform app.check_ledger_caller(in_tenant_id);
    foreach kind in array array['person_coins', 'creator_revenue'] loop  -- in the order transfers take
        perform app.open_ledger_account(in_tenant_id, kind, in_owner_user_id, null, null, 0);
        update app.ledger_balances known set frozen = true
        where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id(kind, in_owner_user_id, null,
            null);
    end loop;
    insert into app.wallet_freezes (tenant_id, user_id, reason, frozen_by_user_id) values (in_tenant_id, in_owner_user_id,
        in_reason, in_actor_user_id)
    on conflict do nothing;
    return found;
end $$;

comment on function app.freeze_wallet is 'Freezes a wallet. Returns false when it was frozen already.';
revoke all on function app.freeze_wallet from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.freeze_wallet to meydan_service;
