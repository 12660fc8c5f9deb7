-- One statement, so that it is looked at as of one moment while coins move on.
create or replace function app.ledger_faults(in_tenant_id integer)
returns table (fault text, id uuid, expected bigint, found bigint)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with headers as (
        select header.id, header.user_id, header.amount, header.reverses_id,
            app.ledger_account_id('person_coins', header.user_id, null, null) as coins,
            app.ledger_account_id('creator_revenue', header.user_id, null, null) as earnings
        from app.coin_transactions header where header.tenant_id = in_tenant_id
    ),
    sums as (
        select entry.transaction_id, headers.id is null as is_orphan, headers.user_id, headers.amount,
            sum(entry.amount)::bigint as total,
            coalesce(
                sum(entry.amount) filter (where entry.account_id = headers.coins),
                sum(entry.amount) filter (where entry.account_id = headers.earnings), 0
            )::bigint as stated
        from app.coin_entries entry
        left join headers on headers.id = entry.transaction_id
        where entry.tenant_id = in_tenant_id
        group by entry.transaction_id, headers.id, headers.user_id, headers.amount
    ),
    stripes as (
        select entry.account_id, entry.stripe, sum(entry.amount)::bigint as total
        from app.coin_entries entry where entry.tenant_id = in_tenant_id
        group by entry.account_id, entry.stripe
    ),
    balances as (
        select known.account_id, known.stripe, known.balance, known.held from app.ledger_balances known
        where known.tenant_id = in_tenant_id
    ),
    holds as (
        select app.ledger_account_id('person_coins', hold.user_id, null, null) as account_id,
            sum(hold.amount)::bigint as held
        from app.coin_holds hold where hold.tenant_id = in_tenant_id and hold.status = 'open'
        group by hold.user_id
    )
    select 'entries_do_not_sum_to_zero', sums.transaction_id, 0, sums.total from sums where sums.total <> 0
    union all
    select 'entries_without_transaction', sums.transaction_id, null, sums.total from sums where sums.is_orphan
    union all
    select 'transaction_without_entries', headers.id, headers.amount, null
    from headers left join sums on sums.transaction_id = headers.id where sums.transaction_id is null
    union all
    select 'amount_differs_from_entries', sums.transaction_id, sums.stated, sums.amount
    from sums where sums.user_id is not null and sums.stated <> sums.amount
    union all
    select 'balance_differs_from_entries', coalesce(balances.account_id, stripes.account_id), coalesce(stripes.total,
        0),
        coalesce(balances.balance, 0)
    from balances full join stripes using (account_id, stripe)
    where coalesce(balances.balance, 0) <> coalesce(stripes.total, 0)
    union all
    select 'held_differs_from_holds', coalesce(balances.account_id, holds.account_id), coalesce(holds.held, 0),
        coalesce(balances.held, 0)
    from balances full join holds on holds.account_id = balances.account_id
    where coalesce(balances.held, 0) <> coalesce(holds.held, 0)
    union all
    select 'balance_outside_its_limits', known.account_id, coalesce(known.lowest, known.highest), known.balance
    from app.ledger_balances known
    where known.tenant_id = in_tenant_id
        and (known.held < 0 or known.balance - known.held < known.lowest or known.balance > known.highest)
    union all
    select 'reversed_twice_or_by_another', headers.reverses_id, null, null
    from headers left join app.coin_transactions original
        on original.tenant_id = in_tenant_id and original.id = headers.reverses_id
    where headers.reverses_id is not null and original.reversed_by_id is distinct from headers.id
    union all
    select 'balances_do_not_sum_to_zero', null, 0, sum(balances.balance)::bigint
        from balances having sum(balances.balance) <> 0
$$;

comment on function app.ledger_faults is 'Lists everything that does not add up in a tenant''s whole ledger.';
revoke all on function app.ledger_faults from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.ledger_faults to meydan_service;
