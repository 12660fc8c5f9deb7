-- A lifted block stays a row until every face has felt it: others come back later than the named one.
create or replace function app.lift_block(in_tenant_id integer, in_block_id uuid)
returns table (blocker_profile_id uuid, blocked_profile_id uuid)
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    update app.blocks block set lifted_at = app.now()
    where block.tenant_id = app.tenant_id() and block.tenant_id = in_tenant_id and block.id = in_block_id
        and block.blocker_user_id = app.user_id() and block.lifted_at is null
    returning block.blocker_profile_id, block.blocked_profile_id;
end;

comment on function app.lift_block is 'Lifts a block of the caller. Returns a row only for the call that lifted it.';
revoke all on function app.lift_block from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.lift_block to meydan_app;
