-- A promise is kept even if the wallet was frozen meanwhile. `in_entries` are those of the receivers; the payer's comes
-- first and is added here.
create or replace function app.commit_hold(
    in_tenant_id integer, in_hold_id uuid, in_idempotency_key text, in_type text, in_entries app.ledger_entry[],
    in_description text, in_subject_id uuid, in_details jsonb
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    hold app.coin_holds;
    transaction app.coin_transactions;
    total bigint;
    smallest bigint;
    request text := concat_ws('|', in_hold_id, app.ledger_entries_text(in_entries));
begin
    perform app.check_ledger_caller(in_tenant_id);
    in_idempotency_key := app.scoped_key(in_idempotency_key);
    select known.* into hold from app.coin_holds known where known.tenant_id = in_tenant_id and known.id = in_hold_id
        for update;
    if not found or session_user = 'meydan_app' and not hold.by_person then
        raise exception using errcode = 'WA008', message = 'not_found';
    end if;
    select sum(entry.amount), min(entry.amount) into total, smallest from unnest(in_entries) entry;
    in_entries := ('person_coins', hold.user_id, null, null, -total)::app.ledger_entry || in_entries;
    if session_user = 'meydan_app' and not app.is_own_transfer(in_type, in_entries, hold.user_id) then
        raise exception 'a person pays with coins of their own' using errcode = 'insufficient_privilege';
    end if;
    if hold.status = 'committed' and exists (
        select from app.coin_transactions known
        where known.tenant_id = in_tenant_id and known.id = hold.transaction_id
            and known.idempotency_key = in_idempotency_key
    ) then
        null;  -- answered below, if it is the same again
    elsif hold.status <> 'open' or hold.expires_at <= app.now() then
        raise exception using errcode = 'WA006', message = 'hold_over', detail = jsonb_build_object(
            'status', case when hold.status = 'open' then 'expired' else hold.status end)::text;
    elsif total > hold.amount or smallest <= 0 then
        raise exception 'a hold pays at most what is held' using errcode = 'check_violation';
    else
        -- The payer's coins come first here as in every transfer: nobody is waited for crosswise.
        update app.ledger_balances known set held = known.held - hold.amount
        where known.tenant_id = in_tenant_id and known.stripe = 0
            and known.account_id = app.ledger_account_id('person_coins', hold.user_id, null, null)
            and known.held >= hold.amount;
        if not found then
            raise exception 'no so many coins are held' using errcode = 'check_violation';
        end if;
    end if;
    transaction := app.move_coins(
        in_tenant_id, in_idempotency_key, in_type, in_entries, hold.user_id, in_description, in_subject_id, in_details,
        null, request, false
    );
    if hold.status = 'open' then
        update app.coin_holds known
        set status = 'committed', committed = total, transaction_id = transaction.id, ended_at = app.now()
        where known.tenant_id = in_tenant_id and known.id = in_hold_id;
        perform app.pay_debt(in_tenant_id, hold.user_id, in_hold_id);
    end if;
    return transaction;
end $$;

comment on function app.commit_hold is 'Pays with held coins, in part or whole, and releases the rest.';
revoke all on function app.commit_hold from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.commit_hold to meydan_app, meydan_service;
