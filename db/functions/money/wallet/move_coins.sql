-- The same key again moves nothing and returns the first transfer. Coins that reach a debtor pay the debt at once, so a
-- debtor has nothing to spend. `in_request` is what the key stands for, where that is not the entries. `in_is_spending`
-- tells that the owner asked for it: a frozen wallet refuses.
-- Callers are the ledger's other functions, which have checked who asks. PostgreSQL prepares every expression of a
-- function anew in each transaction, so there are few of them here (benchmarks/ledger.py).
create or replace function app.move_coins(
    in_tenant_id integer, in_idempotency_key text, in_type text, in_entries app.ledger_entry[], in_owner_user_id uuid,
    in_description text, in_subject_id uuid, in_details jsonb, in_reverses_id uuid, in_request text,
    in_is_spending boolean
) returns app.coin_transactions language plpgsql as $$
declare
    transaction app.coin_transactions;
    entry app.ledger_entry;
    total bigint := 0;
    coins bigint;
    earnings bigint;
    concerns_owner boolean;
    pays_debt boolean;
    rank integer;
    last_rank integer := 0;  -- null once the entries are not in the order of locks, or one of them is of nothing
    account uuid;
    accounts uuid[];
    opened_account uuid;
    stripe_number integer;
    stripe_numbers integer[];
begin
    if coalesce(cardinality(in_entries), 0) = 0
        or in_type not in (
            'purchased', 'earned', 'spent', 'gift_sent', 'gift_received', 'premium', 'call', 'refund', 'chargeback',
            'dispute_won', 'debt_payment', 'debt_forgiven', 'conversion', 'payout', 'adjustment', 'forfeited',
            'reversal'
        )
        or length(in_idempotency_key) not between 1 and 200 or length(in_description) > 200
        or jsonb_typeof(in_details) <> 'object' or pg_column_size(in_details) > 2000
    then
        raise exception 'a transfer has entries, a type, a key, and few words' using errcode = 'check_violation';
    end if;
    foreach entry in array in_entries loop
        rank := app.ledger_rank(entry.kind);
        if entry.owner_user_id = in_owner_user_id then
            concerns_owner := true;
            if rank = 1 then
                coins := coalesce(coins, 0) + entry.amount;
            elsif rank = 2 then
                earnings := coalesce(earnings, 0) + entry.amount;
            end if;
        end if;
        total := total + entry.amount;
        pays_debt := pays_debt or rank = 1 and entry.amount > 0 or rank = 3 and entry.amount < 0;
        last_rank := case when rank > last_rank and entry.amount <> 0 then rank end;
    end loop;
    if total is distinct from 0 or in_owner_user_id is not null and concerns_owner is null then
        raise exception 'entries sum to zero, not to %, in the history of somebody whom they concern', total
            using errcode = 'check_violation';
    end if;

    insert into app.coin_transactions (
        tenant_id, user_id, amount, transaction_type, description, subject_id, idempotency_key, fingerprint,
        reverses_id, details
    ) values (
        in_tenant_id, in_owner_user_id, coalesce(coins, earnings, 0), in_type, in_description, in_subject_id,
        in_idempotency_key,
        app.ledger_fingerprint(in_type, in_owner_user_id, in_subject_id, in_reverses_id, in_request, in_entries),
        in_reverses_id, in_details
    )
    on conflict (tenant_id, idempotency_key) where idempotency_key is not null do nothing
    returning coin_transactions.* into transaction;
    if not found then
        select known.* into strict transaction from app.coin_transactions known
        where known.tenant_id = in_tenant_id and known.idempotency_key = in_idempotency_key;
        if transaction.fingerprint
            <> app.ledger_fingerprint(in_type, in_owner_user_id, in_subject_id, in_reverses_id, in_request, in_entries)
        then
            raise exception using errcode = 'WA004', message = 'idempotency_key_reused';
        end if;
        return transaction;
    end if;

    if last_rank is null then
        select array_agg(
            merged::app.ledger_entry
            order by app.ledger_rank(merged.kind), merged.owner_user_id, merged.provider, merged.currency
        )
        into in_entries
        from (
            select given.kind, given.owner_user_id, given.provider, given.currency, sum(given.amount)::bigint as amount
            from unnest(in_entries) given
            group by given.kind, given.owner_user_id, given.provider, given.currency having sum(given.amount) <> 0
        ) merged;
        if in_entries is null then
            raise exception 'a transfer moves something' using errcode = 'check_violation';
        end if;
    end if;
    foreach entry in array in_entries loop
        account := app.ledger_account_id(entry.kind, entry.owner_user_id, entry.provider, entry.currency);
        stripe_number := 0;
        if entry.owner_user_id is null then
            for attempt in 0 .. 15 loop
                stripe_number := (pg_backend_pid() + attempt) % 16;
                exit when pg_try_advisory_xact_lock(
                    hashtextextended(account::text, in_tenant_id::bigint * 16 + stripe_number)
                );
            end loop;
        end if;
        loop
            update app.ledger_balances known set balance = known.balance + entry.amount
            where known.tenant_id = in_tenant_id and known.account_id = account and known.stripe = stripe_number
                and (entry.amount > 0 or known.lowest is null
                    or known.balance - known.held + entry.amount >= known.lowest)
                and (entry.amount < 0 or known.highest is null or known.balance + entry.amount <= known.highest)
                and not (known.frozen and in_is_spending and entry.amount < 0);
            exit when found;
            if opened_account = account then
                perform app.check_debit(in_tenant_id, entry.kind, entry.owner_user_id, entry.amount, in_is_spending);
            end if;
            perform app.open_ledger_account(in_tenant_id, entry.kind, entry.owner_user_id, entry.provider,
                entry.currency, stripe_number);
            opened_account := account;
            if entry.kind = 'person_coins' then
                perform app.end_expired_holds(in_tenant_id, entry.owner_user_id, 1000);
            end if;
        end loop;
        accounts := accounts || account;
        stripe_numbers := stripe_numbers || stripe_number;
    end loop;
    with unaudited as (
        insert into app.unaudited_balances (tenant_id, transaction_id) values (in_tenant_id, transaction.id)
    )
    insert into app.coin_entries (tenant_id, transaction_id, account_id, stripe, amount, created_at)
    select in_tenant_id, transaction.id, moved.account_id, moved.stripe, moved.amount, transaction.created_at
    from unnest(accounts, stripe_numbers, in_entries)
        moved (account_id, stripe, kind, owner_user_id, provider, currency, amount);
    if pays_debt then
        foreach entry in array in_entries loop
            if entry.kind = 'person_coins' and entry.amount > 0 or entry.kind = 'person_debt' and entry.amount < 0 then
                perform app.pay_debt(in_tenant_id, entry.owner_user_id, transaction.id);
            end if;
        end loop;
    end if;
    return transaction;
end $$;

comment on function app.move_coins is 'Moves coins: writes the header, the entries and the balances of one transfer.';
revoke all on function app.move_coins from public, meydan_app, meydan_service, meydan_relay;
