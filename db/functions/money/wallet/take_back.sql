create or replace function app.take_back(
    tenant integer, key text, what text, whose uuid, amount bigint, to_kind text, to_provider text, to_currency text,
    why text, subject uuid, more jsonb
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    taken bigint;
    owed bigint;
begin
    perform app.check_ledger_caller(tenant);
    if amount is null or amount <= 0 then
        raise exception 'what is taken back is more than nothing' using errcode = 'check_violation';
    end if;
    perform app.lock_ledger_account(tenant, 'person_coins', whose);
    perform app.end_expired_holds(tenant, whose, 1000);
    select least(amount, known.balance - known.held) into taken from app.ledger_balances known
    where known.tenant_id = tenant and known.account_id = app.ledger_account_id('person_coins', whose, null, null);
    owed := amount - taken;
    return app.move_coins(
        tenant, key, what,
        array[to_kind] || case when taken > 0 then array['person_coins'] else '{}' end
            || case when owed > 0 then array['person_debt'] else '{}' end,
        array[null, whose] || case when taken > 0 and owed > 0 then array[whose] else '{}' end,
        array[to_provider, null] || case when taken > 0 and owed > 0 then array[null::text] else '{}' end,
        array[to_currency, null] || case when taken > 0 and owed > 0 then array[null::text] else '{}' end,
        array[amount] || case when taken > 0 then array[-taken] else '{}' end
            || case when owed > 0 then array[-owed] else '{}' end,
        whose, why, subject, more || jsonb_build_object('taken', taken, 'owed', owed), null,
        concat_ws('|', amount, to_kind, to_provider, to_currency), false
    );
end $$;

comment on function app.take_back is 'Takes bought or given coins back: the available ones, the rest becomes debt.';
revoke all on function app.take_back from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.take_back to meydan_service;
