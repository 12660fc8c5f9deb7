-- An account must hold its audited balance and what is new. One statement again. Its cost is that of what is new,
-- whatever there ever was, so every step goes by an index.
create or replace function app.new_ledger_faults(in_tenant_id integer)
returns table (fault text, id uuid, expected bigint, found bigint)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with transfers as (
        select new.transaction_id as id, header.id is null as is_gone, header.user_id, header.amount,
            header.reverses_id,
            sides.number, sides.total, coalesce(sides.coins, sides.earnings, 0) as stated
        from app.unaudited_balances new
        left join app.coin_transactions header
            on header.tenant_id = in_tenant_id and header.id = new.transaction_id
        cross join lateral (
            select count(*) as number, sum(entry.amount)::bigint as total,
                sum(entry.amount) filter (
                    where entry.account_id = app.ledger_account_id('person_coins', header.user_id, null, null)
                )::bigint as coins,
                sum(entry.amount) filter (
                    where entry.account_id = app.ledger_account_id('creator_revenue', header.user_id, null, null)
                )::bigint as earnings
            from app.coin_entries entry
            where entry.tenant_id = in_tenant_id and entry.transaction_id = new.transaction_id
        ) sides
        where new.tenant_id = in_tenant_id
    ),
    moved as (
        select entry.account_id, entry.stripe, sum(entry.amount)::bigint as amount
        from app.unaudited_balances new
        join app.coin_entries entry
            on entry.tenant_id = in_tenant_id and entry.transaction_id = new.transaction_id
        where new.tenant_id = in_tenant_id group by entry.account_id, entry.stripe
    ),
    holds as (
        select app.ledger_account_id('person_coins', hold.user_id, null, null) as account_id,
            sum(hold.amount)::bigint as held
        from app.coin_holds hold where hold.tenant_id = in_tenant_id and hold.status = 'open'
        group by hold.user_id
    ),
    touched as (
        select moved.account_id from moved
        union
        select holds.account_id from holds
        union
        select app.ledger_account_id('person_coins', hold.user_id, null, null)
        from app.coin_holds hold where hold.tenant_id = in_tenant_id and not hold.proved
    ),
    balances as (
        select known.account_id, known.stripe, known.balance, known.held, known.lowest, known.highest
        from touched join app.ledger_balances known
            on known.tenant_id = in_tenant_id and known.account_id = touched.account_id
    ),
    stripes as (
        select one.account_id, sum(one.expected)::bigint as expected, sum(one.balance)::bigint as balance
        from (
            select moved.account_id, moved.stripe, moved.amount as expected, 0 as balance from moved
            union all
            select known.account_id, known.stripe, known.balance, 0
            from touched join app.audited_balances known
                on known.tenant_id = in_tenant_id and known.account_id = touched.account_id
            union all
            select balances.account_id, balances.stripe, 0, balances.balance from balances
        ) one
        group by one.account_id, one.stripe
    )
    select 'entries_do_not_sum_to_zero', transfers.id, 0, transfers.total from transfers where transfers.total <> 0
    union all
    select 'entries_without_transaction', transfers.id, null, transfers.total
    from transfers where transfers.is_gone and transfers.number > 0
    union all
    select 'transaction_without_entries', transfers.id, transfers.amount, null from transfers where transfers.number = 0
    union all
    select 'amount_differs_from_entries', transfers.id, transfers.stated, transfers.amount
    from transfers where transfers.user_id is not null and transfers.number > 0 and transfers.stated <> transfers.amount
    union all
    select 'balance_differs_from_entries', stripes.account_id, stripes.expected, stripes.balance
    from stripes where stripes.expected <> stripes.balance
    union all
    select 'held_differs_from_holds', touched.account_id, coalesce(holds.held, 0), coalesce(balances.held, 0)
    from touched
    left join balances on balances.account_id = touched.account_id
    left join holds on holds.account_id = touched.account_id
    where coalesce(balances.held, 0) <> coalesce(holds.held, 0)
    union all
    select 'balance_outside_its_limits', balances.account_id, coalesce(balances.lowest, balances.highest),
        balances.balance
    from balances
    where balances.held < 0 or balances.balance - balances.held < balances.lowest or balances.balance > balances.highest
    union all
    select 'reversed_twice_or_by_another', transfers.reverses_id, null, null
    from transfers left join app.coin_transactions original
        on original.tenant_id = in_tenant_id and original.id = transfers.reverses_id
    where transfers.reverses_id is not null and original.reversed_by_id is distinct from transfers.id
$$;

comment on function app.new_ledger_faults is
    'Lists what does not add up in the transfers, and the accounts they touched, since the last audit.';
revoke all on function app.new_ledger_faults from public, meydan_app, meydan_service, meydan_relay;
