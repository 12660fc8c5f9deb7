-- Members of the conversation may know it of each other, others not.
create or replace function app.has_written(in_tenant_id integer, in_conversation_id uuid, in_profile_id uuid,
    in_cutoff timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select exists (
        select from app.conversation_members member
        join app.message_logs log
            on log.tenant_id = member.tenant_id and log.conversation_id = member.conversation_id
            and log.sender_user_id = member.user_id and log.kind = 'text' and log.sent_at < in_cutoff
        where member.tenant_id = app.tenant_id() and member.tenant_id = in_tenant_id
            and member.conversation_id = in_conversation_id and member.profile_id = in_profile_id
            and (session_user = 'meydan_service' or member.conversation_id = any(app.my_conversations()))
    );
end;

comment on function app.has_written is 'Tells whether a profile wrote a text in a conversation before a time.';
revoke all on function app.has_written from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.has_written to meydan_app, meydan_service;
