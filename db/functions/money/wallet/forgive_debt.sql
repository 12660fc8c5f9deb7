create or replace function app.forgive_debt(tenant integer, key text, whose uuid, at_most bigint, why text)
returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    owed bigint;
begin
    perform app.check_ledger_caller(tenant);
    perform app.lock_ledger_account(tenant, 'person_coins', whose);
    select -debt.balance into owed from app.ledger_balances debt
    where debt.tenant_id = tenant and debt.account_id = app.ledger_account_id('person_debt', whose, null, null);
    owed := least(owed, at_most);
    if exists (
        select from app.coin_transactions known where known.tenant_id = tenant and known.idempotency_key = key
    ) then
        owed := at_most;  -- answered as it was; nothing moves
    elsif coalesce(owed, 0) <= 0 then
        raise exception using errcode = 'WA001', message = 'balance_too_low',
            detail = jsonb_build_object('balance', 0, 'needed', at_most, 'account', 'person_debt')::text;
    end if;
    return app.move_coins(
        tenant, key, 'debt_forgiven', array['person_debt', 'promotions'], array[whose, null], array[null, null]::text[],
        array[null, null]::text[], array[owed, -owed], whose, why, null, jsonb_build_object('forgiven', owed), null,
        at_most::text, false
    );
end $$;

comment on function app.forgive_debt is 'Forgives a person''s debt, at most so much.';
revoke all on function app.forgive_debt from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.forgive_debt to meydan_service;
