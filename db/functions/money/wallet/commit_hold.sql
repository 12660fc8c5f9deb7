-- A promise is kept even if the wallet was frozen meanwhile. `kinds` … `amounts` say which accounts get how much.
create or replace function app.commit_hold(
    tenant integer, hold uuid, key text, what text, kinds text[], owners uuid[], providers text[], currencies text[],
    amounts bigint[], why text, subject uuid, more jsonb
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    held app.coin_holds;
    made app.coin_transactions;
    total bigint;
    print text := concat_ws('|', hold, kinds, owners, providers, currencies, amounts);
begin
    perform app.check_ledger_caller(tenant);
    key := app.own_key(key);
    select known.* into held from app.coin_holds known where known.tenant_id = tenant and known.id = hold for update;
    if not found or session_user = 'meydan_app' and not held.by_person then
        raise exception using errcode = 'WA008', message = 'not_found';
    end if;
    select sum(one.amount) into total from unnest(amounts) one (amount);
    kinds := array_prepend('person_coins', kinds);
    owners := array_prepend(held.user_id, owners);
    providers := array_prepend(null, providers);
    currencies := array_prepend(null, currencies);
    amounts := array_prepend(-total, amounts);
    if session_user = 'meydan_app' and not app.is_own_transfer(what, kinds, owners, amounts, held.user_id) then
        raise exception 'a person pays with coins of their own' using errcode = 'insufficient_privilege';
    end if;
    if held.status = 'committed' and exists (
        select from app.coin_transactions known
        where known.tenant_id = tenant and known.id = held.transaction_id and known.idempotency_key = key
    ) then
        null;  -- answered below, if it is the same again
    elsif held.status <> 'open' or held.expires_at <= app.now() then
        raise exception using errcode = 'WA006', message = 'hold_over', detail = jsonb_build_object(
            'status', case when held.status = 'open' then 'expired' else held.status end)::text;
    elsif total > held.amount or 0 >= any(amounts[2:]) then
        raise exception 'a hold pays at most what is held' using errcode = 'check_violation';
    else
        -- The payer's coins come first here as in every transfer: nobody is waited for crosswise.
        update app.ledger_balances known set held = known.held - held.amount
        where known.tenant_id = tenant and known.stripe = 0
            and known.account_id = app.ledger_account_id('person_coins', held.user_id, null, null)
            and known.held >= held.amount;
        if not found then
            raise exception 'no so many coins are held' using errcode = 'check_violation';
        end if;
    end if;
    made := app.move_coins(
        tenant, key, what, kinds, owners, providers, currencies, amounts, held.user_id, why, subject, more, null, print, false
    );
    if held.status = 'open' then
        update app.coin_holds known
        set status = 'committed', committed = total, transaction_id = made.id, ended_at = app.now()
        where known.tenant_id = tenant and known.id = hold;
        perform app.pay_debt(tenant, held.user_id, hold);
    end if;
    return made;
end $$;

comment on function app.commit_hold is 'Pays with held coins, in part or whole, and releases the rest.';
revoke all on function app.commit_hold from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.commit_hold to meydan_app, meydan_service;
