-- Members of the conversation may know it of each other, others not.
create or replace function app.wrote(tenant integer, conversation_id uuid, profile_id uuid, before timestamptz) returns boolean
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

comment on function app.wrote is 'Tells whether a profile wrote a text in a conversation before a time.';
revoke all on function app.wrote from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.wrote to meydan_app, meydan_service;
