create or replace function app.sync_ticket_lanes() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        delete from app.ticket_lanes known
        where known.tenant_id = new.tenant_id and known.user_id = new.user_id and known.kind = new.kind;
    end if;
    if new.away_since is null then
        insert into app.ticket_lanes (tenant_id, kind, lane, user_id, profile_id, picky, spot, since)
        select new.tenant_id, new.kind, lane.name, new.user_id, new.profile_id,
            new.max_distance_km is not null and not new.widened, point(new.longitude, new.latitude), new.created_at
        from (select distinct unnest(new.languages || case when new.widened
            then array['*'] else '{}' end) as name) lane;
    end if;
    return null;
end $$;

comment on function app.sync_ticket_lanes is 'Trigger: keeps the lanes of a ticket in step with the ticket.';
revoke all on function app.sync_ticket_lanes from public, meydan_app, meydan_service, meydan_relay;
