create or replace function app.refuse_debit(tenant integer, kind text, whose uuid, amount bigint, spends boolean) returns void
language plpgsql as $$
#variable_conflict use_variable
declare
    why text;
    owed bigint;
    available bigint;
begin
    if spends then
        select known.reason into why from app.wallet_freezes known
        where known.tenant_id = tenant and known.user_id = whose and known.thawed_at is null;
        if found then
            raise exception using errcode = 'WA002', message = 'wallet_frozen',
                detail = jsonb_build_object('reason', why)::text;
        end if;
        select -debt.balance into owed from app.ledger_balances debt
        where debt.tenant_id = tenant and debt.account_id = app.ledger_account_id('person_debt', whose, null, null);
        if kind = 'person_coins' and owed > 0 then
            raise exception using errcode = 'WA003', message = 'debt_blocks',
                detail = jsonb_build_object('debt', owed)::text;
        end if;
    end if;
    select known.balance - known.held into available from app.ledger_balances known
    where known.tenant_id = tenant and known.account_id = app.ledger_account_id(kind, whose, null, null);
    raise exception using errcode = 'WA001', message = 'balance_too_low',
        detail = jsonb_build_object('balance', abs(available), 'needed', abs(amount), 'account', kind)::text;
end $$;

comment on function app.refuse_debit is 'Raises the reason why an account cannot be debited.';
revoke all on function app.refuse_debit from public, meydan_app, meydan_service, meydan_relay;
