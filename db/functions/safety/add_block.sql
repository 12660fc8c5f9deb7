-- A person knows a profile, the table needs its user: looked up here, where the person cannot look.
create or replace function app.add_block(in_tenant_id integer, in_profile_id uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.blocks (tenant_id, blocker_user_id, blocker_profile_id, blocked_user_id, blocked_profile_id)
    select other.tenant_id, app.user_id(), app.profile_id(), other.user_id, other.id
    from app.profiles other
    where other.tenant_id = app.tenant_id() and other.tenant_id = in_tenant_id and other.id = in_profile_id
        and other.user_id <> app.user_id()
        and app.have_met(other.tenant_id, app.profile_id(), other.id)
    on conflict do nothing;
end;

comment on function app.add_block is 'Blocks a profile that the caller has met.';
revoke all on function app.add_block from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.add_block to meydan_app;
