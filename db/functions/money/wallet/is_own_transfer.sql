create or replace function app.is_own_transfer(
    in_type text, in_entries app.ledger_entry[], in_owner_user_id uuid
) returns boolean language plpgsql as $$
declare
    caller uuid := app.user_id();
    is_own boolean := in_owner_user_id = caller;
    entry app.ledger_entry;
begin
    foreach entry in array in_entries loop
        is_own := is_own and coalesce(case
            when in_type not in ('spent', 'gift_sent', 'premium', 'call') then false
            when entry.amount < 0 then entry.owner_user_id = caller and entry.kind = 'person_coins'
            -- Earnings wait until they are ripe only under these two types.
            else entry.kind = 'tenant_revenue'
                or entry.kind = 'creator_revenue' and entry.owner_user_id <> caller
                    and in_type in ('gift_sent', 'call')
        end, false);
    end loop;
    return is_own is true;
end $$;

comment on function app.is_own_transfer is
    'Tells whether a person pays with their own coins, to the tenant or to somebody''s earnings.';
revoke all on function app.is_own_transfer from public, meydan_app, meydan_service, meydan_relay;
