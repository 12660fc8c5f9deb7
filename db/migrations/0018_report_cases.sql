-- Reports: enough of them suspend matching for a time, and staff decide about the case. Nothing bans by itself.
-- Serves no older program: stop, migrate, start.
-- serves: 0018

alter table app.users add column matching_suspended_until timestamptz;
grant select (matching_suspended_until) on app.users to meydan_app;

-- Reports about a user that wait for one decision. Closed ones are the user's history.
create table app.report_cases (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    status text not null default 'open' check (status in ('open', 'closed')),
    -- The newest suspension that these reports caused.
    suspended_at timestamptz,
    suspended_until timestamptz,
    -- `person_left`: the account was erased before anybody decided.
    decision text check (decision in ('dismiss', 'ban', 'person_left')),
    note text not null default '' check (length(note) <= 1000),
    decided_by_user_id uuid,
    decided_at timestamptz,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, decided_by_user_id) references app.users (tenant_id, id),
    check ((status = 'closed') = (decision is not null and decided_at is not null)),
    check ((suspended_at is null) = (suspended_until is null))
);
create unique index report_cases_one_open on app.report_cases (tenant_id, user_id) where status = 'open';
create index report_cases_of_user on app.report_cases (tenant_id, user_id, id desc);
create index report_cases_queue on app.report_cases (tenant_id, status, id desc);
select app.enable_tenant_rls('app.report_cases');
revoke delete on app.report_cases from meydan_service;

alter table app.reports add column case_id uuid;
-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint -- no older program runs meanwhile
alter table app.reports add constraint reports_tenant_id_case_id_fkey
    foreign key (tenant_id, case_id) references app.report_cases (tenant_id, id);
-- squawk-ignore require-concurrent-index-creation -- no older program runs meanwhile
create index reports_of_case on app.reports (tenant_id, case_id, id);

-- Reports that no lifted ban answered wait for a decision like new ones.
create temporary table waiting_reports on commit drop as
select said.tenant_id, said.id, said.reported_user_id as user_id
from app.reports said
join app.users reported on reported.tenant_id = said.tenant_id and reported.id = said.reported_user_id
where reported.erased_at is null and said.created_at > coalesce(
    (select max(ban.lifted_at) from app.bans ban
     where ban.tenant_id = said.tenant_id and ban.user_id = said.reported_user_id),
    '-infinity'
);
insert into app.report_cases (tenant_id, user_id) select distinct tenant_id, user_id from waiting_reports;
update app.reports said set case_id = opened.id
from waiting_reports waiting
join app.report_cases opened on opened.tenant_id = waiting.tenant_id and opened.user_id = waiting.user_id
where said.tenant_id = waiting.tenant_id and said.id = waiting.id;

update app.tenant_configs set config_key = 'moderation.suspend_after_reporters'
where config_key = 'moderation.ban_after_reporters';

-- Below this line: written by `make functions` from db/functions. Change it there.

-- Looks at no more than the longest waiting 16 and the nearest 32 picky ones of each lane.
create or replace function app.find_partner(in_tenant_id integer, in_ticket app.tickets, in_rematch_cooldown interval)
    returns uuid
language plpgsql set search_path = pg_catalog, pg_temp
-- Plans are kept with the connection, perhaps since nobody waited: they must be right when many do.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set enable_hashjoin = off as $$
declare
    here point := point(in_ticket.longitude, in_ticket.latitude);
    reach integer := case when not in_ticket.widened then in_ticket.max_distance_km end;
    lanes text[] := in_ticket.languages || case when in_ticket.widened then array['*'] else '{}' end;
    -- Whoever the two people behind the faces must not meet: they do not count among those looked at.
    apart uuid[] := array(
        select met.second_user_id from app.encounters met
        where met.tenant_id = in_tenant_id and met.first_user_id = in_ticket.user_id
            and met.met_at > app.now() - in_rematch_cooldown
        union all
        select met.first_user_id from app.encounters met
        where met.tenant_id = in_tenant_id and met.second_user_id = in_ticket.user_id
            and met.met_at > app.now() - in_rematch_cooldown
        union all
        select block.blocked_user_id from app.blocks block
        where block.tenant_id = in_tenant_id and block.blocker_user_id = in_ticket.user_id
        union all
        select block.blocker_user_id from app.blocks block
        where block.tenant_id = in_tenant_id and block.blocked_user_id = in_ticket.user_id
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
                where open.tenant_id = in_tenant_id and open.kind = in_ticket.kind and open.lane = lane.name
                    and not open.picky
                    and open.user_id <> in_ticket.user_id
                    and (reach is null or app.kilometres(here, open.spot) <= reach)
                    and open.user_id <> all(apart)
                order by open.since limit 16
            ) waiting
            union
            select close.user_id
            from unnest(lanes) lane (name)
            cross join lateral (
                select near.user_id from app.ticket_lanes near
                where near.tenant_id = in_tenant_id and near.kind = in_ticket.kind and near.lane = lane.name
                    and near.picky
                    and near.user_id <> in_ticket.user_id and near.user_id <> all(apart) and here is not null
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
        perform from app.tickets other
        where other.tenant_id = in_tenant_id and other.user_id = candidate and other.kind = in_ticket.kind
            and other.away_since is null
            and exists (
                select from app.users person
                where person.tenant_id = in_tenant_id and person.id = candidate
                    and (person.ban_reason is null or person.banned_until <= app.now())
                    and (person.matching_suspended_until is null or person.matching_suspended_until <= app.now())
            )
            and not exists (
                select from app.match_slots busy
                where busy.tenant_id = in_tenant_id and busy.user_id = candidate
                    and busy.type = 'anonymous_' || in_ticket.kind
            )
        for update skip locked;
        if found then
            return candidate;
        end if;
    end loop;
    return null;
end $$;

comment on function app.find_partner is
    'Finds and locks the partner of a ticket. Returns null when nobody fits. Locks: tickets.';
revoke all on function app.find_partner from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.find_partner to meydan_service;

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
begin
    if in_tenant_id <> app.tenant_id() then
        raise exception 'a matcher works in its own community';
    end if;
    if in_wait_for_lock then
        perform app.lock_matching(in_tenant_id, in_kind);
    elsif not pg_try_advisory_xact_lock(hashtextextended('meeting ' || in_kind, in_tenant_id)) then
        return;
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
            partner_id := app.find_partner(in_tenant_id, ticket, in_rematch_cooldown);
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
        insert into app.encounters as met (tenant_id, first_user_id, second_user_id)
        values (in_tenant_id, least(user1_id, user2_id), greatest(user1_id, user2_id))
        on conflict (tenant_id, first_user_id, second_user_id) do update set met_at = excluded.met_at;
        return next;
    end loop;
end $$;

comment on function app.match_tickets is
    'Runs one pass of the matcher over one tenant. Returns a row for each match and each ticket that ended.';
revoke all on function app.match_tickets from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.match_tickets to meydan_service;
