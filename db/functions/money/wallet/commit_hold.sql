-- A promise is kept even if the wallet was frozen meanwhile. `in_kinds` … `in_amounts` say which accounts get how much.
create or replace function app.commit_hold(
    in_tenant_id integer, in_hold_id uuid, in_idempotency_key text, in_type text, in_kinds text[],
    in_owner_user_ids uuid[], in_providers text[], in_currencies text[],
    in_amounts bigint[], in_description text, in_subject_id uuid, in_details jsonb
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    held app.coin_holds;
    made app.coin_transactions;
    total bigint;
    print text := concat_ws('|', in_hold_id, in_kinds, in_owner_user_ids, in_providers, in_currencies, in_amounts);
begin
    perform app.check_ledger_caller(in_tenant_id);
    in_idempotency_key := app.scoped_key(in_idempotency_key);
    select known.* into held from app.coin_holds known where known.tenant_id = in_tenant_id and known.id = in_hold_id
        for update;
    if not found or session_user = 'meydan_app' and not held.by_person then
        raise exception using errcode = 'WA008', message = 'not_found';
    end if;
    select sum(one.amount) into total from unnest(in_amounts) one (amount);
    in_kinds := array_prepend('person_coins', in_kinds);
    in_owner_user_ids := array_prepend(held.user_id, in_owner_user_ids);
    in_providers := array_prepend(null, in_providers);
    in_currencies := array_prepend(null, in_currencies);
    in_amounts := array_prepend(-total, in_amounts);
    if session_user = 'meydan_app' and not app.is_own_transfer(in_type, in_kinds, in_owner_user_ids, in_amounts,
        held.user_id) then
        raise exception 'a person pays with coins of their own' using errcode = 'insufficient_privilege';
    end if;
    if held.status = 'committed' and exists (
        select from app.coin_transactions known
        where known.tenant_id = in_tenant_id and known.id = held.transaction_id
            and known.idempotency_key = in_idempotency_key
    ) then
        null;  -- answered below, if it is the same again
    elsif held.status <> 'open' or held.expires_at <= app.now() then
        raise exception using errcode = 'WA006', message = 'hold_over', detail = jsonb_build_object(
            'status', case when held.status = 'open' then 'expired' else held.status end)::text;
    elsif total > held.amount or 0 >= any(in_amounts[2:]) then
        raise exception 'a hold pays at most what is held' using errcode = 'check_violation';
    else
        -- The payer's coins come first here as in every transfer: nobody is waited for crosswise.
        update app.ledger_balances known set held = known.held - held.amount
        where known.tenant_id = in_tenant_id and known.stripe = 0
            and known.account_id = app.ledger_account_id('person_coins', held.user_id, null, null)
            and known.held >= held.amount;
        if not found then
            raise exception 'no so many coins are held' using errcode = 'check_violation';
        end if;
    end if;
    made := app.move_coins(
        in_tenant_id, in_idempotency_key, in_type, in_kinds, in_owner_user_ids, in_providers, in_currencies,
        in_amounts, held.user_id, in_description, in_subject_id, in_details, null, print, false
    );
    if held.status = 'open' then
        update app.coin_holds known
        set status = 'committed', committed = total, transaction_id = made.id, ended_at = app.now()
        where known.tenant_id = in_tenant_id and known.id = in_hold_id;
        perform app.pay_debt(in_tenant_id, held.user_id, in_hold_id);
    end if;
    return made;
end $$;

comment on function app.commit_hold is 'Pays with held coins, in part or whole, and releases the rest.';
revoke all on function app.commit_hold from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.commit_hold to meydan_app, meydan_service;
