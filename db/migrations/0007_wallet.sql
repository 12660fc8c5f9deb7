-- Coins: one ledger by double entry. Tables are written by the functions below and by nobody else: neither a person's login
-- nor the service's has the right to. Every transfer is one call inside the caller's transaction. Refusals have codes of
-- their own (class WA), with what is to be told as JSON in their detail; wallet/refusals.py words them.

-- An account is known by whose it is: no search, no sequence, and its balance is found by one look.
-- (Written so that it is part of the statement that uses it, not called.)
create function app.ledger_account_id(kind text, whose uuid, provider text, currency text) returns uuid
language sql immutable parallel safe
return encode(substr(sha256((
    kind || ':' || coalesce(whose::text, '') || ':' || coalesce(provider, '') || ':' || coalesce(currency, '')
)::bytea), 1, 16), 'hex')::uuid;

create table app.ledger_accounts (
    tenant_id integer not null references app.tenants,
    id uuid generated always as (app.ledger_account_id(kind, user_id, provider, currency)) stored,
    kind text not null check (kind in (
        'person_coins', 'person_debt', 'creator_revenue', 'tenant_revenue', 'promotions', 'clearing', 'payouts'
    )),
    user_id uuid,
    provider text check (provider ~ '^[a-z_]{1,30}$'),
    currency text check (currency ~ '^[A-Z]{3}$'),
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    check ((user_id is not null) = (kind in ('person_coins', 'person_debt', 'creator_revenue'))),
    check ((provider is not null and currency is not null) = (kind = 'clearing')),
    check ((provider is null) = (currency is null))
);
create index ledger_accounts_of_user on app.ledger_accounts (tenant_id, user_id) where user_id is not null;
select app.protect('app.ledger_accounts');
revoke insert, update, delete on app.ledger_accounts from meydan_service;
create policy own_read on app.ledger_accounts for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select on app.ledger_accounts to meydan_app;

-- What stands in an account. A person's has one row; a community's has up to sixteen stripes, so that those who pay into it
-- at the same time do not wait for each other, and what stands in it is their sum.
create table app.ledger_balances (
    tenant_id integer not null,
    account_id uuid not null,
    stripe integer not null check (stripe between 0 and 15),
    balance bigint not null default 0,
    held bigint not null default 0,
    -- Below and above which it may not go; null where its kind sets no limit.
    lowest bigint,
    highest bigint,
    frozen boolean not null default false,
    primary key (tenant_id, account_id, stripe),
    foreign key (tenant_id, account_id) references app.ledger_accounts (tenant_id, id),
    -- The one that must never fail. PostgreSQL reads a check anew for every change, so the rest is the functions' and the
    -- audit's to see.
    check (balance - held >= lowest)
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
select app.protect('app.ledger_balances');
revoke insert, update, delete on app.ledger_balances from meydan_service;
create policy own_read on app.ledger_balances for select to meydan_app
    using (
        tenant_id = (select app.tenant_id())
        and account_id = any(array(select mine.id from app.ledger_accounts mine where mine.user_id = (select app.user_id())))
    );
grant select on app.ledger_balances to meydan_app;

-- A transfer's header. Headers and entries point at no tenant, user or account by a foreign
-- key, which would lock the same few rows for every transfer, and have no checks, which PostgreSQL reads anew for every
-- statement: `move_coins` alone writes them and looks at each value, and the audit looks again.
create table app.coin_transactions (
    tenant_id integer not null,
    id uuid not null default uuidv7(),
    -- Who wanted it, or whom it is done to: its words are theirs to read. Whoever's coins or earnings it changed finds a line
    -- in their history (`coin_history`), which is read from the entries.
    user_id uuid,
    -- By how much it changed that person's coins; where it did not touch them, their earnings.
    amount bigint not null,
    transaction_type text not null,
    description text not null default '',
    subject_id uuid,
    idempotency_key text not null,
    -- Of what was asked for under this key.
    fingerprint bytea not null,
    reverses_id uuid,
    -- The one thing about a header that is ever changed.
    reversed_by_id uuid,
    details jsonb not null default '{}',
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, idempotency_key)
);
select app.protect('app.coin_transactions');
revoke insert, update, delete on app.coin_transactions from meydan_service;
create policy own_read on app.coin_transactions for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select (
    tenant_id, id, user_id, amount, transaction_type, description, subject_id, reverses_id, reversed_by_id, details,
    created_at
) on app.coin_transactions to meydan_app;

create table app.coin_entries (
    tenant_id integer not null,
    transaction_id uuid not null,
    account_id uuid not null,
    stripe integer not null,
    amount bigint not null,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, transaction_id, account_id)
);
-- For the balance at any past time, and for everybody's history.
create index coin_entries_of_account on app.coin_entries (tenant_id, account_id, created_at) include (amount);
select app.protect('app.coin_entries');
revoke insert, update, delete on app.coin_entries from meydan_service;
create policy own_read on app.coin_entries for select to meydan_app
    using (
        tenant_id = (select app.tenant_id())
        and account_id = any(array(select mine.id from app.ledger_accounts mine where mine.user_id = (select app.user_id())))
    );
grant select on app.coin_entries to meydan_app;

-- Coins set aside for what is used bit by bit: reserved, then committed in part or whole and the rest released.
create table app.coin_holds (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    amount bigint not null check (amount > 0),
    purpose text not null check (length(purpose) <= 80),
    subject_id uuid,
    idempotency_key text not null check (length(idempotency_key) between 1 and 200),
    fingerprint bytea not null,
    status text not null default 'open' check (status in ('open', 'committed', 'released', 'expired')),
    committed bigint not null default 0 check (committed between 0 and amount),
    transaction_id uuid,
    expires_at timestamptz not null,
    ended_at timestamptz,
    -- What the service holds is not the person's to let go of: somebody counts on being paid.
    by_person boolean not null default session_user = 'meydan_app',
    -- False: it ended without a transfer, and no audit has looked at its owner's coins since.
    proved boolean not null default true,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, idempotency_key),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, transaction_id) references app.coin_transactions (tenant_id, id),
    check ((ended_at is null) = (status = 'open')),
    check ((transaction_id is not null) = (status = 'committed') and (committed > 0) = (status = 'committed'))
) with (fillfactor = 80);
create index coin_holds_open on app.coin_holds (tenant_id, user_id) where status = 'open';
create index coin_holds_to_expire on app.coin_holds (tenant_id, expires_at) where status = 'open';
create index coin_holds_unproved on app.coin_holds (tenant_id, user_id) where not proved;
create index coin_holds_of_transaction on app.coin_holds (tenant_id, transaction_id) where transaction_id is not null;
select app.protect('app.coin_holds');
revoke insert, update, delete on app.coin_holds from meydan_service;
create policy own_read on app.coin_holds for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select (
    tenant_id, id, user_id, amount, purpose, subject_id, status, committed, transaction_id, expires_at, ended_at, created_at
) on app.coin_holds to meydan_app;

-- Who may not spend, and why. That it is so stands beside the balance too, where every spending looks anyway.
create table app.wallet_freezes (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    reason text not null check (length(reason) <= 200),
    frozen_by uuid,
    thawed_at timestamptz,
    thawed_by uuid,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id)
);
create unique index wallet_freezes_now on app.wallet_freezes (tenant_id, user_id) where thawed_at is null;
create index wallet_freezes_of_user on app.wallet_freezes (tenant_id, user_id, id desc);
select app.protect('app.wallet_freezes');
revoke insert, update, delete on app.wallet_freezes from meydan_service;
create policy own_read on app.wallet_freezes for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select (tenant_id, id, user_id, reason, thawed_at, created_at) on app.wallet_freezes to meydan_app;

-- What the audits have added up so far, so that each adds only what is new: transfers that none has seen yet, and what stood
-- in each account by those that were seen. A transfer that is not committed while an audit looks is simply still here the next
-- time: whether it counts is decided by PostgreSQL, who sees which rows, and by no clock.
create table app.ledger_unproved (
    tenant_id integer not null,
    transaction_id uuid not null,
    primary key (tenant_id, transaction_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_threshold = -1);
select app.protect('app.ledger_unproved');
revoke insert, update, delete on app.ledger_unproved from meydan_service;

create table app.ledger_proved (
    tenant_id integer not null,
    account_id uuid not null,
    stripe integer not null,
    balance bigint not null,
    primary key (tenant_id, account_id, stripe)
) with (fillfactor = 80);
select app.protect('app.ledger_proved');
revoke insert, update, delete on app.ledger_proved from meydan_service;

-- What came of adding up. Payouts are closed while the newest found a fault.
create table app.ledger_audits (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    -- Everything there ever was, and not only what is new.
    whole boolean not null,
    fault_count integer not null,
    faults jsonb not null default '[]',
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id)
);
select app.protect('app.ledger_audits');
revoke insert, update, delete on app.ledger_audits from meydan_service;

-- Accounts are locked in this order, and among those of a kind by whose they are. Whoever touches a debt without the coins
-- keeps its owner's coins first, and whoever makes several transfers keeps all the people's accounts first
-- (`lock_ledger_account`). A community's own come last, where nobody waits unless the account is just being opened or all of its
-- stripes are taken. The row of a hold or a header, where there is one, comes before all of them.
create function app.ledger_rank(kind text) returns integer language sql immutable parallel safe
return array_position(
    array['person_coins', 'creator_revenue', 'person_debt', 'tenant_revenue', 'promotions', 'clearing', 'payouts'], kind
);

-- What a key stands for: of the transfer, or of the `request` that it came of.
create function app.ledger_fingerprint(
    what text, whose uuid, subject uuid, reverses uuid, request text, kinds text[], owners uuid[], providers text[],
    currencies text[], amounts bigint[]
) returns bytea language sql stable parallel safe
return sha256(convert_to(concat_ws(
    '|', what, whose, subject, reverses, coalesce(request, concat_ws('|', kinds, owners, providers, currencies, amounts))
), 'UTF8'));

-- Make an account and a stripe of it unless they are there.
create function app.open_ledger_account(
    tenant integer, kind text, whose uuid, provider text, currency text, stripe integer
) returns void language plpgsql as $$
#variable_conflict use_variable
declare
    account uuid := app.ledger_account_id(kind, whose, provider, currency);
begin
    insert into app.ledger_accounts (tenant_id, kind, user_id, provider, currency)
    values (tenant, kind, whose, provider, currency) on conflict do nothing;
    insert into app.ledger_balances (tenant_id, account_id, stripe, lowest, highest)
    values (
        tenant, account, stripe, case when kind in ('person_coins', 'creator_revenue') then 0 end,
        case when kind = 'person_debt' then 0 end
    ) on conflict do nothing;
end $$;

-- Wait for an account and keep it until the transaction ends: what comes later in the order waits for nobody who waits for us.
create function app.lock_ledger_account(tenant integer, kind text, whose uuid) returns void language plpgsql as $$
#variable_conflict use_variable
begin
    for attempt in 1 .. 2 loop
        perform from app.ledger_balances known
        where known.tenant_id = tenant and known.account_id = app.ledger_account_id(kind, whose, null, null)
            and known.stripe = 0
        for no key update;
        exit when found;
        perform app.open_ledger_account(tenant, kind, whose, null, null, 0);
    end loop;
end $$;

-- Give back what was held too long: one person's, or a few of everybody's. Answers whose.
create function app.end_expired_holds(tenant integer, whose uuid, at_most integer) returns setof uuid
language plpgsql as $$
#variable_conflict use_variable
declare
    over record;
begin
    for over in
        select hold.id, hold.user_id, hold.amount from app.coin_holds hold
        where hold.tenant_id = tenant and hold.status = 'open' and hold.expires_at <= app.now()
            and (whose is null or hold.user_id = whose)
        order by hold.user_id, hold.id limit at_most for update skip locked
    loop
        update app.coin_holds hold set status = 'expired', ended_at = app.now(), proved = false
        where hold.tenant_id = tenant and hold.id = over.id;
        perform app.give_back_held(tenant, over.user_id, over.amount, over.id);
        return next over.user_id;
    end loop;
end $$;

-- Held coins are the person's to use again; who owes something pays with them.
create function app.give_back_held(tenant integer, whose uuid, amount bigint, cause uuid) returns void
language plpgsql as $$
#variable_conflict use_variable
begin
    update app.ledger_balances known set held = known.held - amount
    where known.tenant_id = tenant and known.account_id = app.ledger_account_id('person_coins', whose, null, null)
        and known.stripe = 0 and known.held >= amount;
    if not found then
        raise exception 'no so many coins are held' using errcode = 'check_violation';
    end if;
    perform app.pay_debt(tenant, whose, cause);
end $$;

-- Say why an account cannot give so much.
create function app.refuse_debit(tenant integer, kind text, whose uuid, amount bigint, spends boolean) returns void
language plpgsql as $$
#variable_conflict use_variable
declare
    why text;
    owed bigint;
    available bigint;
begin
    if spends then
        select known.reason into why from app.wallet_freezes known
        where known.tenant_id = tenant and known.user_id = whose and known.thawed_at is null;
        if found then
            raise exception using errcode = 'WA002', message = 'wallet_frozen',
                detail = jsonb_build_object('reason', why)::text;
        end if;
        select -debt.balance into owed from app.ledger_balances debt
        where debt.tenant_id = tenant and debt.account_id = app.ledger_account_id('person_debt', whose, null, null);
        if kind = 'person_coins' and owed > 0 then
            raise exception using errcode = 'WA003', message = 'debt_blocks',
                detail = jsonb_build_object('debt', owed)::text;
        end if;
    end if;
    select known.balance - known.held into available from app.ledger_balances known
    where known.tenant_id = tenant and known.account_id = app.ledger_account_id(kind, whose, null, null);
    raise exception using errcode = 'WA001', message = 'balance_too_low',
        detail = jsonb_build_object('balance', abs(available), 'needed', abs(amount), 'account', kind)::text;
end $$;

-- Move coins: the header, the entries, the balances. The same key again moves nothing and answers the first one. Who gets
-- coins while they owe pays with them at once, so whoever owes has nothing to spend. `request` is what the key stands for,
-- where that is not the entries. `spends`: the person wants to, so a frozen wallet refuses.
-- For the functions below, whose caller and search path are checked already. PostgreSQL prepares every expression of a
-- function anew in each transaction: there are no more of them here than must be (benchmarks/ledger.py).
create function app.move_coins(
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

-- Whoever owes pays with what they have, once for each cause.
create function app.pay_debt(tenant integer, whose uuid, cause uuid) returns void language plpgsql as $$
#variable_conflict use_variable
declare
    paid bigint;
begin
    select least(-debt.balance, coins.balance - coins.held) into paid
    from app.ledger_balances debt
    join app.ledger_balances coins on coins.tenant_id = tenant and coins.stripe = 0
        and coins.account_id = app.ledger_account_id('person_coins', whose, null, null)
    where debt.tenant_id = tenant and debt.stripe = 0
        and debt.account_id = app.ledger_account_id('person_debt', whose, null, null);
    if paid > 0 then
        perform app.move_coins(
            tenant, 'debt:' || whose || ':' || cause, 'debt_payment', array['person_coins', 'person_debt'], array[whose, whose],
            array[null, null]::text[], array[null, null]::text[], array[-paid, paid], whose, '', cause, '{}', null, null, false
        );
    end if;
end $$;

-- A person pays with what is theirs: coins to the community or to somebody's earnings.
create function app.is_own_transfer(
    what text, kinds text[], owners uuid[], amounts bigint[], whose uuid
) returns boolean language plpgsql as $$
declare
    caller uuid := app.user_id();
    is_fine boolean := whose = caller;
begin
    for i in 1 .. cardinality(amounts) loop
        is_fine := is_fine and coalesce(case
            when what not in ('spent', 'gift_sent', 'premium', 'call') then false
            when amounts[i] < 0 then owners[i] = caller and kinds[i] = 'person_coins'
            -- Only by these words do earnings wait until they are ripe.
            else kinds[i] = 'tenant_revenue'
                or kinds[i] = 'creator_revenue' and owners[i] <> caller and what in ('gift_sent', 'call')
        end, false);
    end loop;
    return is_fine is true;
end $$;

-- A person's key begins with the person: nobody takes one under which the service's own work will come, be it somebody
-- else's coins or the payment of what they owe themselves.
create function app.own_key(key text) returns text language sql stable
return case when session_user = 'meydan_app' then app.user_id() || ':' || key else key end;

create function app.check_ledger_caller(tenant integer) returns void language plpgsql as $$
begin
    if tenant is distinct from app.tenant_id() then
        raise exception 'a ledger is its own community''s' using errcode = 'insufficient_privilege';
    end if;
end $$;

-- The door. Spending is what a person wants; taking back and paying debt is not asked of them.
create function app.transfer(
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
revoke all on function
    app.transfer(integer, text, text, text[], uuid[], text[], text[], bigint[], uuid, text, uuid, jsonb) from public;
grant execute on function
    app.transfer(integer, text, text, text[], uuid[], text[], text[], bigint[], uuid, text, uuid, jsonb)
    to meydan_app, meydan_service;

-- Everything that changed somebody's coins, earnings or debt, newest first: by what their accounts say, so no change is left
-- out. The words are for whom the transfer is about; whoever earned by it learns what for and how much.
create function app.coin_history(tenant integer, whose uuid, before uuid, at_most integer)
returns table (
    id uuid, type text, amount bigint, coins bigint, earnings bigint, debt bigint, description text, subject_id uuid,
    reverses_id uuid, created_at timestamptz, details jsonb
)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    until timestamptz := 'infinity';
    mark uuid := coalesce(before, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
    perform app.check_ledger_caller(tenant);
    if session_user = 'meydan_app' and whose is distinct from app.user_id() then
        raise exception 'a history is its person''s' using errcode = 'insufficient_privilege';
    end if;
    if before is not null then
        select header.created_at into until from app.coin_transactions header
        where header.tenant_id = tenant and header.id = before;
    end if;
    return query
    select header.id, header.transaction_type, coalesce(line.coins, line.earnings, 0), coalesce(line.coins, 0),
        coalesce(line.earnings, 0), coalesce(-line.debt, 0),
        case when header.user_id = whose then header.description else '' end, header.subject_id, header.reverses_id,
        line.created_at, case when header.user_id = whose then header.details else '{}' end
    from (
        select entry.transaction_id, entry.created_at,
            sum(entry.amount) filter (where account.kind = 'person_coins')::bigint as coins,
            sum(entry.amount) filter (where account.kind = 'creator_revenue')::bigint as earnings,
            sum(entry.amount) filter (where account.kind = 'person_debt')::bigint as debt
        from unnest(array['person_coins', 'creator_revenue', 'person_debt']) account (kind)
        cross join lateral (
            select side.transaction_id, side.created_at, side.amount from app.coin_entries side
            where side.tenant_id = tenant and side.account_id = app.ledger_account_id(account.kind, whose, null, null)
                and (side.created_at, side.transaction_id) < (until, mark)
            order by side.created_at desc, side.transaction_id desc limit at_most
        ) entry
        group by entry.transaction_id, entry.created_at
        order by entry.created_at desc, entry.transaction_id desc limit at_most
    ) line
    join app.coin_transactions header on header.tenant_id = tenant and header.id = line.transaction_id
    order by line.created_at desc, line.transaction_id desc;
end $$;
revoke all on function app.coin_history(integer, uuid, uuid, integer) from public;
grant execute on function app.coin_history(integer, uuid, uuid, integer) to meydan_app, meydan_service;

-- What somebody earned and may not turn into coins yet, by when: the coins it came of may still be taken back from whoever gave
-- them. For the community's own number of days (wallet/settings.py); what was undone counts no more.
create function app.unripe_earnings(tenant integer, whose uuid) returns table (ripens_at timestamptz, amount bigint)
language sql stable as $$
    select entry.created_at + setting.days * interval '1 day', entry.amount
    from (
        select coalesce((
            select known.config_value::text::integer from app.tenant_configs known
            where known.tenant_id = unripe_earnings.tenant and known.config_key = 'wallet.earnings_ripen_days'
        ), 7) as days
    ) setting
    join app.coin_entries entry on entry.tenant_id = unripe_earnings.tenant
        and entry.account_id = app.ledger_account_id('creator_revenue', unripe_earnings.whose, null, null)
        and entry.created_at > app.now() - setting.days * interval '1 day'
    join app.coin_transactions header on header.tenant_id = unripe_earnings.tenant and header.id = entry.transaction_id
    where entry.amount > 0 and header.reversed_by_id is null
        and header.transaction_type in ('gift_sent', 'gift_received', 'call')
$$;

-- For the person: day by day of the community, from when on what is theirs. What is missing from their earnings is ripe.
create function app.my_unripe_earnings(tenant integer) returns table (ripens_at timestamptz, amount bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform app.check_ledger_caller(tenant);
    return query
    select max(one.ripens_at), sum(one.amount)::bigint
    from app.tenants community
    cross join lateral app.unripe_earnings(tenant, app.user_id()) one
    where community.id = tenant
    group by (one.ripens_at at time zone community.timezone)::date order by 1;
end $$;
revoke all on function app.my_unripe_earnings(integer) from public;
grant execute on function app.my_unripe_earnings(integer) to meydan_app;

-- A person's earnings become coins, as far as they are ripe. Earnings come from others, so this is looked at while both
-- accounts are kept: what ripens or is undone meanwhile waits, and the same key again finds what it did.
create function app.convert_earnings(tenant integer, key text, amount bigint)
returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    mine uuid := app.user_id();
    earned bigint;
    unripe bigint;
    next_at timestamptz;
begin
    perform app.check_ledger_caller(tenant);
    if amount is null or amount <= 0 then
        raise exception 'what is converted is more than nothing' using errcode = 'check_violation';
    end if;
    key := app.own_key(key);
    perform app.lock_ledger_account(tenant, 'person_coins', mine);
    perform app.lock_ledger_account(tenant, 'creator_revenue', mine);
    if not exists (
        select from app.coin_transactions known where known.tenant_id = tenant and known.idempotency_key = key
    ) then
        select known.balance into earned from app.ledger_balances known
        where known.tenant_id = tenant and known.account_id = app.ledger_account_id('creator_revenue', mine, null, null);
        select coalesce(sum(one.amount), 0)::bigint, min(one.ripens_at) into unripe, next_at
        from app.unripe_earnings(tenant, mine) one;
        if amount <= earned and amount > earned - unripe then
            raise exception using errcode = 'WA009', message = 'earnings_unripe', detail = jsonb_build_object(
                'ripe', greatest(earned - unripe, 0), 'needed', amount, 'next_at', next_at)::text;
        end if;
    end if;
    return app.move_coins(
        tenant, key, 'conversion', array['person_coins', 'creator_revenue'], array[mine, mine], array[null, null]::text[],
        array[null, null]::text[], array[amount, -amount], mine, '', null, '{}', null, null, true
    );
end $$;
revoke all on function app.convert_earnings(integer, text, bigint) from public;
grant execute on function app.convert_earnings(integer, text, bigint) to meydan_app;

-- Coins that were bought or given go back: those that are there and not held; the rest is owed.
create function app.take_back(
    tenant integer, key text, what text, whose uuid, amount bigint, to_kind text, to_provider text, to_currency text,
    why text, subject uuid, more jsonb
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    taken bigint;
    owed bigint;
begin
    perform app.check_ledger_caller(tenant);
    if amount is null or amount <= 0 then
        raise exception 'what is taken back is more than nothing' using errcode = 'check_violation';
    end if;
    perform app.lock_ledger_account(tenant, 'person_coins', whose);
    perform app.end_expired_holds(tenant, whose, 1000);
    select least(amount, known.balance - known.held) into taken from app.ledger_balances known
    where known.tenant_id = tenant and known.account_id = app.ledger_account_id('person_coins', whose, null, null);
    owed := amount - taken;
    return app.move_coins(
        tenant, key, what,
        array[to_kind] || case when taken > 0 then array['person_coins'] else '{}' end
            || case when owed > 0 then array['person_debt'] else '{}' end,
        array[null, whose] || case when taken > 0 and owed > 0 then array[whose] else '{}' end,
        array[to_provider, null] || case when taken > 0 and owed > 0 then array[null::text] else '{}' end,
        array[to_currency, null] || case when taken > 0 and owed > 0 then array[null::text] else '{}' end,
        array[amount] || case when taken > 0 then array[-taken] else '{}' end
            || case when owed > 0 then array[-owed] else '{}' end,
        whose, why, subject, more || jsonb_build_object('taken', taken, 'owed', owed), null,
        concat_ws('|', amount, to_kind, to_provider, to_currency), false
    );
end $$;
revoke all on function app.take_back(integer, text, text, uuid, bigint, text, text, text, text, uuid, jsonb) from public;
grant execute on function
    app.take_back(integer, text, text, uuid, bigint, text, text, text, text, uuid, jsonb) to meydan_service;

-- What somebody owes and will not be asked for, at most so much.
create function app.forgive_debt(tenant integer, key text, whose uuid, at_most bigint, why text)
returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    owed bigint;
begin
    perform app.check_ledger_caller(tenant);
    perform app.lock_ledger_account(tenant, 'person_coins', whose);
    select -debt.balance into owed from app.ledger_balances debt
    where debt.tenant_id = tenant and debt.account_id = app.ledger_account_id('person_debt', whose, null, null);
    owed := least(owed, at_most);
    if exists (
        select from app.coin_transactions known where known.tenant_id = tenant and known.idempotency_key = key
    ) then
        owed := at_most;  -- answered as it was; nothing moves
    elsif coalesce(owed, 0) <= 0 then
        raise exception using errcode = 'WA001', message = 'balance_too_low',
            detail = jsonb_build_object('balance', 0, 'needed', at_most, 'account', 'person_debt')::text;
    end if;
    return app.move_coins(
        tenant, key, 'debt_forgiven', array['person_debt', 'promotions'], array[whose, null], array[null, null]::text[],
        array[null, null]::text[], array[owed, -owed], whose, why, null, jsonb_build_object('forgiven', owed), null,
        at_most::text, false
    );
end $$;
revoke all on function app.forgive_debt(integer, text, uuid, bigint, text) from public;
grant execute on function app.forgive_debt(integer, text, uuid, bigint, text) to meydan_service;

-- Undo a transfer by its mirror image, once.
create function app.reverse_transfer(tenant integer, key text, reversing uuid, why text)
returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    original app.coin_transactions;
    made app.coin_transactions;
    mirror record;
begin
    perform app.check_ledger_caller(tenant);
    select known.* into original from app.coin_transactions known
    where known.tenant_id = tenant and known.id = reversing for no key update;
    if not found then
        raise exception using errcode = 'WA008', message = 'not_found';
    elsif original.reverses_id is not null then
        raise exception using errcode = 'WA007', message = 'not_reversible';
    end if;
    select array_agg(account.kind) as kinds, array_agg(account.user_id) as owners, array_agg(account.provider) as providers,
        array_agg(account.currency) as currencies, array_agg(-entry.amount) as amounts
    into mirror
    from app.coin_entries entry
    join app.ledger_accounts account on account.tenant_id = tenant and account.id = entry.account_id
    where entry.tenant_id = tenant and entry.transaction_id = reversing;
    if original.reversed_by_id is not null and not exists (
        select from app.coin_transactions known
        where known.tenant_id = tenant and known.id = original.reversed_by_id and known.idempotency_key = key
    ) then
        raise exception using errcode = 'WA005', message = 'already_reversed';
    end if;
    if 'person_debt' = any(mirror.kinds) then
        perform app.lock_ledger_account(tenant, 'person_coins', original.user_id);
    end if;
    made := app.move_coins(
        tenant, key, 'reversal', mirror.kinds, mirror.owners, mirror.providers, mirror.currencies, mirror.amounts,
        original.user_id, why, original.subject_id, '{}', reversing, 'reversal', false
    );
    update app.coin_transactions known set reversed_by_id = made.id
    where known.tenant_id = tenant and known.id = reversing and known.reversed_by_id is null;
    return made;
end $$;
revoke all on function app.reverse_transfer(integer, text, uuid, text) from public;
grant execute on function app.reverse_transfer(integer, text, uuid, text) to meydan_service;

-- Set coins aside until `until`. The same key again answers the first hold.
create function app.hold_coins(
    tenant integer, key text, whose uuid, amount bigint, purpose text, subject uuid, until timestamptz
) returns app.coin_holds language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    made app.coin_holds;
    print bytea := sha256(convert_to(concat_ws('|', whose, amount, purpose, subject), 'UTF8'));
begin
    perform app.check_ledger_caller(tenant);
    key := app.own_key(key);
    if session_user = 'meydan_app' and whose is distinct from app.user_id() then
        raise exception 'a person pays with coins of their own' using errcode = 'insufficient_privilege';
    elsif until <= app.now() then
        raise exception 'a hold ends later than it begins' using errcode = 'check_violation';
    end if;
    insert into app.coin_holds (tenant_id, user_id, amount, purpose, subject_id, idempotency_key, fingerprint, expires_at)
    values (tenant, whose, amount, purpose, subject, key, print, until)
    on conflict (tenant_id, idempotency_key) do nothing
    returning coin_holds.* into made;
    if not found then
        select known.* into strict made from app.coin_holds known
        where known.tenant_id = tenant and known.idempotency_key = key;
        if made.fingerprint <> print then
            raise exception using errcode = 'WA004', message = 'idempotency_key_reused';
        end if;
        return made;
    end if;
    for attempt in 1 .. 2 loop
        update app.ledger_balances known set held = known.held + amount
        where known.tenant_id = tenant and known.account_id = app.ledger_account_id('person_coins', whose, null, null)
            and known.stripe = 0 and known.balance - known.held >= amount and not known.frozen;
        exit when found;
        if attempt = 2 then
            perform app.refuse_debit(tenant, 'person_coins', whose, amount, true);
        end if;
        perform app.open_ledger_account(tenant, 'person_coins', whose, null, null, 0);
        perform app.end_expired_holds(tenant, whose, 1000);
    end loop;
    return made;
end $$;
revoke all on function app.hold_coins(integer, text, uuid, bigint, text, uuid, timestamptz) from public;
grant execute on function
    app.hold_coins(integer, text, uuid, bigint, text, uuid, timestamptz) to meydan_app, meydan_service;

-- Pay with what was held, in part or whole; the rest is free again. What was promised is paid even if the wallet was frozen
-- meanwhile. `kinds` … `amounts` say who gets how much.
create function app.commit_hold(
    tenant integer, hold uuid, key text, what text, kinds text[], owners uuid[], providers text[], currencies text[],
    amounts bigint[], why text, subject uuid, more jsonb
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    held app.coin_holds;
    made app.coin_transactions;
    total bigint;
    print text := concat_ws('|', hold, kinds, owners, providers, currencies, amounts);
begin
    perform app.check_ledger_caller(tenant);
    key := app.own_key(key);
    select known.* into held from app.coin_holds known where known.tenant_id = tenant and known.id = hold for update;
    if not found or session_user = 'meydan_app' and not held.by_person then
        raise exception using errcode = 'WA008', message = 'not_found';
    end if;
    select sum(one.amount) into total from unnest(amounts) one (amount);
    kinds := array_prepend('person_coins', kinds);
    owners := array_prepend(held.user_id, owners);
    providers := array_prepend(null, providers);
    currencies := array_prepend(null, currencies);
    amounts := array_prepend(-total, amounts);
    if session_user = 'meydan_app' and not app.is_own_transfer(what, kinds, owners, amounts, held.user_id) then
        raise exception 'a person pays with coins of their own' using errcode = 'insufficient_privilege';
    end if;
    if held.status = 'committed' and exists (
        select from app.coin_transactions known
        where known.tenant_id = tenant and known.id = held.transaction_id and known.idempotency_key = key
    ) then
        null;  -- answered below, if it is the same again
    elsif held.status <> 'open' or held.expires_at <= app.now() then
        raise exception using errcode = 'WA006', message = 'hold_over', detail = jsonb_build_object(
            'status', case when held.status = 'open' then 'expired' else held.status end)::text;
    elsif total > held.amount or 0 >= any(amounts[2:]) then
        raise exception 'a hold pays at most what is held' using errcode = 'check_violation';
    else
        -- The payer's coins come first here as in every transfer: nobody is waited for crosswise.
        update app.ledger_balances known set held = known.held - held.amount
        where known.tenant_id = tenant and known.stripe = 0
            and known.account_id = app.ledger_account_id('person_coins', held.user_id, null, null)
            and known.held >= held.amount;
        if not found then
            raise exception 'no so many coins are held' using errcode = 'check_violation';
        end if;
    end if;
    made := app.move_coins(
        tenant, key, what, kinds, owners, providers, currencies, amounts, held.user_id, why, subject, more, null, print, false
    );
    if held.status = 'open' then
        update app.coin_holds known
        set status = 'committed', committed = total, transaction_id = made.id, ended_at = app.now()
        where known.tenant_id = tenant and known.id = hold;
        perform app.pay_debt(tenant, held.user_id, hold);
    end if;
    return made;
end $$;
revoke all on function
    app.commit_hold(integer, uuid, text, text, text[], uuid[], text[], text[], bigint[], text, uuid, jsonb) from public;
grant execute on function
    app.commit_hold(integer, uuid, text, text, text[], uuid[], text[], text[], bigint[], text, uuid, jsonb)
    to meydan_app, meydan_service;

-- Nothing is paid and everything held is free again. A second time changes nothing.
create function app.release_hold(tenant integer, hold uuid)
returns app.coin_holds language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    held app.coin_holds;
begin
    perform app.check_ledger_caller(tenant);
    select known.* into held from app.coin_holds known where known.tenant_id = tenant and known.id = hold for update;
    if not found or session_user = 'meydan_app' and (held.user_id <> app.user_id() or not held.by_person) then
        raise exception using errcode = 'WA008', message = 'not_found';
    elsif held.status = 'committed' then
        raise exception using errcode = 'WA006', message = 'hold_over', detail = '{"status": "committed"}';
    elsif held.status = 'open' then
        update app.coin_holds known set status = 'released', ended_at = app.now(), proved = false
        where known.tenant_id = tenant and known.id = hold
        returning known.* into held;
        perform app.give_back_held(tenant, held.user_id, held.amount, hold);
    end if;
    return held;
end $$;
revoke all on function app.release_hold(integer, uuid) from public;
grant execute on function app.release_hold(integer, uuid) to meydan_app, meydan_service;

create function app.expire_holds(tenant integer, at_most integer) returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform app.check_ledger_caller(tenant);
    return query select distinct over.whose from app.end_expired_holds(tenant, null, at_most) over (whose);
end $$;
revoke all on function app.expire_holds(integer, integer) from public;
grant execute on function app.expire_holds(integer, integer) to meydan_service;

-- From the moment this is committed nothing is spent: whoever is just spending holds the balance's row. False: it was so.
create function app.freeze_wallet(tenant integer, whose uuid, why text, actor uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    kind text;
begin
    perform app.check_ledger_caller(tenant);
    foreach kind in array array['person_coins', 'creator_revenue'] loop  -- in the order transfers take
        perform app.open_ledger_account(tenant, kind, whose, null, null, 0);
        update app.ledger_balances known set frozen = true
        where known.tenant_id = tenant and known.account_id = app.ledger_account_id(kind, whose, null, null);
    end loop;
    insert into app.wallet_freezes (tenant_id, user_id, reason, frozen_by) values (tenant, whose, why, actor)
    on conflict do nothing;
    return found;
end $$;
revoke all on function app.freeze_wallet(integer, uuid, text, uuid) from public;
grant execute on function app.freeze_wallet(integer, uuid, text, uuid) to meydan_service;

create function app.thaw_wallet(tenant integer, whose uuid, actor uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    kind text;
begin
    perform app.check_ledger_caller(tenant);
    foreach kind in array array['person_coins', 'creator_revenue'] loop
        update app.ledger_balances known set frozen = false
        where known.tenant_id = tenant and known.frozen
            and known.account_id = app.ledger_account_id(kind, whose, null, null);
    end loop;
    update app.wallet_freezes known set thawed_at = app.now(), thawed_by = actor
    where known.tenant_id = tenant and known.user_id = whose and known.thawed_at is null;
    return found;
end $$;
revoke all on function app.thaw_wallet(integer, uuid, uuid) from public;
grant execute on function app.thaw_wallet(integer, uuid, uuid) to meydan_service;

-- Somebody goes: what they have falls to the community, words are blanked, the books stay.
create function app.close_wallet(tenant integer, whose uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    open_hold uuid;
    earnings bigint;
    coins bigint;
begin
    perform app.check_ledger_caller(tenant);
    update app.coin_transactions known set description = '', details = '{}'
    where known.tenant_id = tenant and known.user_id = whose and (known.description <> '' or known.details <> '{}')
        and known.id = any(array(
            select entry.transaction_id from app.ledger_accounts account
            join app.coin_entries entry on entry.tenant_id = tenant and entry.account_id = account.id
            where account.tenant_id = tenant and account.user_id = whose
        ));
    for open_hold in
        select hold.id from app.coin_holds hold
        where hold.tenant_id = tenant and hold.user_id = whose and hold.status = 'open' order by hold.id for update
    loop
        perform app.release_hold(tenant, open_hold);
    end loop;
    perform app.lock_ledger_account(tenant, 'person_coins', whose);
    perform app.lock_ledger_account(tenant, 'creator_revenue', whose);
    select known.balance into coins from app.ledger_balances known
    where known.tenant_id = tenant and known.account_id = app.ledger_account_id('person_coins', whose, null, null);
    select known.balance into earnings from app.ledger_balances known
    where known.tenant_id = tenant and known.account_id = app.ledger_account_id('creator_revenue', whose, null, null);
    if earnings > 0 then
        perform app.move_coins(
            tenant, 'forfeited:' || uuidv7(), 'forfeited', array['creator_revenue', 'tenant_revenue'], array[whose, null],
            array[null, null]::text[], array[null, null]::text[], array[-earnings, earnings], whose, '', null, '{}', null, null,
            false
        );
    end if;
    if coins > 0 then
        perform app.move_coins(
            tenant, 'forfeited:' || uuidv7(), 'forfeited', array['person_coins', 'tenant_revenue'], array[whose, null],
            array[null, null]::text[], array[null, null]::text[], array[-coins, coins], whose, '', null, '{}', null, null,
            false
        );
    end if;
    update app.wallet_freezes known set reason = ''
    where known.tenant_id = tenant and known.user_id = whose and known.reason <> '';
end $$;
revoke all on function app.close_wallet(integer, uuid) from public;
grant execute on function app.close_wallet(integer, uuid) to meydan_service;

-- Everything that does not add up, of all there ever was. One statement, so that it is looked at as of one moment while coins
-- move on.
create function app.ledger_faults(tenant integer)
returns table (fault text, id uuid, expected bigint, found bigint)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with headers as (
        select header.id, header.user_id, header.amount, header.reverses_id,
            app.ledger_account_id('person_coins', header.user_id, null, null) as coins,
            app.ledger_account_id('creator_revenue', header.user_id, null, null) as earnings
        from app.coin_transactions header where header.tenant_id = ledger_faults.tenant
    ),
    sums as (
        select entry.transaction_id, headers.id is null as is_orphan, headers.user_id, headers.amount,
            sum(entry.amount)::bigint as total,
            coalesce(
                sum(entry.amount) filter (where entry.account_id = headers.coins),
                sum(entry.amount) filter (where entry.account_id = headers.earnings), 0
            )::bigint as told
        from app.coin_entries entry
        left join headers on headers.id = entry.transaction_id
        where entry.tenant_id = ledger_faults.tenant
        group by entry.transaction_id, headers.id, headers.user_id, headers.amount
    ),
    stripes as (
        select entry.account_id, entry.stripe, sum(entry.amount)::bigint as total
        from app.coin_entries entry where entry.tenant_id = ledger_faults.tenant
        group by entry.account_id, entry.stripe
    ),
    balances as (
        select known.account_id, known.stripe, known.balance, known.held from app.ledger_balances known
        where known.tenant_id = ledger_faults.tenant
    ),
    holds as (
        select app.ledger_account_id('person_coins', hold.user_id, null, null) as account_id, sum(hold.amount)::bigint as held
        from app.coin_holds hold where hold.tenant_id = ledger_faults.tenant and hold.status = 'open'
        group by hold.user_id
    )
    select 'entries_do_not_sum_to_zero', sums.transaction_id, 0, sums.total from sums where sums.total <> 0
    union all
    select 'entries_without_transaction', sums.transaction_id, null, sums.total from sums where sums.is_orphan
    union all
    select 'transaction_without_entries', headers.id, headers.amount, null
    from headers left join sums on sums.transaction_id = headers.id where sums.transaction_id is null
    union all
    select 'amount_differs_from_entries', sums.transaction_id, sums.told, sums.amount
    from sums where sums.user_id is not null and sums.told <> sums.amount
    union all
    select 'balance_differs_from_entries', coalesce(balances.account_id, stripes.account_id), coalesce(stripes.total, 0),
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
    where known.tenant_id = ledger_faults.tenant
        and (known.held < 0 or known.balance - known.held < known.lowest or known.balance > known.highest)
    union all
    select 'reversed_twice_or_by_another', headers.reverses_id, null, null
    from headers left join app.coin_transactions original
        on original.tenant_id = ledger_faults.tenant and original.id = headers.reverses_id
    where headers.reverses_id is not null and original.reversed_by_id is distinct from headers.id
    union all
    select 'balances_do_not_sum_to_zero', null, 0, sum(balances.balance)::bigint from balances having sum(balances.balance) <> 0
$$;
revoke all on function app.ledger_faults(integer) from public;
grant execute on function app.ledger_faults(integer) to meydan_service;

-- The same of what is new: transfers that no audit has seen, and the accounts that they or a hold touched. What stands in such
-- an account must be what was proved of it, and what is new. One statement again; its size is that of what is new, whatever
-- there ever was, so every step goes by an index.
create function app.new_ledger_faults(tenant integer)
returns table (fault text, id uuid, expected bigint, found bigint)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with transfers as (
        select new.transaction_id as id, header.id is null as is_gone, header.user_id, header.amount, header.reverses_id,
            sides.number, sides.total, coalesce(sides.coins, sides.earnings, 0) as told
        from app.ledger_unproved new
        left join app.coin_transactions header
            on header.tenant_id = new_ledger_faults.tenant and header.id = new.transaction_id
        cross join lateral (
            select count(*) as number, sum(entry.amount)::bigint as total,
                sum(entry.amount) filter (
                    where entry.account_id = app.ledger_account_id('person_coins', header.user_id, null, null)
                )::bigint as coins,
                sum(entry.amount) filter (
                    where entry.account_id = app.ledger_account_id('creator_revenue', header.user_id, null, null)
                )::bigint as earnings
            from app.coin_entries entry
            where entry.tenant_id = new_ledger_faults.tenant and entry.transaction_id = new.transaction_id
        ) sides
        where new.tenant_id = new_ledger_faults.tenant
    ),
    moved as (
        select entry.account_id, entry.stripe, sum(entry.amount)::bigint as amount
        from app.ledger_unproved new
        join app.coin_entries entry
            on entry.tenant_id = new_ledger_faults.tenant and entry.transaction_id = new.transaction_id
        where new.tenant_id = new_ledger_faults.tenant group by entry.account_id, entry.stripe
    ),
    holds as (
        select app.ledger_account_id('person_coins', hold.user_id, null, null) as account_id, sum(hold.amount)::bigint as held
        from app.coin_holds hold where hold.tenant_id = new_ledger_faults.tenant and hold.status = 'open'
        group by hold.user_id
    ),
    touched as (
        select moved.account_id from moved
        union
        select holds.account_id from holds
        union
        select app.ledger_account_id('person_coins', hold.user_id, null, null)
        from app.coin_holds hold where hold.tenant_id = new_ledger_faults.tenant and not hold.proved
    ),
    balances as (
        select known.account_id, known.stripe, known.balance, known.held, known.lowest, known.highest
        from touched join app.ledger_balances known
            on known.tenant_id = new_ledger_faults.tenant and known.account_id = touched.account_id
    ),
    stripes as (
        select one.account_id, sum(one.expected)::bigint as expected, sum(one.balance)::bigint as balance
        from (
            select moved.account_id, moved.stripe, moved.amount as expected, 0 as balance from moved
            union all
            select known.account_id, known.stripe, known.balance, 0
            from touched join app.ledger_proved known
                on known.tenant_id = new_ledger_faults.tenant and known.account_id = touched.account_id
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
    select 'amount_differs_from_entries', transfers.id, transfers.told, transfers.amount
    from transfers where transfers.user_id is not null and transfers.number > 0 and transfers.told <> transfers.amount
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
    select 'balance_outside_its_limits', balances.account_id, coalesce(balances.lowest, balances.highest), balances.balance
    from balances
    where balances.held < 0 or balances.balance - balances.held < balances.lowest or balances.balance > balances.highest
    union all
    select 'reversed_twice_or_by_another', transfers.reverses_id, null, null
    from transfers left join app.coin_transactions original
        on original.tenant_id = new_ledger_faults.tenant and original.id = transfers.reverses_id
    where transfers.reverses_id is not null and original.reversed_by_id is distinct from transfers.id
$$;
revoke all on function app.new_ledger_faults(integer) from public;

-- Look, write down what was found, and keep what stands in each account now, as of the same moment, for the next time. Once
-- something is wrong, everything is looked at until nothing is. Audits take turns, so that each new transfer counts once.
create function app.audit_ledger(tenant integer, look_at_all boolean) returns app.ledger_audits
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    made app.ledger_audits;
    last app.ledger_audits;
begin
    perform app.check_ledger_caller(tenant);
    perform pg_advisory_xact_lock(hashtextextended('ledger audit', tenant));
    select audit.* into last from app.ledger_audits audit where audit.tenant_id = tenant order by audit.id desc limit 1;
    if look_at_all or last.fault_count is distinct from 0 then
        with seen as (
            delete from app.ledger_unproved new where new.tenant_id = tenant
        ),
        let_go as (
            update app.coin_holds hold set proved = true where hold.tenant_id = tenant and not hold.proved
        ),
        totals as (
            select entry.account_id, entry.stripe, sum(entry.amount)::bigint as balance
            from app.coin_entries entry where entry.tenant_id = tenant
            group by entry.account_id, entry.stripe
        ),
        proved as (
            insert into app.ledger_proved (tenant_id, account_id, stripe, balance)
            select tenant, account_id, stripe, coalesce(totals.balance, 0)
            from totals full join (
                select known.account_id, known.stripe, known.balance
                from app.ledger_proved known where known.tenant_id = tenant
            ) before using (account_id, stripe)
            where coalesce(totals.balance, 0) is distinct from before.balance
            on conflict (tenant_id, account_id, stripe) do update set balance = excluded.balance
        ),
        wrong as (
            select one.fault, one.id, one.expected, one.found, row_number() over () as place
            from app.ledger_faults(tenant) one
        )
        insert into app.ledger_audits (tenant_id, whole, fault_count, faults)
        select tenant, true, count(*), coalesce(jsonb_agg(to_jsonb(wrong)) filter (where wrong.place <= 20), '[]') from wrong
        returning ledger_audits.* into made;
    else
        with seen as (
            delete from app.ledger_unproved new where new.tenant_id = tenant returning new.transaction_id
        ),
        let_go as (
            update app.coin_holds hold set proved = true where hold.tenant_id = tenant and not hold.proved
        ),
        proved as (
            insert into app.ledger_proved as known (tenant_id, account_id, stripe, balance)
            select tenant, entry.account_id, entry.stripe, sum(entry.amount)
            from seen join app.coin_entries entry on entry.tenant_id = tenant and entry.transaction_id = seen.transaction_id
            group by entry.account_id, entry.stripe
            on conflict (tenant_id, account_id, stripe) do update set balance = known.balance + excluded.balance
        ),
        wrong as (
            select one.fault, one.id, one.expected, one.found, row_number() over () as place
            from app.new_ledger_faults(tenant) one
        )
        insert into app.ledger_audits (tenant_id, whole, fault_count, faults)
        select tenant, false, count(*), coalesce(jsonb_agg(to_jsonb(wrong)) filter (where wrong.place <= 20), '[]') from wrong
        returning ledger_audits.* into made;
    end if;
    delete from app.ledger_audits old where old.tenant_id = tenant and old.created_at < app.now() - interval '30 days';
    return made;
end $$;
revoke all on function app.audit_ledger(integer, boolean) from public;
grant execute on function app.audit_ledger(integer, boolean) to meydan_service;

-- The rest is the ledger's own.
revoke all on function app.open_ledger_account(integer, text, uuid, text, text, integer) from public;
revoke all on function app.lock_ledger_account(integer, text, uuid) from public;
revoke all on function app.unripe_earnings(integer, uuid) from public;
revoke all on function app.end_expired_holds(integer, uuid, integer) from public;
revoke all on function app.give_back_held(integer, uuid, bigint, uuid) from public;
revoke all on function app.refuse_debit(integer, text, uuid, bigint, boolean) from public;
revoke all on function app.move_coins(
    integer, text, text, text[], uuid[], text[], text[], bigint[], uuid, text, uuid, jsonb, uuid, text, boolean
) from public;
revoke all on function app.pay_debt(integer, uuid, uuid) from public;
revoke all on function app.check_ledger_caller(integer) from public;
revoke all on function app.own_key(text) from public;
revoke all on function app.is_own_transfer(text, text[], uuid[], bigint[], uuid) from public;
