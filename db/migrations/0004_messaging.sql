-- Conversations of two profiles. The server keeps ciphertext in order and for a while; who wrote when stays longer, what
-- was written never is here. People change nothing in these tables themselves: every change is a function that checks
-- who asks, because it touches the other side's rows too.

create table app.conversations (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    match_id uuid not null,
    opener_profile_id uuid not null,
    epoch integer not null default 0 check (epoch >= 0),
    last_seq bigint not null default 0 check (last_seq >= 0),
    expires_at timestamptz not null,
    closed_at timestamptz,
    purged_at timestamptz,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, match_id)
);
create index conversations_to_purge on app.conversations (tenant_id, expires_at) where purged_at is null;
select app.protect('app.conversations');

create table app.conversation_members (
    tenant_id integer not null references app.tenants,
    conversation_id uuid not null,
    profile_id uuid not null,
    user_id uuid not null,
    delivered_seq bigint not null default 0,
    read_seq bigint not null default 0,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, conversation_id, profile_id),
    foreign key (tenant_id, conversation_id) references app.conversations (tenant_id, id),
    foreign key (tenant_id, profile_id) references app.profiles (tenant_id, id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    check (read_seq <= delivered_seq)
);
create index conversation_members_of_profile on app.conversation_members (tenant_id, profile_id, conversation_id);
create index conversation_members_of_user on app.conversation_members (tenant_id, user_id);
select app.protect('app.conversation_members');

-- The log of a conversation. Its place there is a message's key: pages read it in order, and writing keeps two indexes.
-- Its conversation names its tenant: another foreign key would lock the tenant's one row with every message.
-- `id` is the sender's own word for it, unique among theirs alone, so that nobody learns anything from a taken one.
create table app.messages (
    tenant_id integer not null,
    conversation_id uuid not null,
    seq bigint not null check (seq > 0),
    id uuid not null,
    sender_profile_id uuid not null,
    sender_device_id uuid not null,
    kind text not null check (kind in ('text', 'commit', 'welcome', 'join_request')),
    epoch integer not null,
    body bytea not null check (octet_length(body) between 1 and 65536),
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, conversation_id, seq),
    unique (tenant_id, conversation_id, sender_profile_id, id),
    foreign key (tenant_id, conversation_id) references app.conversations (tenant_id, id)
);
alter table app.messages alter column body set storage external; -- ciphertext does not compress
select app.protect('app.messages');

-- That something was said, by whom, to whom and when: for claims, statistics and against abuse. Never what. Its people are members of the
-- conversation, which points at them.
create table app.message_logs (
    tenant_id integer not null,
    conversation_id uuid not null,
    seq bigint not null,
    match_id uuid not null,
    kind text not null check (kind in ('text', 'commit', 'join_request')),
    sender_user_id uuid not null,
    receiver_user_id uuid not null,
    sent_at timestamptz not null default app.now(),
    delivered_at timestamptz,
    device_info text check (length(device_info) <= 200),
    connection_type text check (length(connection_type) <= 40),
    primary key (tenant_id, conversation_id, seq),
    foreign key (tenant_id, conversation_id) references app.conversations (tenant_id, id)
);
-- Whether somebody wrote before a time is one look into this index: only texts count as writing.
create index message_logs_written on app.message_logs (tenant_id, conversation_id, sender_user_id, sent_at) where kind = 'text';
create index message_logs_of_sender on app.message_logs (tenant_id, sender_user_id);
select app.protect('app.message_logs');
create policy own_read on app.message_logs for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and sender_user_id = (select app.user_id()));
grant select (tenant_id, conversation_id, seq, kind, sent_at, delivered_at) on app.message_logs to meydan_app;

-- Single-use MLS key packages by which a device lets itself be added to a group. `device_id` is another one for every
-- profile of a person: nobody can tell two faces by it.
create table app.key_packages (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    profile_id uuid not null,
    device_id uuid not null,
    body bytea not null check (octet_length(body) between 1 and 4096),
    digest bytea not null generated always as (sha256(body)) stored,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, profile_id, device_id, digest),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, profile_id) references app.profiles (tenant_id, id)
);
create index key_packages_of_user on app.key_packages (tenant_id, user_id);
select app.protect('app.key_packages');
create policy own_all on app.key_packages to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()) and profile_id = (select app.profile_id()))
    with check (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()) and profile_id = (select app.profile_id()));
grant select, delete on app.key_packages to meydan_app;
grant insert (tenant_id, user_id, profile_id, device_id, body) on app.key_packages to meydan_app;

-- The conversations of the face that asks; the other face of the same person sees none of them, and a service, which
-- acts for nobody, has none.
create function app.my_conversations() returns uuid[]
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select coalesce(array_agg(member.conversation_id), '{}') from app.conversation_members member
    where member.tenant_id = app.tenant_id()
        and member.profile_id = nullif(current_setting('app.profile_id', true), '')::uuid
        and member.user_id = nullif(current_setting('app.user_id', true), '')::uuid;
end;
revoke all on function app.my_conversations() from public;
grant execute on function app.my_conversations() to meydan_app;

-- Measured: an array over one's own membership rows costs the hot page half of what a function does. Which rows are one's
-- own the first policy says alone: the others read the table through it.
create policy own_read on app.conversation_members for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and profile_id = (select app.profile_id()));
grant select (tenant_id, conversation_id, profile_id, delivered_seq, read_seq, created_at) on app.conversation_members to meydan_app;
create policy members_read on app.conversations for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and id = any(array(
        select mine.conversation_id from app.conversation_members mine
    )));
grant select on app.conversations to meydan_app;
create policy members_read on app.messages for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and conversation_id = any(array(
        select mine.conversation_id from app.conversation_members mine
    )));
grant select on app.messages to meydan_app;

-- Between two profiles, one of them the caller's unless a service asks. The caller says whose they are and is checked.
create function app.open_conversation(
    tenant integer, match_id uuid, opener_profile_id uuid, user_ids uuid[], profile_ids uuid[], expires_at timestamptz
) returns uuid language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    opened uuid;
begin
    if tenant <> app.tenant_id() or cardinality(profile_ids) <> 2 or not opener_profile_id = any(profile_ids) then
        raise exception 'a conversation is opened between two profiles of one community';
    end if;
    if session_user <> 'meydan_service' and not app.profile_id() = any(profile_ids) then
        raise exception 'a person opens only their own conversations';
    end if;
    insert into app.conversations (tenant_id, match_id, opener_profile_id, expires_at)
    values (tenant, match_id, opener_profile_id, expires_at)
    returning id into opened;
    insert into app.conversation_members (tenant_id, conversation_id, profile_id, user_id)
    select profile.tenant_id, opened, profile.id, profile.user_id
    from app.profiles profile
    join unnest(user_ids, profile_ids) as named (user_id, profile_id)
        on named.profile_id = profile.id and named.user_id = profile.user_id
    where profile.tenant_id = tenant;
    if (select count(distinct member.user_id) from app.conversation_members member
        where member.tenant_id = tenant and member.conversation_id = opened) <> 2 then
        raise exception 'a conversation has two different people';
    end if;
    return opened;
end $$;
revoke all on function app.open_conversation(integer, uuid, uuid, uuid[], uuid[], timestamptz) from public;
grant execute on function app.open_conversation(integer, uuid, uuid, uuid[], uuid[], timestamptz) to meydan_app, meydan_service;

-- True for the call that closed it. What was said stays until its time.
create function app.close_conversation(tenant integer, conversation_id uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
begin
    if tenant <> app.tenant_id() then
        return false;
    end if;
    if session_user <> 'meydan_service' and not conversation_id = any(app.my_conversations()) then
        return false;
    end if;
    update app.conversations conversation set closed_at = app.now()
    where conversation.tenant_id = tenant and conversation.id = conversation_id and conversation.closed_at is null;
    return found;
end $$;
revoke all on function app.close_conversation(integer, uuid) from public;
grant execute on function app.close_conversation(integer, uuid) to meydan_app, meydan_service;

-- One entry of the log (a commit with its welcome: two), under the conversation's lock, which also gives the order.
-- Sending again what is there answers with what is there, before anything else is asked: its sender may not have heard.
-- Texts and commits must be of the group's epoch: a text refused as stale is never in the log, so it may be sealed anew.
create function app.send_message(
    tenant integer, conversation_id uuid, message_id uuid, device_id uuid, kind text, epoch integer, body bytea,
    welcome_id uuid, welcome_body bytea, device_info text, connection_type text,
    out outcome text, out seq bigint, out created_at timestamptz, out current_epoch integer,
    out peer_user_id uuid, out peer_profile_id uuid
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    me uuid := app.profile_id();
    conversation record;
    known record;
begin
    select found.epoch, found.last_seq, found.match_id, found.closed_at, found.expires_at,
        peer.user_id as peer_user_id, peer.profile_id as peer_profile_id
    into conversation
    from app.conversations found
    join app.conversation_members mine on mine.tenant_id = found.tenant_id and mine.conversation_id = found.id
        and mine.profile_id = me and mine.user_id = app.user_id()
    join app.conversation_members peer on peer.tenant_id = found.tenant_id and peer.conversation_id = found.id
        and peer.profile_id <> me
    where found.tenant_id = tenant and found.tenant_id = app.tenant_id() and found.id = conversation_id
    for update of found;
    if not found then
        outcome := 'not_found';
        return;
    end if;
    current_epoch := conversation.epoch;

    select message.seq, message.created_at, message.kind, message.epoch, message.body into known
    from app.messages message
    where message.tenant_id = tenant and message.conversation_id = conversation_id
        and message.sender_profile_id = me and message.id = message_id;
    if found then
        if (known.kind, known.epoch, known.body) = (kind, epoch, body) then
            outcome := 'known';
            seq := known.seq;
            created_at := known.created_at;
        else
            outcome := 'taken';
        end if;
        return;
    end if;

    if conversation.closed_at is not null or conversation.expires_at <= app.now()
        or app.blocked_between(tenant, me, conversation.peer_profile_id) then
        outcome := 'closed';
        return;
    end if;
    if kind in ('text', 'commit') and epoch <> conversation.epoch then
        outcome := 'stale';
        return;
    end if;

    if welcome_id is not null and exists (
        select from app.messages message
        where message.tenant_id = tenant and message.conversation_id = conversation_id
            and message.sender_profile_id = me and message.id = welcome_id
    ) then
        outcome := 'taken';
        return;
    end if;

    outcome := 'sent';
    peer_user_id := conversation.peer_user_id;
    peer_profile_id := conversation.peer_profile_id;
    seq := conversation.last_seq + 1;
    created_at := app.now();
    insert into app.messages (tenant_id, conversation_id, seq, id, sender_profile_id, sender_device_id, kind, epoch, body)
    values (tenant, conversation_id, seq, message_id, me, device_id, kind, epoch, body);
    if welcome_id is not null then
        insert into app.messages (tenant_id, conversation_id, seq, id, sender_profile_id, sender_device_id, kind, epoch, body)
        values (tenant, conversation_id, seq + 1, welcome_id, me, device_id, 'welcome', epoch + 1, welcome_body);
    end if;
    update app.conversations changed
    set last_seq = seq + case when welcome_id is null then 0 else 1 end,
        epoch = changed.epoch + case when kind = 'commit' then 1 else 0 end
    where changed.tenant_id = tenant and changed.id = conversation_id;
    insert into app.message_logs
        (tenant_id, conversation_id, seq, match_id, kind, sender_user_id, receiver_user_id, device_info, connection_type)
    values (tenant, conversation_id, seq, conversation.match_id, kind, app.user_id(), peer_user_id, device_info, connection_type);
end $$;
revoke all on function
    app.send_message(integer, uuid, uuid, uuid, text, integer, bytea, uuid, bytea, text, text) from public;
grant execute on function
    app.send_message(integer, uuid, uuid, uuid, text, integer, bytea, uuid, bytea, text, text) to meydan_app;

-- What arrived at one of my devices and what I have read, never backwards. No row when nothing changed.
create function app.mark_seen(
    tenant integer, conversation_id uuid, delivered bigint, read bigint,
    out delivered_seq bigint, out read_seq bigint, out peer_user_id uuid, out peer_profile_id uuid
) returns setof record language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    me uuid := app.profile_id();
    before record;
    last bigint;
begin
    if tenant <> app.tenant_id() then
        return;
    end if;
    select mine.delivered_seq, mine.read_seq into before from app.conversation_members mine
    where mine.tenant_id = tenant and mine.conversation_id = conversation_id
        and mine.profile_id = me and mine.user_id = app.user_id() for update;
    if not found then
        return;
    end if;
    select conversation.last_seq into strict last from app.conversations conversation
    where conversation.tenant_id = tenant and conversation.id = conversation_id;
    read_seq := greatest(before.read_seq, least(read, last));
    delivered_seq := greatest(before.delivered_seq, least(delivered, last), read_seq);
    if (delivered_seq, read_seq) = (before.delivered_seq, before.read_seq) then
        return;
    end if;
    update app.conversation_members mine set delivered_seq = delivered_seq, read_seq = read_seq
    where mine.tenant_id = tenant and mine.conversation_id = conversation_id and mine.profile_id = me;
    update app.message_logs log set delivered_at = app.now()
    where log.tenant_id = tenant and log.conversation_id = conversation_id
        and log.seq > before.delivered_seq and log.seq <= delivered_seq
        and log.receiver_user_id = app.user_id() and log.delivered_at is null;
    select peer.user_id, peer.profile_id into strict peer_user_id, peer_profile_id from app.conversation_members peer
    where peer.tenant_id = tenant and peer.conversation_id = conversation_id and peer.profile_id <> me;
    return next;
end $$;
revoke all on function app.mark_seen(integer, uuid, bigint, bigint) from public;
grant execute on function app.mark_seen(integer, uuid, bigint, bigint) to meydan_app;

-- One package of each of the two people's devices, the ten used last, taken for good. Only for founding the group: later
-- devices bring their own, so nobody can use up a stranger's packages at leisure.
create function app.claim_key_packages(tenant integer, conversation_id uuid, own_device_id uuid)
returns table (profile_id uuid, device_id uuid, package bytea)
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    with devices as (
        select ranked.profile_id, ranked.device_id
        from (
            select offered.profile_id, offered.device_id,
                row_number() over (partition by offered.profile_id order by max(offered.created_at) desc) as place
            from app.key_packages offered
            join app.conversation_members member
                on member.tenant_id = offered.tenant_id and member.profile_id = offered.profile_id
            where member.tenant_id = app.tenant_id() and member.tenant_id = claim_key_packages.tenant
                and member.conversation_id = claim_key_packages.conversation_id
                and member.conversation_id = any(app.my_conversations())
                and offered.device_id <> claim_key_packages.own_device_id
            group by offered.profile_id, offered.device_id
        ) ranked
        where ranked.place <= 10
    ),
    chosen as (
        select oldest.id
        from devices
        cross join lateral (
            select offered.id from app.key_packages offered
            where offered.tenant_id = app.tenant_id()
                and offered.profile_id = devices.profile_id and offered.device_id = devices.device_id
            order by offered.id limit 1 for update skip locked
        ) oldest
    )
    delete from app.key_packages taken using chosen
    where taken.tenant_id = app.tenant_id() and taken.id = chosen.id
    returning taken.profile_id, taken.device_id, taken.body;
end;
revoke all on function app.claim_key_packages(integer, uuid, uuid) from public;
grant execute on function app.claim_key_packages(integer, uuid, uuid) to meydan_app;

-- The other side of each of my conversations. The user id, which whispering needs, leaves the server only sealed.
create function app.my_peers(tenant integer)
returns table (conversation_id uuid, profile_id uuid, user_id uuid, delivered_seq bigint, read_seq bigint, open boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select peer.conversation_id, peer.profile_id, peer.user_id, peer.delivered_seq, peer.read_seq,
        conversation.closed_at is null and conversation.expires_at > app.now()
    from app.conversation_members peer
    join app.conversations conversation
        on conversation.tenant_id = peer.tenant_id and conversation.id = peer.conversation_id
    where peer.tenant_id = app.tenant_id() and peer.tenant_id = my_peers.tenant
        and peer.conversation_id = any(app.my_conversations()) and peer.profile_id <> app.profile_id()
        and conversation.purged_at is null;
end;
revoke all on function app.my_peers(integer) from public;
grant execute on function app.my_peers(integer) to meydan_app;

-- Whether a profile wrote a text before a time. The conversation's people may know it of each other, others not.
create function app.wrote(tenant integer, conversation_id uuid, profile_id uuid, before timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select exists (
        select from app.conversation_members member
        join app.message_logs log
            on log.tenant_id = member.tenant_id and log.conversation_id = member.conversation_id
            and log.sender_user_id = member.user_id and log.kind = 'text' and log.sent_at < wrote.before
        where member.tenant_id = app.tenant_id() and member.tenant_id = wrote.tenant
            and member.conversation_id = wrote.conversation_id and member.profile_id = wrote.profile_id
            and (session_user = 'meydan_service' or member.conversation_id = any(app.my_conversations()))
    );
end;
revoke all on function app.wrote(integer, uuid, uuid, timestamptz) from public;
grant execute on function app.wrote(integer, uuid, uuid, timestamptz) to meydan_app, meydan_service;
