-- Accounts of a kind are locked in the order of whose they are. A caller that touches a debt without the coins locks its
-- owner's coins first. A caller that makes several transfers locks all the people's accounts first (`lock_ledger_account`).
-- A tenant's own accounts come last. Nobody waits there, unless the account is just being opened or all its stripes are
-- taken. The row of a hold or a header, where there is one, comes before all of them.
create or replace function app.ledger_rank(in_kind text) returns integer language sql immutable parallel safe
return array_position(
    array['person_coins', 'creator_revenue', 'person_debt', 'tenant_revenue', 'promotions', 'clearing', 'payouts'],
        in_kind
);

comment on function app.ledger_rank is
    'Returns the place of a kind of account in the order in which accounts are locked.';
revoke all on function app.ledger_rank from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.ledger_rank to public;
