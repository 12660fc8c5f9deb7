-- What was suspicious about purchases and gifts, and what was decided about it.

-- What payments were made with, so that one card or one device behind many people is noticed. Keyed hashes: nobody reads a
-- card or a device out of them, and no two communities have one in common.
create table app.payment_marks (
    tenant_id integer not null references app.tenants,
    payment_id uuid not null,
    kind text not null check (kind in ('card', 'device')),
    mark bytea not null check (length(mark) = 32),
    user_id uuid not null,
    -- Staff looked at it and found nothing wrong: this person may pay with it, whoever else does.
    trusted boolean not null default false,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, payment_id, kind, mark),
    foreign key (tenant_id, payment_id) references app.payments (tenant_id, id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id)
);
create index payment_marks_same on app.payment_marks (tenant_id, mark, created_at);
create index payment_marks_of_user on app.payment_marks (tenant_id, user_id, created_at);
create index payment_marks_by_age on app.payment_marks (tenant_id, created_at);
select app.protect('app.payment_marks');

-- One for each payment that arrived, and one for each person of a ring of gifts. Most payments are allowed at once.
create table app.fraud_cases (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    payment_id uuid,
    -- It pays for a membership that goes on: given at once, and only looked at.
    renewal boolean not null default false,
    -- Who gave in a ring, in the order in which the coins went.
    ring uuid[] check (cardinality(ring) between 2 and 6),
    outcome text not null check (outcome in ('allow', 'delay', 'review', 'freeze')),
    points integer not null check (points >= 0),
    findings jsonb not null,
    status text not null check (status in ('allowed', 'open', 'closed')),
    release_at timestamptz,
    -- `overtaken`: the money went back before anybody decided.
    decision text check (decision in ('release', 'refund', 'freeze', 'dismiss', 'overtaken')),
    note text not null default '' check (length(note) <= 1000),
    -- Absent where time decided.
    decided_by_user_id uuid,
    decided_at timestamptz,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, payment_id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, payment_id) references app.payments (tenant_id, id),
    foreign key (tenant_id, decided_by_user_id) references app.users (tenant_id, id),
    check (num_nonnulls(payment_id, ring) = 1),
    check (not renewal or (payment_id is not null and outcome in ('allow', 'review'))),
    check ((status = 'allowed') = (outcome = 'allow')),
    check ((status = 'closed') = (decision is not null and decided_at is not null)),
    check ((outcome = 'delay') = (release_at is not null))
);
create index fraud_cases_of_user on app.fraud_cases (tenant_id, user_id, created_at);
create index fraud_cases_queue on app.fraud_cases (tenant_id, status, id) where status <> 'allowed';
create index fraud_cases_due on app.fraud_cases (tenant_id, release_at) where status = 'open' and outcome = 'delay';
create index fraud_cases_of_gifts on app.fraud_cases (tenant_id, user_id) where ring is not null;
select app.protect('app.fraud_cases');
revoke delete on app.fraud_cases from meydan_service;

-- Coins that staff gave somebody or took from them: who did it and why. Its transfer moves between the person and the promotions.
create table app.coin_adjustments (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    actor_user_id uuid not null,
    -- Below zero: taken.
    coins bigint not null check (coins <> 0),
    reason text not null check (length(reason) <= 500),
    transaction_id uuid not null,
    idempotency_key text not null check (length(idempotency_key) between 1 and 200),
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, idempotency_key),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, actor_user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, transaction_id) references app.coin_transactions (tenant_id, id)
);
create index coin_adjustments_of_user on app.coin_adjustments (tenant_id, user_id, id desc);
create index coin_adjustments_by_actor on app.coin_adjustments (tenant_id, actor_user_id, created_at);
create index coin_adjustments_transfer on app.coin_adjustments (tenant_id, transaction_id);
select app.protect('app.coin_adjustments');
revoke update, delete on app.coin_adjustments from meydan_service;
grant update (reason) on app.coin_adjustments to meydan_service;

-- Staff find somebody by the beginning of the name of their real face.
create index profiles_by_name on app.profiles (tenant_id, alias_key text_pattern_ops, tag) where face = 'real' and alias <> '';

-- Rings are looked for over all gifts of the last days.
create index gifts_sent_by_time on app.gifts_sent (tenant_id, created_at) include (giver_user_id, receiver_user_id, coins);

-- What came in day by day, over all providers. The ledger is written in the order of time: a few bytes for every hundred
-- pages find its days, and cost its writers next to nothing.
create index payments_by_day on app.payments (tenant_id, paid_at) include (provider, paid_currency, paid_amount)
    where paid_at is not null;
create index payment_refunds_by_day on app.payment_refunds (tenant_id, done_at) where status = 'done';
create index coin_transactions_by_day on app.coin_transactions using brin (tenant_id, created_at);

-- A person may know that something was done to them, not which rules saw what and who of the staff decided.
revoke select on app.system_logs from meydan_app;
grant select (tenant_id, id, action, user_id, created_at) on app.system_logs to meydan_app;
