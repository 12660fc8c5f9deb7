-- One of the profiles is the caller's unless a service asks. The users named by the caller are checked.
create or replace function app.open_conversation(
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

comment on function app.open_conversation is 'Opens a conversation between two profiles and returns its id.';
revoke all on function app.open_conversation from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.open_conversation to meydan_app, meydan_service;
