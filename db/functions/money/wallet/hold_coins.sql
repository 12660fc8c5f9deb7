create or replace function app.hold_coins(
    in_tenant_id integer, in_idempotency_key text, in_owner_user_id uuid, in_amount bigint, in_purpose text,
    in_subject_id uuid, in_expires_at timestamptz
) returns app.coin_holds language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    made app.coin_holds;
    print bytea := sha256(convert_to(concat_ws('|', in_owner_user_id, in_amount, in_purpose, in_subject_id), 'UTF8'));
begin
    perform app.check_ledger_caller(in_tenant_id);
    in_idempotency_key := app.scoped_key(in_idempotency_key);
    if session_user = 'meydan_app' and in_owner_user_id is distinct from app.user_id() then
        raise exception 'a person pays with coins of their own' using errcode = 'insufficient_privilege';
    elsif in_expires_at <= app.now() then
        raise exception 'a hold ends later than it begins' using errcode = 'check_violation';
    end if;
    insert into app.coin_holds (tenant_id, user_id, amount, purpose, subject_id, idempotency_key, fingerprint,
        expires_at)
    values (in_tenant_id, in_owner_user_id, in_amount, in_purpose, in_subject_id, in_idempotency_key, print,
        in_expires_at)
    on conflict (tenant_id, idempotency_key) where idempotency_key is not null do nothing
    returning coin_holds.* into made;
    if not found then
        select known.* into strict made from app.coin_holds known
        where known.tenant_id = in_tenant_id and known.idempotency_key = in_idempotency_key;
        if made.fingerprint <> print then
            raise exception using errcode = 'WA004', message = 'idempotency_key_reused';
        end if;
        return made;
    end if;
    for attempt in 1 .. 2 loop
        update app.ledger_balances known set held = known.held + in_amount
        where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('person_coins',
            in_owner_user_id, null, null)
            and known.stripe = 0 and known.balance - known.held >= in_amount and not known.frozen;
        exit when found;
        if attempt = 2 then
            perform app.check_debit(in_tenant_id, 'person_coins', in_owner_user_id, in_amount, true);
        end if;
        perform app.open_ledger_account(in_tenant_id, 'person_coins', in_owner_user_id, null, null, 0);
        perform app.end_expired_holds(in_tenant_id, in_owner_user_id, 1000);
    end loop;
    return made;
end $$;

comment on function app.hold_coins is 'Holds coins until a time. The same key again returns the first hold.';
revoke all on function app.hold_coins from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.hold_coins to meydan_app, meydan_service;
