-- Spending is what a person wants. Taking back and paying debt are not asked of them.
create or replace function app.transfer(
    tenant integer, key text, what text, kinds text[], owners uuid[], providers text[], currencies text[], amounts bigint[],
    whose uuid default null, why text default '', subject uuid default null, more jsonb default '{}'
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tenant is distinct from app.tenant_id()
        or session_user = 'meydan_app' and not app.is_own_transfer(what, kinds, owners, amounts, whose)
    then
        raise exception 'a ledger is its own community''s, and a person pays with coins of their own'
            using errcode = 'insufficient_privilege';
    end if;
    return app.move_coins(
        tenant, app.own_key(key), what, kinds, owners, providers, currencies, amounts, whose, why, subject, more, null, null,
        what in ('spent', 'gift_sent', 'premium', 'call', 'conversion')
    );
end $$;

comment on function app.transfer is 'Moves coins for a person or a service after checking who asks.';
revoke all on function app.transfer from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.transfer to meydan_app, meydan_service;
