-- A person ends their own. One whose time is up was `completed` when both had something to say.
create or replace function app.end_match(in_tenant_id integer, in_match_id uuid, in_status text)
returns table (
    match_id uuid, type text, status text, conversation_id uuid, user1_id uuid, profile1_id uuid, user2_id uuid,
    profile2_id uuid, ended_by_user_id uuid
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    -- A service acts for nobody.
    is_service boolean := session_user = 'meydan_service';
    caller_id uuid := case when not is_service then app.user_id() end;
    face_id uuid := case when not is_service then app.profile_id() end;
begin
    if in_tenant_id <> app.tenant_id() then
        return;
    end if;
    return query
        update app.matches done
        set status = case
                when in_status = 'expired' and (
                    select count(distinct log.sender_user_id) from app.message_logs log
                    where log.tenant_id = in_tenant_id and log.conversation_id = done.conversation_id
                        and log.kind = 'text'
                ) = 2 then 'completed'
                else in_status
            end,
            ended_at = app.now(), ended_by_user_id = case when in_status = 'cancelled' then caller_id end
        where done.tenant_id = in_tenant_id and done.id = in_match_id and done.status = 'active'
            and (is_service
                or (caller_id, face_id) in ((done.user1_id, done.profile1_id), (done.user2_id, done.profile2_id)))
        returning done.id, done.type, done.status, done.conversation_id, done.user1_id, done.profile1_id, done.user2_id,
            done.profile2_id, done.ended_by_user_id;
    if found then
        delete from app.match_slots slot where slot.tenant_id = in_tenant_id and slot.match_id = in_match_id;
    end if;
end $$;

comment on function app.end_match is 'Ends an active match. Returns a row only for the call that ended it.';
revoke all on function app.end_match from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.end_match to meydan_app, meydan_service;
