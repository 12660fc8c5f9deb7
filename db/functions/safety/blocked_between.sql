-- People ask only about their own profiles. They may learn that a conversation is closed, never who closed it.
create or replace function app.blocked_between(in_tenant_id integer, in_a uuid, in_b uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select exists (
        select from app.blocks block
        where block.tenant_id = app.tenant_id() and block.tenant_id = in_tenant_id and block.lifted_at is null
            and (session_user = 'meydan_service' or app.profile_id() in (in_a, in_b))
            and ((block.blocker_profile_id, block.blocked_profile_id) = (in_a, in_b)
                or (block.blocker_profile_id, block.blocked_profile_id) = (in_b, in_a))
    );
end;

comment on function app.blocked_between is 'Tells whether either of two profiles has blocked the other.';
revoke all on function app.blocked_between from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.blocked_between to meydan_app, meydan_service;
