-- The conversation's lock also gives the order.
-- A repeated entry is answered with the stored one before anything else is checked: its sender may not have heard.
-- Texts, reactions and commits must be of the group's epoch. One refused as stale is never in the log, so it may be
-- sealed anew.
create or replace function app.send_message(
    in_tenant_id integer, in_conversation_id uuid, in_message_id uuid, in_device_id uuid, in_kind text,
    in_epoch integer, in_body bytea,
    in_welcome_id uuid, in_welcome_body bytea, in_device_info text, in_connection_type text,
    out outcome text, out seq bigint, out created_at timestamptz, out current_epoch integer,
    out peer_user_id uuid, out peer_profile_id uuid
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
    where found.tenant_id = in_tenant_id and found.tenant_id = app.tenant_id() and found.id = in_conversation_id
    for update of found;
    if not found then
        outcome := 'not_found';
        return;
    end if;
    current_epoch := conversation.epoch;

    select message.seq, message.created_at, message.kind, message.epoch, message.body into known
    from app.messages message
    where message.tenant_id = in_tenant_id and message.conversation_id = in_conversation_id
        and message.sender_profile_id = me and message.id = in_message_id;
    if found then
        if (known.kind, known.epoch, known.body) = (in_kind, in_epoch, in_body) then
            outcome := 'known';
            seq := known.seq;
            created_at := known.created_at;
        else
            outcome := 'taken';
        end if;
        return;
    end if;

    if conversation.closed_at is not null or conversation.expires_at <= app.now()
        or app.blocked_between(in_tenant_id, me, conversation.peer_profile_id) then
        outcome := 'closed';
        return;
    end if;
    if in_kind in ('text', 'reaction', 'commit') and in_epoch <> conversation.epoch then
        outcome := 'stale';
        return;
    end if;

    if in_welcome_id is not null and exists (
        select from app.messages message
        where message.tenant_id = in_tenant_id and message.conversation_id = in_conversation_id
            and message.sender_profile_id = me and message.id = in_welcome_id
    ) then
        outcome := 'taken';
        return;
    end if;

    outcome := 'sent';
    peer_user_id := conversation.peer_user_id;
    peer_profile_id := conversation.peer_profile_id;
    seq := conversation.last_seq + 1;
    created_at := app.now();
    insert into app.messages (tenant_id, conversation_id, seq, id, sender_profile_id, sender_device_id, kind, epoch,
        body)
    values (in_tenant_id, in_conversation_id, seq, in_message_id, me, in_device_id, in_kind, in_epoch, in_body);
    if in_welcome_id is not null then
        insert into app.messages (tenant_id, conversation_id, seq, id, sender_profile_id, sender_device_id, kind,
            epoch, body)
        values (in_tenant_id, in_conversation_id, seq + 1, in_welcome_id, me, in_device_id, 'welcome', in_epoch + 1,
            in_welcome_body);
    end if;
    update app.conversations changed
    set last_seq = seq + case when in_welcome_id is null then 0 else 1 end,
        epoch = changed.epoch + case when in_kind = 'commit' then 1 else 0 end
    where changed.tenant_id = in_tenant_id and changed.id = in_conversation_id;
    insert into app.message_logs
        (tenant_id, conversation_id, seq, match_id, kind, sender_user_id, receiver_user_id, device_info,
            connection_type)
    values (in_tenant_id, in_conversation_id, seq, conversation.match_id, in_kind, app.user_id(), peer_user_id,
        in_device_info, in_connection_type);
end $$;

comment on function app.send_message is
    'Appends an entry to a conversation''s log, and the welcome of a commit. Locks: conversations.';
revoke all on function app.send_message from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.send_message to meydan_app;
