create or replace function app.pay_debt(tenant integer, whose uuid, cause uuid) returns void language plpgsql as $$
#variable_conflict use_variable
declare
    paid bigint;
begin
    select least(-debt.balance, coins.balance - coins.held) into paid
    from app.ledger_balances debt
    join app.ledger_balances coins on coins.tenant_id = tenant and coins.stripe = 0
        and coins.account_id = app.ledger_account_id('person_coins', whose, null, null)
    where debt.tenant_id = tenant and debt.stripe = 0
        and debt.account_id = app.ledger_account_id('person_debt', whose, null, null);
    if paid > 0 then
        perform app.move_coins(
            tenant, 'debt:' || whose || ':' || cause, 'debt_payment', array['person_coins', 'person_debt'], array[whose, whose],
            array[null, null]::text[], array[null, null]::text[], array[-paid, paid], whose, '', cause, '{}', null, null, false
        );
    end if;
end $$;

comment on function app.pay_debt is 'Pays a person''s debt with their available coins, once for each cause.';
revoke all on function app.pay_debt from public, meydan_app, meydan_service, meydan_relay;
