create or replace function app.give_back_held(tenant integer, whose uuid, amount bigint, cause uuid) returns void
language plpgsql as $$
#variable_conflict use_variable
begin
    update app.ledger_balances known set held = known.held - amount
    where known.tenant_id = tenant and known.account_id = app.ledger_account_id('person_coins', whose, null, null)
        and known.stripe = 0 and known.held >= amount;
    if not found then
        raise exception 'no so many coins are held' using errcode = 'check_violation';
    end if;
    perform app.pay_debt(tenant, whose, cause);
end $$;

comment on function app.give_back_held is 'Makes held coins available again, and pays the owner''s debt with them.';
revoke all on function app.give_back_held from public, meydan_app, meydan_service, meydan_relay;
