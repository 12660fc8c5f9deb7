create or replace function app.thaw_wallet(in_tenant_id integer, in_owner_user_id uuid, in_actor_user_id uuid)
    returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    kind text;
begin
    perform app.check_ledger_caller(in_tenant_id);
    foreach kind in array array['person_coins', 'creator_revenue'] loop
        update app.ledger_balances known set frozen = false
        where known.tenant_id = in_tenant_id and known.frozen
            and known.account_id = app.ledger_account_id(kind, in_owner_user_id, null, null);
    end loop;
    update app.wallet_freezes known set thawed_at = app.now(), thawed_by_user_id = in_actor_user_id
    where known.tenant_id = in_tenant_id and known.user_id = in_owner_user_id and known.thawed_at is null;
    return found;
end $$;

comment on function app.thaw_wallet is 'Thaws a wallet. Returns false when it was not frozen.';
revoke all on function app.thaw_wallet from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.thaw_wallet to meydan_service;
