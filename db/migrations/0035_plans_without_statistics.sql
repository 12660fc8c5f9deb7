-- Plans that are right whatever the statistics say, for a plan made on an empty table is kept when the table has filled.
-- On an empty table every index that begins with the tenant costs the same, and the youngest one is taken: a row was found
-- by its key through an index of something else, reading all rows of the tenant. An index for which the statement must name
-- its second column cannot be taken so. Programs before this one name the unique constraint of `devices`, now an index.
-- serves: 0035
-- squawk-ignore ban-drop-constraint -- the unique index made below holds the same
alter table app.users drop constraint users_tenant_id_email_key;
create unique index users_tenant_id_email_key on app.users (tenant_id, email) where email is not null;
-- squawk-ignore ban-drop-constraint -- the unique index made below holds the same
alter table app.users drop constraint users_tenant_id_phone_key;
create unique index users_tenant_id_phone_key on app.users (tenant_id, phone) where phone is not null;
-- squawk-ignore ban-drop-constraint -- the unique index made below holds the same
alter table app.users drop constraint users_tenant_id_username_key;
create unique index users_tenant_id_username_key on app.users (tenant_id, username) where username is not null;

-- squawk-ignore ban-drop-constraint -- the unique index made below holds the same
alter table app.profiles drop constraint profiles_tenant_id_user_id_face_key;
create unique index profiles_tenant_id_user_id_face_key on app.profiles (tenant_id, user_id, face)
    where user_id is not null;

-- squawk-ignore ban-drop-constraint -- the unique index made below holds the same
alter table app.devices drop constraint devices_tenant_id_user_id_client_id_key;
create unique index devices_tenant_id_user_id_client_id_key on app.devices (tenant_id, user_id, client_id)
    where user_id is not null;
drop index app.sessions_device;
create index sessions_device on app.sessions (tenant_id, device_id) where device_id is not null;
drop index app.sessions_user;
create index sessions_user on app.sessions (tenant_id, user_id) where ended_at is null and user_id is not null;

drop index app.blocks_of_blocker;
create index blocks_of_blocker on app.blocks (tenant_id, blocker_user_id, id desc) where blocker_user_id is not null;
drop index app.blocks_of_blocked_profile;
create index blocks_of_blocked_profile on app.blocks (tenant_id, blocked_profile_id)
    where blocked_profile_id is not null;
drop index app.blocks_of_two_faces;
create unique index blocks_of_two_faces on app.blocks (tenant_id, blocker_profile_id, blocked_profile_id)
    where lifted_at is null and blocker_profile_id is not null;
drop index app.blocks_apart;
create index blocks_apart on app.blocks (tenant_id, blocker_user_id, blocked_user_id)
    where blocker_user_id is not null;
drop index app.blocks_apart_reversed;
create index blocks_apart_reversed on app.blocks (tenant_id, blocked_user_id, blocker_user_id)
    where blocked_user_id is not null;

drop index app.tickets_searched;
create index tickets_searched on app.tickets (tenant_id, kind, searched_at)
    where away_since is null and searched_at is not null;

drop index app.match_slots_of_match;
create index match_slots_of_match on app.match_slots (tenant_id, match_id) where match_id is not null;

drop index app.matches_to_end;
create index matches_to_end on app.matches (tenant_id, expires_at) where status = 'active' and expires_at is not null;
drop index app.matches_of_first;
create index matches_of_first on app.matches (tenant_id, profile1_id, profile2_id) where profile1_id is not null;
drop index app.matches_of_second;
create index matches_of_second on app.matches (tenant_id, profile2_id, profile1_id) where profile2_id is not null;

drop index app.encounters_of_first;
create index encounters_of_first on app.encounters (tenant_id, first_profile_id, met_at)
    where first_profile_id is not null;
drop index app.encounters_of_second;
create index encounters_of_second on app.encounters (tenant_id, second_profile_id, met_at)
    where second_profile_id is not null;

drop index app.claims_of_match;
create index claims_of_match on app.claims (tenant_id, match_id) where match_id is not null;
drop index app.claims_of_profile;
create index claims_of_profile on app.claims (tenant_id, profile_id, id) where profile_id is not null;

-- squawk-ignore ban-drop-constraint -- the unique index made below holds the same
alter table app.conversations drop constraint conversations_tenant_id_match_id_key;
create unique index conversations_tenant_id_match_id_key on app.conversations (tenant_id, match_id)
    where match_id is not null;
drop index app.conversations_to_purge;
create index conversations_to_purge on app.conversations (tenant_id, expires_at)
    where purged_at is null and expires_at is not null;

drop index app.conversation_members_of_user;
create index conversation_members_of_user on app.conversation_members (tenant_id, user_id) where user_id is not null;
drop index app.conversation_members_of_profile;
create index conversation_members_of_profile on app.conversation_members (tenant_id, profile_id, conversation_id)
    where profile_id is not null;

-- squawk-ignore ban-drop-constraint -- the unique index made below holds the same
alter table app.messages drop constraint messages_tenant_id_conversation_id_sender_profile_id_id_key;
create unique index messages_tenant_id_conversation_id_sender_profile_id_id_key
    on app.messages (tenant_id, conversation_id, sender_profile_id, id) where id is not null;
drop index app.message_logs_of_sender;
create index message_logs_of_sender on app.message_logs (tenant_id, sender_user_id) where sender_user_id is not null;
drop index app.message_logs_written;
create index message_logs_written on app.message_logs (tenant_id, conversation_id, sender_user_id, sent_at)
    where kind = 'text' and conversation_id is not null;

drop index app.key_packages_of_user;
create index key_packages_of_user on app.key_packages (tenant_id, user_id) where user_id is not null;

drop index app.notifications_by_age;
create index notifications_by_age on app.notifications (tenant_id, created_at) where created_at is not null;
drop index app.notifications_of_user;
create index notifications_of_user on app.notifications (tenant_id, user_id, id desc) where user_id is not null;
drop index app.notifications_unread;
create index notifications_unread on app.notifications (tenant_id, user_id, id)
    where read_at is null and user_id is not null;
drop index app.push_subscriptions_of_user;
create index push_subscriptions_of_user on app.push_subscriptions (tenant_id, user_id) where user_id is not null;

-- squawk-ignore ban-drop-constraint -- the unique index made below holds the same
alter table app.coin_transactions drop constraint coin_transactions_tenant_id_idempotency_key_key;
create unique index coin_transactions_tenant_id_idempotency_key_key on app.coin_transactions (tenant_id, idempotency_key)
    where idempotency_key is not null;
drop index app.coin_entries_of_account;
create index coin_entries_of_account on app.coin_entries (tenant_id, account_id, created_at) include (amount)
    where account_id is not null;
-- squawk-ignore ban-drop-constraint -- the unique index made below holds the same
alter table app.coin_holds drop constraint coin_holds_tenant_id_idempotency_key_key;
create unique index coin_holds_tenant_id_idempotency_key_key on app.coin_holds (tenant_id, idempotency_key)
    where idempotency_key is not null;
drop index app.ledger_accounts_of_user;
create index ledger_accounts_of_user on app.ledger_accounts (tenant_id, user_id) where user_id is not null;
drop index app.coin_holds_open;
create index coin_holds_open on app.coin_holds (tenant_id, user_id) where status = 'open' and user_id is not null;
drop index app.coin_holds_to_expire;
create index coin_holds_to_expire on app.coin_holds (tenant_id, expires_at)
    where status = 'open' and expires_at is not null;
drop index app.wallet_freezes_of_user;
create index wallet_freezes_of_user on app.wallet_freezes (tenant_id, user_id, id desc) where user_id is not null;
drop index app.wallet_freezes_now;
create unique index wallet_freezes_now on app.wallet_freezes (tenant_id, user_id)
    where thawed_at is null and user_id is not null;

drop index app.subscriptions_due;
create index subscriptions_due on app.subscriptions (tenant_id, period_ends_at)
    where status <> 'expired' and period_ends_at is not null;
drop index app.subscriptions_of_user;
create index subscriptions_of_user on app.subscriptions (tenant_id, user_id, id desc) where user_id is not null;
drop index app.subscriptions_running;
create index subscriptions_running on app.subscriptions (tenant_id, user_id)
    where status <> 'expired' and user_id is not null;

-- Below this line: written by `make functions` from db/functions. Change it there.

-- Nothing that two faces of one person would have in common is returned. A shadow shows no age, because it changes on
-- the same day as the real profile's.
create or replace function app.public_profiles(in_profile_ids uuid[])
returns table (
    id uuid, alias text, tag text, bio text, gender text, interests text[], age integer, avatar_seed text
)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select p.id, p.alias, p.tag, p.bio, p.gender, p.interests,
           case when p.face = 'real' then
               extract(year from age((app.now() at time zone t.timezone)::date, u.birth_date))::integer
           end,
           p.avatar_seed
    from app.profiles p
    cross join lateral (
        select known.birth_date from app.users known where known.tenant_id = p.tenant_id and known.id = p.user_id offset 0
    ) u
    join app.tenants t on t.id = p.tenant_id
    where p.tenant_id = app.tenant_id() and p.id = any(in_profile_ids)
$$;

comment on function app.public_profiles is
    'Returns the profiles with these ids, with the columns that other people may see.';
revoke all on function app.public_profiles from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.public_profiles to meydan_app, meydan_service;

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

-- The user id, which whispering needs, leaves the server only sealed.
create or replace function app.my_peers(in_tenant_id integer)
returns table (conversation_id uuid, profile_id uuid, user_id uuid, delivered_seq bigint, read_seq bigint, open boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select peer.conversation_id, peer.profile_id, peer.user_id, peer.delivered_seq, peer.read_seq,
        conversation.closed_at is null and conversation.expires_at > app.now()
    from app.conversation_members peer
    cross join lateral (
        select found.closed_at, found.expires_at, found.purged_at from app.conversations found
        where found.tenant_id = peer.tenant_id and found.id = peer.conversation_id offset 0
    ) conversation
    where peer.tenant_id = app.tenant_id() and peer.tenant_id = in_tenant_id
        and peer.conversation_id = any(app.my_conversations()) and peer.profile_id <> app.profile_id()
        and conversation.purged_at is null;
end;

comment on function app.my_peers is 'Lists the other member of each conversation of the active face.';
revoke all on function app.my_peers from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.my_peers to meydan_app;

-- One of the profiles is the caller's unless a service asks. The users named by the caller are checked.
create or replace function app.open_conversation(
    in_tenant_id integer, in_match_id uuid, in_opener_profile_id uuid, in_user_ids uuid[], in_profile_ids uuid[],
    in_expires_at timestamptz
) returns uuid language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    opened uuid;
begin
    if in_tenant_id <> app.tenant_id() or cardinality(in_profile_ids) <> 2
        or not in_opener_profile_id = any(in_profile_ids) then
        raise exception 'a conversation is opened between two profiles of one community';
    end if;
    if session_user <> 'meydan_service' and not app.profile_id() = any(in_profile_ids) then
        raise exception 'a person opens only their own conversations';
    end if;
    insert into app.conversations (tenant_id, match_id, opener_profile_id, expires_at)
    values (in_tenant_id, in_match_id, in_opener_profile_id, in_expires_at)
    returning id into opened;
    insert into app.conversation_members (tenant_id, conversation_id, profile_id, user_id)
    select in_tenant_id, opened, profile.id, profile.user_id
    from unnest(in_user_ids, in_profile_ids) as named (user_id, profile_id)
    cross join lateral (
        select known.id, known.user_id from app.profiles known
        where known.tenant_id = in_tenant_id and known.id = named.profile_id and known.user_id = named.user_id
        offset 0
    ) profile;
    if (select count(distinct member.user_id) from app.conversation_members member
        where member.tenant_id = in_tenant_id and member.conversation_id = opened) <> 2 then
        raise exception 'a conversation has two different people';
    end if;
    return opened;
end $$;

comment on function app.open_conversation is 'Opens a conversation between two profiles and returns its id.';
revoke all on function app.open_conversation from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.open_conversation to meydan_app, meydan_service;

create or replace function app.hold_coins(
    in_tenant_id integer, in_idempotency_key text, in_owner_user_id uuid, in_amount bigint, in_purpose text,
    in_subject_id uuid, in_expires_at timestamptz
) returns app.coin_holds language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    made app.coin_holds;
    print bytea := sha256(convert_to(concat_ws('|', in_owner_user_id, in_amount, in_purpose, in_subject_id), 'UTF8'));
begin
    perform app.check_ledger_caller(in_tenant_id);
    in_idempotency_key := app.scoped_key(in_idempotency_key);
    if session_user = 'meydan_app' and in_owner_user_id is distinct from app.user_id() then
        raise exception 'a person pays with coins of their own' using errcode = 'insufficient_privilege';
    elsif in_expires_at <= app.now() then
        raise exception 'a hold ends later than it begins' using errcode = 'check_violation';
    end if;
    insert into app.coin_holds (tenant_id, user_id, amount, purpose, subject_id, idempotency_key, fingerprint,
        expires_at)
    values (in_tenant_id, in_owner_user_id, in_amount, in_purpose, in_subject_id, in_idempotency_key, print,
        in_expires_at)
    on conflict (tenant_id, idempotency_key) where idempotency_key is not null do nothing
    returning coin_holds.* into made;
    if not found then
        select known.* into strict made from app.coin_holds known
        where known.tenant_id = in_tenant_id and known.idempotency_key = in_idempotency_key;
        if made.fingerprint <> print then
            raise exception using errcode = 'WA004', message = 'idempotency_key_reused';
        end if;
        return made;
    end if;
    for attempt in 1 .. 2 loop
        update app.ledger_balances known set held = known.held + in_amount
        where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('person_coins',
            in_owner_user_id, null, null)
            and known.stripe = 0 and known.balance - known.held >= in_amount and not known.frozen;
        exit when found;
        if attempt = 2 then
            perform app.check_debit(in_tenant_id, 'person_coins', in_owner_user_id, in_amount, true);
        end if;
        perform app.open_ledger_account(in_tenant_id, 'person_coins', in_owner_user_id, null, null, 0);
        perform app.end_expired_holds(in_tenant_id, in_owner_user_id, 1000);
    end loop;
    return made;
end $$;

comment on function app.hold_coins is 'Holds coins until a time. The same key again returns the first hold.';
revoke all on function app.hold_coins from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.hold_coins to meydan_app, meydan_service;

-- The same key again moves nothing and returns the first transfer. Coins that reach a debtor pay the debt at once, so a
-- debtor has nothing to spend. `in_request` is what the key stands for, where that is not the entries. `in_is_spending`
-- tells that the owner asked for it: a frozen wallet refuses.
-- Callers are the ledger's other functions, which have checked who asks. PostgreSQL prepares every expression of a
-- function anew in each transaction, so there are few of them here (benchmarks/ledger.py).
create or replace function app.move_coins(
    in_tenant_id integer, in_idempotency_key text, in_type text, in_entries app.ledger_entry[], in_owner_user_id uuid,
    in_description text, in_subject_id uuid, in_details jsonb, in_reverses_id uuid, in_request text,
    in_is_spending boolean
) returns app.coin_transactions language plpgsql as $$
declare
    transaction app.coin_transactions;
    entry app.ledger_entry;
    total bigint := 0;
    coins bigint;
    earnings bigint;
    concerns_owner boolean;
    pays_debt boolean;
    rank integer;
    last_rank integer := 0;  -- null once the entries are not in the order of locks, or one of them is of nothing
    account uuid;
    accounts uuid[];
    opened_account uuid;
    stripe_number integer;
    stripe_numbers integer[];
begin
    if coalesce(cardinality(in_entries), 0) = 0
        or in_type not in (
            'purchased', 'earned', 'spent', 'gift_sent', 'gift_received', 'premium', 'call', 'refund', 'chargeback',
            'dispute_won', 'debt_payment', 'debt_forgiven', 'conversion', 'payout', 'adjustment', 'forfeited',
            'reversal'
        )
        or length(in_idempotency_key) not between 1 and 200 or length(in_description) > 200
        or jsonb_typeof(in_details) <> 'object' or pg_column_size(in_details) > 2000
    then
        raise exception 'a transfer has entries, a type, a key, and few words' using errcode = 'check_violation';
    end if;
    foreach entry in array in_entries loop
        rank := app.ledger_rank(entry.kind);
        if entry.owner_user_id = in_owner_user_id then
            concerns_owner := true;
            if rank = 1 then
                coins := coalesce(coins, 0) + entry.amount;
            elsif rank = 2 then
                earnings := coalesce(earnings, 0) + entry.amount;
            end if;
        end if;
        total := total + entry.amount;
        pays_debt := pays_debt or rank = 1 and entry.amount > 0 or rank = 3 and entry.amount < 0;
        last_rank := case when rank > last_rank and entry.amount <> 0 then rank end;
    end loop;
    if total is distinct from 0 or in_owner_user_id is not null and concerns_owner is null then
        raise exception 'entries sum to zero, not to %, in the history of somebody whom they concern', total
            using errcode = 'check_violation';
    end if;

    insert into app.coin_transactions (
        tenant_id, user_id, amount, transaction_type, description, subject_id, idempotency_key, fingerprint,
        reverses_id, details
    ) values (
        in_tenant_id, in_owner_user_id, coalesce(coins, earnings, 0), in_type, in_description, in_subject_id,
        in_idempotency_key,
        app.ledger_fingerprint(in_type, in_owner_user_id, in_subject_id, in_reverses_id, in_request, in_entries),
        in_reverses_id, in_details
    )
    on conflict (tenant_id, idempotency_key) where idempotency_key is not null do nothing
    returning coin_transactions.* into transaction;
    if not found then
        select known.* into strict transaction from app.coin_transactions known
        where known.tenant_id = in_tenant_id and known.idempotency_key = in_idempotency_key;
        if transaction.fingerprint
            <> app.ledger_fingerprint(in_type, in_owner_user_id, in_subject_id, in_reverses_id, in_request, in_entries)
        then
            raise exception using errcode = 'WA004', message = 'idempotency_key_reused';
        end if;
        return transaction;
    end if;

    if last_rank is null then
        select array_agg(
            merged::app.ledger_entry
            order by app.ledger_rank(merged.kind), merged.owner_user_id, merged.provider, merged.currency
        )
        into in_entries
        from (
            select given.kind, given.owner_user_id, given.provider, given.currency, sum(given.amount)::bigint as amount
            from unnest(in_entries) given
            group by given.kind, given.owner_user_id, given.provider, given.currency having sum(given.amount) <> 0
        ) merged;
        if in_entries is null then
            raise exception 'a transfer moves something' using errcode = 'check_violation';
        end if;
    end if;
    foreach entry in array in_entries loop
        account := app.ledger_account_id(entry.kind, entry.owner_user_id, entry.provider, entry.currency);
        stripe_number := 0;
        if entry.owner_user_id is null then
            for attempt in 0 .. 15 loop
                stripe_number := (pg_backend_pid() + attempt) % 16;
                exit when pg_try_advisory_xact_lock(
                    hashtextextended(account::text, in_tenant_id::bigint * 16 + stripe_number)
                );
            end loop;
        end if;
        loop
            update app.ledger_balances known set balance = known.balance + entry.amount
            where known.tenant_id = in_tenant_id and known.account_id = account and known.stripe = stripe_number
                and (entry.amount > 0 or known.lowest is null
                    or known.balance - known.held + entry.amount >= known.lowest)
                and (entry.amount < 0 or known.highest is null or known.balance + entry.amount <= known.highest)
                and not (known.frozen and in_is_spending and entry.amount < 0);
            exit when found;
            if opened_account = account then
                perform app.check_debit(in_tenant_id, entry.kind, entry.owner_user_id, entry.amount, in_is_spending);
            end if;
            perform app.open_ledger_account(in_tenant_id, entry.kind, entry.owner_user_id, entry.provider,
                entry.currency, stripe_number);
            opened_account := account;
            if entry.kind = 'person_coins' then
                perform app.end_expired_holds(in_tenant_id, entry.owner_user_id, 1000);
            end if;
        end loop;
        accounts := accounts || account;
        stripe_numbers := stripe_numbers || stripe_number;
    end loop;
    with unaudited as (
        insert into app.unaudited_balances (tenant_id, transaction_id) values (in_tenant_id, transaction.id)
    )
    insert into app.coin_entries (tenant_id, transaction_id, account_id, stripe, amount, created_at)
    select in_tenant_id, transaction.id, moved.account_id, moved.stripe, moved.amount, transaction.created_at
    from unnest(accounts, stripe_numbers, in_entries)
        moved (account_id, stripe, kind, owner_user_id, provider, currency, amount);
    if pays_debt then
        foreach entry in array in_entries loop
            if entry.kind = 'person_coins' and entry.amount > 0 or entry.kind = 'person_debt' and entry.amount < 0 then
                perform app.pay_debt(in_tenant_id, entry.owner_user_id, transaction.id);
            end if;
        end loop;
    end if;
    return transaction;
end $$;

comment on function app.move_coins is 'Moves coins: writes the header, the entries and the balances of one transfer.';
revoke all on function app.move_coins from public, meydan_app, meydan_service, meydan_relay;
