create or replace function app.waiting_in_lanes(in_tenant_id integer, in_kind text, in_lanes text[]) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
begin
    return (
        select count(*) from (
            select from unnest(in_lanes) lane (name)
            cross join lateral (
                (select from app.ticket_lanes open
                where open.tenant_id = in_tenant_id and open.kind = in_kind and open.lane = lane.name and not open.picky
                limit 50)
                union all
                (select from app.ticket_lanes near
                where near.tenant_id = in_tenant_id and near.kind = in_kind and near.lane = lane.name and near.picky
                limit 50)
            ) waiting
            limit 50
        ) counted
    );
end $$;

comment on function app.waiting_in_lanes is 'Counts the tickets in these lanes, up to fifty.';
revoke all on function app.waiting_in_lanes from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.waiting_in_lanes to meydan_service;
