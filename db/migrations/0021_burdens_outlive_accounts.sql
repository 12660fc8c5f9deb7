-- Burdens of an erased account wait under keyed hashes of its contacts, and the next account with one of them inherits them.
-- Serves no older program: it hashes contacts without the contact key. Stop, migrate, start.
-- serves: 0021

alter table app.known_contacts
    add column user_id uuid,
    add column left_at timestamptz,
    add column is_rehashed boolean not null default true;
comment on column app.known_contacts.user_id is 'The account that proved the contact last; null once it was erased.';
comment on column app.known_contacts.left_at is 'Time at which that account was erased.';
comment on column app.known_contacts.is_rehashed is
    'False for a hash of an older program, made without the contact key. `meydan migrate` hashes it again.';
-- squawk-ignore constraint-missing-not-valid -- the column is new and empty
alter table app.known_contacts add foreign key (tenant_id, user_id) references app.users (tenant_id, id);
update app.known_contacts set is_rehashed = false;
-- squawk-ignore require-concurrent-index-creation -- no older program runs meanwhile
create index known_contacts_of_user on app.known_contacts (tenant_id, user_id) where user_id is not null;
-- squawk-ignore require-concurrent-index-creation
create index known_contacts_left on app.known_contacts (tenant_id, left_at) where left_at is not null;
grant delete on app.known_contacts to meydan_service;

-- Erased accounts by the marks of their contacts. Without the contact key no mark leads to a contact or another account.
create table app.former_accounts (
    tenant_id integer not null references app.tenants,
    user_id uuid not null,
    mark bytea not null,
    -- The contact's hash, sealed with the contact key.
    sealed_hash bytea not null,
    kept_until timestamptz not null,
    primary key (tenant_id, user_id, mark),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id)
);
create index former_accounts_of_mark on app.former_accounts (tenant_id, mark);
select app.enable_tenant_rls('app.former_accounts');

-- Marks of people, or of faces, that must not meet. It holds no id and no exact time, which would tie two faces.
create table app.kept_apart (
    tenant_id integer not null references app.tenants,
    mark bytea not null,
    other_mark bytea not null,
    kept_until timestamptz not null,
    primary key (tenant_id, mark, other_mark)
);
create index kept_apart_reversed on app.kept_apart (tenant_id, other_mark);
select app.enable_tenant_rls('app.kept_apart');

alter table app.tickets
    add column marks bytea[] not null default '{}',
    add column apart bytea[] not null default '{}';
comment on column app.tickets.marks is 'Marks of the person and of the face that wait.';
comment on column app.tickets.apart is 'Marks of those whom an erased account of this person must not meet.';
grant insert (marks, apart) on app.tickets to meydan_app;

-- Below this line: written by `make functions` from db/functions. Change it there.

-- A mark is found only with the contact key, which the database does not hold.
create or replace function app.marks_kept_apart(in_tenant_id integer, in_marks bytea[]) returns bytea[]
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select coalesce(array_agg(distinct pair.other_mark), '{}')
    from app.kept_apart pair
    where pair.tenant_id = app.tenant_id() and pair.tenant_id = in_tenant_id and pair.mark = any(in_marks)
        and pair.kept_until > app.now();
end;

comment on function app.marks_kept_apart is 'Returns the marks of those whom the owner of these marks must not meet.';
revoke all on function app.marks_kept_apart from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.marks_kept_apart to meydan_app, meydan_service;

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
            -- What an erased account of either was kept apart from.
            and not (other.marks && in_ticket.apart) and not (other.apart && in_ticket.marks)
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
