-- What is sold for money, how it was paid, what it bought, and what had to be given back.
-- Money is always the minor unit of its currency. Nothing here is deleted: these are books.

-- What a person may buy. `name` is a community's own words; without one the client words it by what it holds.
create table app.coin_packages (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    name jsonb check (jsonb_typeof(name) = 'object'),
    coins integer not null check (coins between 1 and 10000000),
    -- Given on top: whoever buys gets coins + bonus.
    bonus integer not null default 0 check (bonus between 0 and 10000000),
    price bigint not null check (price between 1 and 100000000000),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    -- What the stores of native apps call it; their prices are set there.
    store_product_id text check (length(store_product_id) between 1 and 200),
    position integer not null default 0,
    active boolean not null default true,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, store_product_id)
);
select app.protect('app.coin_packages');
revoke delete on app.coin_packages from meydan_service;
create policy members_read on app.coin_packages for select to meydan_app using (tenant_id = (select app.tenant_id()));
grant select on app.coin_packages to meydan_app;

create table app.premium_plans (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    name jsonb check (jsonb_typeof(name) = 'object'),
    period text not null check (period in ('week', 'month', 'year')),
    price bigint not null check (price between 1 and 100000000000),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    -- Null: not sold for coins.
    coin_price integer check (coin_price between 1 and 10000000),
    store_product_id text check (length(store_product_id) between 1 and 200),
    -- What it unlocks.
    text_per_day integer not null check (text_per_day between 0 and 1000),
    sees_likes boolean not null,
    no_ads boolean not null,
    position integer not null default 0,
    active boolean not null default true,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, store_product_id)
);
select app.protect('app.premium_plans');
revoke delete on app.premium_plans from meydan_service;
create policy members_read on app.premium_plans for select to meydan_app using (tenant_id = (select app.tenant_id()));
grant select on app.premium_plans to meydan_app;

-- What every community begins with.
create function app.open_shop(tenant integer) returns void language sql set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.coin_packages (tenant_id, coins, bonus, price, currency, position)
    values
        (open_shop.tenant, 100, 0, 4999, 'TRY', 1),
        (open_shop.tenant, 500, 50, 24999, 'TRY', 2),
        (open_shop.tenant, 1000, 200, 49999, 'TRY', 3),
        (open_shop.tenant, 2000, 600, 99999, 'TRY', 4);
    insert into app.premium_plans (
        tenant_id, period, price, currency, coin_price, text_per_day, sees_likes, no_ads, position
    )
    values
        (open_shop.tenant, 'month', 14999, 'TRY', 450, 50, true, true, 1),
        (open_shop.tenant, 'year', 119999, 'TRY', null, 50, true, true, 2);
end;
revoke all on function app.open_shop(integer) from public;
grant execute on function app.open_shop(integer) to meydan_service;
select app.open_shop(id) from app.tenants;

-- What stands for a person at providers. The row is also what purchases of one person wait for each other on.
create table app.billing_references (
    tenant_id integer not null references app.tenants,
    user_id uuid not null,
    reference uuid not null default gen_random_uuid(),
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, user_id),
    unique (tenant_id, reference),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id)
);
select app.protect('app.billing_references');
create policy own_read on app.billing_references for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select (tenant_id, user_id, reference) on app.billing_references to meydan_app;

-- A community's own accounts at providers; what they ask to be kept secret is sealed.
create table app.payment_providers (
    tenant_id integer not null references app.tenants,
    provider text not null check (provider in ('local', 'stripe', 'iyzico', 'apple', 'google', 'revenuecat')),
    sealed bytea not null,
    sandbox boolean not null,
    active boolean not null default true,
    created_at timestamptz not null default app.now(),
    updated_at timestamptz not null default app.now(),
    primary key (tenant_id, provider)
);
select app.protect('app.payment_providers');

create table app.subscriptions (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    plan_id uuid not null,
    status text not null check (status in ('active', 'grace', 'cancelled', 'expired')),
    -- Null: paid with coins.
    provider text check (provider in ('local', 'stripe', 'iyzico', 'apple', 'google', 'revenuecat')),
    -- What the provider calls it; null where it renews nothing by itself.
    reference text check (length(reference) between 1 and 500),
    coin_price integer check (coin_price > 0),
    renews boolean not null,
    period_ends_at timestamptz not null,
    grace_ends_at timestamptz,
    -- When the newest news of the provider happened: what is older changes nothing.
    changed_at timestamptz not null default app.now(),
    -- When the provider was last asked, or coins were last tried for.
    checked_at timestamptz,
    -- What the person wants and the provider has not been told yet.
    wish text check (wish in ('cancel', 'resume')),
    -- The money was taken back: only a new payment brings it to life again.
    revoked boolean not null default false,
    -- Another plan was chosen at the provider: it comes with the next renewal or, where that was paid early, at this time.
    next_plan_id uuid,
    next_plan_at timestamptz,
    -- By what the store has still to be told that it reached us, or it undoes it: a change of plan may cost nothing.
    claim text check (length(claim) between 1 and 2000),
    idempotency_key text check (length(idempotency_key) between 1 and 200),
    created_at timestamptz not null default app.now(),
    ended_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, provider, reference),
    unique (tenant_id, user_id, idempotency_key),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, plan_id) references app.premium_plans (tenant_id, id),
    foreign key (tenant_id, next_plan_id) references app.premium_plans (tenant_id, id),
    check (next_plan_at is null or next_plan_id is not null),
    check ((provider is null) = (coin_price is not null)),
    check ((status = 'expired') = (ended_at is not null)),
    check (status <> 'grace' or grace_ends_at is not null)
);
create index subscriptions_of_user on app.subscriptions (tenant_id, user_id, id desc);
create index subscriptions_running on app.subscriptions (tenant_id, user_id) where status <> 'expired';
create index subscriptions_due on app.subscriptions (tenant_id, period_ends_at) where status <> 'expired';
create index subscriptions_next_plan on app.subscriptions (tenant_id, next_plan_at) where next_plan_at is not null;
create index subscriptions_unclaimed on app.subscriptions (tenant_id) where claim is not null;
select app.protect('app.subscriptions');
revoke delete on app.subscriptions from meydan_service;
create policy own_read on app.subscriptions for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select (
    tenant_id, id, user_id, plan_id, status, provider, coin_price, renews, period_ends_at, grace_ends_at, wish, next_plan_id,
    next_plan_at, created_at, ended_at
) on app.subscriptions to meydan_app;

-- One payment of money: the intent first, then what came of it. A subscription's renewal is a payment of its own.
create table app.payments (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    kind text not null check (kind in ('coins', 'premium')),
    status text not null check (
        status in (
            'created', 'pending', 'held', 'paid', 'failed', 'expired', 'partly_refunded', 'refunded', 'disputed',
            'charged_back'
        )
    ),
    provider text not null check (provider in ('local', 'stripe', 'iyzico', 'apple', 'google', 'revenuecat')),
    package_id uuid,
    plan_id uuid,
    subscription_id uuid,
    -- What it buys; 0 for premium.
    coins integer not null check (coins >= 0),
    -- What was asked for. A store's first period may be free.
    amount bigint not null check (amount >= 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    -- What the provider says it got: what refunds and disputes are a part of.
    paid_amount bigint check (paid_amount >= 0),
    paid_currency text check (paid_currency ~ '^[A-Z]{3}$'),
    -- The provider's names: of the page where it is paid, and of the one payment that was made there.
    checkout text check (length(checkout) between 1 and 4000),
    checkout_url text check (length(checkout_url) <= 4000),
    checkout_expires_at timestamptz,
    charge text check (length(charge) between 1 and 500),
    subscription_reference text check (length(subscription_reference) between 1 and 500),
    -- From when, where the provider says so, and up to when it pays premium.
    period_begins_at timestamptz,
    period_ends_at timestamptz,
    refunded bigint not null default 0,
    -- When the provider last took a refund back: what it said before counts no more.
    refund_reversed_at timestamptz,
    -- In coins: what was taken back, and how much of that was spent already and is owed.
    coins_taken_back integer not null default 0,
    owed integer not null default 0 check (owed >= 0),
    -- Why it failed or is held, in a word the client knows; and the provider's own, for staff.
    problem text check (problem ~ '^[a-z_]{1,40}$'),
    problem_detail text check (length(problem_detail) <= 500),
    -- Of a held one: when it is given without anybody's doing. Null: staff decide.
    release_at timestamptz,
    -- Where it was ordered: the device as it calls itself, the same under every account. The last two are forgotten once the
    -- provider has been asked.
    device_id uuid,
    address text check (length(address) <= 45),
    origin text check (length(origin) <= 300),
    idempotency_key text check (length(idempotency_key) between 1 and 200),
    -- When an open one was last looked after.
    checked_at timestamptz,
    -- What a store that takes back unclaimed money has been told: that this is ours, then that it was given.
    acknowledged text check (acknowledged in ('ours', 'given')),
    acknowledge_asked_at timestamptz,
    created_at timestamptz not null default app.now(),
    -- When the money arrived, and when what it bought was given.
    paid_at timestamptz,
    settled_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, provider, charge),
    unique (tenant_id, user_id, idempotency_key),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, package_id) references app.coin_packages (tenant_id, id),
    foreign key (tenant_id, plan_id) references app.premium_plans (tenant_id, id),
    foreign key (tenant_id, subscription_id) references app.subscriptions (tenant_id, id),
    check (case kind when 'coins' then package_id is not null and plan_id is null else plan_id is not null and package_id is null end),
    check ((kind = 'premium') = (coins = 0)),
    check (coins_taken_back between 0 and coins and owed <= coins_taken_back),
    check (status not in ('created', 'pending') or paid_at is null),
    check (
        (paid_at is null and paid_amount is null and settled_at is null and refunded = 0)
        or (paid_at is not null and paid_amount is not null and paid_currency is not null and charge is not null)
    ),
    check (status <> 'paid' or settled_at is not null),
    check (refunded between 0 and coalesce(paid_amount, 0))
);
create index payments_of_user on app.payments (tenant_id, user_id, id desc);
create index payments_by_checkout on app.payments (tenant_id, provider, checkout);
create index payments_by_time on app.payments (tenant_id, provider, paid_at);
create index payments_open on app.payments (tenant_id, created_at) where status in ('created', 'pending');
create index payments_held on app.payments (tenant_id, release_at) where status = 'held';
create index payments_of_subscription on app.payments (tenant_id, subscription_id) where subscription_id is not null;
create index payments_unacknowledged on app.payments (tenant_id, paid_at)
where provider = 'google' and paid_at is not null and acknowledged is distinct from 'given';
create index payments_of_device on app.payments (tenant_id, device_id) where device_id is not null;
select app.protect('app.payments');
revoke delete on app.payments from meydan_service;
create policy own_read on app.payments for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select (
    tenant_id, id, user_id, kind, status, provider, package_id, plan_id, subscription_id, coins, amount, currency, paid_amount,
    paid_currency, checkout_url, checkout_expires_at, period_ends_at, refunded, coins_taken_back, owed, problem, release_at,
    created_at, paid_at, settled_at
) on app.payments to meydan_app;

-- Webhooks whose sender was proved, until they have been read and after. The provider's own id says which are the same.
create table app.payment_notices (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    provider text not null,
    event_id text not null check (length(event_id) between 1 and 500),
    payload jsonb not null,
    payment_id uuid,
    -- Why it could not be read or changed nothing, for staff.
    problem text check (length(problem) <= 500),
    tries integer not null default 0,
    received_at timestamptz not null default app.now(),
    read_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, provider, event_id),
    foreign key (tenant_id, payment_id) references app.payments (tenant_id, id)
);
create index payment_notices_unread on app.payment_notices (tenant_id, received_at) where read_at is null;
create index payment_notices_of_payment on app.payment_notices (tenant_id, payment_id) where payment_id is not null;
create index payment_notices_by_age on app.payment_notices (tenant_id, received_at);
select app.protect('app.payment_notices');

-- News that came before what it is about: a refund before its payment, a renewal before the subscription's first.
create table app.payment_early_events (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    provider text not null,
    -- The charge or the subscription that is not known yet.
    subject text not null check (length(subject) between 1 and 500),
    event_id text not null check (length(event_id) between 1 and 500),
    event jsonb not null,
    received_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, provider, subject, event_id)
);
create index payment_early_events_by_age on app.payment_early_events (tenant_id, received_at);
select app.protect('app.payment_early_events');

create table app.payment_refunds (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    payment_id uuid not null,
    status text not null check (status in ('asked', 'done', 'refused')),
    amount bigint not null check (amount > 0),
    -- The provider's id, once it has one.
    refund text check (length(refund) between 1 and 500),
    -- Absent where the refund was made at the provider, or by a store.
    actor_user_id uuid,
    reason text not null default '' check (length(reason) <= 500),
    problem text check (length(problem) <= 500),
    -- In coins: what it took back, and how much of that is owed.
    coins integer not null default 0 check (coins >= 0),
    owed integer not null default 0 check (owed >= 0),
    idempotency_key text check (length(idempotency_key) between 1 and 200),
    created_at timestamptz not null default app.now(),
    done_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, payment_id, idempotency_key),
    foreign key (tenant_id, payment_id) references app.payments (tenant_id, id),
    foreign key (tenant_id, actor_user_id) references app.users (tenant_id, id),
    check ((status = 'asked') = (done_at is null))
);
create index payment_refunds_of_payment on app.payment_refunds (tenant_id, payment_id, id);
create index payment_refunds_asked on app.payment_refunds (tenant_id, created_at) where status = 'asked';
select app.protect('app.payment_refunds');
revoke delete on app.payment_refunds from meydan_service;

create table app.payment_disputes (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    payment_id uuid not null,
    provider text not null,
    -- The provider's id.
    dispute text not null check (length(dispute) between 1 and 500),
    amount bigint not null check (amount > 0),
    state text not null check (state in ('opened', 'won', 'lost')),
    coins integer not null default 0 check (coins >= 0),
    owed integer not null default 0 check (owed >= 0),
    -- When the newest news of it happened at the provider.
    changed_at timestamptz not null,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, provider, dispute),
    foreign key (tenant_id, payment_id) references app.payments (tenant_id, id)
);
create index payment_disputes_of_payment on app.payment_disputes (tenant_id, payment_id, id);
select app.protect('app.payment_disputes');
revoke delete on app.payment_disputes from meydan_service;

-- Our books held against the providers': one line a run and provider.
create table app.reconciliations (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    provider text not null,
    since timestamptz not null,
    until timestamptz not null,
    charges integer,
    payments integer,
    complete boolean,
    problem text check (length(problem) <= 500),
    created_at timestamptz not null default app.now(),
    finished_at timestamptz,
    primary key (tenant_id, id)
);
create index reconciliations_by_time on app.reconciliations (tenant_id, created_at);
select app.protect('app.reconciliations');

-- Each difference once, however many runs see it. It closes by itself when it is gone; staff may explain it.
create table app.reconciliation_differences (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    provider text not null,
    kind text not null check (kind in ('missing_here', 'missing_there', 'amount', 'refunded', 'disputed', 'coins')),
    -- The charge; of `coins`, the currency.
    subject text not null check (length(subject) between 1 and 500),
    payment_id uuid,
    currency text check (currency ~ '^[A-Z]{3}$'),
    ours bigint,
    theirs bigint,
    status text not null check (status in ('open', 'gone', 'healed', 'explained')),
    note text not null default '' check (length(note) <= 1000),
    explained_by_user_id uuid,
    first_seen_at timestamptz not null default app.now(),
    last_seen_at timestamptz not null default app.now(),
    closed_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, provider, kind, subject),
    foreign key (tenant_id, payment_id) references app.payments (tenant_id, id),
    foreign key (tenant_id, explained_by_user_id) references app.users (tenant_id, id),
    check ((status = 'open') = (closed_at is null))
);
create index reconciliation_differences_open on app.reconciliation_differences (tenant_id, first_seen_at) where status = 'open';
select app.protect('app.reconciliation_differences');
