create or replace function app.check_debit(in_tenant_id integer, in_kind text, in_owner_user_id uuid, in_amount bigint,
    in_is_spending boolean) returns void
language plpgsql as $$
declare
    why text;
    owed bigint;
    available bigint;
begin
    if in_is_spending then
        select known.reason into why from app.wallet_freezes known
        where known.tenant_id = in_tenant_id and known.user_id = in_owner_user_id and known.thawed_at is null;
        if found then
            raise exception using errcode = 'WA002', message = 'wallet_frozen',
                detail = jsonb_build_object('reason', why)::text;
        end if;
        select -debt.balance into owed from app.ledger_balances debt
        where debt.tenant_id = in_tenant_id and debt.account_id = app.ledger_account_id('person_debt',
            in_owner_user_id, null, null);
        if in_kind = 'person_coins' and owed > 0 then
            raise exception using errcode = 'WA003', message = 'debt_blocks',
                detail = jsonb_build_object('debt', owed)::text;
        end if;
    end if;
    select known.balance - known.held into available from app.ledger_balances known
    where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id(in_kind, in_owner_user_id, null,
        null);
    raise exception using errcode = 'WA001', message = 'balance_too_low',
        detail = jsonb_build_object('balance', abs(available), 'needed', abs(in_amount), 'account', in_kind)::text;
end $$;

comment on function app.check_debit is 'Raises the reason why an account cannot be debited.';
revoke all on function app.check_debit from public, meydan_app, meydan_service, meydan_relay;
