-- The same key again moves nothing and returns the first transfer. Coins that reach a debtor pay the debt at once, so a
-- debtor has nothing to spend. `request` is what the key stands for, where that is not the entries. `spends`: the person
-- wants to, so a frozen wallet refuses.
-- For the other functions of the ledger, whose caller and search path are checked already. PostgreSQL prepares every
-- expression of a function anew in each transaction: there are no more of them here than must be (benchmarks/ledger.py).
create or replace function app.move_coins(
    tenant integer, key text, what text, kinds text[], owners uuid[], providers text[], currencies text[], amounts bigint[],
    whose uuid, why text, subject uuid, more jsonb, reverses uuid, request text, spends boolean
) returns app.coin_transactions language plpgsql as $$
#variable_conflict use_variable
declare
    made app.coin_transactions;
    number integer := cardinality(amounts);
    total bigint := 0;
    coins bigint;
    earnings bigint;
    pays_debt boolean := false;
    rank integer;
    last integer := 0;
    account uuid;
    accounts uuid[];
    place integer;
    places integer[];
    tried integer;
begin
    if number = 0 or array[cardinality(kinds), cardinality(owners), cardinality(providers), cardinality(currencies)]
            <> array[number, number, number, number]
        or what not in (
            'purchased', 'earned', 'spent', 'gift_sent', 'gift_received', 'premium', 'call', 'refund', 'chargeback',
            'dispute_won', 'debt_payment', 'debt_forgiven', 'conversion', 'payout', 'adjustment', 'forfeited', 'reversal'
        )
        or length(key) not between 1 and 200 or length(why) > 200
        or jsonb_typeof(more) <> 'object' or pg_column_size(more) > 2000
    then
        raise exception 'a transfer has entries, a type, a key, and few words' using errcode = 'check_violation';
    end if;
    for i in 1 .. number loop
        rank := app.ledger_rank(kinds[i]);
        coins := case when rank = 1 and owners[i] = whose then coalesce(coins, 0) + amounts[i] else coins end;
        earnings := case when rank = 2 and owners[i] = whose then coalesce(earnings, 0) + amounts[i] else earnings end;
        total := total + amounts[i];
        pays_debt := pays_debt or rank = 1 and amounts[i] > 0 or rank = 3 and amounts[i] < 0;
        last := case when rank > last and amounts[i] <> 0 then rank end;  -- null once it is not in order
    end loop;
    if total is distinct from 0 or whose is not null and array_position(owners, whose) is null then
        raise exception 'entries sum to zero, not to %, in the history of somebody whom they concern', total
            using errcode = 'check_violation';
    end if;

    insert into app.coin_transactions (
        tenant_id, user_id, amount, transaction_type, description, subject_id, idempotency_key, fingerprint, reverses_id, details
    ) values (
        tenant, whose, coalesce(coins, earnings, 0), what, why, subject, key,
        app.ledger_fingerprint(what, whose, subject, reverses, request, kinds, owners, providers, currencies, amounts),
        reverses, more
    )
    on conflict (tenant_id, idempotency_key) do nothing
    returning coin_transactions.* into made;
    if not found then
        select known.* into strict made from app.coin_transactions known
        where known.tenant_id = tenant and known.idempotency_key = key;
        if made.fingerprint
            <> app.ledger_fingerprint(what, whose, subject, reverses, request, kinds, owners, providers, currencies, amounts)
        then
            raise exception using errcode = 'WA004', message = 'idempotency_key_reused';
        end if;
        return made;
    end if;

    if last is null then
        select array_agg(one.kind order by one.place), array_agg(one.whose order by one.place),
            array_agg(one.provider order by one.place), array_agg(one.currency order by one.place),
            array_agg(one.amount order by one.place), count(*)
        into kinds, owners, providers, currencies, amounts, number
        from (
            select entry.kind, entry.whose, entry.provider, entry.currency, sum(entry.amount)::bigint as amount,
                row_number() over (
                    order by app.ledger_rank(entry.kind), entry.whose, entry.provider, entry.currency
                ) as place
            from unnest(kinds, owners, providers, currencies, amounts) entry (kind, whose, provider, currency, amount)
            group by entry.kind, entry.whose, entry.provider, entry.currency having sum(entry.amount) <> 0
        ) one;
        if number = 0 then
            raise exception 'a transfer moves something' using errcode = 'check_violation';
        end if;
    end if;
    for i in 1 .. number loop
        account := app.ledger_account_id(kinds[i], owners[i], providers[i], currencies[i]);
        place := 0;
        if owners[i] is null then
            for turn in 0 .. 15 loop
                place := (pg_backend_pid() + turn) % 16;
                exit when pg_try_advisory_xact_lock(hashtextextended(account::text, tenant::bigint * 16 + place));
            end loop;
        end if;
        loop
            update app.ledger_balances known set balance = known.balance + amounts[i]
            where known.tenant_id = tenant and known.account_id = account and known.stripe = place
                and (amounts[i] > 0 or known.lowest is null or known.balance - known.held + amounts[i] >= known.lowest)
                and (amounts[i] < 0 or known.highest is null or known.balance + amounts[i] <= known.highest)
                and not (known.frozen and spends and amounts[i] < 0);
            exit when found;
            if tried = i then
                perform app.refuse_debit(tenant, kinds[i], owners[i], amounts[i], spends);
            end if;
            tried := i;
            perform app.open_ledger_account(tenant, kinds[i], owners[i], providers[i], currencies[i], place);
            if kinds[i] = 'person_coins' then
                perform app.end_expired_holds(tenant, owners[i], 1000);
            end if;
        end loop;
        accounts := accounts || account;
        places := places || place;
    end loop;
    with news as (
        insert into app.ledger_unproved (tenant_id, transaction_id) values (tenant, made.id)
    )
    insert into app.coin_entries (tenant_id, transaction_id, account_id, stripe, amount, created_at)
    select tenant, made.id, entry.account_id, entry.stripe, entry.amount, made.created_at
    from unnest(accounts, places, amounts) entry (account_id, stripe, amount);
    if pays_debt then
        for i in 1 .. number loop
            if kinds[i] = 'person_coins' and amounts[i] > 0 or kinds[i] = 'person_debt' and amounts[i] < 0 then
                perform app.pay_debt(tenant, owners[i], made.id);
            end if;
        end loop;
    end if;
    return made;
end $$;

comment on function app.move_coins is 'Moves coins: writes the header, the entries and the balances of one transfer.';
revoke all on function app.move_coins from public, meydan_app, meydan_service, meydan_relay;
