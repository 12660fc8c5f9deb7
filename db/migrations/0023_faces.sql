-- Two faces: nothing ties them together by who is no longer met. Encounters count for each face, blocks are felt by other
-- faces at random times, and some pairs are passed over without any block.
-- Serves no older program: stop, migrate, start.
-- serves: 0023

-- `person`: every face of the blocked person, the named one at once. `face`: only the named one, and any number a day.
alter table app.blocks
    add column scope text not null default 'person' check (scope in ('person', 'face')),
    -- squawk-ignore adding-field-with-default -- no older program runs meanwhile, and blocks are few
    add column delay_key uuid not null default gen_random_uuid(),
    add column lifted_at timestamptz,
    -- squawk-ignore ban-drop-constraint -- the index below takes its place
    drop constraint blocks_tenant_id_blocker_profile_id_blocked_profile_id_key;
-- squawk-ignore require-concurrent-index-creation -- no older program runs meanwhile
create unique index blocks_of_two_faces on app.blocks (tenant_id, blocker_profile_id, blocked_profile_id)
    where lifted_at is null;
drop policy own_delete on app.blocks;
revoke delete on app.blocks from meydan_app;
grant select (scope, lifted_at) on app.blocks to meydan_app;
-- squawk-ignore ban-drop-function -- no older program runs meanwhile
drop function app.add_block(integer, uuid);
-- squawk-ignore ban-drop-function
drop function app.my_blocks(integer, uuid, uuid, integer);

-- Draws which pairs are passed over. Only the matcher reads it.
create table app.decoy_keys (
    tenant_id integer not null references app.tenants,
    key uuid not null default gen_random_uuid(),
    primary key (tenant_id)
);
select app.enable_tenant_rls('app.decoy_keys');

-- When two faces last met. Matches know it of every earlier meeting.
-- squawk-ignore ban-drop-table -- filled anew below
drop table app.encounters;
create table app.encounters (
    tenant_id integer not null references app.tenants,
    first_profile_id uuid not null,
    second_profile_id uuid not null,
    met_at timestamptz not null default app.now(),
    primary key (tenant_id, first_profile_id, second_profile_id),
    foreign key (tenant_id, first_profile_id) references app.profiles (tenant_id, id),
    foreign key (tenant_id, second_profile_id) references app.profiles (tenant_id, id),
    check (first_profile_id < second_profile_id)
);
create index encounters_of_first on app.encounters (tenant_id, first_profile_id, met_at);
create index encounters_of_second on app.encounters (tenant_id, second_profile_id, met_at);
select app.enable_tenant_rls('app.encounters');
insert into app.encounters (tenant_id, first_profile_id, second_profile_id, met_at)
select met.tenant_id, least(met.profile1_id, met.profile2_id), greatest(met.profile1_id, met.profile2_id),
    max(met.created_at)
from app.matches met
join app.users one on one.tenant_id = met.tenant_id and one.id = met.user1_id and one.erased_at is null
join app.users two on two.tenant_id = met.tenant_id and two.id = met.user2_id and two.erased_at is null
where met.type in ('anonymous_text', 'anonymous_video')
group by 1, 2, 3;

-- Lanes name the face, so that a search can leave out faces instead of people.
delete from app.ticket_lanes;
-- squawk-ignore adding-required-field -- the table is empty here
alter table app.ticket_lanes add column profile_id uuid not null;
insert into app.ticket_lanes (tenant_id, kind, lane, user_id, profile_id, picky, spot, since)
select waiting.tenant_id, waiting.kind, lane.name, waiting.user_id, waiting.profile_id,
    waiting.max_distance_km is not null and not waiting.widened, point(waiting.longitude, waiting.latitude),
    waiting.created_at
from app.tickets waiting
cross join lateral (
    select distinct unnest(waiting.languages || case when waiting.widened then array['*'] else '{}' end) as name
) lane
where waiting.away_since is null;
-- squawk-ignore ban-drop-function -- only the matcher called it
drop function app.find_partner(integer, app.tickets, interval);

-- Below this line: written by `make functions` from db/functions. Change it there.

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
        join app.tickets other on other.tenant_id = in_tenant_id and other.user_id = found.user_id
            and other.kind = in_ticket.kind
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

-- Three of a hundred pairs of faces where fifty wait, none where ten do, and in between in proportion. A pair is drawn
-- anew every ninety days, at a time of its own. Blocks bring decoys of their own, to both people.
create or replace function app.is_passed_over(in_tenant_id integer, in_key uuid, in_waiting integer, in_user_id uuid,
    in_profile_id uuid, in_other_user_id uuid, in_other_profile_id uuid) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    share double precision := 0.03 * (least(in_waiting, 50) - 10) / 40;
    period integer;
begin
    if share <= 0 then
        return false;
    end if;
    period := 1 + floor(extract(epoch from app.now()) / (90 * 86400)
        + app.keyed_fraction(in_key, in_profile_id, in_other_profile_id, 0));
    return app.keyed_fraction(in_key, in_profile_id, in_other_profile_id, period) < share
        or app.has_decoy(in_tenant_id, in_user_id, in_profile_id, in_other_profile_id, share)
        or app.has_decoy(in_tenant_id, in_other_user_id, in_other_profile_id, in_profile_id, share);
end $$;

comment on function app.is_passed_over is
    'Tells whether two faces that could meet do not, so that a missing face proves no block.';
revoke all on function app.is_passed_over from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.is_passed_over to meydan_service;

-- Looks for a partner for each new ticket, then for a few that were looked for longest ago. Somebody may have been
-- unblocked since, or a recent meeting may be long enough ago.
-- One matcher at a time in a tenant, so that two never pass each other by. `in_wait_for_lock` waits for its turn, the others leave
-- it to the one at work. A row without a match is a ticket that ended because its owner has no right left.
create or replace function app.match_tickets(
    in_tenant_id integer, in_kind text, in_batch_size integer, in_retry_batch_size integer, in_retry_interval interval,
    in_rematch_cooldown interval,
    in_claim_delay interval, in_duration interval, in_wait_for_lock boolean
) returns table (
    match_id uuid, conversation_id uuid, expires_at timestamptz,
    user1_id uuid, profile1_id uuid, ticket1_id uuid, user2_id uuid, profile2_id uuid, ticket2_id uuid
) language plpgsql set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
declare
    today date := app.today(in_tenant_id);
    seeker uuid;
    ticket app.tickets;
    partner app.tickets;
    partner_id uuid;
    decoy_key uuid;
begin
    if in_tenant_id <> app.tenant_id() then
        raise exception 'a matcher works in its own community';
    end if;
    if in_wait_for_lock then
        perform app.lock_matching(in_tenant_id, in_kind);
    elsif not pg_try_advisory_xact_lock(hashtextextended('meeting ' || in_kind, in_tenant_id)) then
        return;
    end if;
    select known.key into decoy_key from app.decoy_keys known where known.tenant_id = in_tenant_id;
    if not found then
        insert into app.decoy_keys as made (tenant_id) values (in_tenant_id)
        on conflict (tenant_id) do update set key = made.key returning made.key into strict decoy_key;
    end if;
    for seeker in
        (select new.user_id from app.tickets new
        where new.tenant_id = in_tenant_id and new.kind = in_kind and new.searched_at is null and new.away_since is null
        order by new.created_at limit in_batch_size)
        union all
        (select old.user_id from app.tickets old
        where old.tenant_id = in_tenant_id and old.kind = in_kind and old.away_since is null
            and old.searched_at <= app.now() - in_retry_interval
        order by old.searched_at limit in_retry_batch_size)
    loop
        -- Somebody may have been matched a moment ago in this very pass; one whose owner is just changing it is new again.
        select waiting.* into ticket from app.tickets waiting
        where waiting.tenant_id = in_tenant_id and waiting.user_id = seeker and waiting.kind = in_kind
            and waiting.away_since is null
        for update skip locked;
        continue when not found;

        if exists (
            select from app.users barred
            where barred.tenant_id = in_tenant_id and barred.id = seeker and (
                barred.ban_reason is not null and (barred.banned_until is null or barred.banned_until > app.now())
                or barred.matching_suspended_until > app.now()
            )
        ) or exists (
            select from app.match_slots busy
            where busy.tenant_id = in_tenant_id and busy.user_id = seeker and busy.type = 'anonymous_' || in_kind
        ) then
            delete from app.tickets done where done.tenant_id = in_tenant_id and done.user_id = seeker
                and done.kind = in_kind;
            continue;
        end if;

        loop
            partner_id := app.find_partner(in_tenant_id, ticket, in_rematch_cooldown, decoy_key);
            exit when partner_id is null;
            select other.* into strict partner from app.tickets other
            where other.tenant_id = in_tenant_id and other.user_id = partner_id and other.kind = in_kind;
            -- Only here are rights spent, by one matcher at a time: what is left stays left until it is used below.
            exit when app.quota_left(in_tenant_id, partner_id, in_kind, today, partner.day_limit) > 0;
            delete from app.tickets done where done.tenant_id = in_tenant_id and done.user_id = partner_id
                and done.kind = in_kind;
            match_id := null;
            user1_id := partner.user_id;
            profile1_id := partner.profile_id;
            ticket1_id := partner.id;
            return next;
        end loop;
        if partner_id is null then
            update app.tickets waiting set searched_at = app.now()
            where waiting.tenant_id = in_tenant_id and waiting.user_id = seeker and waiting.kind = in_kind;
            continue;
        end if;

        user1_id := ticket.user_id;
        profile1_id := ticket.profile_id;
        ticket1_id := ticket.id;
        if not app.consume_quota(in_tenant_id, seeker, in_kind, today, ticket.day_limit) then
            delete from app.tickets done where done.tenant_id = in_tenant_id and done.user_id = seeker
                and done.kind = in_kind;
            match_id := null;
            return next;
            continue;
        end if;
        perform app.consume_quota(in_tenant_id, partner_id, in_kind, today, partner.day_limit);
        delete from app.tickets done
        where done.tenant_id = in_tenant_id and done.user_id = any(array[seeker, partner_id]) and done.kind = in_kind;

        user2_id := partner.user_id;
        profile2_id := partner.profile_id;
        ticket2_id := partner.id;
        match_id := uuidv7();
        expires_at := app.now() + in_duration;
        conversation_id := app.open_conversation(
            in_tenant_id, match_id, profile1_id, array[user1_id, user2_id], array[profile1_id, profile2_id], expires_at
        );
        insert into app.matches (
            tenant_id, id, type, status, user1_id, user2_id, profile1_id, profile2_id, conversation_id, claim_opens_at,
            expires_at
        ) values (
            in_tenant_id, match_id, 'anonymous_' || in_kind, 'active', user1_id, user2_id, profile1_id, profile2_id,
            conversation_id,
            app.now() + in_claim_delay, expires_at
        );
        insert into app.match_slots (tenant_id, user_id, type, match_id, profile_id, ticket_id) values
            (in_tenant_id, user1_id, 'anonymous_' || in_kind, match_id, profile1_id, ticket1_id),
            (in_tenant_id, user2_id, 'anonymous_' || in_kind, match_id, profile2_id, ticket2_id);
        insert into app.encounters as met (tenant_id, first_profile_id, second_profile_id)
        values (in_tenant_id, least(profile1_id, profile2_id), greatest(profile1_id, profile2_id))
        on conflict (tenant_id, first_profile_id, second_profile_id) do update set met_at = excluded.met_at;
        return next;
    end loop;
end $$;

comment on function app.match_tickets is
    'Runs one pass of the matcher over one tenant. Returns a row for each match and each ticket that ended.';
revoke all on function app.match_tickets from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.match_tickets to meydan_service;

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

create or replace function app.waiting_in_lanes(in_tenant_id integer, in_kind text, in_lanes text[]) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
begin
    return (
        select count(*) from (
            select from unnest(in_lanes) lane (name)
            join app.ticket_lanes open on open.tenant_id = in_tenant_id and open.kind = in_kind and open.lane = lane.name
            limit 50
        ) counted
    );
end $$;

comment on function app.waiting_in_lanes is 'Counts the tickets in these lanes, up to fifty.';
revoke all on function app.waiting_in_lanes from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.waiting_in_lanes to meydan_service;

-- A person knows a profile, the table needs its user: looked up here, where the person cannot look.
-- Lifted blocks count as well: blocking and unblocking in turn would otherwise try shadow after shadow.
create or replace function app.add_block(in_tenant_id integer, in_profile_id uuid, in_scope text,
    out outcome text, out next_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    people_per_day constant integer := 3;
    me uuid := app.profile_id();
    blocked_id uuid;
    known text;
begin
    select other.user_id into blocked_id from app.profiles other
    where other.tenant_id = app.tenant_id() and other.tenant_id = in_tenant_id and other.id = in_profile_id
        and other.user_id <> app.user_id() and app.have_met(other.tenant_id, me, other.id);
    if not found then
        outcome := 'not_found';
        return;
    end if;
    -- Two tabs would otherwise both count to the last one.
    perform pg_advisory_xact_lock(hashtextextended('blocks ' || app.user_id(), in_tenant_id));
    select block.scope into known from app.blocks block
    where block.tenant_id = in_tenant_id and block.blocker_profile_id = me
        and block.blocked_profile_id = in_profile_id and block.lifted_at is null;
    if known = 'person' or known = in_scope then
        outcome := 'known';
        return;
    end if;
    if in_scope = 'person' then
        select recent.created_at + interval '1 day' into next_at from app.blocks recent
        where recent.tenant_id = in_tenant_id and recent.blocker_user_id = app.user_id() and recent.scope = 'person'
            and recent.created_at > app.now() - interval '1 day'
        order by recent.created_at desc offset people_per_day - 1 limit 1;
        if found then
            outcome := 'too_many';
            return;
        end if;
    end if;
    outcome := case when known is null then 'blocked' else 'known' end;
    delete from app.blocks narrower
    where narrower.tenant_id = in_tenant_id and narrower.blocker_profile_id = me
        and narrower.blocked_profile_id = in_profile_id and narrower.lifted_at is null;
    insert into app.blocks (tenant_id, blocker_user_id, blocker_profile_id, blocked_user_id, blocked_profile_id, scope)
    values (in_tenant_id, app.user_id(), me, blocked_id, in_profile_id, in_scope);
end $$;

comment on function app.add_block is
    'Blocks a profile that the caller has met, or the person behind it. Locks: an advisory lock for each blocker.';
revoke all on function app.add_block from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.add_block to meydan_app;

-- People ask only about their own profiles. They may learn that a conversation is closed, never who closed it.
create or replace function app.blocked_between(in_tenant_id integer, in_a uuid, in_b uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select exists (
        select from app.blocks block
        where block.tenant_id = app.tenant_id() and block.tenant_id = in_tenant_id and block.lifted_at is null
            and (session_user = 'meydan_service' or app.profile_id() in (in_a, in_b))
            and ((block.blocker_profile_id, block.blocked_profile_id) = (in_a, in_b)
                or (block.blocker_profile_id, block.blocked_profile_id) = (in_b, in_a))
    );
end;

comment on function app.blocked_between is 'Tells whether either of two profiles has blocked the other.';
revoke all on function app.blocked_between from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.blocked_between to meydan_app, meydan_service;

-- Comparing before and after a block would show only the blocked person's other face vanish. So others vanish too, at times
-- drawn like the block's own, and come back like them. Nobody has more decoys than ten blocks would bring: a hundred
-- blocks share them, and hide each other's shadows besides.
create or replace function app.has_decoy(in_tenant_id integer, in_user_id uuid, in_profile_id uuid,
    in_other_profile_id uuid, in_share double precision) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    -- Most people have none: that is found out first, and cheaply.
    if not exists (
        select from app.blocks block where block.tenant_id = in_tenant_id and block.blocker_user_id = in_user_id
    ) and not exists (
        select from app.blocks block where block.tenant_id = in_tenant_id and block.blocked_user_id = in_user_id
    ) then
        return false;
    end if;
    return exists (
        with own as (
            select block, count(*) over () as number from app.blocks block
            where block.tenant_id = in_tenant_id and block.blocker_user_id = in_user_id and block.scope = 'person'
            union all
            select block, count(*) over () as number from app.blocks block
            where block.tenant_id = in_tenant_id and block.blocked_user_id = in_user_id and block.scope = 'person'
        )
        select from own
        where app.keyed_fraction((own.block).delay_key, in_profile_id, in_other_profile_id, 3)
                < in_share * least(1, 10.0 / own.number)
            and app.block_holds(own.block, in_profile_id, in_other_profile_id)
    );
end $$;

comment on function app.has_decoy is
    'Tells whether a face is passed over as a decoy of one of a user''s blocks, made or received.';
revoke all on function app.has_decoy from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.has_decoy to meydan_service;

-- Without the key nobody can tell one pair's number from another's. Both orders of a pair give the same one.
create or replace function app.keyed_fraction(in_key uuid, in_one uuid, in_other uuid, in_purpose integer)
    returns double precision language sql immutable parallel safe
return substr(sha256(
        uuid_send(in_key) || uuid_send(least(in_one, in_other)) || uuid_send(greatest(in_one, in_other))
        || int4send(in_purpose)
    ), 1, 6)::bigint / 281474976710656.0::double precision;

comment on function app.keyed_fraction is
    'Returns a number from 0 to 1 that looks random, the same for the same key, ids and purpose.';
revoke all on function app.keyed_fraction from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.keyed_fraction to meydan_service;

-- A lifted block stays a row until every face has felt it: others come back later than the named one.
create or replace function app.lift_block(in_tenant_id integer, in_block_id uuid)
returns table (blocker_profile_id uuid, blocked_profile_id uuid)
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    update app.blocks block set lifted_at = app.now()
    where block.tenant_id = app.tenant_id() and block.tenant_id = in_tenant_id and block.id = in_block_id
        and block.blocker_user_id = app.user_id() and block.lifted_at is null
    returning block.blocker_profile_id, block.blocked_profile_id;
end;

comment on function app.lift_block is 'Lifts a block of the caller. Returns a row only for the call that lifted it.';
revoke all on function app.lift_block from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.lift_block to meydan_app;

create or replace function app.my_blocks(in_tenant_id integer, in_profile_id uuid, in_cursor uuid, in_limit integer)
returns table (id uuid, face text, scope text, profile jsonb, created_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select block.id, mine.face, block.scope,
        jsonb_build_object('id', other.id, 'alias', other.alias, 'tag', other.tag, 'avatar_seed', other.avatar_seed),
        block.created_at
    from app.blocks block
    join app.profiles mine on mine.tenant_id = block.tenant_id and mine.id = block.blocker_profile_id
    join app.profiles other on other.tenant_id = block.tenant_id and other.id = block.blocked_profile_id
    where block.tenant_id = app.tenant_id() and block.tenant_id = in_tenant_id
        and block.blocker_user_id = app.user_id() and block.lifted_at is null
        and (
            in_profile_id is null
            or (block.blocker_profile_id, block.blocked_profile_id) = (app.profile_id(), in_profile_id)
        )
        and (in_cursor is null or block.id < in_cursor)
    order by block.id desc
    limit in_limit;
end;

comment on function app.my_blocks is
    'Lists the blocks of the caller''s two faces, newest first, or the active face''s block of one profile.';
revoke all on function app.my_blocks from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.my_blocks to meydan_app;

-- Between the two faces that the block names it begins and ends at once. For other faces of the two people it begins and
-- ends one to seven days later. Each two faces have delays of their own, one for the beginning and one for the end.
-- The same delays hold for decoys, whose other face belongs to neither: nothing tells them from the blocked person's.
create or replace function app.block_holds(in_block app.blocks, in_one uuid, in_other uuid) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select case
        when least(in_one, in_other) = least(in_block.blocker_profile_id, in_block.blocked_profile_id)
            and greatest(in_one, in_other) = greatest(in_block.blocker_profile_id, in_block.blocked_profile_id)
            then in_block.lifted_at is null
        when in_block.scope = 'face' then false
        else in_block.created_at + interval '1 day'
                + app.keyed_fraction(in_block.delay_key, in_one, in_other, 1) * interval '6 days' <= app.now()
            and (
                in_block.lifted_at is null
                or in_block.lifted_at + interval '1 day'
                    + app.keyed_fraction(in_block.delay_key, in_one, in_other, 2) * interval '6 days' > app.now()
            )
    end;
end;

comment on function app.block_holds is 'Tells whether a block keeps two faces apart now.';
revoke all on function app.block_holds from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.block_holds to meydan_service;

create or replace function app.faces_blocked(in_tenant_id integer, in_user_id uuid, in_profile_id uuid)
    returns setof uuid
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select theirs.id
    from app.blocks block
    join app.profiles theirs on theirs.tenant_id = block.tenant_id and theirs.user_id = block.blocked_user_id
    where block.tenant_id = in_tenant_id and block.blocker_user_id = in_user_id
        and app.block_holds(block, in_profile_id, theirs.id)
    union all
    select theirs.id
    from app.blocks block
    join app.profiles theirs on theirs.tenant_id = block.tenant_id and theirs.user_id = block.blocker_user_id
    where block.tenant_id = in_tenant_id and block.blocked_user_id = in_user_id
        and app.block_holds(block, in_profile_id, theirs.id);
end;

comment on function app.faces_blocked is 'Lists the faces that blocks of either side keep apart from a face now.';
revoke all on function app.faces_blocked from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.faces_blocked to meydan_service;
