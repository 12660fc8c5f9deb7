create or replace function app.mark_seen(
    in_tenant_id integer, in_conversation_id uuid, in_delivered_seq bigint, in_read_seq bigint,
    out delivered_seq bigint, out read_seq bigint, out peer_user_id uuid, out peer_profile_id uuid
) returns setof record language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    me uuid := app.profile_id();
    before record;
    last bigint;
begin
    if in_tenant_id <> app.tenant_id() then
        return;
    end if;
    select mine.delivered_seq, mine.read_seq into before from app.conversation_members mine
    where mine.tenant_id = in_tenant_id and mine.conversation_id = in_conversation_id
        and mine.profile_id = me and mine.user_id = app.user_id() for update;
    if not found then
        return;
    end if;
    select conversation.last_seq into strict last from app.conversations conversation
    where conversation.tenant_id = in_tenant_id and conversation.id = in_conversation_id;
    read_seq := greatest(before.read_seq, least(in_read_seq, last));
    delivered_seq := greatest(before.delivered_seq, least(in_delivered_seq, last), read_seq);
    if (delivered_seq, read_seq) = (before.delivered_seq, before.read_seq) then
        return;
    end if;
    update app.conversation_members mine set delivered_seq = mark_seen.delivered_seq, read_seq = mark_seen.read_seq
    where mine.tenant_id = in_tenant_id and mine.conversation_id = in_conversation_id and mine.profile_id = me;
    update app.message_logs log set delivered_at = app.now()
    where log.tenant_id = in_tenant_id and log.conversation_id = in_conversation_id
        and log.seq > before.delivered_seq and log.seq <= mark_seen.delivered_seq
        and log.receiver_user_id = app.user_id() and log.delivered_at is null;
    select peer.user_id, peer.profile_id into strict peer_user_id, peer_profile_id from app.conversation_members peer
    where peer.tenant_id = in_tenant_id and peer.conversation_id = in_conversation_id and peer.profile_id <> me;
    return next;
end $$;

comment on function app.mark_seen is
    'Moves the caller''s delivered and read marks forward, never backwards. Returns no row when nothing changed.';
revoke all on function app.mark_seen from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.mark_seen to meydan_app;
