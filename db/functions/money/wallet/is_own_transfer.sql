create or replace function app.is_own_transfer(
    what text, kinds text[], owners uuid[], amounts bigint[], whose uuid
) returns boolean language plpgsql as $$
declare
    caller uuid := app.user_id();
    is_fine boolean := whose = caller;
begin
    for i in 1 .. cardinality(amounts) loop
        is_fine := is_fine and coalesce(case
            when what not in ('spent', 'gift_sent', 'premium', 'call') then false
            when amounts[i] < 0 then owners[i] = caller and kinds[i] = 'person_coins'
            -- Only by these words do earnings wait until they are ripe.
            else kinds[i] = 'tenant_revenue'
                or kinds[i] = 'creator_revenue' and owners[i] <> caller and what in ('gift_sent', 'call')
        end, false);
    end loop;
    return is_fine is true;
end $$;

comment on function app.is_own_transfer is
    'Tells whether a person pays with their own coins, to the tenant or to somebody''s earnings.';
revoke all on function app.is_own_transfer from public, meydan_app, meydan_service, meydan_relay;
