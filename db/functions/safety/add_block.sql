-- A person knows a profile, the table needs its user: looked up here, where the person cannot look.
-- Lifted blocks count as well: blocking and unblocking in turn would otherwise try shadow after shadow.
create or replace function app.add_block(in_tenant_id integer, in_profile_id uuid, in_scope text,
    out outcome text, out next_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    people_per_day constant integer := 3;
    me uuid := app.profile_id();
    blocked_id uuid;
    known text;
begin
    select other.user_id into blocked_id from app.profiles other
    where other.tenant_id = app.tenant_id() and other.tenant_id = in_tenant_id and other.id = in_profile_id
        and other.user_id <> app.user_id() and app.have_met(other.tenant_id, me, other.id);
    if not found then
        outcome := 'not_found';
        return;
    end if;
    -- Two tabs would otherwise both count to the last one.
    perform pg_advisory_xact_lock(hashtextextended('blocks ' || app.user_id(), in_tenant_id));
    select block.scope into known from app.blocks block
    where block.tenant_id = in_tenant_id and block.blocker_profile_id = me
        and block.blocked_profile_id = in_profile_id and block.lifted_at is null;
    if known = 'person' or known = in_scope then
        outcome := 'known';
        return;
    end if;
    if in_scope = 'person' then
        select recent.created_at + interval '1 day' into next_at from app.blocks recent
        where recent.tenant_id = in_tenant_id and recent.blocker_user_id = app.user_id() and recent.scope = 'person'
            and recent.created_at > app.now() - interval '1 day'
        order by recent.created_at desc offset people_per_day - 1 limit 1;
        if found then
            outcome := 'too_many';
            return;
        end if;
    end if;
    outcome := case when known is null then 'blocked' else 'known' end;
    delete from app.blocks narrower
    where narrower.tenant_id = in_tenant_id and narrower.blocker_profile_id = me
        and narrower.blocked_profile_id = in_profile_id and narrower.lifted_at is null;
    insert into app.blocks (tenant_id, blocker_user_id, blocker_profile_id, blocked_user_id, blocked_profile_id, scope)
    values (in_tenant_id, app.user_id(), me, blocked_id, in_profile_id, in_scope);
end $$;

comment on function app.add_block is
    'Blocks a profile that the caller has met, or the person behind it. Locks: an advisory lock for each blocker.';
revoke all on function app.add_block from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.add_block to meydan_app;
