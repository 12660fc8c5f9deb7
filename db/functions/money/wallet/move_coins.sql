-- The same key again moves nothing and returns the first transfer. Coins that reach a debtor pay the debt at once, so a
-- debtor has nothing to spend. `in_request` is what the key stands for, where that is not the entries. `in_is_spending`: the person
-- wants to, so a frozen wallet refuses.
-- For the other functions of the ledger, whose caller and search path are checked already. PostgreSQL prepares every
-- expression of a function anew in each transaction. So there are no more of them here than must be (benchmarks/ledger.py).
create or replace function app.move_coins(
    in_tenant_id integer, in_idempotency_key text, in_type text, in_kinds text[], in_owner_user_ids uuid[],
    in_providers text[], in_currencies text[], in_amounts bigint[],
    in_owner_user_id uuid, in_description text, in_subject_id uuid, in_details jsonb, in_reverses_id uuid,
    in_request text, in_is_spending boolean
) returns app.coin_transactions language plpgsql as $$
declare
    made app.coin_transactions;
    number integer := cardinality(in_amounts);
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
    if number = 0 or array[cardinality(in_kinds), cardinality(in_owner_user_ids), cardinality(in_providers),
        cardinality(in_currencies)]
            <> array[number, number, number, number]
        or in_type not in (
            'purchased', 'earned', 'spent', 'gift_sent', 'gift_received', 'premium', 'call', 'refund', 'chargeback',
            'dispute_won', 'debt_payment', 'debt_forgiven', 'conversion', 'payout', 'adjustment', 'forfeited', 'reversal'
        )
        or length(in_idempotency_key) not between 1 and 200 or length(in_description) > 200
        or jsonb_typeof(in_details) <> 'object' or pg_column_size(in_details) > 2000
    then
        raise exception 'a transfer has entries, a type, a key, and few words' using errcode = 'check_violation';
    end if;
    for i in 1 .. number loop
        rank := app.ledger_rank(in_kinds[i]);
        coins := case when rank = 1 and in_owner_user_ids[i] = in_owner_user_id then coalesce(coins,
            0) + in_amounts[i] else coins end;
        earnings := case when rank = 2 and in_owner_user_ids[i] = in_owner_user_id then coalesce(earnings,
            0) + in_amounts[i] else earnings end;
        total := total + in_amounts[i];
        pays_debt := pays_debt or rank = 1 and in_amounts[i] > 0 or rank = 3 and in_amounts[i] < 0;
        last := case when rank > last and in_amounts[i] <> 0 then rank end;  -- null once it is not in order
    end loop;
    if total is distinct from 0 or in_owner_user_id is not null and array_position(in_owner_user_ids,
        in_owner_user_id) is null then
        raise exception 'entries sum to zero, not to %, in the history of somebody whom they concern', total
            using errcode = 'check_violation';
    end if;

    insert into app.coin_transactions (
        tenant_id, user_id, amount, transaction_type, description, subject_id, idempotency_key, fingerprint,
            reverses_id, details
    ) values (
        in_tenant_id, in_owner_user_id, coalesce(coins, earnings, 0), in_type, in_description, in_subject_id,
        in_idempotency_key,
        app.ledger_fingerprint(in_type, in_owner_user_id, in_subject_id, in_reverses_id, in_request, in_kinds,
            in_owner_user_ids, in_providers, in_currencies, in_amounts),
        in_reverses_id, in_details
    )
    on conflict (tenant_id, idempotency_key) do nothing
    returning coin_transactions.* into made;
    if not found then
        select known.* into strict made from app.coin_transactions known
        where known.tenant_id = in_tenant_id and known.idempotency_key = in_idempotency_key;
        if made.fingerprint
            <> app.ledger_fingerprint(in_type, in_owner_user_id, in_subject_id, in_reverses_id, in_request, in_kinds,
                in_owner_user_ids, in_providers, in_currencies, in_amounts)
        then
            raise exception using errcode = 'WA004', message = 'idempotency_key_reused';
        end if;
        return made;
    end if;

    if last is null then
        select array_agg(one.kind order by one.place), array_agg(one.whose order by one.place),
            array_agg(one.provider order by one.place), array_agg(one.currency order by one.place),
            array_agg(one.amount order by one.place), count(*)
        into in_kinds, in_owner_user_ids, in_providers, in_currencies, in_amounts, number
        from (
            select entry.kind, entry.whose, entry.provider, entry.currency, sum(entry.amount)::bigint as amount,
                row_number() over (
                    order by app.ledger_rank(entry.kind), entry.whose, entry.provider, entry.currency
                ) as place
            from unnest(in_kinds, in_owner_user_ids, in_providers, in_currencies, in_amounts) entry (kind, whose,
                provider, currency, amount)
            group by entry.kind, entry.whose, entry.provider, entry.currency having sum(entry.amount) <> 0
        ) one;
        if number = 0 then
            raise exception 'a transfer moves something' using errcode = 'check_violation';
        end if;
    end if;
    for i in 1 .. number loop
        account := app.ledger_account_id(in_kinds[i], in_owner_user_ids[i], in_providers[i], in_currencies[i]);
        place := 0;
        if in_owner_user_ids[i] is null then
            for turn in 0 .. 15 loop
                place := (pg_backend_pid() + turn) % 16;
                exit when pg_try_advisory_xact_lock(hashtextextended(account::text, in_tenant_id::bigint * 16 + place));
            end loop;
        end if;
        loop
            update app.ledger_balances known set balance = known.balance + in_amounts[i]
            where known.tenant_id = in_tenant_id and known.account_id = account and known.stripe = place
                and (in_amounts[i] > 0 or known.lowest is null
                    or known.balance - known.held + in_amounts[i] >= known.lowest)
                and (in_amounts[i] < 0 or known.highest is null or known.balance + in_amounts[i] <= known.highest)
                and not (known.frozen and in_is_spending and in_amounts[i] < 0);
            exit when found;
            if tried = i then
                perform app.check_debit(in_tenant_id, in_kinds[i], in_owner_user_ids[i], in_amounts[i], in_is_spending);
            end if;
            tried := i;
            perform app.open_ledger_account(in_tenant_id, in_kinds[i], in_owner_user_ids[i], in_providers[i],
                in_currencies[i], place);
            if in_kinds[i] = 'person_coins' then
                perform app.end_expired_holds(in_tenant_id, in_owner_user_ids[i], 1000);
            end if;
        end loop;
        accounts := accounts || account;
        places := places || place;
    end loop;
    with news as (
        insert into app.unaudited_balances (tenant_id, transaction_id) values (in_tenant_id, made.id)
    )
    insert into app.coin_entries (tenant_id, transaction_id, account_id, stripe, amount, created_at)
    select in_tenant_id, made.id, entry.account_id, entry.stripe, entry.amount, made.created_at
    from unnest(accounts, places, in_amounts) entry (account_id, stripe, amount);
    if pays_debt then
        for i in 1 .. number loop
            if in_kinds[i] = 'person_coins' and in_amounts[i] > 0 or in_kinds[i] = 'person_debt' and in_amounts[i] < 0
                then
                perform app.pay_debt(in_tenant_id, in_owner_user_ids[i], made.id);
            end if;
        end loop;
    end if;
    return made;
end $$;

comment on function app.move_coins is 'Moves coins: writes the header, the entries and the balances of one transfer.';
revoke all on function app.move_coins from public, meydan_app, meydan_service, meydan_relay;
