create or replace function app.pay_debt(in_tenant_id integer, in_owner_user_id uuid, in_cause_id uuid)
    returns void language plpgsql as $$
declare
    paid bigint;
begin
    select least(-debt.balance, coins.balance - coins.held) into paid
    from app.ledger_balances debt
    join app.ledger_balances coins on coins.tenant_id = in_tenant_id and coins.stripe = 0
        and coins.account_id = app.ledger_account_id('person_coins', in_owner_user_id, null, null)
    where debt.tenant_id = in_tenant_id and debt.stripe = 0
        and debt.account_id = app.ledger_account_id('person_debt', in_owner_user_id, null, null);
    if paid > 0 then
        perform app.move_coins(
            in_tenant_id, 'debt:' || in_owner_user_id || ':' || in_cause_id, 'debt_payment',
            array[
                ('person_coins', in_owner_user_id, null, null, -paid),
                ('person_debt', in_owner_user_id, null, null, paid)
            ]::app.ledger_entry[],
            in_owner_user_id, '', in_cause_id, '{}', null, null, false
        );
    end if;
end $$;

comment on function app.pay_debt is 'Pays a person''s debt with their available coins, once for each cause.';
revoke all on function app.pay_debt from public, meydan_app, meydan_service, meydan_relay;
