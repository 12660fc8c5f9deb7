create or replace function app.faces_blocked(in_tenant_id integer, in_user_id uuid, in_profile_id uuid)
    returns setof uuid
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select theirs.id
    from app.blocks block
    join app.profiles theirs on theirs.tenant_id = block.tenant_id and theirs.user_id = block.blocked_user_id
    where block.tenant_id = in_tenant_id and block.blocker_user_id = in_user_id
        and app.block_holds(block, in_profile_id, theirs.id)
    union all
    select theirs.id
    from app.blocks block
    join app.profiles theirs on theirs.tenant_id = block.tenant_id and theirs.user_id = block.blocker_user_id
    where block.tenant_id = in_tenant_id and block.blocked_user_id = in_user_id
        and app.block_holds(block, in_profile_id, theirs.id);
end;

comment on function app.faces_blocked is 'Lists the faces that blocks of either side keep apart from a face now.';
revoke all on function app.faces_blocked from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.faces_blocked to meydan_service;
