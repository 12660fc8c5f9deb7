-- In the order that every transfer takes: the payee of one meter may pay for another.
create or replace function app.lock_meter_accounts(in_tenant_id integer, in_meter_ids uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid;
begin
    perform app.check_ledger_caller(in_tenant_id);
    perform from app.coin_holds hold
    where hold.tenant_id = in_tenant_id and hold.id = any(array(
        select one.hold_id from app.meter_units one
        where one.tenant_id = in_tenant_id and one.meter_id = any(in_meter_ids) and one.status = 'held'
    ))
    order by hold.id for update;
    for person in
        select distinct meter.payer_user_id from app.meters meter
        where meter.tenant_id = in_tenant_id and meter.id = any(in_meter_ids) order by 1
    loop
        perform app.lock_ledger_account(in_tenant_id, 'person_coins', person);
    end loop;
    for person in
        select distinct meter.payee_user_id from app.meters meter
        where meter.tenant_id = in_tenant_id and meter.id = any(in_meter_ids) order by 1
    loop
        perform app.lock_ledger_account(in_tenant_id, 'creator_revenue', person);
    end loop;
end $$;

comment on function app.lock_meter_accounts is
    'Locks the holds and the accounts of several meters. Locks: coin_holds, ledger_balances.';
revoke all on function app.lock_meter_accounts from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.lock_meter_accounts to meydan_service;
