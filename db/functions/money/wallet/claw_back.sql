create or replace function app.claw_back(
    in_tenant_id integer, in_idempotency_key text, in_type text, in_owner_user_id uuid, in_amount bigint,
    in_target_kind text, in_target_provider text, in_target_currency text,
    in_description text, in_subject_id uuid, in_details jsonb
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    taken bigint;
    owed bigint;
begin
    perform app.check_ledger_caller(in_tenant_id);
    if in_amount is null or in_amount <= 0 then
        raise exception 'what is taken back is more than nothing' using errcode = 'check_violation';
    end if;
    perform app.lock_ledger_account(in_tenant_id, 'person_coins', in_owner_user_id);
    perform app.end_expired_holds(in_tenant_id, in_owner_user_id, 1000);
    select least(in_amount, known.balance - known.held) into taken from app.ledger_balances known
    where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('person_coins', in_owner_user_id,
        null, null);
    owed := in_amount - taken;
    return app.move_coins(
        in_tenant_id, in_idempotency_key, in_type,
        array[
            ('person_coins', in_owner_user_id, null, null, -taken),
            ('person_debt', in_owner_user_id, null, null, -owed),
            (in_target_kind, null, in_target_provider, in_target_currency, in_amount)
        ]::app.ledger_entry[],
        in_owner_user_id, in_description, in_subject_id,
        in_details || jsonb_build_object('taken', taken, 'owed', owed), null,
        concat_ws('|', in_amount, in_target_kind, in_target_provider, in_target_currency), false
    );
end $$;

comment on function app.claw_back is 'Takes bought or given coins back: the available ones, the rest becomes debt.';
revoke all on function app.claw_back from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.claw_back to meydan_service;
