create or replace function app.mark_seen(
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

comment on function app.mark_seen is
    'Moves the caller''s delivered and read marks forward, never backwards. Returns no row when nothing changed.';
revoke all on function app.mark_seen from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.mark_seen to meydan_app;
