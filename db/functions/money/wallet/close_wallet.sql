create or replace function app.close_wallet(tenant integer, whose uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    open_hold uuid;
    earnings bigint;
    coins bigint;
begin
    perform app.check_ledger_caller(tenant);
    update app.coin_transactions known set description = '', details = '{}'
    where known.tenant_id = tenant and known.user_id = whose and (known.description <> '' or known.details <> '{}')
        and known.id = any(array(
            select entry.transaction_id from app.ledger_accounts account
            join app.coin_entries entry on entry.tenant_id = tenant and entry.account_id = account.id
            where account.tenant_id = tenant and account.user_id = whose
        ));
    for open_hold in
        select hold.id from app.coin_holds hold
        where hold.tenant_id = tenant and hold.user_id = whose and hold.status = 'open' order by hold.id for update
    loop
        perform app.release_hold(tenant, open_hold);
    end loop;
    perform app.lock_ledger_account(tenant, 'person_coins', whose);
    perform app.lock_ledger_account(tenant, 'creator_revenue', whose);
    select known.balance into coins from app.ledger_balances known
    where known.tenant_id = tenant and known.account_id = app.ledger_account_id('person_coins', whose, null, null);
    select known.balance into earnings from app.ledger_balances known
    where known.tenant_id = tenant and known.account_id = app.ledger_account_id('creator_revenue', whose, null, null);
    if earnings > 0 then
        perform app.move_coins(
            tenant, 'forfeited:' || uuidv7(), 'forfeited', array['creator_revenue', 'tenant_revenue'], array[whose, null],
            array[null, null]::text[], array[null, null]::text[], array[-earnings, earnings], whose, '', null, '{}', null, null,
            false
        );
    end if;
    if coins > 0 then
        perform app.move_coins(
            tenant, 'forfeited:' || uuidv7(), 'forfeited', array['person_coins', 'tenant_revenue'], array[whose, null],
            array[null, null]::text[], array[null, null]::text[], array[-coins, coins], whose, '', null, '{}', null, null,
            false
        );
    end if;
    update app.wallet_freezes known set reason = ''
    where known.tenant_id = tenant and known.user_id = whose and known.reason <> '';
end $$;

comment on function app.close_wallet is
    'Forfeits a leaving person''s coins and earnings to the tenant and blanks their descriptions. The books stay.';
revoke all on function app.close_wallet from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.close_wallet to meydan_service;
