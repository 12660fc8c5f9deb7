create or replace function app.release_hold(in_tenant_id integer, in_hold_id uuid)
returns app.coin_holds language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    held app.coin_holds;
begin
    perform app.check_ledger_caller(in_tenant_id);
    select known.* into held from app.coin_holds known where known.tenant_id = in_tenant_id and known.id = in_hold_id
        for update;
    if not found or session_user = 'meydan_app' and (held.user_id <> app.user_id() or not held.by_person) then
        raise exception using errcode = 'WA008', message = 'not_found';
    elsif held.status = 'committed' then
        raise exception using errcode = 'WA006', message = 'hold_over', detail = '{"status": "committed"}';
    elsif held.status = 'open' then
        update app.coin_holds known set status = 'released', ended_at = app.now(), proved = false
        where known.tenant_id = in_tenant_id and known.id = in_hold_id
        returning known.* into held;
        perform app.release_held(in_tenant_id, held.user_id, held.amount, in_hold_id);
    end if;
    return held;
end $$;

comment on function app.release_hold is 'Releases a hold without paying. A second call changes nothing.';
revoke all on function app.release_hold from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.release_hold to meydan_app, meydan_service;
