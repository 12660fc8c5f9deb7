-- Two strangers meet: who waits, who met whom, how many meetings a day somebody has, and silent ones given back.
-- People write their own ticket and ask for claims; what touches somebody else (a match, its end) is a function.

-- For one index: the nearest of those who wait in one community, kind and language.
create extension if not exists btree_gist;

-- Who waits. One ticket a person and kind, under whichever face: the key says so. `id` is the client's own word for it.
create table app.tickets (
    tenant_id integer not null references app.tenants,
    user_id uuid not null,
    kind text not null check (kind in ('text')),
    id uuid not null,
    profile_id uuid not null,
    -- What was wished, as it was asked for.
    wished_language text check (wished_language ~ '^[a-z]{2,3}$'),
    max_distance_km integer check (max_distance_km between 1 and 20000),
    wished_interests text[] not null default '{}' check (cardinality(wished_interests) <= 20),
    -- What counts: wishes with what the profile says, as it was when the search began.
    languages text[] not null check (cardinality(languages) between 1 and 5),
    interests text[] not null default '{}' check (cardinality(interests) <= 40),
    latitude double precision,
    longitude double precision,
    widened boolean not null default false,
    day_limit integer not null,
    -- When somebody was last looked for on behalf of this ticket; null: not yet.
    searched_at timestamptz,
    -- Since when its owner holds no connection. Nobody is matched who is away.
    away_since timestamptz,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, user_id, kind),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, profile_id) references app.profiles (tenant_id, id),
    check ((latitude is null) = (longitude is null)),
    check (max_distance_km is null or latitude is not null)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, fillfactor = 70);
create index tickets_new on app.tickets (tenant_id, kind, created_at) where searched_at is null and away_since is null;
create index tickets_searched on app.tickets (tenant_id, kind, searched_at) where away_since is null;
select app.protect('app.tickets');
create policy own on app.tickets to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()))
    with check (
        tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()) and profile_id = (select app.profile_id())
    );
grant select, delete on app.tickets to meydan_app;
grant insert (
    tenant_id, user_id, kind, id, profile_id, wished_language, max_distance_km, wished_interests, languages, interests,
    latitude, longitude, day_limit
) on app.tickets to meydan_app;
grant update (widened, searched_at) on app.tickets to meydan_app;

-- Where a ticket is found: one row for each language its owner would speak, and one in '*' once any will do. Two tickets
-- fit when they share a lane. `picky` ones, who will not go far, are looked up by place: people without such a wish are
-- matched as they come and never pile up, picky ones may, and cost nobody a look who is not near them.
create table app.ticket_lanes (
    tenant_id integer not null,
    kind text not null,
    lane text not null,
    user_id uuid not null,
    picky boolean not null,
    spot point,
    since timestamptz not null,
    primary key (tenant_id, user_id, kind, lane),
    foreign key (tenant_id, user_id, kind) references app.tickets (tenant_id, user_id, kind) on delete cascade
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
create index ticket_lanes_open on app.ticket_lanes (tenant_id, kind, lane, since) where not picky;
create index ticket_lanes_near on app.ticket_lanes using gist (tenant_id, kind, lane, spot) where picky;
select app.protect('app.ticket_lanes');

-- A ticket's rows in the lanes follow it wherever it is written: a person may not write them, and whoever joined must be
-- found whatever else goes wrong.
create function app.keep_lanes() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        delete from app.ticket_lanes known
        where known.tenant_id = new.tenant_id and known.user_id = new.user_id and known.kind = new.kind;
    end if;
    if new.away_since is null then
        insert into app.ticket_lanes (tenant_id, kind, lane, user_id, picky, spot, since)
        select new.tenant_id, new.kind, lane.name, new.user_id,
            new.max_distance_km is not null and not new.widened, point(new.longitude, new.latitude), new.created_at
        from (select distinct unnest(new.languages || case when new.widened then array['*'] else '{}' end) as name) lane;
    end if;
    return null;
end $$;
revoke all on function app.keep_lanes() from public;
create trigger keep_lanes after insert or update of widened, away_since, languages, max_distance_km on app.tickets
    for each row execute function app.keep_lanes();

create table app.matches (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    type text not null check (type in ('anonymous_text', 'anonymous_video', 'like')),
    status text not null,
    user1_id uuid not null,
    user2_id uuid not null,
    profile1_id uuid not null,
    profile2_id uuid not null,
    conversation_id uuid,
    -- Whoever has written nothing by then was silent.
    claim_opens_at timestamptz,
    expires_at timestamptz,
    ended_at timestamptz,
    -- The user who left; null when nobody did: time was up, or a ban ended it.
    ended_by uuid,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, user1_id) references app.users (tenant_id, id),
    foreign key (tenant_id, user2_id) references app.users (tenant_id, id),
    foreign key (tenant_id, profile1_id) references app.profiles (tenant_id, id),
    foreign key (tenant_id, profile2_id) references app.profiles (tenant_id, id),
    check (user1_id <> user2_id),
    check (
        case when type = 'like' then status in ('pending', 'accepted', 'rejected')
        else status in ('active', 'expired', 'cancelled', 'completed')
            and claim_opens_at is not null and expires_at is not null and (ended_at is null) = (status = 'active')
        end
    )
);
-- Two people may meet again by chance; a like is said once.
create unique index matches_one_like on app.matches (tenant_id, least(user1_id, user2_id), greatest(user1_id, user2_id))
    where type = 'like';
create index matches_of_first on app.matches (tenant_id, profile1_id, profile2_id);
create index matches_of_second on app.matches (tenant_id, profile2_id, profile1_id);
create index matches_to_end on app.matches (tenant_id, expires_at) where status = 'active';
select app.protect('app.matches');
revoke delete on app.matches from meydan_service;
create policy own_read on app.matches for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and (select app.profile_id()) in (profile1_id, profile2_id));
grant select (
    tenant_id, id, type, status, profile1_id, profile2_id, conversation_id, claim_opens_at, expires_at, ended_at, created_at
) on app.matches to meydan_app;

-- A person is in one active match of a type, under whichever face: whoever tries a second time meets the key.
create table app.match_slots (
    tenant_id integer not null,
    user_id uuid not null,
    type text not null check (type in ('anonymous_text', 'anonymous_video')),
    match_id uuid not null,
    profile_id uuid not null,
    -- The ticket that led here: a client that missed the answer to its joining may ask again.
    ticket_id uuid not null,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, user_id, type),
    foreign key (tenant_id, match_id) references app.matches (tenant_id, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
create index match_slots_of_match on app.match_slots (tenant_id, match_id);
select app.protect('app.match_slots');
create policy own_read on app.match_slots for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select (tenant_id, user_id, type, match_id, profile_id, ticket_id) on app.match_slots to meydan_app;

-- When two people last met, under whichever faces: they are not brought together again for a while.
create table app.encounters (
    tenant_id integer not null references app.tenants,
    first_user_id uuid not null,
    second_user_id uuid not null,
    met_at timestamptz not null default app.now(),
    primary key (tenant_id, first_user_id, second_user_id),
    foreign key (tenant_id, first_user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, second_user_id) references app.users (tenant_id, id),
    check (first_user_id < second_user_id)
);
create index encounters_of_first on app.encounters (tenant_id, first_user_id, met_at);
create index encounters_of_second on app.encounters (tenant_id, second_user_id, met_at);
select app.protect('app.encounters');

-- What was used of a day's rights and what was given back on it. The day's limit is computed when it is asked for, so
-- nothing happens at midnight.
create table app.allowances (
    tenant_id integer not null references app.tenants,
    user_id uuid not null,
    kind text not null check (kind in ('text', 'video')),
    day date not null,
    used integer not null default 0 check (used >= 0),
    granted integer not null default 0 check (granted >= 0),
    primary key (tenant_id, user_id, kind, day),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id)
);
select app.protect('app.allowances');
create policy own_read on app.allowances for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select on app.allowances to meydan_app;

-- Rights that were a present: used when the day's own are, and not gone at midnight.
create table app.extra_rights (
    tenant_id integer not null references app.tenants,
    user_id uuid not null,
    kind text not null check (kind in ('text', 'video')),
    given integer not null default 0 check (given >= 0),
    used integer not null default 0 check (used >= 0),
    primary key (tenant_id, user_id, kind),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    check (used <= given)
);
select app.protect('app.extra_rights');
create policy own_read on app.extra_rights for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select on app.extra_rights to meydan_app;

-- "My stranger stayed silent": asked once for each match, decided by the worker.
create table app.claims (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    profile_id uuid not null,
    match_id uuid not null,
    status text not null default 'pending' check (status in ('pending', 'approved', 'rejected')),
    reason text check (reason in ('stranger_wrote', 'left_early')),
    decided_at timestamptz,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, user_id, match_id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, profile_id) references app.profiles (tenant_id, id),
    foreign key (tenant_id, match_id) references app.matches (tenant_id, id),
    check ((decided_at is null) = (status = 'pending')),
    check ((reason is not null) = (status = 'rejected'))
);
create index claims_pending on app.claims (tenant_id, created_at) where status = 'pending';
create index claims_of_profile on app.claims (tenant_id, profile_id, id);
create index claims_of_match on app.claims (tenant_id, match_id);
select app.protect('app.claims');
create policy own_read on app.claims for select to meydan_app
    using (
        tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()) and profile_id = (select app.profile_id())
    );
create policy own_ask on app.claims for insert to meydan_app
    with check (
        tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()) and profile_id = (select app.profile_id())
        and match_id = any(array(select mine.id from app.matches mine where mine.id = match_id))
    );
grant select on app.claims to meydan_app;
grant insert (tenant_id, user_id, profile_id, match_id) on app.claims to meydan_app;

-- Whether two faces are or were brought together: safety asks.
create or replace function app.have_met(tenant integer, one uuid, other uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select exists (
        select from app.matches met
        where met.tenant_id = app.tenant_id() and met.tenant_id = have_met.tenant
            and met.profile1_id = have_met.one and met.profile2_id = have_met.other
    ) or exists (
        select from app.matches met
        where met.tenant_id = app.tenant_id() and met.tenant_id = have_met.tenant
            and met.profile2_id = have_met.one and met.profile1_id = have_met.other
    );
end;

-- The day it is where the community is.
create function app.today(tenant integer) returns date
language sql stable parallel safe
return (select (app.now() at time zone t.timezone)::date from app.tenants t where t.id = tenant);

-- Between two cells, in kilometres: as exact as cells of ten kilometres deserve. Without `set`, so that it is inlined.
create function app.kilometres(one point, other point) returns double precision language sql immutable parallel safe
return 111.2 * sqrt(
    power(one[1] - other[1], 2)
    + power(least(abs(one[0] - other[0]), 360 - abs(one[0] - other[0])) * cos(radians((one[1] + other[1]) / 2)), 2)
);

-- Rights of many people change in one transaction when matches are made and when claims are decided: one of these at a time
-- in a community, or two would wait for each other's people.
create function app.take_turn(tenant integer, what text) returns void
language sql set search_path = pg_catalog, pg_temp
begin atomic
    select pg_advisory_xact_lock(hashtextextended('meeting ' || take_turn.what, take_turn.tenant));
end;

-- Use up one of the day's rights, or else one that was a present; false when there is neither.
create function app.spend_right(tenant integer, spender uuid, what text, today date, day_limit integer) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into app.allowances as known (tenant_id, user_id, kind, day, used)
    select tenant, spender, what, today, 1 where day_limit > 0
    on conflict (tenant_id, user_id, kind, day) do update set used = known.used + 1
        where known.used < day_limit + known.granted;
    if not found and day_limit <= 0 then -- nothing of one's own, but perhaps something given back
        update app.allowances known set used = known.used + 1
        where known.tenant_id = tenant and known.user_id = spender and known.kind = what and known.day = today
            and known.used < known.granted;
    end if;
    if not found then
        update app.extra_rights extra set used = extra.used + 1
        where extra.tenant_id = tenant and extra.user_id = spender and extra.kind = what and extra.used < extra.given;
    end if;
    return found;
end $$;

-- What somebody may still use: of the day, and of presents.
create function app.rights_left(tenant integer, who uuid, what text, today date, day_limit integer) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return greatest(day_limit + coalesce((
            select known.granted - known.used from app.allowances known
            where known.tenant_id = tenant and known.user_id = who and known.kind = what and known.day = today
        ), 0), 0)
        + coalesce((
            select extra.given - extra.used from app.extra_rights extra
            where extra.tenant_id = tenant and extra.user_id = who and extra.kind = what
        ), 0);
end $$;

-- Whom one ticket is matched with, locked; null when nobody fits. Looks at no more than the longest waiting 16 and the
-- nearest 32 picky ones of each lane.
create function app.find_partner(tenant integer, ticket app.tickets, met_again interval) returns uuid
language plpgsql set search_path = pg_catalog, pg_temp
-- Plans are kept with the connection, perhaps since nobody waited: they must be right when many do.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set enable_hashjoin = off as $$
declare
    here point := point(ticket.longitude, ticket.latitude);
    reach integer := case when not ticket.widened then ticket.max_distance_km end;
    lanes text[] := ticket.languages || case when ticket.widened then array['*'] else '{}' end;
    -- Whoever the two people behind the faces must not meet: they do not count among those looked at.
    apart uuid[] := array(
        select met.second_user_id from app.encounters met
        where met.tenant_id = tenant and met.first_user_id = ticket.user_id and met.met_at > app.now() - met_again
        union all
        select met.first_user_id from app.encounters met
        where met.tenant_id = tenant and met.second_user_id = ticket.user_id and met.met_at > app.now() - met_again
        union all
        select block.blocked_user_id from app.blocks block
        where block.tenant_id = tenant and block.blocker_user_id = ticket.user_id
        union all
        select block.blocker_user_id from app.blocks block
        where block.tenant_id = tenant and block.blocked_user_id = ticket.user_id
    );
    candidate uuid;
begin
    for candidate in
        select other.user_id
        from (
            select waiting.user_id
            from unnest(lanes) lane (name)
            cross join lateral (
                select open.user_id from app.ticket_lanes open
                where open.tenant_id = tenant and open.kind = ticket.kind and open.lane = lane.name and not open.picky
                    and open.user_id <> ticket.user_id
                    and (reach is null or app.kilometres(here, open.spot) <= reach)
                    and open.user_id <> all(apart)
                order by open.since limit 16
            ) waiting
            union
            select close.user_id
            from unnest(lanes) lane (name)
            cross join lateral (
                select near.user_id from app.ticket_lanes near
                where near.tenant_id = tenant and near.kind = ticket.kind and near.lane = lane.name and near.picky
                    and near.user_id <> ticket.user_id and near.user_id <> all(apart) and here is not null
                order by near.spot <-> here limit 32
            ) close
        ) found
        join app.tickets other on other.tenant_id = tenant and other.user_id = found.user_id and other.kind = ticket.kind
        cross join lateral (
            select app.kilometres(here, point(other.longitude, other.latitude)) as far,
                least(reach, case when not other.widened then other.max_distance_km end) as allowed
            offset 0
        ) between_them
        where between_them.allowed is null or between_them.far <= between_them.allowed
        -- Up to three points for interests in common, three for being near, six for having waited half a minute.
        order by
            least((select count(*) from unnest(other.interests) word where word = any(ticket.interests)), 3)
            + case
                when between_them.far <= 15 then 3 when between_them.far <= 60 then 2 when between_them.far <= 250 then 1
                else 0
              end
            + least(extract(epoch from app.now() - other.created_at) / 5, 6) desc,
            other.created_at
    loop
        perform from app.tickets other
        where other.tenant_id = tenant and other.user_id = candidate and other.kind = ticket.kind
            and other.away_since is null
            and exists (
                select from app.users person
                where person.tenant_id = tenant and person.id = candidate
                    and (person.ban_reason is null or person.banned_until <= app.now())
            )
            and not exists (
                select from app.match_slots busy
                where busy.tenant_id = tenant and busy.user_id = candidate and busy.type = 'anonymous_' || ticket.kind
            )
        for update skip locked;
        if found then
            return candidate;
        end if;
    end loop;
    return null;
end $$;

-- One pass of the matcher over one community: look for a partner for each new ticket, then for a few that were looked for
-- longest ago (somebody may have been unblocked, a recent meeting may be long enough ago). One matcher at a time in a
-- community, so that two never pass each other by; `patient` waits for its turn, the others leave it to whoever is at it.
-- One row for each match made, and one without a match for each ticket that ended because its owner has no right left.
create function app.match_tickets(
    tenant integer, what text, at_most integer, again_at_most integer, again_after interval, met_again interval,
    claim_after interval, lasting interval, patient boolean
) returns table (
    match_id uuid, conversation_id uuid, expires_at timestamptz,
    user1_id uuid, profile1_id uuid, ticket1_id uuid, user2_id uuid, profile2_id uuid, ticket2_id uuid
) language plpgsql set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
    today date := app.today(tenant);
    seeker uuid;
    ticket app.tickets;
    partner app.tickets;
    partner_id uuid;
begin
    if tenant <> app.tenant_id() then
        raise exception 'a matcher works in its own community';
    end if;
    if patient then
        perform app.take_turn(tenant, what);
    elsif not pg_try_advisory_xact_lock(hashtextextended('meeting ' || what, tenant)) then
        return;
    end if;
    for seeker in
        (select new.user_id from app.tickets new
        where new.tenant_id = tenant and new.kind = what and new.searched_at is null and new.away_since is null
        order by new.created_at limit at_most)
        union all
        (select old.user_id from app.tickets old
        where old.tenant_id = tenant and old.kind = what and old.away_since is null
            and old.searched_at <= app.now() - again_after
        order by old.searched_at limit again_at_most)
    loop
        -- Somebody may have been matched a moment ago in this very pass; one whose owner is just changing it is new again.
        select waiting.* into ticket from app.tickets waiting
        where waiting.tenant_id = tenant and waiting.user_id = seeker and waiting.kind = what and waiting.away_since is null
        for update skip locked;
        continue when not found;

        if exists (
            select from app.users banned
            where banned.tenant_id = tenant and banned.id = seeker
                and banned.ban_reason is not null and (banned.banned_until is null or banned.banned_until > app.now())
        ) or exists (
            select from app.match_slots busy
            where busy.tenant_id = tenant and busy.user_id = seeker and busy.type = 'anonymous_' || what
        ) then
            delete from app.tickets done where done.tenant_id = tenant and done.user_id = seeker and done.kind = what;
            continue;
        end if;

        loop
            partner_id := app.find_partner(tenant, ticket, met_again);
            exit when partner_id is null;
            select other.* into strict partner from app.tickets other
            where other.tenant_id = tenant and other.user_id = partner_id and other.kind = what;
            -- Only here are rights spent, by one matcher at a time: what is left stays left until it is used below.
            exit when app.rights_left(tenant, partner_id, what, today, partner.day_limit) > 0;
            delete from app.tickets done where done.tenant_id = tenant and done.user_id = partner_id and done.kind = what;
            match_id := null;
            user1_id := partner.user_id;
            profile1_id := partner.profile_id;
            ticket1_id := partner.id;
            return next;
        end loop;
        if partner_id is null then
            update app.tickets waiting set searched_at = app.now()
            where waiting.tenant_id = tenant and waiting.user_id = seeker and waiting.kind = what;
            continue;
        end if;

        user1_id := ticket.user_id;
        profile1_id := ticket.profile_id;
        ticket1_id := ticket.id;
        if not app.spend_right(tenant, seeker, what, today, ticket.day_limit) then
            delete from app.tickets done where done.tenant_id = tenant and done.user_id = seeker and done.kind = what;
            match_id := null;
            return next;
            continue;
        end if;
        perform app.spend_right(tenant, partner_id, what, today, partner.day_limit);
        delete from app.tickets done
        where done.tenant_id = tenant and done.user_id = any(array[seeker, partner_id]) and done.kind = what;

        user2_id := partner.user_id;
        profile2_id := partner.profile_id;
        ticket2_id := partner.id;
        match_id := uuidv7();
        expires_at := app.now() + lasting;
        conversation_id := app.open_conversation(
            tenant, match_id, profile1_id, array[user1_id, user2_id], array[profile1_id, profile2_id], expires_at
        );
        insert into app.matches (
            tenant_id, id, type, status, user1_id, user2_id, profile1_id, profile2_id, conversation_id, claim_opens_at,
            expires_at
        ) values (
            tenant, match_id, 'anonymous_' || what, 'active', user1_id, user2_id, profile1_id, profile2_id, conversation_id,
            app.now() + claim_after, expires_at
        );
        insert into app.match_slots (tenant_id, user_id, type, match_id, profile_id, ticket_id) values
            (tenant, user1_id, 'anonymous_' || what, match_id, profile1_id, ticket1_id),
            (tenant, user2_id, 'anonymous_' || what, match_id, profile2_id, ticket2_id);
        insert into app.encounters as met (tenant_id, first_user_id, second_user_id)
        values (tenant, least(user1_id, user2_id), greatest(user1_id, user2_id))
        on conflict (tenant_id, first_user_id, second_user_id) do update set met_at = excluded.met_at;
        return next;
    end loop;
end $$;

-- End an active match: one row for the call that ended it, none for the others. A person ends their own. One whose time is
-- up was `completed` when both had something to say.
create function app.end_match(tenant integer, ending uuid, new_status text)
returns table (
    match_id uuid, type text, status text, conversation_id uuid, user1_id uuid, profile1_id uuid, user2_id uuid,
    profile2_id uuid, ended_by uuid
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    -- A service acts for nobody.
    is_service boolean := session_user = 'meydan_service';
    caller_id uuid := case when not is_service then app.user_id() end;
    face_id uuid := case when not is_service then app.profile_id() end;
begin
    if tenant <> app.tenant_id() then
        return;
    end if;
    return query
        update app.matches done
        set status = case
                when new_status = 'expired' and (
                    select count(distinct log.sender_user_id) from app.message_logs log
                    where log.tenant_id = tenant and log.conversation_id = done.conversation_id and log.kind = 'text'
                ) = 2 then 'completed'
                else new_status
            end,
            ended_at = app.now(), ended_by = case when new_status = 'cancelled' then caller_id end
        where done.tenant_id = tenant and done.id = ending and done.status = 'active'
            and (is_service
                or (caller_id, face_id) in ((done.user1_id, done.profile1_id), (done.user2_id, done.profile2_id)))
        returning done.id, done.type, done.status, done.conversation_id, done.user1_id, done.profile1_id, done.user2_id,
            done.profile2_id, done.ended_by;
    if found then
        delete from app.match_slots slot where slot.tenant_id = tenant and slot.match_id = ending;
    end if;
end $$;
revoke all on function app.end_match(integer, uuid, text) from public;
grant execute on function app.end_match(integer, uuid, text) to meydan_app, meydan_service;

-- Matches whose time is up.
create function app.end_matches(tenant integer, at_most integer)
returns table (
    match_id uuid, type text, status text, conversation_id uuid, user1_id uuid, profile1_id uuid, user2_id uuid,
    profile2_id uuid, ended_by uuid
) language sql set search_path = pg_catalog, pg_temp
begin atomic
    select done.match_id, done.type, done.status, done.conversation_id, done.user1_id, done.profile1_id, done.user2_id,
        done.profile2_id, done.ended_by
    from (
        select over.id
        from app.matches over
        where over.tenant_id = end_matches.tenant and over.status = 'active' and over.expires_at <= app.now()
        order by over.expires_at limit end_matches.at_most for update skip locked
    ) up
    cross join lateral app.end_match(end_matches.tenant, up.id, 'expired') done;
end;

-- Decide what was asked: silent until `claim_opens_at` means approved, and one right more today. Several may decide at
-- once: each takes claims no other holds.
create function app.decide_claims(tenant integer, at_most integer)
returns table (
    id uuid, user_id uuid, profile_id uuid, match_id uuid, status text, reason text, created_at timestamptz,
    decided_at timestamptz
) language sql set search_path = pg_catalog, pg_temp
begin atomic
    with asked as (
        select claim.id, claim.user_id, claim.match_id from app.claims claim
        where claim.tenant_id = decide_claims.tenant and claim.status = 'pending'
        order by claim.created_at limit decide_claims.at_most for update skip locked
    ),
    judged as (
        select asked.id, split_part(met.type, '_', 2) as kind,
            case
                when met.ended_by = asked.user_id and met.ended_at < met.claim_opens_at then 'left_early'
                when exists (
                    select from app.message_logs log
                    where log.tenant_id = met.tenant_id and log.conversation_id = met.conversation_id and log.kind = 'text'
                        and log.sender_user_id
                            = case when met.user1_id = asked.user_id then met.user2_id else met.user1_id end
                        and log.sent_at < met.claim_opens_at
                ) then 'stranger_wrote'
            end as reason
        from asked
        join app.matches met on met.tenant_id = decide_claims.tenant and met.id = asked.match_id
    ),
    decided as (
        update app.claims claim
        set status = case when judged.reason is null then 'approved' else 'rejected' end, reason = judged.reason,
            decided_at = app.now()
        from judged
        where claim.tenant_id = decide_claims.tenant and claim.id = judged.id
        returning claim.id, claim.user_id, claim.profile_id, claim.match_id, claim.status, claim.reason,
            claim.created_at, claim.decided_at, judged.kind
    ),
    given_back as (
        insert into app.allowances as today (tenant_id, user_id, kind, day, granted)
        select decide_claims.tenant, decided.user_id, decided.kind, app.today(decide_claims.tenant), count(*)
        from decided where decided.status = 'approved' group by decided.user_id, decided.kind
        on conflict (tenant_id, user_id, kind, day) do update set granted = today.granted + excluded.granted
    )
    select decided.id, decided.user_id, decided.profile_id, decided.match_id, decided.status, decided.reason,
        decided.created_at, decided.decided_at
    from decided;
end;

-- These are the matcher's and the worker's alone.
revoke all on function app.take_turn(integer, text) from public;
revoke all on function app.spend_right(integer, uuid, text, date, integer) from public;
revoke all on function app.rights_left(integer, uuid, text, date, integer) from public;
revoke all on function app.find_partner(integer, app.tickets, interval) from public;
revoke all on function
    app.match_tickets(integer, text, integer, integer, interval, interval, interval, interval, boolean) from public;
revoke all on function app.end_matches(integer, integer) from public;
revoke all on function app.decide_claims(integer, integer) from public;
grant execute on function app.take_turn(integer, text) to meydan_service;
grant execute on function app.spend_right(integer, uuid, text, date, integer) to meydan_service;
grant execute on function app.rights_left(integer, uuid, text, date, integer) to meydan_service;
grant execute on function app.find_partner(integer, app.tickets, interval) to meydan_service;
grant execute on function
    app.match_tickets(integer, text, integer, integer, interval, interval, interval, interval, boolean) to meydan_service;
grant execute on function app.end_matches(integer, integer) to meydan_service;
grant execute on function app.decide_claims(integer, integer) to meydan_service;

-- About how many wait: coarse, so that nobody can watch a single person come and go.
create function app.waiting_about(tenant integer, what text) returns integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select case
            when counted.number < 5 then 0 when counted.number < 50 then counted.number / 5 * 5
            else counted.number / 50 * 50
        end::integer
    from (
        select count(*) as number from (
            select from app.tickets ticket
            where ticket.tenant_id = app.tenant_id() and ticket.tenant_id = waiting_about.tenant
                and ticket.kind = waiting_about.what and ticket.away_since is null
            limit 1000
        ) waiting
    ) counted;
end;
revoke all on function app.waiting_about(integer, text) from public;
grant execute on function app.waiting_about(integer, text) to meydan_app, meydan_service;
