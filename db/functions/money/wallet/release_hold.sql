create or replace function app.release_hold(tenant integer, hold uuid)
returns app.coin_holds language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    held app.coin_holds;
begin
    perform app.check_ledger_caller(tenant);
    select known.* into held from app.coin_holds known where known.tenant_id = tenant and known.id = hold for update;
    if not found or session_user = 'meydan_app' and (held.user_id <> app.user_id() or not held.by_person) then
        raise exception using errcode = 'WA008', message = 'not_found';
    elsif held.status = 'committed' then
        raise exception using errcode = 'WA006', message = 'hold_over', detail = '{"status": "committed"}';
    elsif held.status = 'open' then
        update app.coin_holds known set status = 'released', ended_at = app.now(), proved = false
        where known.tenant_id = tenant and known.id = hold
        returning known.* into held;
        perform app.give_back_held(tenant, held.user_id, held.amount, hold);
    end if;
    return held;
end $$;

comment on function app.release_hold is 'Releases a hold without paying. A second call changes nothing.';
revoke all on function app.release_hold from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.release_hold to meydan_app, meydan_service;
