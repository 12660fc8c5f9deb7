-- One of the profiles is the caller's unless a service asks. The users named by the caller are checked.
create or replace function app.open_conversation(
    in_tenant_id integer, in_match_id uuid, in_opener_profile_id uuid, in_user_ids uuid[], in_profile_ids uuid[],
    in_expires_at timestamptz
) returns uuid language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    opened uuid;
begin
    if in_tenant_id <> app.tenant_id() or cardinality(in_profile_ids) <> 2
        or not in_opener_profile_id = any(in_profile_ids) then
        raise exception 'a conversation is opened between two profiles of one community';
    end if;
    if session_user <> 'meydan_service' and not app.profile_id() = any(in_profile_ids) then
        raise exception 'a person opens only their own conversations';
    end if;
    insert into app.conversations (tenant_id, match_id, opener_profile_id, expires_at)
    values (in_tenant_id, in_match_id, in_opener_profile_id, in_expires_at)
    returning id into opened;
    insert into app.conversation_members (tenant_id, conversation_id, profile_id, user_id)
    select in_tenant_id, opened, profile.id, profile.user_id
    from unnest(in_user_ids, in_profile_ids) as named (user_id, profile_id)
    cross join lateral (
        select known.id, known.user_id from app.profiles known
        where known.tenant_id = in_tenant_id and known.id = named.profile_id and known.user_id = named.user_id
        offset 0
    ) profile;
    if (select count(distinct member.user_id) from app.conversation_members member
        where member.tenant_id = in_tenant_id and member.conversation_id = opened) <> 2 then
        raise exception 'a conversation has two different people';
    end if;
    return opened;
end $$;

comment on function app.open_conversation is 'Opens a conversation between two profiles and returns its id.';
revoke all on function app.open_conversation from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.open_conversation to meydan_app, meydan_service;
