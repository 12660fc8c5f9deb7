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
