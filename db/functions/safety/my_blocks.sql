create or replace function app.my_blocks(in_tenant_id integer, in_profile_id uuid, in_cursor uuid, in_limit integer)
returns table (id uuid, face text, scope text, profile jsonb, created_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select block.id, mine.face, block.scope,
        jsonb_build_object('id', other.id, 'alias', other.alias, 'tag', other.tag, 'avatar_seed', other.avatar_seed),
        block.created_at
    from app.blocks block
    join app.profiles mine on mine.tenant_id = block.tenant_id and mine.id = block.blocker_profile_id
    join app.profiles other on other.tenant_id = block.tenant_id and other.id = block.blocked_profile_id
    where block.tenant_id = app.tenant_id() and block.tenant_id = in_tenant_id
        and block.blocker_user_id = app.user_id() and block.lifted_at is null
        and (
            in_profile_id is null
            or (block.blocker_profile_id, block.blocked_profile_id) = (app.profile_id(), in_profile_id)
        )
        and (in_cursor is null or block.id < in_cursor)
    order by block.id desc
    limit in_limit;
end;

comment on function app.my_blocks is
    'Lists the blocks of the caller''s two faces, newest first, or the active face''s block of one profile.';
revoke all on function app.my_blocks from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.my_blocks to meydan_app;
