-- Comparing before and after a block would show only the blocked person's other face vanish. So others vanish too, at times
-- drawn like the block's own, and come back like them. Nobody has more decoys than ten blocks would bring: a hundred
-- blocks share them, and hide each other's shadows besides.
create or replace function app.has_decoy(in_tenant_id integer, in_user_id uuid, in_profile_id uuid,
    in_other_profile_id uuid, in_share double precision) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    -- Most people have none: that is found out first, and cheaply.
    if not exists (
        select from app.blocks block where block.tenant_id = in_tenant_id and block.blocker_user_id = in_user_id
    ) and not exists (
        select from app.blocks block where block.tenant_id = in_tenant_id and block.blocked_user_id = in_user_id
    ) then
        return false;
    end if;
    return exists (
        with own as (
            select block, count(*) over () as number from app.blocks block
            where block.tenant_id = in_tenant_id and block.blocker_user_id = in_user_id and block.scope = 'person'
            union all
            select block, count(*) over () as number from app.blocks block
            where block.tenant_id = in_tenant_id and block.blocked_user_id = in_user_id and block.scope = 'person'
        )
        select from own
        where app.keyed_fraction((own.block).delay_key, in_profile_id, in_other_profile_id, 3)
                < in_share * least(1, 10.0 / own.number)
            and app.block_holds(own.block, in_profile_id, in_other_profile_id)
    );
end $$;

comment on function app.has_decoy is
    'Tells whether a face is passed over as a decoy of one of a user''s blocks, made or received.';
revoke all on function app.has_decoy from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.has_decoy to meydan_service;
