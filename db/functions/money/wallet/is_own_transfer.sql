create or replace function app.is_own_transfer(
    in_type text, in_kinds text[], in_owner_user_ids uuid[], in_amounts bigint[], in_owner_user_id uuid
) returns boolean language plpgsql as $$
declare
    caller uuid := app.user_id();
    is_fine boolean := in_owner_user_id = caller;
begin
    for i in 1 .. cardinality(in_amounts) loop
        is_fine := is_fine and coalesce(case
            when in_type not in ('spent', 'gift_sent', 'premium', 'call') then false
            when in_amounts[i] < 0 then in_owner_user_ids[i] = caller and in_kinds[i] = 'person_coins'
            -- Only by these words do earnings wait until they are ripe.
            else in_kinds[i] = 'tenant_revenue'
                or in_kinds[i] = 'creator_revenue' and in_owner_user_ids[i] <> caller
                    and in_type in ('gift_sent', 'call')
        end, false);
    end loop;
    return is_fine is true;
end $$;

comment on function app.is_own_transfer is
    'Tells whether a person pays with their own coins, to the tenant or to somebody''s earnings.';
revoke all on function app.is_own_transfer from public, meydan_app, meydan_service, meydan_relay;
