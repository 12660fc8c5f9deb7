-- Gifts between people who have met, and time that is paid by the minute. Coins move by the ledger's functions only.

-- What may be given. `key` is a picture and a name that clients know; `name` is a community's own words for it.
create table app.gifts (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    key text not null check (key ~ '^[a-z][a-z_]{0,29}$'),
    name jsonb check (jsonb_typeof(name) = 'object'),
    price integer not null check (price between 1 and 1000000),
    position integer not null default 0,
    active boolean not null default true,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id)
);
select app.protect('app.gifts');
revoke delete on app.gifts from meydan_service;
create policy members_read on app.gifts for select to meydan_app using (tenant_id = (select app.tenant_id()));
grant select on app.gifts to meydan_app;

-- What every community begins with.
create function app.stock_gifts(tenant integer) returns void language sql set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.gifts (tenant_id, key, price, position)
    values
        (stock_gifts.tenant, 'tea', 5, 1),
        (stock_gifts.tenant, 'simit', 10, 2),
        (stock_gifts.tenant, 'tulip', 20, 3),
        (stock_gifts.tenant, 'cat', 40, 4),
        (stock_gifts.tenant, 'lantern', 75, 5),
        (stock_gifts.tenant, 'boat', 150, 6),
        (stock_gifts.tenant, 'kilim', 300, 7),
        (stock_gifts.tenant, 'moon', 1000, 8);
end;
revoke all on function app.stock_gifts(integer) from public;
grant execute on function app.stock_gifts(integer) to meydan_service;
select app.stock_gifts(id) from app.tenants;

-- What was given, by which face to which; the ledger's transactions point at it. Written by `send_gift` alone; nothing but the
-- words is ever blanked.
create table app.gifts_sent (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    gift_id uuid not null,
    quantity integer not null check (quantity between 1 and 99),
    coins bigint not null check (coins > 0),
    -- The receiver's share of them.
    earned bigint not null check (earned between 0 and coins),
    giver_user_id uuid not null,
    giver_profile_id uuid not null,
    receiver_user_id uuid not null,
    receiver_profile_id uuid not null,
    note text not null default '' check (length(note) <= 200),
    idempotency_key text not null check (length(idempotency_key) between 1 and 200),
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, idempotency_key),
    foreign key (tenant_id, gift_id) references app.gifts (tenant_id, id),
    foreign key (tenant_id, giver_user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, giver_profile_id) references app.profiles (tenant_id, id),
    foreign key (tenant_id, receiver_user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, receiver_profile_id) references app.profiles (tenant_id, id),
    check (giver_user_id <> receiver_user_id)
);
create index gifts_sent_by on app.gifts_sent (tenant_id, giver_profile_id, id desc);
create index gifts_sent_to on app.gifts_sent (tenant_id, receiver_profile_id, id desc);
create index gifts_sent_between on app.gifts_sent (tenant_id, giver_profile_id, receiver_profile_id, id desc);
-- Whole people, for the rules that look for rings and for what is kept of a person.
create index gifts_sent_by_person on app.gifts_sent (tenant_id, giver_user_id, created_at);
create index gifts_sent_to_person on app.gifts_sent (tenant_id, receiver_user_id, created_at);
select app.protect('app.gifts_sent');
revoke insert, update, delete on app.gifts_sent from meydan_service;
grant update (note) on app.gifts_sent to meydan_service;
create policy own_read on app.gifts_sent for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and (select app.profile_id()) in (giver_profile_id, receiver_profile_id));
grant select (
    tenant_id, id, gift_id, quantity, coins, earned, giver_profile_id, receiver_profile_id, note, created_at
) on app.gifts_sent to meydan_app;

-- Give somebody a gift: what it costs, who is behind the face, whether the two have met, the coins, and the row, in one call.
-- No row: there is no such gift, or nobody there for this face to give to; the two look the same. The same key again answers
-- what was given, whatever has changed since. The giver pays the community, which gives the receiver their share: each finds
-- a line in their own history.
create function app.send_gift(
    tenant integer, wanted uuid, pieces integer, to_profile uuid, words text, key text
) returns table (
    id uuid, gift jsonb, coins bigint, earned bigint, receiver_user_id uuid, created_at timestamptz, is_new boolean
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    giver uuid := app.user_id();
    giver_face uuid := app.profile_id();
    receiver uuid;
    what app.gifts;
    given app.gifts_sent;
    share bigint;
    -- The community's own setting (wallet/settings.py), not the caller's word.
    share_percent integer := coalesce((
        select known.config_value::text::integer from app.tenant_configs known
        where known.tenant_id = tenant and known.config_key = 'wallet.gift_share_percent'
    ), 50);
begin
    perform app.check_ledger_caller(tenant);
    key := app.own_key(key);
    select known.* into given from app.gifts_sent known where known.tenant_id = tenant and known.idempotency_key = key;
    is_new := not found;
    if is_new then
        select person.id into receiver
        from app.profiles other
        join app.users person on person.tenant_id = other.tenant_id and person.id = other.user_id
        where other.tenant_id = tenant and other.id = to_profile and person.id <> giver and person.erased_at is null
            and (person.ban_reason is null or person.banned_until <= app.now())
            and app.have_met(tenant, giver_face, to_profile) and not app.blocked_between(tenant, giver_face, to_profile);
        if not found then
            return;
        end if;
        select known.* into what from app.gifts known where known.tenant_id = tenant and known.id = wanted and known.active;
        if not found then
            return;
        end if;
        share := what.price::bigint * pieces * share_percent / 100;
        insert into app.gifts_sent (
            tenant_id, gift_id, quantity, coins, earned, giver_user_id, giver_profile_id, receiver_user_id,
            receiver_profile_id, note, idempotency_key
        ) values (
            tenant, wanted, pieces, what.price::bigint * pieces, share, giver, giver_face, receiver, to_profile, words, key
        ) on conflict do nothing
        returning gifts_sent.* into given;
        is_new := found;
        if is_new then
            -- Coins before earnings, and both before the community's, as in every transfer: nobody waits in a circle.
            perform app.lock_ledger_account(tenant, 'person_coins', giver);
            perform app.lock_ledger_account(tenant, 'creator_revenue', receiver);
            -- Who leaves at this moment closes their wallet on the way: whoever waited for that finds them gone.
            if exists (
                select from app.users person
                where person.tenant_id = tenant and person.id = receiver and person.erased_at is not null
            ) then
                raise exception using errcode = 'WA008', message = 'not_found';
            end if;
            perform app.move_coins(
                tenant, key, 'gift_sent', array['person_coins', 'tenant_revenue'], array[giver, null],
                array[null, null]::text[], array[null, null]::text[], array[-given.coins, given.coins], giver, '', given.id,
                jsonb_build_object('gift_key', what.key, 'quantity', pieces, 'profile_id', to_profile), null, null, true
            );
            if share > 0 then
                perform app.move_coins(
                    tenant, key || ':received', 'gift_received', array['creator_revenue', 'tenant_revenue'],
                    array[receiver, null], array[null, null]::text[], array[null, null]::text[], array[share, -share],
                    receiver, '', given.id,
                    jsonb_build_object('gift_key', what.key, 'quantity', pieces, 'profile_id', giver_face), null, null, false
                );
            end if;
        else  -- asked for twice at once
            select known.* into strict given from app.gifts_sent known
            where known.tenant_id = tenant and known.idempotency_key = key;
        end if;
    end if;
    if (given.gift_id, given.quantity, given.giver_profile_id, given.receiver_profile_id, given.note)
        is distinct from (wanted, pieces, giver_face, to_profile, words)
    then
        raise exception using errcode = 'WA004', message = 'idempotency_key_reused';
    end if;
    return query
    select given.id,
        jsonb_build_object('id', known.id, 'key', known.key, 'name', known.name, 'price', known.price, 'position', known.position),
        given.coins, given.earned, given.receiver_user_id, given.created_at, is_new
    from app.gifts known where known.tenant_id = tenant and known.id = given.gift_id;
end $$;
revoke all on function app.send_gift(integer, uuid, integer, uuid, text, text) from public;
grant execute on function app.send_gift(integer, uuid, integer, uuid, text, text) to meydan_app;

-- Time somebody pays another for, minute by minute. The payer's coins for the minute that runs are held; a minute used up
-- is paid and the next one held. Everything anybody needs to go on is in this row and its units, so any process may die.
create table app.meters (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    payer_user_id uuid not null,
    payee_user_id uuid not null,
    coins_per_minute integer not null check (coins_per_minute between 1 and 1000000),
    -- The payee's share, as it was when the time began.
    share_percent integer not null check (share_percent between 0 and 100),
    -- The call, or whatever is paid for.
    subject_id uuid not null,
    idempotency_key text not null check (length(idempotency_key) between 1 and 200),
    -- The minute that runs: its coins are held.
    unit integer not null default 1 check (unit >= 1),
    -- Time during which media was seen to flow, in milliseconds.
    used integer not null default 0 check (used >= 0),
    seen_at timestamptz,
    -- The payer was told that the minute that runs is the last.
    warned_at timestamptz,
    ended_at timestamptz,
    end_reason text check (end_reason in ('hung_up', 'no_coins', 'lost', 'refused')),
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, idempotency_key),
    foreign key (tenant_id, payer_user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, payee_user_id) references app.users (tenant_id, id),
    check (payer_user_id <> payee_user_id),
    check ((ended_at is null) = (end_reason is null))
);
create index meters_running on app.meters (tenant_id, id) where ended_at is null;
create index meters_of_payer on app.meters (tenant_id, payer_user_id, id);
create index meters_of_payee on app.meters (tenant_id, payee_user_id, id);
create index meters_of_subject on app.meters (tenant_id, subject_id);
select app.protect('app.meters');
revoke delete on app.meters from meydan_service;

create table app.meter_units (
    tenant_id integer not null references app.tenants,
    meter_id uuid not null,
    number integer not null check (number >= 1),
    hold_id uuid not null,
    status text not null default 'held' check (status in ('held', 'paid', 'released')),
    coins bigint not null check (coins > 0),
    earned bigint not null default 0 check (earned between 0 and coins),
    transaction_id uuid,
    settled_at timestamptz,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, meter_id, number),
    unique (tenant_id, hold_id),
    unique (tenant_id, transaction_id),
    foreign key (tenant_id, meter_id) references app.meters (tenant_id, id),
    foreign key (tenant_id, hold_id) references app.coin_holds (tenant_id, id),
    foreign key (tenant_id, transaction_id) references app.coin_transactions (tenant_id, id),
    check ((transaction_id is not null) = (status = 'paid')),
    check ((settled_at is null) = (status = 'held'))
);
create unique index meter_units_one_held on app.meter_units (tenant_id, meter_id) where status = 'held';
select app.protect('app.meter_units');
revoke delete on app.meter_units from meydan_service;

-- Whoever settles several meters in one transaction keeps what is held for them and their people's accounts first, in the order
-- that every transfer takes: who is paid by one meter may pay for another.
create function app.lock_meter_accounts(tenant integer, wanted uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid;
begin
    perform app.check_ledger_caller(tenant);
    perform from app.coin_holds hold
    where hold.tenant_id = tenant and hold.id = any(array(
        select one.hold_id from app.meter_units one
        where one.tenant_id = tenant and one.meter_id = any(wanted) and one.status = 'held'
    ))
    order by hold.id for update;
    for person in
        select distinct meter.payer_user_id from app.meters meter
        where meter.tenant_id = tenant and meter.id = any(wanted) order by 1
    loop
        perform app.lock_ledger_account(tenant, 'person_coins', person);
    end loop;
    for person in
        select distinct meter.payee_user_id from app.meters meter
        where meter.tenant_id = tenant and meter.id = any(wanted) order by 1
    loop
        perform app.lock_ledger_account(tenant, 'creator_revenue', person);
    end loop;
end $$;
revoke all on function app.lock_meter_accounts(integer, uuid[]) from public;
grant execute on function app.lock_meter_accounts(integer, uuid[]) to meydan_service;
