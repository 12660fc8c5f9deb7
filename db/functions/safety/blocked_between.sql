-- People ask only about their own profiles. They may learn that a conversation is closed, never who closed it.
create or replace function app.blocked_between(tenant integer, one uuid, other uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select exists (
        select from app.blocks block
        where block.tenant_id = app.tenant_id() and block.tenant_id = blocked_between.tenant
            and (session_user = 'meydan_service' or app.profile_id() in (blocked_between.one, blocked_between.other))
            and ((block.blocker_profile_id, block.blocked_profile_id) = (blocked_between.one, blocked_between.other)
                or (block.blocker_profile_id, block.blocked_profile_id) = (blocked_between.other, blocked_between.one))
    );
end;

comment on function app.blocked_between is 'Tells whether either of two profiles has blocked the other.';
revoke all on function app.blocked_between from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.blocked_between to meydan_app, meydan_service;
