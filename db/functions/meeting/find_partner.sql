-- Looks at no more than the longest waiting 16 and the nearest 32 picky ones of each lane.
create or replace function app.find_partner(in_tenant_id integer, in_ticket app.tickets, in_rematch_cooldown interval,
    in_decoy_key uuid) returns uuid
language plpgsql set search_path = pg_catalog, pg_temp
-- Plans are kept with the connection, perhaps since nobody waited: they must be right when many do.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set enable_hashjoin = off as $$
declare
    here point := point(in_ticket.longitude, in_ticket.latitude);
    reach integer := case when not in_ticket.widened then in_ticket.max_distance_km end;
    lanes text[] := in_ticket.languages || case when in_ticket.widened then array['*'] else '{}' end;
    -- Faces that this one met of late or that a block keeps apart: they do not count among those looked at.
    apart uuid[] := array(
        select met.second_profile_id from app.encounters met
        where met.tenant_id = in_tenant_id and met.first_profile_id = in_ticket.profile_id
            and met.met_at > app.now() - in_rematch_cooldown
        union all
        select met.first_profile_id from app.encounters met
        where met.tenant_id = in_tenant_id and met.second_profile_id = in_ticket.profile_id
            and met.met_at > app.now() - in_rematch_cooldown
        union all
        select app.faces_blocked(in_tenant_id, in_ticket.user_id, in_ticket.profile_id)
    );
    waiting_here integer;
    candidate record;
begin
    for candidate in
        select other.user_id, other.profile_id
        from (
            select waiting.user_id
            from unnest(lanes) lane (name)
            cross join lateral (
                select open.user_id from app.ticket_lanes open
                where open.tenant_id = in_tenant_id and open.kind = in_ticket.kind and open.lane = lane.name
                    and not open.picky
                    and open.user_id <> in_ticket.user_id
                    and (reach is null or app.kilometres(here, open.spot) <= reach)
                    and open.profile_id <> all(apart)
                order by open.since limit 16
            ) waiting
            union
            select close.user_id
            from unnest(lanes) lane (name)
            cross join lateral (
                select near.user_id from app.ticket_lanes near
                where near.tenant_id = in_tenant_id and near.kind = in_ticket.kind and near.lane = lane.name
                    and near.picky
                    and near.user_id <> in_ticket.user_id and near.profile_id <> all(apart) and here is not null
                order by near.spot <-> here limit 32
            ) close
        ) found
        -- `offset 0` keeps the order: those found, then the ticket of each by its key.
        cross join lateral (
            select waiting.user_id, waiting.profile_id, waiting.latitude, waiting.longitude, waiting.widened,
                waiting.max_distance_km, waiting.interests, waiting.created_at
            from app.tickets waiting
            where waiting.tenant_id = in_tenant_id and waiting.user_id = found.user_id and waiting.kind = in_ticket.kind
            offset 0
        ) other
        cross join lateral (
            select app.kilometres(here, point(other.longitude, other.latitude)) as far,
                least(reach, case when not other.widened then other.max_distance_km end) as allowed
            offset 0
        ) between_them
        where between_them.allowed is null or between_them.far <= between_them.allowed
        -- Up to three points for interests in common, three for being near, six for having waited half a minute.
        order by
            least((select count(*) from unnest(other.interests) word where word = any(in_ticket.interests)), 3)
            + case
                when between_them.far <= 15 then 3 when between_them.far <= 60 then 2 when between_them.far <= 250
                    then 1
                else 0
              end
            + least(extract(epoch from app.now() - other.created_at) / 5, 6) desc,
            other.created_at
    loop
        waiting_here := coalesce(waiting_here, app.waiting_in_lanes(in_tenant_id, in_ticket.kind, lanes));
        continue when app.is_passed_over(in_tenant_id, in_decoy_key, waiting_here, in_ticket.user_id, in_ticket.profile_id,
            candidate.user_id, candidate.profile_id);
        perform from app.tickets other
        where other.tenant_id = in_tenant_id and other.user_id = candidate.user_id and other.kind = in_ticket.kind
            and other.away_since is null
            -- What an erased account of either was kept apart from.
            and not (other.marks && in_ticket.apart) and not (other.apart && in_ticket.marks)
            and exists (
                select from app.users person
                where person.tenant_id = in_tenant_id and person.id = candidate.user_id
                    and (person.ban_reason is null or person.banned_until <= app.now())
                    and (person.matching_suspended_until is null or person.matching_suspended_until <= app.now())
            )
            and not exists (
                select from app.match_slots busy
                where busy.tenant_id = in_tenant_id and busy.user_id = candidate.user_id
                    and busy.type = 'anonymous_' || in_ticket.kind
            )
        for update skip locked;
        if found then
            return candidate.user_id;
        end if;
    end loop;
    return null;
end $$;

comment on function app.find_partner is
    'Finds and locks the partner of a ticket. Returns null when nobody fits. Locks: tickets.';
revoke all on function app.find_partner from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.find_partner to meydan_service;
