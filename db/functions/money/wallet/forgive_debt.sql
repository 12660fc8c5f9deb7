create or replace function app.forgive_debt(in_tenant_id integer, in_idempotency_key text, in_owner_user_id uuid,
    in_amount_limit bigint, in_description text)
returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    owed bigint;
begin
    perform app.check_ledger_caller(in_tenant_id);
    perform app.lock_ledger_account(in_tenant_id, 'person_coins', in_owner_user_id);
    select -debt.balance into owed from app.ledger_balances debt
    where debt.tenant_id = in_tenant_id and debt.account_id = app.ledger_account_id('person_debt', in_owner_user_id,
        null, null);
    owed := least(owed, in_amount_limit);
    if exists (
        select from app.coin_transactions known where known.tenant_id = in_tenant_id
            and known.idempotency_key = in_idempotency_key
    ) then
        owed := in_amount_limit;  -- answered as it was; nothing moves
    elsif coalesce(owed, 0) <= 0 then
        raise exception using errcode = 'WA001', message = 'balance_too_low',
            detail = jsonb_build_object('balance', 0, 'needed', in_amount_limit, 'account', 'person_debt')::text;
    end if;
    return app.move_coins(
        in_tenant_id, in_idempotency_key, 'debt_forgiven',
        array[
            ('person_debt', in_owner_user_id, null, null, owed), ('promotions', null, null, null, -owed)
        ]::app.ledger_entry[],
        in_owner_user_id, in_description, null, jsonb_build_object('forgiven', owed), null, in_amount_limit::text, false
    );
end $$;

comment on function app.forgive_debt is 'Forgives a person''s debt, at most so much.';
revoke all on function app.forgive_debt from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.forgive_debt to meydan_service;
