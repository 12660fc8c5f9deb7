create or replace function app.my_blocks(tenant integer, only_profile_id uuid, before uuid, at_most integer)
returns table (id uuid, face text, profile jsonb, created_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select block.id, mine.face,
        jsonb_build_object('id', other.id, 'alias', other.alias, 'tag', other.tag, 'avatar_seed', other.avatar_seed),
        block.created_at
    from app.blocks block
    join app.profiles mine on mine.tenant_id = block.tenant_id and mine.id = block.blocker_profile_id
    join app.profiles other on other.tenant_id = block.tenant_id and other.id = block.blocked_profile_id
    where block.tenant_id = app.tenant_id() and block.tenant_id = my_blocks.tenant
        and block.blocker_user_id = app.user_id()
        and (
            my_blocks.only_profile_id is null
            or (block.blocker_profile_id, block.blocked_profile_id) = (app.profile_id(), my_blocks.only_profile_id)
        )
        and (my_blocks.before is null or block.id < my_blocks.before)
    order by block.id desc
    limit my_blocks.at_most;
end;

comment on function app.my_blocks is
    'Lists the blocks of the caller''s two faces, newest first, or the active face''s block of one profile.';
revoke all on function app.my_blocks from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.my_blocks to meydan_app;
