-- Earnings come from others, so this is checked while both accounts are locked: a change meanwhile waits, and the same
-- key again finds what it did.
create or replace function app.convert_earnings(tenant integer, key text, amount bigint)
returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    mine uuid := app.user_id();
    earned bigint;
    unripe bigint;
    next_at timestamptz;
begin
    perform app.check_ledger_caller(tenant);
    if amount is null or amount <= 0 then
        raise exception 'what is converted is more than nothing' using errcode = 'check_violation';
    end if;
    key := app.own_key(key);
    perform app.lock_ledger_account(tenant, 'person_coins', mine);
    perform app.lock_ledger_account(tenant, 'creator_revenue', mine);
    if not exists (
        select from app.coin_transactions known where known.tenant_id = tenant and known.idempotency_key = key
    ) then
        select known.balance into earned from app.ledger_balances known
        where known.tenant_id = tenant and known.account_id = app.ledger_account_id('creator_revenue', mine, null, null);
        select coalesce(sum(one.amount), 0)::bigint, min(one.ripens_at) into unripe, next_at
        from app.unripe_earnings(tenant, mine) one;
        if amount <= earned and amount > earned - unripe then
            raise exception using errcode = 'WA009', message = 'earnings_unripe', detail = jsonb_build_object(
                'ripe', greatest(earned - unripe, 0), 'needed', amount, 'next_at', next_at)::text;
        end if;
    end if;
    return app.move_coins(
        tenant, key, 'conversion', array['person_coins', 'creator_revenue'], array[mine, mine], array[null, null]::text[],
        array[null, null]::text[], array[amount, -amount], mine, '', null, '{}', null, null, true
    );
end $$;

comment on function app.convert_earnings is 'Turns a person''s available earnings into coins.';
revoke all on function app.convert_earnings from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.convert_earnings to meydan_app;
