-- The other face of the same person sees none of them.
create or replace function app.my_conversations() returns uuid[]
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select coalesce(array_agg(member.conversation_id), '{}') from app.conversation_members member
    where member.tenant_id = app.tenant_id()
        and member.profile_id = nullif(current_setting('app.profile_id', true), '')::uuid
        and member.user_id = nullif(current_setting('app.user_id', true), '')::uuid;
end;

comment on function app.my_conversations is 'Lists the conversations of the active face. A service has none.';
revoke all on function app.my_conversations from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.my_conversations to meydan_app;
