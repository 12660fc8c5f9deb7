create or replace function app.release_held(in_tenant_id integer, in_owner_user_id uuid, in_amount bigint,
    in_cause_id uuid) returns void
language plpgsql as $$
begin
    update app.ledger_balances known set held = known.held - in_amount
    where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('person_coins', in_owner_user_id,
        null, null)
        and known.stripe = 0 and known.held >= in_amount;
    if not found then
        raise exception 'no so many coins are held' using errcode = 'check_violation';
    end if;
    perform app.pay_debt(in_tenant_id, in_owner_user_id, in_cause_id);
end $$;

comment on function app.release_held is 'Makes held coins available again, and pays the owner''s debt with them.';
revoke all on function app.release_held from public, meydan_app, meydan_service, meydan_relay;
