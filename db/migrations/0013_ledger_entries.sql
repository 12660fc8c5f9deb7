-- Entries of a transfer come as one array of a type, where they came as five arrays of equal length.
-- Serves no older program: stop, migrate, start.
-- serves: 0013

create type app.ledger_entry as (
    kind text,
    owner_user_id uuid,
    provider text,
    currency text,
    amount bigint
);
comment on type app.ledger_entry is
    'Entry of a transfer as it is asked for: an account, named by what it is and whose it is, and the change of its coins.';

-- Arrays end with these; the functions below the marker take their place.
-- squawk-ignore ban-drop-function -- stop, migrate, start: no older program calls them
drop function
    app.commit_hold(integer, uuid, text, text, text[], uuid[], text[], text[], bigint[], text, uuid, jsonb),
    app.is_own_transfer(text, text[], uuid[], bigint[], uuid),
    app.ledger_fingerprint(text, uuid, uuid, uuid, text, text[], uuid[], text[], text[], bigint[]),
    app.move_coins(
        integer, text, text, text[], uuid[], text[], text[], bigint[], uuid, text, uuid, jsonb, uuid, text, boolean
    ),
    app.transfer(integer, text, text, text[], uuid[], text[], text[], bigint[], uuid, text, uuid, jsonb);

-- Below this line: written by `make functions` from db/functions. Change it there.

-- No row is returned when there is no such gift, or nobody there for this face to give to: the two look the same. The
-- same key again returns the gift that was sent, whatever has changed since. The giver pays the tenant, which pays the
-- receiver their share: each finds a line in their own history.
create or replace function app.send_gift(
    in_tenant_id integer, in_gift_id uuid, in_quantity integer, in_receiver_profile_id uuid, in_note text,
    in_idempotency_key text
) returns table (
    id uuid, gift jsonb, coins bigint, earned bigint, receiver_user_id uuid, created_at timestamptz, is_new boolean
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    giver uuid := app.user_id();
    giver_face uuid := app.profile_id();
    receiver uuid;
    what app.gifts;
    given app.gifts_sent;
    share bigint;
    -- The community's own setting (gifts/settings.py), not the caller's word.
    share_percent integer := coalesce((
        select known.config_value::text::integer from app.tenant_configs known
        where known.tenant_id = in_tenant_id and known.config_key = 'gifts.gift_share_percent'
    ), 50);
begin
    perform app.check_ledger_caller(in_tenant_id);
    in_idempotency_key := app.scoped_key(in_idempotency_key);
    select known.* into given from app.gifts_sent known where known.tenant_id = in_tenant_id
        and known.idempotency_key = in_idempotency_key;
    is_new := not found;
    if is_new then
        select person.id into receiver
        from app.profiles other
        join app.users person on person.tenant_id = other.tenant_id and person.id = other.user_id
        where other.tenant_id = in_tenant_id and other.id = in_receiver_profile_id and person.id <> giver
            and person.erased_at is null
            and (person.ban_reason is null or person.banned_until <= app.now())
            and app.have_met(in_tenant_id, giver_face, in_receiver_profile_id)
                and not app.blocked_between(in_tenant_id, giver_face, in_receiver_profile_id);
        if not found then
            return;
        end if;
        select known.* into what from app.gifts known where known.tenant_id = in_tenant_id and known.id = in_gift_id
            and known.active;
        if not found then
            return;
        end if;
        share := what.price::bigint * in_quantity * share_percent / 100;
        insert into app.gifts_sent (
            tenant_id, gift_id, quantity, coins, earned, giver_user_id, giver_profile_id, receiver_user_id,
            receiver_profile_id, note, idempotency_key
        ) values (
            in_tenant_id, in_gift_id, in_quantity, what.price::bigint * in_quantity, share, giver, giver_face,
            receiver, in_receiver_profile_id, in_note, in_idempotency_key
        ) on conflict do nothing
        returning gifts_sent.* into given;
        is_new := found;
        if is_new then
            -- Coins before earnings, and both before the community's, as in every transfer: nobody waits in a circle.
            perform app.lock_ledger_account(in_tenant_id, 'person_coins', giver);
            perform app.lock_ledger_account(in_tenant_id, 'creator_revenue', receiver);
            -- Who leaves at this moment closes their wallet on the way: whoever waited for that finds them gone.
            if exists (
                select from app.users person
                where person.tenant_id = in_tenant_id and person.id = receiver and person.erased_at is not null
            ) then
                raise exception using errcode = 'WA008', message = 'not_found';
            end if;
            perform app.move_coins(
                in_tenant_id, in_idempotency_key, 'gift_sent',
                array[
                    ('person_coins', giver, null, null, -given.coins), ('tenant_revenue', null, null, null, given.coins)
                ]::app.ledger_entry[],
                giver, '', given.id,
                jsonb_build_object(
                    'gift_key', what.key, 'quantity', in_quantity, 'profile_id', in_receiver_profile_id
                ),
                null, null, true
            );
            if share > 0 then
                perform app.move_coins(
                    in_tenant_id, in_idempotency_key || ':received', 'gift_received',
                    array[
                        ('creator_revenue', receiver, null, null, share), ('tenant_revenue', null, null, null, -share)
                    ]::app.ledger_entry[],
                    receiver, '', given.id,
                    jsonb_build_object('gift_key', what.key, 'quantity', in_quantity, 'profile_id', giver_face),
                    null, null, false
                );
            end if;
        else  -- asked for twice at once
            select known.* into strict given from app.gifts_sent known
            where known.tenant_id = in_tenant_id and known.idempotency_key = in_idempotency_key;
        end if;
    end if;
    if (given.gift_id, given.quantity, given.giver_profile_id, given.receiver_profile_id, given.note)
        is distinct from (in_gift_id, in_quantity, giver_face, in_receiver_profile_id, in_note)
    then
        raise exception using errcode = 'WA004', message = 'idempotency_key_reused';
    end if;
    return query
    select given.id,
        jsonb_build_object('id', known.id, 'key', known.key, 'name', known.name, 'price', known.price, 'position',
            known.position),
        given.coins, given.earned, given.receiver_user_id, given.created_at, is_new
    from app.gifts known where known.tenant_id = in_tenant_id and known.id = given.gift_id;
end $$;

comment on function app.send_gift is
    'Sends a gift: checks the receiver, moves the coins and stores the gift in one call.';
revoke all on function app.send_gift from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.send_gift to meydan_app;

create or replace function app.claw_back(
    in_tenant_id integer, in_idempotency_key text, in_type text, in_owner_user_id uuid, in_amount bigint,
    in_target_kind text, in_target_provider text, in_target_currency text,
    in_description text, in_subject_id uuid, in_details jsonb
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    taken bigint;
    owed bigint;
begin
    perform app.check_ledger_caller(in_tenant_id);
    if in_amount is null or in_amount <= 0 then
        raise exception 'what is taken back is more than nothing' using errcode = 'check_violation';
    end if;
    perform app.lock_ledger_account(in_tenant_id, 'person_coins', in_owner_user_id);
    perform app.end_expired_holds(in_tenant_id, in_owner_user_id, 1000);
    select least(in_amount, known.balance - known.held) into taken from app.ledger_balances known
    where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('person_coins', in_owner_user_id,
        null, null);
    owed := in_amount - taken;
    return app.move_coins(
        in_tenant_id, in_idempotency_key, in_type,
        array[
            ('person_coins', in_owner_user_id, null, null, -taken),
            ('person_debt', in_owner_user_id, null, null, -owed),
            (in_target_kind, null, in_target_provider, in_target_currency, in_amount)
        ]::app.ledger_entry[],
        in_owner_user_id, in_description, in_subject_id,
        in_details || jsonb_build_object('taken', taken, 'owed', owed), null,
        concat_ws('|', in_amount, in_target_kind, in_target_provider, in_target_currency), false
    );
end $$;

comment on function app.claw_back is 'Takes bought or given coins back: the available ones, the rest becomes debt.';
revoke all on function app.claw_back from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.claw_back to meydan_service;

create or replace function app.close_wallet(in_tenant_id integer, in_owner_user_id uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    open_hold uuid;
    earnings bigint;
    coins bigint;
begin
    perform app.check_ledger_caller(in_tenant_id);
    update app.coin_transactions known set description = '', details = '{}'
    where known.tenant_id = in_tenant_id and known.user_id = in_owner_user_id and (known.description <> ''
        or known.details <> '{}')
        and known.id = any(array(
            select entry.transaction_id from app.ledger_accounts account
            join app.coin_entries entry on entry.tenant_id = in_tenant_id and entry.account_id = account.id
            where account.tenant_id = in_tenant_id and account.user_id = in_owner_user_id
        ));
    for open_hold in
        select hold.id from app.coin_holds hold
        where hold.tenant_id = in_tenant_id and hold.user_id = in_owner_user_id
            and hold.status = 'open' order by hold.id for update
    loop
        perform app.release_hold(in_tenant_id, open_hold);
    end loop;
    perform app.lock_ledger_account(in_tenant_id, 'person_coins', in_owner_user_id);
    perform app.lock_ledger_account(in_tenant_id, 'creator_revenue', in_owner_user_id);
    select known.balance into coins from app.ledger_balances known
    where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('person_coins', in_owner_user_id,
        null, null);
    select known.balance into earnings from app.ledger_balances known
    where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('creator_revenue',
        in_owner_user_id, null, null);
    if earnings > 0 then
        perform app.move_coins(
            in_tenant_id, 'forfeited:' || uuidv7(), 'forfeited',
            array[
                ('creator_revenue', in_owner_user_id, null, null, -earnings),
                ('tenant_revenue', null, null, null, earnings)
            ]::app.ledger_entry[],
            in_owner_user_id, '', null, '{}', null, null, false
        );
    end if;
    if coins > 0 then
        perform app.move_coins(
            in_tenant_id, 'forfeited:' || uuidv7(), 'forfeited',
            array[
                ('person_coins', in_owner_user_id, null, null, -coins),
                ('tenant_revenue', null, null, null, coins)
            ]::app.ledger_entry[],
            in_owner_user_id, '', null, '{}', null, null, false
        );
    end if;
    update app.wallet_freezes known set reason = ''
    where known.tenant_id = in_tenant_id and known.user_id = in_owner_user_id and known.reason <> '';
end $$;

comment on function app.close_wallet is
    'Forfeits a leaving person''s coins and earnings to the tenant and blanks their descriptions. The books stay.';
revoke all on function app.close_wallet from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.close_wallet to meydan_service;

-- A promise is kept even if the wallet was frozen meanwhile. `in_entries` are those of the receivers; the payer's comes
-- first and is added here.
create or replace function app.commit_hold(
    in_tenant_id integer, in_hold_id uuid, in_idempotency_key text, in_type text, in_entries app.ledger_entry[],
    in_description text, in_subject_id uuid, in_details jsonb
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    hold app.coin_holds;
    transaction app.coin_transactions;
    total bigint;
    smallest bigint;
    request text := concat_ws('|', in_hold_id, app.ledger_entries_text(in_entries));
begin
    perform app.check_ledger_caller(in_tenant_id);
    in_idempotency_key := app.scoped_key(in_idempotency_key);
    select known.* into hold from app.coin_holds known where known.tenant_id = in_tenant_id and known.id = in_hold_id
        for update;
    if not found or session_user = 'meydan_app' and not hold.by_person then
        raise exception using errcode = 'WA008', message = 'not_found';
    end if;
    select sum(entry.amount), min(entry.amount) into total, smallest from unnest(in_entries) entry;
    in_entries := ('person_coins', hold.user_id, null, null, -total)::app.ledger_entry || in_entries;
    if session_user = 'meydan_app' and not app.is_own_transfer(in_type, in_entries, hold.user_id) then
        raise exception 'a person pays with coins of their own' using errcode = 'insufficient_privilege';
    end if;
    if hold.status = 'committed' and exists (
        select from app.coin_transactions known
        where known.tenant_id = in_tenant_id and known.id = hold.transaction_id
            and known.idempotency_key = in_idempotency_key
    ) then
        null;  -- answered below, if it is the same again
    elsif hold.status <> 'open' or hold.expires_at <= app.now() then
        raise exception using errcode = 'WA006', message = 'hold_over', detail = jsonb_build_object(
            'status', case when hold.status = 'open' then 'expired' else hold.status end)::text;
    elsif total > hold.amount or smallest <= 0 then
        raise exception 'a hold pays at most what is held' using errcode = 'check_violation';
    else
        -- The payer's coins come first here as in every transfer: nobody is waited for crosswise.
        update app.ledger_balances known set held = known.held - hold.amount
        where known.tenant_id = in_tenant_id and known.stripe = 0
            and known.account_id = app.ledger_account_id('person_coins', hold.user_id, null, null)
            and known.held >= hold.amount;
        if not found then
            raise exception 'no so many coins are held' using errcode = 'check_violation';
        end if;
    end if;
    transaction := app.move_coins(
        in_tenant_id, in_idempotency_key, in_type, in_entries, hold.user_id, in_description, in_subject_id, in_details,
        null, request, false
    );
    if hold.status = 'open' then
        update app.coin_holds known
        set status = 'committed', committed = total, transaction_id = transaction.id, ended_at = app.now()
        where known.tenant_id = in_tenant_id and known.id = in_hold_id;
        perform app.pay_debt(in_tenant_id, hold.user_id, in_hold_id);
    end if;
    return transaction;
end $$;

comment on function app.commit_hold is 'Pays with held coins, in part or whole, and releases the rest.';
revoke all on function app.commit_hold from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.commit_hold to meydan_app, meydan_service;

-- Earnings come from others, so this is checked while both accounts are locked: a change meanwhile waits, and the same
-- key again finds what it did.
create or replace function app.convert_earnings(in_tenant_id integer, in_idempotency_key text, in_amount bigint)
returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller uuid := app.user_id();
    earned bigint;
    pending bigint;
    next_at timestamptz;
begin
    perform app.check_ledger_caller(in_tenant_id);
    if in_amount is null or in_amount <= 0 then
        raise exception 'what is converted is more than nothing' using errcode = 'check_violation';
    end if;
    in_idempotency_key := app.scoped_key(in_idempotency_key);
    perform app.lock_ledger_account(in_tenant_id, 'person_coins', caller);
    perform app.lock_ledger_account(in_tenant_id, 'creator_revenue', caller);
    if not exists (
        select from app.coin_transactions known where known.tenant_id = in_tenant_id
            and known.idempotency_key = in_idempotency_key
    ) then
        select known.balance into earned from app.ledger_balances known
        where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('creator_revenue', caller,
            null, null);
        select coalesce(sum(earning.amount), 0)::bigint, min(earning.available_at) into pending, next_at
        from app.pending_earnings(in_tenant_id, caller) earning;
        if in_amount <= earned and in_amount > earned - pending then
            raise exception using errcode = 'WA009', message = 'earnings_pending', detail = jsonb_build_object(
                'available', greatest(earned - pending, 0), 'needed', in_amount, 'next_at', next_at)::text;
        end if;
    end if;
    return app.move_coins(
        in_tenant_id, in_idempotency_key, 'conversion',
        array[
            ('person_coins', caller, null, null, in_amount), ('creator_revenue', caller, null, null, -in_amount)
        ]::app.ledger_entry[],
        caller, '', null, '{}', null, null, true
    );
end $$;

comment on function app.convert_earnings is 'Turns a person''s available earnings into coins.';
revoke all on function app.convert_earnings from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.convert_earnings to meydan_app;

create or replace function app.forgive_debt(in_tenant_id integer, in_idempotency_key text, in_owner_user_id uuid,
    in_amount_limit bigint, in_description text)
returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    owed bigint;
begin
    perform app.check_ledger_caller(in_tenant_id);
    perform app.lock_ledger_account(in_tenant_id, 'person_coins', in_owner_user_id);
    select -debt.balance into owed from app.ledger_balances debt
    where debt.tenant_id = in_tenant_id and debt.account_id = app.ledger_account_id('person_debt', in_owner_user_id,
        null, null);
    owed := least(owed, in_amount_limit);
    if exists (
        select from app.coin_transactions known where known.tenant_id = in_tenant_id
            and known.idempotency_key = in_idempotency_key
    ) then
        owed := in_amount_limit;  -- answered as it was; nothing moves
    elsif coalesce(owed, 0) <= 0 then
        raise exception using errcode = 'WA001', message = 'balance_too_low',
            detail = jsonb_build_object('balance', 0, 'needed', in_amount_limit, 'account', 'person_debt')::text;
    end if;
    return app.move_coins(
        in_tenant_id, in_idempotency_key, 'debt_forgiven',
        array[
            ('person_debt', in_owner_user_id, null, null, owed), ('promotions', null, null, null, -owed)
        ]::app.ledger_entry[],
        in_owner_user_id, in_description, null, jsonb_build_object('forgiven', owed), null, in_amount_limit::text, false
    );
end $$;

comment on function app.forgive_debt is 'Forgives a person''s debt, at most so much.';
revoke all on function app.forgive_debt from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.forgive_debt to meydan_service;

create or replace function app.is_own_transfer(
    in_type text, in_entries app.ledger_entry[], in_owner_user_id uuid
) returns boolean language plpgsql as $$
declare
    caller uuid := app.user_id();
    is_own boolean := in_owner_user_id = caller;
    entry app.ledger_entry;
begin
    foreach entry in array in_entries loop
        is_own := is_own and coalesce(case
            when in_type not in ('spent', 'gift_sent', 'premium', 'call') then false
            when entry.amount < 0 then entry.owner_user_id = caller and entry.kind = 'person_coins'
            -- Earnings wait until they are ripe only under these two types.
            else entry.kind = 'tenant_revenue'
                or entry.kind = 'creator_revenue' and entry.owner_user_id <> caller
                    and in_type in ('gift_sent', 'call')
        end, false);
    end loop;
    return is_own is true;
end $$;

comment on function app.is_own_transfer is
    'Tells whether a person pays with their own coins, to the tenant or to somebody''s earnings.';
revoke all on function app.is_own_transfer from public, meydan_app, meydan_service, meydan_relay;

-- Stored fingerprints hold this text: it is that of the arrays in which entries once came, and never changes.
create or replace function app.ledger_entries_text(in_entries app.ledger_entry[]) returns text
language sql stable parallel safe
return (
    select concat_ws(
        '|', array_agg(entry.kind), array_agg(entry.owner_user_id), array_agg(entry.provider),
        array_agg(entry.currency), array_agg(entry.amount)
    )
    from unnest(in_entries) entry
);

comment on function app.ledger_entries_text is 'Writes entries as the text that a fingerprint hashes.';
revoke all on function app.ledger_entries_text from public, meydan_app, meydan_service, meydan_relay;

create or replace function app.ledger_fingerprint(
    in_type text, in_owner_user_id uuid, in_subject_id uuid, in_reverses_id uuid, in_request text,
    in_entries app.ledger_entry[]
) returns bytea language sql stable parallel safe
return sha256(convert_to(concat_ws(
    '|', in_type, in_owner_user_id, in_subject_id, in_reverses_id,
    coalesce(in_request, app.ledger_entries_text(in_entries))
), 'UTF8'));

comment on function app.ledger_fingerprint is
    'Hashes what an idempotency key stands for: the transfer, or the request that it came of.';
revoke all on function app.ledger_fingerprint from public, meydan_app, meydan_service, meydan_relay;

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
    concerns_owner boolean := in_owner_user_id is null;
    pays_debt boolean := false;
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
    if total is distinct from 0 or not concerns_owner then
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
    on conflict (tenant_id, idempotency_key) do nothing
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

create or replace function app.pay_debt(in_tenant_id integer, in_owner_user_id uuid, in_cause_id uuid)
    returns void language plpgsql as $$
declare
    paid bigint;
begin
    select least(-debt.balance, coins.balance - coins.held) into paid
    from app.ledger_balances debt
    join app.ledger_balances coins on coins.tenant_id = in_tenant_id and coins.stripe = 0
        and coins.account_id = app.ledger_account_id('person_coins', in_owner_user_id, null, null)
    where debt.tenant_id = in_tenant_id and debt.stripe = 0
        and debt.account_id = app.ledger_account_id('person_debt', in_owner_user_id, null, null);
    if paid > 0 then
        perform app.move_coins(
            in_tenant_id, 'debt:' || in_owner_user_id || ':' || in_cause_id, 'debt_payment',
            array[
                ('person_coins', in_owner_user_id, null, null, -paid),
                ('person_debt', in_owner_user_id, null, null, paid)
            ]::app.ledger_entry[],
            in_owner_user_id, '', in_cause_id, '{}', null, null, false
        );
    end if;
end $$;

comment on function app.pay_debt is 'Pays a person''s debt with their available coins, once for each cause.';
revoke all on function app.pay_debt from public, meydan_app, meydan_service, meydan_relay;

create or replace function app.reverse_transfer(in_tenant_id integer, in_idempotency_key text, in_transaction_id uuid,
    in_description text)
returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    original app.coin_transactions;
    reversal app.coin_transactions;
    mirror app.ledger_entry[];
    touches_debt boolean;
begin
    perform app.check_ledger_caller(in_tenant_id);
    select known.* into original from app.coin_transactions known
    where known.tenant_id = in_tenant_id and known.id = in_transaction_id for no key update;
    if not found then
        raise exception using errcode = 'WA008', message = 'not_found';
    elsif original.reverses_id is not null then
        raise exception using errcode = 'WA007', message = 'not_reversible';
    end if;
    select
        array_agg((account.kind, account.user_id, account.provider, account.currency, -entry.amount)::app.ledger_entry),
        bool_or(account.kind = 'person_debt')
    into mirror, touches_debt
    from app.coin_entries entry
    join app.ledger_accounts account on account.tenant_id = in_tenant_id and account.id = entry.account_id
    where entry.tenant_id = in_tenant_id and entry.transaction_id = in_transaction_id;
    if original.reversed_by_id is not null and not exists (
        select from app.coin_transactions known
        where known.tenant_id = in_tenant_id and known.id = original.reversed_by_id
            and known.idempotency_key = in_idempotency_key
    ) then
        raise exception using errcode = 'WA005', message = 'already_reversed';
    end if;
    if touches_debt then
        perform app.lock_ledger_account(in_tenant_id, 'person_coins', original.user_id);
    end if;
    reversal := app.move_coins(
        in_tenant_id, in_idempotency_key, 'reversal', mirror, original.user_id, in_description, original.subject_id,
        '{}', in_transaction_id, 'reversal', false
    );
    update app.coin_transactions known set reversed_by_id = reversal.id
    where known.tenant_id = in_tenant_id and known.id = in_transaction_id and known.reversed_by_id is null;
    return reversal;
end $$;

comment on function app.reverse_transfer is 'Reverses a transfer by its mirror image, once.';
revoke all on function app.reverse_transfer from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.reverse_transfer to meydan_service;

-- Spending is what a person wants. Taking back and paying debt are not asked of them.
create or replace function app.transfer(
    in_tenant_id integer, in_idempotency_key text, in_type text, in_entries app.ledger_entry[],
    in_owner_user_id uuid default null, in_description text default '', in_subject_id uuid default null,
    in_details jsonb default '{}'
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if in_tenant_id is distinct from app.tenant_id()
        or session_user = 'meydan_app' and not app.is_own_transfer(in_type, in_entries, in_owner_user_id)
    then
        raise exception 'a ledger is its own community''s, and a person pays with coins of their own'
            using errcode = 'insufficient_privilege';
    end if;
    return app.move_coins(
        in_tenant_id, app.scoped_key(in_idempotency_key), in_type, in_entries, in_owner_user_id, in_description,
        in_subject_id, in_details, null, null, in_type in ('spent', 'gift_sent', 'premium', 'call', 'conversion')
    );
end $$;

comment on function app.transfer is 'Moves coins for a person or a service after checking who asks.';
revoke all on function app.transfer from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.transfer to meydan_app, meydan_service;
