-- Spending is what a person wants. Taking back and paying debt are not asked of them.
create or replace function app.transfer(
    in_tenant_id integer, in_idempotency_key text, in_type text, in_entries app.ledger_entry[],
    in_owner_user_id uuid default null, in_description text default '', in_subject_id uuid default null,
    in_details jsonb default '{}'
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if in_tenant_id is distinct from app.tenant_id()
        or session_user = 'meydan_app' and not app.is_own_transfer(in_type, in_entries, in_owner_user_id)
    then
        raise exception 'a ledger is its own community''s, and a person pays with coins of their own'
            using errcode = 'insufficient_privilege';
    end if;
    return app.move_coins(
        in_tenant_id, app.scoped_key(in_idempotency_key), in_type, in_entries, in_owner_user_id, in_description,
        in_subject_id, in_details, null, null, in_type in ('spent', 'gift_sent', 'premium', 'call', 'conversion')
    );
end $$;

comment on function app.transfer is 'Moves coins for a person or a service after checking who asks.';
revoke all on function app.transfer from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.transfer to meydan_app, meydan_service;
