create or replace function app.hold_coins(
    tenant integer, key text, whose uuid, amount bigint, purpose text, subject uuid, until timestamptz
) returns app.coin_holds language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    made app.coin_holds;
    print bytea := sha256(convert_to(concat_ws('|', whose, amount, purpose, subject), 'UTF8'));
begin
    perform app.check_ledger_caller(tenant);
    key := app.own_key(key);
    if session_user = 'meydan_app' and whose is distinct from app.user_id() then
        raise exception 'a person pays with coins of their own' using errcode = 'insufficient_privilege';
    elsif until <= app.now() then
        raise exception 'a hold ends later than it begins' using errcode = 'check_violation';
    end if;
    insert into app.coin_holds (tenant_id, user_id, amount, purpose, subject_id, idempotency_key, fingerprint, expires_at)
    values (tenant, whose, amount, purpose, subject, key, print, until)
    on conflict (tenant_id, idempotency_key) do nothing
    returning coin_holds.* into made;
    if not found then
        select known.* into strict made from app.coin_holds known
        where known.tenant_id = tenant and known.idempotency_key = key;
        if made.fingerprint <> print then
            raise exception using errcode = 'WA004', message = 'idempotency_key_reused';
        end if;
        return made;
    end if;
    for attempt in 1 .. 2 loop
        update app.ledger_balances known set held = known.held + amount
        where known.tenant_id = tenant and known.account_id = app.ledger_account_id('person_coins', whose, null, null)
            and known.stripe = 0 and known.balance - known.held >= amount and not known.frozen;
        exit when found;
        if attempt = 2 then
            perform app.refuse_debit(tenant, 'person_coins', whose, amount, true);
        end if;
        perform app.open_ledger_account(tenant, 'person_coins', whose, null, null, 0);
        perform app.end_expired_holds(tenant, whose, 1000);
    end loop;
    return made;
end $$;

comment on function app.hold_coins is 'Holds coins until a time. The same key again returns the first hold.';
revoke all on function app.hold_coins from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.hold_coins to meydan_app, meydan_service;
