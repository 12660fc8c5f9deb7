-- Between the two faces that the block names it begins and ends at once. For other faces of the two people it begins and
-- ends one to seven days later. Each two faces have delays of their own, one for the beginning and one for the end.
-- The same delays hold for decoys, whose other face belongs to neither: nothing tells them from the blocked person's.
create or replace function app.block_holds(in_block app.blocks, in_one uuid, in_other uuid) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
    select case
        when least(in_one, in_other) = least(in_block.blocker_profile_id, in_block.blocked_profile_id)
            and greatest(in_one, in_other) = greatest(in_block.blocker_profile_id, in_block.blocked_profile_id)
            then in_block.lifted_at is null
        when in_block.scope = 'face' then false
        else in_block.created_at + interval '1 day'
                + app.keyed_fraction(in_block.delay_key, in_one, in_other, 1) * interval '6 days' <= app.now()
            and (
                in_block.lifted_at is null
                or in_block.lifted_at + interval '1 day'
                    + app.keyed_fraction(in_block.delay_key, in_one, in_other, 2) * interval '6 days' > app.now()
            )
    end;
end;

comment on function app.block_holds is 'Tells whether a block keeps two faces apart now.';
revoke all on function app.block_holds from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.block_holds to meydan_service;
