-- What was said stays until its time.
create or replace function app.close_conversation(in_tenant_id integer, in_conversation_id uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if in_tenant_id <> app.tenant_id() then
        return false;
    end if;
    if session_user <> 'meydan_service' and not in_conversation_id = any(app.my_conversations()) then
        return false;
    end if;
    update app.conversations conversation set closed_at = app.now()
    where conversation.tenant_id = in_tenant_id and conversation.id = in_conversation_id
        and conversation.closed_at is null;
    return found;
end $$;

comment on function app.close_conversation is 'Closes a conversation. Returns true only for the call that closed it.';
revoke all on function app.close_conversation from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.close_conversation to meydan_app, meydan_service;
