create or replace function app.close_wallet(in_tenant_id integer, in_owner_user_id uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    open_hold uuid;
    earnings bigint;
    coins bigint;
begin
    perform app.check_ledger_caller(in_tenant_id);
    update app.coin_transactions known set description = '', details = '{}'
    where known.tenant_id = in_tenant_id and known.user_id = in_owner_user_id and (known.description <> ''
        or known.details <> '{}')
        and known.id = any(array(
            select entry.transaction_id from app.ledger_accounts account
            join app.coin_entries entry on entry.tenant_id = in_tenant_id and entry.account_id = account.id
            where account.tenant_id = in_tenant_id and account.user_id = in_owner_user_id
        ));
    for open_hold in
        select hold.id from app.coin_holds hold
        where hold.tenant_id = in_tenant_id and hold.user_id = in_owner_user_id
            and hold.status = 'open' order by hold.id for update
    loop
        perform app.release_hold(in_tenant_id, open_hold);
    end loop;
    perform app.lock_ledger_account(in_tenant_id, 'person_coins', in_owner_user_id);
    perform app.lock_ledger_account(in_tenant_id, 'creator_revenue', in_owner_user_id);
    select known.balance into coins from app.ledger_balances known
    where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('person_coins', in_owner_user_id,
        null, null);
    select known.balance into earnings from app.ledger_balances known
    where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('creator_revenue',
        in_owner_user_id, null, null);
    if earnings > 0 then
        perform app.move_coins(
            in_tenant_id, 'forfeited:' || uuidv7(), 'forfeited',
            array[
                ('creator_revenue', in_owner_user_id, null, null, -earnings),
                ('tenant_revenue', null, null, null, earnings)
            ]::app.ledger_entry[],
            in_owner_user_id, '', null, '{}', null, null, false
        );
    end if;
    if coins > 0 then
        perform app.move_coins(
            in_tenant_id, 'forfeited:' || uuidv7(), 'forfeited',
            array[
                ('person_coins', in_owner_user_id, null, null, -coins),
                ('tenant_revenue', null, null, null, coins)
            ]::app.ledger_entry[],
            in_owner_user_id, '', null, '{}', null, null, false
        );
    end if;
    update app.wallet_freezes known set reason = ''
    where known.tenant_id = in_tenant_id and known.user_id = in_owner_user_id and known.reason <> '';
end $$;

comment on function app.close_wallet is
    'Forfeits a leaving person''s coins and earnings to the tenant and blanks their descriptions. The books stay.';
revoke all on function app.close_wallet from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.close_wallet to meydan_service;
