-- Earnings come from others, so this is checked while both accounts are locked. A change meanwhile waits, and the same
-- key again finds what it did.
create or replace function app.convert_earnings(in_tenant_id integer, in_idempotency_key text, in_amount bigint)
returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller uuid := app.user_id();
    earned bigint;
    pending bigint;
    next_at timestamptz;
begin
    perform app.check_ledger_caller(in_tenant_id);
    if in_amount is null or in_amount <= 0 then
        raise exception 'what is converted is more than nothing' using errcode = 'check_violation';
    end if;
    in_idempotency_key := app.scoped_key(in_idempotency_key);
    perform app.lock_ledger_account(in_tenant_id, 'person_coins', caller);
    perform app.lock_ledger_account(in_tenant_id, 'creator_revenue', caller);
    if not exists (
        select from app.coin_transactions known where known.tenant_id = in_tenant_id
            and known.idempotency_key = in_idempotency_key
    ) then
        select known.balance into earned from app.ledger_balances known
        where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('creator_revenue', caller,
            null, null);
        select coalesce(sum(earning.amount), 0)::bigint, min(earning.available_at) into pending, next_at
        from app.pending_earnings(in_tenant_id, caller) earning;
        if in_amount <= earned and in_amount > earned - pending then
            raise exception using errcode = 'WA009', message = 'earnings_pending', detail = jsonb_build_object(
                'available', greatest(earned - pending, 0), 'needed', in_amount, 'next_at', next_at)::text;
        end if;
    end if;
    return app.move_coins(
        in_tenant_id, in_idempotency_key, 'conversion',
        array[
            ('person_coins', caller, null, null, in_amount), ('creator_revenue', caller, null, null, -in_amount)
        ]::app.ledger_entry[],
        caller, '', null, '{}', null, null, true
    );
end $$;

comment on function app.convert_earnings is 'Turns a person''s available earnings into coins.';
revoke all on function app.convert_earnings from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.convert_earnings to meydan_app;
