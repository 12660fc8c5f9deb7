-- One vocabulary: arguments, functions, tables and columns bear the field's terms; every function says what it does.
-- Serves no older program: stop, migrate, start.
-- serves: 0012

-- Functions that generated columns call get their arguments' names beside the old ones, then take their place.
-- squawk-ignore renaming-object -- stop, migrate, start: no older program calls it
alter function app.alias_key(text) rename to alias_key_before;
create function app.alias_key(in_alias text) returns text language sql immutable parallel safe
return lower(translate(normalize(in_alias, nfkc), U&'\0130I\0131\0307', 'iii'));
alter table app.profiles alter column alias_key set expression as (app.alias_key(alias));

-- squawk-ignore renaming-object -- stop, migrate, start: no older program calls it
alter function app.ledger_account_id(text, uuid, text, text) rename to ledger_account_id_before;
create function app.ledger_account_id(in_kind text, in_owner_user_id uuid, in_provider text, in_currency text) returns uuid
language sql immutable parallel safe
return encode(substr(sha256((
    in_kind || ':' || coalesce(in_owner_user_id::text, '') || ':' || coalesce(in_provider, '') || ':' || coalesce(in_currency, '')
)::bytea), 1, 16), 'hex')::uuid;
alter table app.ledger_accounts alter column id set expression as (app.ledger_account_id(kind, user_id, provider, currency));

-- The functions below the marker take their place.
-- squawk-ignore ban-drop-function -- as above
drop function
    app.alias_key_before(text),
    app.ledger_account_id_before(text, uuid, text, text),
    app.add_block(integer, uuid),
    app.add_notifications(integer, uuid[], uuid[], text, text, jsonb, boolean),
    app.add_report(integer, uuid, text, text, uuid),
    app.add_tenant(text, text, text, text),
    app.audit_ledger(integer, boolean),
    app.blocked_between(integer, uuid, uuid),
    app.check_ledger_caller(integer),
    app.claim_key_packages(integer, uuid, uuid),
    app.close_conversation(integer, uuid),
    app.close_wallet(integer, uuid),
    app.coin_history(integer, uuid, uuid, integer),
    app.commit_hold(integer, uuid, text, text, text[], uuid[], text[], text[], bigint[], text, uuid, jsonb),
    app.convert_earnings(integer, text, bigint),
    app.decide_claims(integer, integer),
    app.end_expired_holds(integer, uuid, integer),
    app.end_match(integer, uuid, text),
    app.end_matches(integer, integer),
    app.expire_holds(integer, integer),
    app.find_partner(integer, app.tickets, interval),
    app.forgive_debt(integer, text, uuid, bigint, text),
    app.free_tag(text),
    app.freeze_wallet(integer, uuid, text, uuid),
    app.give_back_held(integer, uuid, bigint, uuid),
    app.have_met(integer, uuid, uuid),
    app.hold_coins(integer, text, uuid, bigint, text, uuid, timestamptz),
    app.is_own_transfer(text, text[], uuid[], bigint[], uuid),
    app.kilometres(point, point),
    app.ledger_faults(integer),
    app.ledger_fingerprint(text, uuid, uuid, uuid, text, text[], uuid[], text[], text[], bigint[]),
    app.ledger_rank(text),
    app.lock_ledger_account(integer, text, uuid),
    app.lock_meter_accounts(integer, uuid[]),
    app.mark_seen(integer, uuid, bigint, bigint),
    app.match_tickets(integer, text, integer, integer, interval, interval, interval, interval, boolean),
    app.move_coins(integer, text, text, text[], uuid[], text[], text[], bigint[], uuid, text, uuid, jsonb, uuid, text, boolean),
    app.my_blocks(integer, uuid, uuid, integer),
    app.my_peers(integer),
    app.my_unripe_earnings(integer),
    app.new_ledger_faults(integer),
    app.open_conversation(integer, uuid, uuid, uuid[], uuid[], timestamptz),
    app.open_ledger_account(integer, text, uuid, text, text, integer),
    app.open_shop(integer),
    app.own_key(text),
    app.pay_debt(integer, uuid, uuid),
    app.protect(regclass),
    app.public_profiles(uuid[]),
    app.queue_job(text, bytea, interval, text),
    app.refuse_debit(integer, text, uuid, bigint, boolean),
    app.release_hold(integer, uuid),
    app.reverse_transfer(integer, text, uuid, text),
    app.rights_left(integer, uuid, text, date, integer),
    app.send_gift(integer, uuid, integer, uuid, text, text),
    app.send_message(integer, uuid, uuid, uuid, text, integer, bytea, uuid, bytea, text, text),
    app.spend_right(integer, uuid, text, date, integer),
    app.stock_gifts(integer),
    app.take_back(integer, text, text, uuid, bigint, text, text, text, text, uuid, jsonb),
    app.take_turn(integer, text),
    app.thaw_wallet(integer, uuid, uuid),
    app.today(integer),
    app.transfer(integer, text, text, text[], uuid[], text[], text[], bigint[], uuid, text, uuid, jsonb),
    app.unripe_earnings(integer, uuid),
    app.waiting_about(integer, text),
    app.wrote(integer, uuid, uuid, timestamptz);

-- squawk-ignore renaming-object -- stop, migrate, start: no older program calls it
alter function app.keep_lanes() rename to sync_ticket_lanes;

-- Tables and columns.
-- squawk-ignore renaming-table -- stop, migrate, start: no older program reads it
alter table app.payment_notices rename to webhook_events;
-- squawk-ignore renaming-table -- stop, migrate, start: no older program reads it
alter table app.payment_early_events rename to deferred_events;
-- squawk-ignore renaming-table -- stop, migrate, start: no older program reads it
alter table app.payment_marks rename to payment_fingerprints;
-- squawk-ignore renaming-table -- stop, migrate, start: no older program reads it
alter table app.billing_references rename to billing_customers;
-- squawk-ignore renaming-table -- stop, migrate, start: no older program reads it
alter table app.payment_providers rename to provider_accounts;
-- squawk-ignore renaming-table -- stop, migrate, start: no older program reads it
alter table app.ledger_unproved rename to unaudited_balances;
-- squawk-ignore renaming-table -- stop, migrate, start: no older program reads it
alter table app.ledger_proved rename to audited_balances;
-- squawk-ignore renaming-table -- stop, migrate, start: no older program reads it
alter table app.extra_rights rename to bonus_quota;
-- squawk-ignore renaming-table -- stop, migrate, start: no older program reads it
alter table app.allowances rename to daily_quota;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.bonus_quota rename column given to granted;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.system_logs rename column actor_user_id to acted_by_user_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.payment_refunds rename column actor_user_id to acted_by_user_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.coin_adjustments rename column actor_user_id to acted_by_user_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.billing_customers rename column reference to customer_reference;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.subscriptions rename column wish to pending_action;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.subscriptions rename column claim to acknowledgement_token;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.subscriptions rename column reference to provider_subscription_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.payments rename column charge to provider_charge_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.payments rename column checkout to provider_checkout_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.payments rename column subscription_reference to provider_subscription_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.payments rename column address to ip_address;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.payments rename column coins_taken_back to coins_clawed_back;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.payment_refunds rename column refund to provider_refund_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.payment_disputes rename column dispute to provider_dispute_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.payment_disputes rename column state to status;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.otp_verifications rename column address to contact;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.wallet_freezes rename column frozen_by to frozen_by_user_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.wallet_freezes rename column thawed_by to thawed_by_user_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.bans rename column banned_by to banned_by_user_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.bans rename column lifted_by to lifted_by_user_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.matches rename column ended_by to ended_by_user_id;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.webhook_events rename column tries to attempts;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.login_attempts rename column tries to attempts;
-- squawk-ignore renaming-column -- stop, migrate, start: no older program reads it
alter table app.premium_plans rename column text_per_day to matches_per_day;

-- Constraints and indexes follow their tables.
do $$
declare
    renamed record;
begin
    for renamed in
        select known.conrelid::regclass as target, known.conname as old_name,
            moved.new_table || substr(known.conname, length(moved.old_table) + 1) as new_name
        from (values
        ('payment_notices', 'webhook_events'),
        ('payment_early_events', 'deferred_events'),
        ('payment_marks', 'payment_fingerprints'),
        ('billing_references', 'billing_customers'),
        ('payment_providers', 'provider_accounts'),
        ('ledger_unproved', 'unaudited_balances'),
        ('ledger_proved', 'audited_balances'),
        ('extra_rights', 'bonus_quota'),
        ('allowances', 'daily_quota')
        ) moved (old_table, new_table)
        join pg_constraint known on known.conrelid = format('app.%I', moved.new_table)::regclass
            and starts_with(known.conname, moved.old_table)
    loop
        execute format('alter table %s rename constraint %I to %I', renamed.target, renamed.old_name, renamed.new_name);
    end loop;
    for renamed in
        select known.indexrelid::regclass as target,
            moved.new_table || substr(index.relname, length(moved.old_table) + 1) as new_name
        from (values
        ('payment_notices', 'webhook_events'),
        ('payment_early_events', 'deferred_events'),
        ('payment_marks', 'payment_fingerprints'),
        ('billing_references', 'billing_customers'),
        ('payment_providers', 'provider_accounts'),
        ('ledger_unproved', 'unaudited_balances'),
        ('ledger_proved', 'audited_balances'),
        ('extra_rights', 'bonus_quota'),
        ('allowances', 'daily_quota')
        ) moved (old_table, new_table)
        join pg_index known on known.indrelid = format('app.%I', moved.new_table)::regclass
        join pg_class index on index.oid = known.indexrelid and starts_with(index.relname, moved.old_table)
    loop
        execute format('alter index %s rename to %I', renamed.target, renamed.new_name);
    end loop;
end $$;

-- Settings: a key that no room knows falls back to its default in silence.
update app.tenant_configs config set config_key = moved.new_key
from (values
    ('accounts.sign_in', 'accounts.sign_in_methods'),
    ('accounts.codes_per_address_hour', 'accounts.codes_per_ip_address_hour'),
    ('accounts.registrations_per_address_hour', 'accounts.registrations_per_ip_address_hour'),
    ('meeting.text_per_day', 'meeting.matches_per_day'),
    ('meeting.met_again_days', 'meeting.rematch_cooldown_days'),
    ('meeting.gone_after_seconds', 'meeting.presence_timeout_seconds'),
    ('wallet.daily_coins', 'wallet.daily_bonus_coins'),
    ('wallet.earnings_ripen_days', 'wallet.earnings_holding_days'),
    ('wallet.gift_share_percent', 'gifts.gift_share_percent'),
    ('wallet.call_share_percent', 'metering.call_share_percent'),
    ('wallet.meter_gap_seconds', 'metering.heartbeat_gap_seconds'),
    ('wallet.meter_lost_seconds', 'metering.timeout_seconds'),
    ('backoffice.staff_coins_per_day', 'backoffice.adjustment_limit_per_day'),
    ('fraud.delay_from', 'fraud.delay_score'),
    ('fraud.review_from', 'fraud.review_score'),
    ('fraud.freeze_from', 'fraud.freeze_score'),
    ('fraud.returns_days', 'fraud.refund_lookback_days'),
    ('fraud.shared_days', 'fraud.fingerprint_window_days')
) moved (old_key, new_key)
where config.config_key = moved.old_key;

-- Jobs, queued and held. The tables of a new database are made after all migrations.
do $$
begin
    if to_regclass('jobs.pgqueuer') is null then
        return;
    end if;
    -- Members of payloads, which are JSON.
    update jobs.pgqueuer job set payload = convert_to((
        (convert_from(job.payload, 'UTF8')::jsonb - moved.old_name)
        || jsonb_build_object(moved.new_name, convert_from(job.payload, 'UTF8')::jsonb -> moved.old_name))::text, 'UTF8')
    from (values
        ('commerce.open_checkout', 'tries', 'attempts'),
        ('commerce.check_payment', 'tries', 'attempts'),
        ('commerce.read_notice', 'tries', 'attempts'),
        ('commerce.ask_refund', 'tries', 'attempts'),
        ('commerce.tell_provider', 'tries', 'attempts'),
        ('commerce.stop_charging', 'tries', 'attempts')
    ) moved (entrypoint, old_name, new_name)
    where job.entrypoint = moved.entrypoint and convert_from(job.payload, 'UTF8')::jsonb ? moved.old_name;
    update jobs.pgqueuer job set payload = convert_to((
        (convert_from(job.payload, 'UTF8')::jsonb - 'reference') || jsonb_build_object(
            'provider_subscription_id', convert_from(job.payload, 'UTF8')::jsonb -> 'reference'))::text, 'UTF8')
    where job.entrypoint = 'commerce.stop_charging' and convert_from(job.payload, 'UTF8')::jsonb ? 'reference';
    -- Names, which stand in the deduplication key too: tenant:entrypoint:key.
    update jobs.pgqueuer job set
        entrypoint = moved.new_name,
        dedupe_key = split_part(job.dedupe_key, ':', 1) || ':' || moved.new_name
            || substr(job.dedupe_key, length(split_part(job.dedupe_key, ':', 1)) + 2 + length(moved.old_name))
    from (values
        ('commerce.open_checkout', 'payments.open_checkout'),
        ('commerce.check_payment', 'payments.check_payment'),
        ('commerce.return_payment', 'payments.return_payment'),
        ('commerce.ask_refund', 'payments.ask_refund'),
        ('commerce.acknowledge', 'payments.acknowledge_payment'),
        ('commerce.stop_charging', 'payments.stop_charging'),
        ('commerce.acknowledge_change', 'premium.acknowledge_change'),
        ('commerce.tell_provider', 'premium.tell_provider'),
        ('commerce.check_subscription', 'premium.check_subscription'),
        ('commerce.read_notice', 'provider_events.read_event'),
        ('commerce.reconcile', 'provider_events.reconcile_provider'),
        ('release_delayed', 'fraud.release_delayed'),
        ('send_code', 'accounts.send_code'),
        ('tell_of_change', 'accounts.send_security_alert'),
        ('judge_reported', 'moderation.review_reported_user')
    ) moved (old_name, new_name)
    where job.entrypoint = moved.old_name;
    -- Schedules are named after modules; the worker writes its own again when it starts.
    delete from jobs.pgqueuer_schedules;
end $$;

-- Below this line: written by `make functions` from db/functions. Change it there.

-- Case, width and the four Turkish i do not count.
create or replace function app.alias_key(in_alias text) returns text language sql immutable parallel safe
return lower(translate(normalize(in_alias, nfkc), U&'\0130I\0131\0307', 'iii'));

comment on function app.alias_key is 'Folds an alias so that two which read the same compare equal.';
revoke all on function app.alias_key from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.alias_key to public;

-- A concurrent caller may take the same tag first: the unique index decides.
create or replace function app.free_tag(in_alias text) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    wanted_key text := app.alias_key(in_alias);
    candidate text;
begin
    for _ in 1..10 loop
        candidate := lpad(floor(random() * 10000)::integer::text, 4, '0');
        if not exists (
            select from app.profiles p
            where p.tenant_id = app.tenant_id() and p.alias_key = wanted_key and p.tag = candidate and p.alias <> ''
        ) then
            return candidate;
        end if;
    end loop;
    return (
        select lpad(n::text, 4, '0') as tag from generate_series(0, 9999) n
        except
        select p.tag from app.profiles p where p.tenant_id = app.tenant_id() and p.alias_key = wanted_key
            and p.alias <> ''
        limit 1
    );
end $$;

comment on function app.free_tag is 'Returns an unused tag for an alias, or null when all ten thousand are taken.';
revoke all on function app.free_tag from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.free_tag to meydan_app, meydan_service;

-- Nothing that two faces of one person would have in common is returned. A shadow shows no age, because it changes on
-- the same day as the real profile's.
create or replace function app.public_profiles(in_profile_ids uuid[])
returns table (
    id uuid, alias text, tag text, bio text, gender text, interests text[], age integer, avatar_seed text
)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select p.id, p.alias, p.tag, p.bio, p.gender, p.interests,
           case when p.face = 'real' then
               extract(year from age((app.now() at time zone t.timezone)::date, u.birth_date))::integer
           end,
           p.avatar_seed
    from app.profiles p
    join app.users u on u.tenant_id = p.tenant_id and u.id = p.user_id
    join app.tenants t on t.id = p.tenant_id
    where p.tenant_id = app.tenant_id() and p.id = any(in_profile_ids)
$$;

comment on function app.public_profiles is
    'Returns the profiles with these ids, with the columns that other people may see.';
revoke all on function app.public_profiles from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.public_profiles to meydan_app, meydan_service;

-- Every table of the product is protected by this. Its own policies then say what a person may do.
create or replace function app.enable_tenant_rls(in_table regclass) returns void language plpgsql
    set search_path = pg_catalog, pg_temp as $$
begin
    execute format('alter table %s enable row level security', in_table);
    execute format('alter table %s force row level security', in_table);
    execute format('create policy owner_all on %s to meydan_owner using (true) with check (true)', in_table);
    execute format(
        'create policy service_tenant on %s to meydan_service'
        ' using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()))', in_table);
    execute format('grant select, insert, update, delete on %s to meydan_service', in_table);
end $$;

comment on function app.enable_tenant_rls is
    'Turns row level security on and forces it. Adds the policies of the owner and the service.';
revoke all on function app.enable_tenant_rls from public, meydan_app, meydan_service, meydan_relay;

create or replace function app.now() returns timestamptz language sql stable parallel safe
return now() + make_interval(secs => coalesce(nullif(current_setting('app.clock_offset',
    true), ''), '0')::double precision);

comment on function app.now is 'Returns the time of the product''s clock: the database''s own, moved only by tests.';
revoke all on function app.now from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.now to public;

create or replace function app.profile_id() returns uuid language sql stable parallel safe
return current_setting('app.profile_id')::uuid;

comment on function app.profile_id is
    'Reads the profile that the transaction acts as. Raises an error when none is set.';
revoke all on function app.profile_id from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.profile_id to public;

-- Callers queue what must follow, and read nothing.
-- One more job may wait behind one of the same key that is running, so no news is lost.
create or replace function app.queue_job(in_entrypoint text, in_payload bytea, in_delay interval, in_dedupe_key text)
    returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant text := current_setting('app.tenant_id');
    key text := tenant || ':' || in_entrypoint || ':' || in_dedupe_key;
    placed bigint;
begin
    if not exists (select from app.tenants t where t.id = tenant::integer) then
        raise exception 'a job belongs to a tenant';
    end if;
    insert into jobs.pgqueuer as waiting (priority, entrypoint, payload, execute_after, dedupe_key, headers, status)
    values (0, in_entrypoint, in_payload, now() + in_delay, key, jsonb_build_object('tenant_id',
        tenant::integer), 'queued')
    on conflict do nothing
    returning id into placed;
    if placed is null then
        insert into jobs.pgqueuer (priority, entrypoint, payload, execute_after, dedupe_key, headers, status)
        select 0, in_entrypoint, in_payload, now() + in_delay, key || ':next', jsonb_build_object('tenant_id',
            tenant::integer), 'queued'
        where exists (select from jobs.pgqueuer running where running.dedupe_key = key and running.status = 'picked')
        on conflict do nothing;
    end if;
end $$;

comment on function app.queue_job is
    'Queues a job in the caller''s transaction. Queues at most one for each deduplication key.';
revoke all on function app.queue_job from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.queue_job to meydan_app, meydan_service;

create or replace function app.tenant_id() returns integer language sql stable parallel safe
return current_setting('app.tenant_id')::integer;

comment on function app.tenant_id is 'Reads the tenant that the transaction acts in. Raises an error when none is set.';
revoke all on function app.tenant_id from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenant_id to public;

create or replace function app.user_id() returns uuid language sql stable parallel safe
return current_setting('app.user_id')::uuid;

comment on function app.user_id is 'Reads the user that the transaction acts for. Raises an error when none is set.';
revoke all on function app.user_id from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.user_id to public;

-- Coarse, so that nobody can watch a single person come and go.
create or replace function app.approximate_waiting(in_tenant_id integer, in_kind text) returns integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select case
            when counted.number < 5 then 0 when counted.number < 50 then counted.number / 5 * 5
            else counted.number / 50 * 50
        end::integer
    from (
        select count(*) as number from (
            select from app.tickets ticket
            where ticket.tenant_id = app.tenant_id() and ticket.tenant_id = in_tenant_id
                and ticket.kind = in_kind and ticket.away_since is null
            limit 1000
        ) waiting
    ) counted;
end;

comment on function app.approximate_waiting is 'Returns about how many tickets of a kind wait.';
revoke all on function app.approximate_waiting from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.approximate_waiting to meydan_app, meydan_service;

create or replace function app.consume_quota(in_tenant_id integer, in_user_id uuid, in_kind text, in_day date,
    in_day_limit integer) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into app.daily_quota as known (tenant_id, user_id, kind, day, used)
    select in_tenant_id, in_user_id, in_kind, in_day, 1 where in_day_limit > 0
    on conflict (tenant_id, user_id, kind, day) do update set used = known.used + 1
        where known.used < in_day_limit + known.granted;
    if not found and in_day_limit <= 0 then -- nothing of one's own, but perhaps something given back
        update app.daily_quota known set used = known.used + 1
        where known.tenant_id = in_tenant_id and known.user_id = in_user_id and known.kind = in_kind
            and known.day = in_day
            and known.used < known.granted;
    end if;
    if not found then
        update app.bonus_quota extra set used = extra.used + 1
        where extra.tenant_id = in_tenant_id and extra.user_id = in_user_id and extra.kind = in_kind
            and extra.used < extra.granted;
    end if;
    return found;
end $$;

comment on function app.consume_quota is
    'Uses one of the day''s rights, or else a given one. Returns false when there is neither.';
revoke all on function app.consume_quota from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.consume_quota to meydan_service;

-- A person ends their own. One whose time is up was `completed` when both had something to say.
create or replace function app.end_match(in_tenant_id integer, in_match_id uuid, in_status text)
returns table (
    match_id uuid, type text, status text, conversation_id uuid, user1_id uuid, profile1_id uuid, user2_id uuid,
    profile2_id uuid, ended_by_user_id uuid
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    -- A service acts for nobody.
    is_service boolean := session_user = 'meydan_service';
    caller_id uuid := case when not is_service then app.user_id() end;
    face_id uuid := case when not is_service then app.profile_id() end;
begin
    if in_tenant_id <> app.tenant_id() then
        return;
    end if;
    return query
        update app.matches done
        set status = case
                when in_status = 'expired' and (
                    select count(distinct log.sender_user_id) from app.message_logs log
                    where log.tenant_id = in_tenant_id and log.conversation_id = done.conversation_id
                        and log.kind = 'text'
                ) = 2 then 'completed'
                else in_status
            end,
            ended_at = app.now(), ended_by_user_id = case when in_status = 'cancelled' then caller_id end
        where done.tenant_id = in_tenant_id and done.id = in_match_id and done.status = 'active'
            and (is_service
                or (caller_id, face_id) in ((done.user1_id, done.profile1_id), (done.user2_id, done.profile2_id)))
        returning done.id, done.type, done.status, done.conversation_id, done.user1_id, done.profile1_id, done.user2_id,
            done.profile2_id, done.ended_by_user_id;
    if found then
        delete from app.match_slots slot where slot.tenant_id = in_tenant_id and slot.match_id = in_match_id;
    end if;
end $$;

comment on function app.end_match is 'Ends an active match. Returns a row only for the call that ended it.';
revoke all on function app.end_match from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.end_match to meydan_app, meydan_service;

create or replace function app.end_matches(in_tenant_id integer, in_batch_size integer)
returns table (
    match_id uuid, type text, status text, conversation_id uuid, user1_id uuid, profile1_id uuid, user2_id uuid,
    profile2_id uuid, ended_by_user_id uuid
) language sql set search_path = pg_catalog, pg_temp
begin atomic
    select done.match_id, done.type, done.status, done.conversation_id, done.user1_id, done.profile1_id, done.user2_id,
        done.profile2_id, done.ended_by_user_id
    from (
        select over.id
        from app.matches over
        where over.tenant_id = in_tenant_id and over.status = 'active' and over.expires_at <= app.now()
        order by over.expires_at limit in_batch_size for update skip locked
    ) up
    cross join lateral app.end_match(in_tenant_id, up.id, 'expired') done;
end;

comment on function app.end_matches is 'Ends the matches whose time is up, at most so many.';
revoke all on function app.end_matches from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.end_matches to meydan_service;

-- Looks at no more than the longest waiting 16 and the nearest 32 picky ones of each lane.
create or replace function app.find_partner(in_tenant_id integer, in_ticket app.tickets, in_rematch_cooldown interval)
    returns uuid
language plpgsql set search_path = pg_catalog, pg_temp
-- Plans are kept with the connection, perhaps since nobody waited: they must be right when many do.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set enable_hashjoin = off as $$
declare
    here point := point(in_ticket.longitude, in_ticket.latitude);
    reach integer := case when not in_ticket.widened then in_ticket.max_distance_km end;
    lanes text[] := in_ticket.languages || case when in_ticket.widened then array['*'] else '{}' end;
    -- Whoever the two people behind the faces must not meet: they do not count among those looked at.
    apart uuid[] := array(
        select met.second_user_id from app.encounters met
        where met.tenant_id = in_tenant_id and met.first_user_id = in_ticket.user_id
            and met.met_at > app.now() - in_rematch_cooldown
        union all
        select met.first_user_id from app.encounters met
        where met.tenant_id = in_tenant_id and met.second_user_id = in_ticket.user_id
            and met.met_at > app.now() - in_rematch_cooldown
        union all
        select block.blocked_user_id from app.blocks block
        where block.tenant_id = in_tenant_id and block.blocker_user_id = in_ticket.user_id
        union all
        select block.blocker_user_id from app.blocks block
        where block.tenant_id = in_tenant_id and block.blocked_user_id = in_ticket.user_id
    );
    candidate uuid;
begin
    for candidate in
        select other.user_id
        from (
            select waiting.user_id
            from unnest(lanes) lane (name)
            cross join lateral (
                select open.user_id from app.ticket_lanes open
                where open.tenant_id = in_tenant_id and open.kind = in_ticket.kind and open.lane = lane.name
                    and not open.picky
                    and open.user_id <> in_ticket.user_id
                    and (reach is null or app.kilometres(here, open.spot) <= reach)
                    and open.user_id <> all(apart)
                order by open.since limit 16
            ) waiting
            union
            select close.user_id
            from unnest(lanes) lane (name)
            cross join lateral (
                select near.user_id from app.ticket_lanes near
                where near.tenant_id = in_tenant_id and near.kind = in_ticket.kind and near.lane = lane.name
                    and near.picky
                    and near.user_id <> in_ticket.user_id and near.user_id <> all(apart) and here is not null
                order by near.spot <-> here limit 32
            ) close
        ) found
        join app.tickets other on other.tenant_id = in_tenant_id and other.user_id = found.user_id
            and other.kind = in_ticket.kind
        cross join lateral (
            select app.kilometres(here, point(other.longitude, other.latitude)) as far,
                least(reach, case when not other.widened then other.max_distance_km end) as allowed
            offset 0
        ) between_them
        where between_them.allowed is null or between_them.far <= between_them.allowed
        -- Up to three points for interests in common, three for being near, six for having waited half a minute.
        order by
            least((select count(*) from unnest(other.interests) word where word = any(in_ticket.interests)), 3)
            + case
                when between_them.far <= 15 then 3 when between_them.far <= 60 then 2 when between_them.far <= 250
                    then 1
                else 0
              end
            + least(extract(epoch from app.now() - other.created_at) / 5, 6) desc,
            other.created_at
    loop
        perform from app.tickets other
        where other.tenant_id = in_tenant_id and other.user_id = candidate and other.kind = in_ticket.kind
            and other.away_since is null
            and exists (
                select from app.users person
                where person.tenant_id = in_tenant_id and person.id = candidate
                    and (person.ban_reason is null or person.banned_until <= app.now())
            )
            and not exists (
                select from app.match_slots busy
                where busy.tenant_id = in_tenant_id and busy.user_id = candidate
                    and busy.type = 'anonymous_' || in_ticket.kind
            )
        for update skip locked;
        if found then
            return candidate;
        end if;
    end loop;
    return null;
end $$;

comment on function app.find_partner is
    'Finds and locks the partner of a ticket. Returns null when nobody fits. Locks: tickets.';
revoke all on function app.find_partner from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.find_partner to meydan_service;

-- Safety declares this function and calls it; meeting, which knows matches, defines it.
create or replace function app.have_met(in_tenant_id integer, in_a uuid, in_b uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select exists (
        select from app.matches met
        where met.tenant_id = app.tenant_id() and met.tenant_id = in_tenant_id
            and met.profile1_id = in_a and met.profile2_id = in_b
    ) or exists (
        select from app.matches met
        where met.tenant_id = app.tenant_id() and met.tenant_id = in_tenant_id
            and met.profile2_id = in_a and met.profile1_id = in_b
    );
end;

comment on function app.have_met is 'Tells whether two profiles are or were matched.';
revoke all on function app.have_met from public, meydan_app, meydan_service, meydan_relay;

-- As exact as cells of ten kilometres deserve. Without `set`, so that it is inlined.
create or replace function app.kilometres(in_a point, in_b point)
    returns double precision language sql immutable parallel safe
return 111.2 * sqrt(
    power(in_a[1] - in_b[1], 2)
    + power(least(abs(in_a[0] - in_b[0]), 360 - abs(in_a[0] - in_b[0])) * cos(radians((in_a[1] + in_b[1]) / 2)), 2)
);

comment on function app.kilometres is 'Returns the distance between two cells in kilometres.';
revoke all on function app.kilometres from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.kilometres to public;

-- Making matches and deciding claims change rights of many people: two at once would wait for each other's people.
create or replace function app.lock_matching(in_tenant_id integer, in_kind text) returns void
language sql set search_path = pg_catalog, pg_temp
begin atomic
    select pg_advisory_xact_lock(hashtextextended('meeting ' || in_kind, in_tenant_id));
end;

comment on function app.lock_matching is
    'Serialises what changes many people''s rights in one transaction. Locks: an advisory lock for each tenant and kind.';
revoke all on function app.lock_matching from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.lock_matching to meydan_service;

-- Looks for a partner for each new ticket, then for a few that were looked for longest ago: somebody may have been
-- unblocked, a recent meeting may be long enough ago.
-- One matcher at a time in a tenant, so that two never pass each other by. `in_wait_for_lock` waits for its turn, the others leave
-- it to the one at work. A row without a match is a ticket that ended because its owner has no right left.
create or replace function app.match_tickets(
    in_tenant_id integer, in_kind text, in_batch_size integer, in_retry_batch_size integer, in_retry_interval interval,
    in_rematch_cooldown interval,
    in_claim_delay interval, in_duration interval, in_wait_for_lock boolean
) returns table (
    match_id uuid, conversation_id uuid, expires_at timestamptz,
    user1_id uuid, profile1_id uuid, ticket1_id uuid, user2_id uuid, profile2_id uuid, ticket2_id uuid
) language plpgsql set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
declare
    today date := app.today(in_tenant_id);
    seeker uuid;
    ticket app.tickets;
    partner app.tickets;
    partner_id uuid;
begin
    if in_tenant_id <> app.tenant_id() then
        raise exception 'a matcher works in its own community';
    end if;
    if in_wait_for_lock then
        perform app.lock_matching(in_tenant_id, in_kind);
    elsif not pg_try_advisory_xact_lock(hashtextextended('meeting ' || in_kind, in_tenant_id)) then
        return;
    end if;
    for seeker in
        (select new.user_id from app.tickets new
        where new.tenant_id = in_tenant_id and new.kind = in_kind and new.searched_at is null and new.away_since is null
        order by new.created_at limit in_batch_size)
        union all
        (select old.user_id from app.tickets old
        where old.tenant_id = in_tenant_id and old.kind = in_kind and old.away_since is null
            and old.searched_at <= app.now() - in_retry_interval
        order by old.searched_at limit in_retry_batch_size)
    loop
        -- Somebody may have been matched a moment ago in this very pass; one whose owner is just changing it is new again.
        select waiting.* into ticket from app.tickets waiting
        where waiting.tenant_id = in_tenant_id and waiting.user_id = seeker and waiting.kind = in_kind
            and waiting.away_since is null
        for update skip locked;
        continue when not found;

        if exists (
            select from app.users banned
            where banned.tenant_id = in_tenant_id and banned.id = seeker
                and banned.ban_reason is not null and (banned.banned_until is null or banned.banned_until > app.now())
        ) or exists (
            select from app.match_slots busy
            where busy.tenant_id = in_tenant_id and busy.user_id = seeker and busy.type = 'anonymous_' || in_kind
        ) then
            delete from app.tickets done where done.tenant_id = in_tenant_id and done.user_id = seeker
                and done.kind = in_kind;
            continue;
        end if;

        loop
            partner_id := app.find_partner(in_tenant_id, ticket, in_rematch_cooldown);
            exit when partner_id is null;
            select other.* into strict partner from app.tickets other
            where other.tenant_id = in_tenant_id and other.user_id = partner_id and other.kind = in_kind;
            -- Only here are rights spent, by one matcher at a time: what is left stays left until it is used below.
            exit when app.quota_left(in_tenant_id, partner_id, in_kind, today, partner.day_limit) > 0;
            delete from app.tickets done where done.tenant_id = in_tenant_id and done.user_id = partner_id
                and done.kind = in_kind;
            match_id := null;
            user1_id := partner.user_id;
            profile1_id := partner.profile_id;
            ticket1_id := partner.id;
            return next;
        end loop;
        if partner_id is null then
            update app.tickets waiting set searched_at = app.now()
            where waiting.tenant_id = in_tenant_id and waiting.user_id = seeker and waiting.kind = in_kind;
            continue;
        end if;

        user1_id := ticket.user_id;
        profile1_id := ticket.profile_id;
        ticket1_id := ticket.id;
        if not app.consume_quota(in_tenant_id, seeker, in_kind, today, ticket.day_limit) then
            delete from app.tickets done where done.tenant_id = in_tenant_id and done.user_id = seeker
                and done.kind = in_kind;
            match_id := null;
            return next;
            continue;
        end if;
        perform app.consume_quota(in_tenant_id, partner_id, in_kind, today, partner.day_limit);
        delete from app.tickets done
        where done.tenant_id = in_tenant_id and done.user_id = any(array[seeker, partner_id]) and done.kind = in_kind;

        user2_id := partner.user_id;
        profile2_id := partner.profile_id;
        ticket2_id := partner.id;
        match_id := uuidv7();
        expires_at := app.now() + in_duration;
        conversation_id := app.open_conversation(
            in_tenant_id, match_id, profile1_id, array[user1_id, user2_id], array[profile1_id, profile2_id], expires_at
        );
        insert into app.matches (
            tenant_id, id, type, status, user1_id, user2_id, profile1_id, profile2_id, conversation_id, claim_opens_at,
            expires_at
        ) values (
            in_tenant_id, match_id, 'anonymous_' || in_kind, 'active', user1_id, user2_id, profile1_id, profile2_id,
            conversation_id,
            app.now() + in_claim_delay, expires_at
        );
        insert into app.match_slots (tenant_id, user_id, type, match_id, profile_id, ticket_id) values
            (in_tenant_id, user1_id, 'anonymous_' || in_kind, match_id, profile1_id, ticket1_id),
            (in_tenant_id, user2_id, 'anonymous_' || in_kind, match_id, profile2_id, ticket2_id);
        insert into app.encounters as met (tenant_id, first_user_id, second_user_id)
        values (in_tenant_id, least(user1_id, user2_id), greatest(user1_id, user2_id))
        on conflict (tenant_id, first_user_id, second_user_id) do update set met_at = excluded.met_at;
        return next;
    end loop;
end $$;

comment on function app.match_tickets is
    'Runs one pass of the matcher over one tenant. Returns a row for each match and each ticket that ended.';
revoke all on function app.match_tickets from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.match_tickets to meydan_service;

create or replace function app.quota_left(in_tenant_id integer, in_user_id uuid, in_kind text, in_day date,
    in_day_limit integer) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return greatest(in_day_limit + coalesce((
            select known.granted - known.used from app.daily_quota known
            where known.tenant_id = in_tenant_id and known.user_id = in_user_id and known.kind = in_kind
                and known.day = in_day
        ), 0), 0)
        + coalesce((
            select extra.granted - extra.used from app.bonus_quota extra
            where extra.tenant_id = in_tenant_id and extra.user_id = in_user_id and extra.kind = in_kind
        ), 0);
end $$;

comment on function app.quota_left is 'Counts the rights that a user may still use: the day''s own and given ones.';
revoke all on function app.quota_left from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.quota_left to meydan_service;

create or replace function app.sync_ticket_lanes() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        delete from app.ticket_lanes known
        where known.tenant_id = new.tenant_id and known.user_id = new.user_id and known.kind = new.kind;
    end if;
    if new.away_since is null then
        insert into app.ticket_lanes (tenant_id, kind, lane, user_id, picky, spot, since)
        select new.tenant_id, new.kind, lane.name, new.user_id,
            new.max_distance_km is not null and not new.widened, point(new.longitude, new.latitude), new.created_at
        from (select distinct unnest(new.languages || case when new.widened
            then array['*'] else '{}' end) as name) lane;
    end if;
    return null;
end $$;

comment on function app.sync_ticket_lanes is 'Trigger: keeps the lanes of a ticket in step with the ticket.';
revoke all on function app.sync_ticket_lanes from public, meydan_app, meydan_service, meydan_relay;

create or replace function app.today(in_tenant_id integer) returns date
language sql stable parallel safe
return (select (app.now() at time zone t.timezone)::date from app.tenants t where t.id = in_tenant_id);

comment on function app.today is 'Returns the date in the tenant''s time zone.';
revoke all on function app.today from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.today to public;

-- What was said stays until its time.
create or replace function app.close_conversation(in_tenant_id integer, in_conversation_id uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if in_tenant_id <> app.tenant_id() then
        return false;
    end if;
    if session_user <> 'meydan_service' and not in_conversation_id = any(app.my_conversations()) then
        return false;
    end if;
    update app.conversations conversation set closed_at = app.now()
    where conversation.tenant_id = in_tenant_id and conversation.id = in_conversation_id
        and conversation.closed_at is null;
    return found;
end $$;

comment on function app.close_conversation is 'Closes a conversation. Returns true only for the call that closed it.';
revoke all on function app.close_conversation from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.close_conversation to meydan_app, meydan_service;

-- Only for founding the group: later devices bring their own packages, so nobody can use up a stranger's.
create or replace function app.consume_key_packages(in_tenant_id integer, in_conversation_id uuid, in_device_id uuid)
returns table (profile_id uuid, device_id uuid, package bytea)
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    with devices as (
        select ranked.profile_id, ranked.device_id
        from (
            select offered.profile_id, offered.device_id,
                row_number() over (partition by offered.profile_id order by max(offered.created_at) desc) as place
            from app.key_packages offered
            join app.conversation_members member
                on member.tenant_id = offered.tenant_id and member.profile_id = offered.profile_id
            where member.tenant_id = app.tenant_id() and member.tenant_id = in_tenant_id
                and member.conversation_id = in_conversation_id
                and member.conversation_id = any(app.my_conversations())
                and offered.device_id <> in_device_id
            group by offered.profile_id, offered.device_id
        ) ranked
        where ranked.place <= 10
    ),
    chosen as (
        select oldest.id
        from devices
        cross join lateral (
            select offered.id from app.key_packages offered
            where offered.tenant_id = app.tenant_id()
                and offered.profile_id = devices.profile_id and offered.device_id = devices.device_id
            order by offered.id limit 1 for update skip locked
        ) oldest
    )
    delete from app.key_packages taken using chosen
    where taken.tenant_id = app.tenant_id() and taken.id = chosen.id
    returning taken.profile_id, taken.device_id, taken.body;
end;

comment on function app.consume_key_packages is
    'Consumes one key package for each of the ten devices that either person used last.';
revoke all on function app.consume_key_packages from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.consume_key_packages to meydan_app;

-- Members of the conversation may know it of each other, others not.
create or replace function app.has_written(in_tenant_id integer, in_conversation_id uuid, in_profile_id uuid,
    in_cutoff timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select exists (
        select from app.conversation_members member
        join app.message_logs log
            on log.tenant_id = member.tenant_id and log.conversation_id = member.conversation_id
            and log.sender_user_id = member.user_id and log.kind = 'text' and log.sent_at < in_cutoff
        where member.tenant_id = app.tenant_id() and member.tenant_id = in_tenant_id
            and member.conversation_id = in_conversation_id and member.profile_id = in_profile_id
            and (session_user = 'meydan_service' or member.conversation_id = any(app.my_conversations()))
    );
end;

comment on function app.has_written is 'Tells whether a profile wrote a text in a conversation before a time.';
revoke all on function app.has_written from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.has_written to meydan_app, meydan_service;

create or replace function app.mark_seen(
    in_tenant_id integer, in_conversation_id uuid, in_delivered_seq bigint, in_read_seq bigint,
    out delivered_seq bigint, out read_seq bigint, out peer_user_id uuid, out peer_profile_id uuid
) returns setof record language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    me uuid := app.profile_id();
    before record;
    last bigint;
begin
    if in_tenant_id <> app.tenant_id() then
        return;
    end if;
    select mine.delivered_seq, mine.read_seq into before from app.conversation_members mine
    where mine.tenant_id = in_tenant_id and mine.conversation_id = in_conversation_id
        and mine.profile_id = me and mine.user_id = app.user_id() for update;
    if not found then
        return;
    end if;
    select conversation.last_seq into strict last from app.conversations conversation
    where conversation.tenant_id = in_tenant_id and conversation.id = in_conversation_id;
    read_seq := greatest(before.read_seq, least(in_read_seq, last));
    delivered_seq := greatest(before.delivered_seq, least(in_delivered_seq, last), read_seq);
    if (delivered_seq, read_seq) = (before.delivered_seq, before.read_seq) then
        return;
    end if;
    update app.conversation_members mine set delivered_seq = mark_seen.delivered_seq, read_seq = mark_seen.read_seq
    where mine.tenant_id = in_tenant_id and mine.conversation_id = in_conversation_id and mine.profile_id = me;
    update app.message_logs log set delivered_at = app.now()
    where log.tenant_id = in_tenant_id and log.conversation_id = in_conversation_id
        and log.seq > before.delivered_seq and log.seq <= mark_seen.delivered_seq
        and log.receiver_user_id = app.user_id() and log.delivered_at is null;
    select peer.user_id, peer.profile_id into strict peer_user_id, peer_profile_id from app.conversation_members peer
    where peer.tenant_id = in_tenant_id and peer.conversation_id = in_conversation_id and peer.profile_id <> me;
    return next;
end $$;

comment on function app.mark_seen is
    'Moves the caller''s delivered and read marks forward, never backwards. Returns no row when nothing changed.';
revoke all on function app.mark_seen from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.mark_seen to meydan_app;

-- The other face of the same person sees none of them.
create or replace function app.my_conversations() returns uuid[]
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select coalesce(array_agg(member.conversation_id), '{}') from app.conversation_members member
    where member.tenant_id = app.tenant_id()
        and member.profile_id = nullif(current_setting('app.profile_id', true), '')::uuid
        and member.user_id = nullif(current_setting('app.user_id', true), '')::uuid;
end;

comment on function app.my_conversations is 'Lists the conversations of the active face. A service has none.';
revoke all on function app.my_conversations from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.my_conversations to meydan_app;

-- The user id, which whispering needs, leaves the server only sealed.
create or replace function app.my_peers(in_tenant_id integer)
returns table (conversation_id uuid, profile_id uuid, user_id uuid, delivered_seq bigint, read_seq bigint, open boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select peer.conversation_id, peer.profile_id, peer.user_id, peer.delivered_seq, peer.read_seq,
        conversation.closed_at is null and conversation.expires_at > app.now()
    from app.conversation_members peer
    join app.conversations conversation
        on conversation.tenant_id = peer.tenant_id and conversation.id = peer.conversation_id
    where peer.tenant_id = app.tenant_id() and peer.tenant_id = in_tenant_id
        and peer.conversation_id = any(app.my_conversations()) and peer.profile_id <> app.profile_id()
        and conversation.purged_at is null;
end;

comment on function app.my_peers is 'Lists the other member of each conversation of the active face.';
revoke all on function app.my_peers from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.my_peers to meydan_app;

-- One of the profiles is the caller's unless a service asks. The users named by the caller are checked.
create or replace function app.open_conversation(
    in_tenant_id integer, in_match_id uuid, in_opener_profile_id uuid, in_user_ids uuid[], in_profile_ids uuid[],
    in_expires_at timestamptz
) returns uuid language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    opened uuid;
begin
    if in_tenant_id <> app.tenant_id() or cardinality(in_profile_ids) <> 2
        or not in_opener_profile_id = any(in_profile_ids) then
        raise exception 'a conversation is opened between two profiles of one community';
    end if;
    if session_user <> 'meydan_service' and not app.profile_id() = any(in_profile_ids) then
        raise exception 'a person opens only their own conversations';
    end if;
    insert into app.conversations (tenant_id, match_id, opener_profile_id, expires_at)
    values (in_tenant_id, in_match_id, in_opener_profile_id, in_expires_at)
    returning id into opened;
    insert into app.conversation_members (tenant_id, conversation_id, profile_id, user_id)
    select profile.tenant_id, opened, profile.id, profile.user_id
    from app.profiles profile
    join unnest(in_user_ids, in_profile_ids) as named (user_id, profile_id)
        on named.profile_id = profile.id and named.user_id = profile.user_id
    where profile.tenant_id = in_tenant_id;
    if (select count(distinct member.user_id) from app.conversation_members member
        where member.tenant_id = in_tenant_id and member.conversation_id = opened) <> 2 then
        raise exception 'a conversation has two different people';
    end if;
    return opened;
end $$;

comment on function app.open_conversation is 'Opens a conversation between two profiles and returns its id.';
revoke all on function app.open_conversation from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.open_conversation to meydan_app, meydan_service;

-- The conversation's lock also gives the order.
-- A repeated entry is answered with the stored one before anything else is checked: its sender may not have heard.
-- Texts and commits must be of the group's epoch. A text refused as stale is never in the log, so it may be sealed anew.
create or replace function app.send_message(
    in_tenant_id integer, in_conversation_id uuid, in_message_id uuid, in_device_id uuid, in_kind text,
    in_epoch integer, in_body bytea,
    in_welcome_id uuid, in_welcome_body bytea, in_device_info text, in_connection_type text,
    out outcome text, out seq bigint, out created_at timestamptz, out current_epoch integer,
    out peer_user_id uuid, out peer_profile_id uuid
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    me uuid := app.profile_id();
    conversation record;
    known record;
begin
    select found.epoch, found.last_seq, found.match_id, found.closed_at, found.expires_at,
        peer.user_id as peer_user_id, peer.profile_id as peer_profile_id
    into conversation
    from app.conversations found
    join app.conversation_members mine on mine.tenant_id = found.tenant_id and mine.conversation_id = found.id
        and mine.profile_id = me and mine.user_id = app.user_id()
    join app.conversation_members peer on peer.tenant_id = found.tenant_id and peer.conversation_id = found.id
        and peer.profile_id <> me
    where found.tenant_id = in_tenant_id and found.tenant_id = app.tenant_id() and found.id = in_conversation_id
    for update of found;
    if not found then
        outcome := 'not_found';
        return;
    end if;
    current_epoch := conversation.epoch;

    select message.seq, message.created_at, message.kind, message.epoch, message.body into known
    from app.messages message
    where message.tenant_id = in_tenant_id and message.conversation_id = in_conversation_id
        and message.sender_profile_id = me and message.id = in_message_id;
    if found then
        if (known.kind, known.epoch, known.body) = (in_kind, in_epoch, in_body) then
            outcome := 'known';
            seq := known.seq;
            created_at := known.created_at;
        else
            outcome := 'taken';
        end if;
        return;
    end if;

    if conversation.closed_at is not null or conversation.expires_at <= app.now()
        or app.blocked_between(in_tenant_id, me, conversation.peer_profile_id) then
        outcome := 'closed';
        return;
    end if;
    if in_kind in ('text', 'commit') and in_epoch <> conversation.epoch then
        outcome := 'stale';
        return;
    end if;

    if in_welcome_id is not null and exists (
        select from app.messages message
        where message.tenant_id = in_tenant_id and message.conversation_id = in_conversation_id
            and message.sender_profile_id = me and message.id = in_welcome_id
    ) then
        outcome := 'taken';
        return;
    end if;

    outcome := 'sent';
    peer_user_id := conversation.peer_user_id;
    peer_profile_id := conversation.peer_profile_id;
    seq := conversation.last_seq + 1;
    created_at := app.now();
    insert into app.messages (tenant_id, conversation_id, seq, id, sender_profile_id, sender_device_id, kind, epoch,
        body)
    values (in_tenant_id, in_conversation_id, seq, in_message_id, me, in_device_id, in_kind, in_epoch, in_body);
    if in_welcome_id is not null then
        insert into app.messages (tenant_id, conversation_id, seq, id, sender_profile_id, sender_device_id, kind,
            epoch, body)
        values (in_tenant_id, in_conversation_id, seq + 1, in_welcome_id, me, in_device_id, 'welcome', in_epoch + 1,
            in_welcome_body);
    end if;
    update app.conversations changed
    set last_seq = seq + case when in_welcome_id is null then 0 else 1 end,
        epoch = changed.epoch + case when in_kind = 'commit' then 1 else 0 end
    where changed.tenant_id = in_tenant_id and changed.id = in_conversation_id;
    insert into app.message_logs
        (tenant_id, conversation_id, seq, match_id, kind, sender_user_id, receiver_user_id, device_info,
            connection_type)
    values (in_tenant_id, in_conversation_id, seq, conversation.match_id, in_kind, app.user_id(), peer_user_id,
        in_device_info, in_connection_type);
end $$;

comment on function app.send_message is
    'Appends an entry to a conversation''s log, and the welcome of a commit. Locks: conversations.';
revoke all on function app.send_message from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.send_message to meydan_app;

-- A person knows a profile, the table needs its user: looked up here, where the person cannot look.
create or replace function app.add_report(in_tenant_id integer, in_profile_id uuid, in_reason text, in_text text,
    in_match_id uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.reports (
        tenant_id, reporter_user_id, reporter_profile_id, reported_user_id, reported_profile_id, reason, text, match_id
    )
    select other.tenant_id, app.user_id(), app.profile_id(), other.user_id, other.id,
        in_reason, in_text, in_match_id
    from app.profiles other
    where other.tenant_id = app.tenant_id() and other.tenant_id = in_tenant_id and other.id = in_profile_id
        and other.user_id <> app.user_id()
        and app.have_met(other.tenant_id, app.profile_id(), other.id)
        and (in_match_id is null or exists (
            select from app.matches met
            where met.tenant_id = other.tenant_id and met.id = in_match_id
                and app.profile_id() in (met.profile1_id, met.profile2_id)
                and other.id in (met.profile1_id, met.profile2_id)
        ))
    on conflict do nothing;
end;

comment on function app.add_report is 'Reports a profile that the caller has met.';
revoke all on function app.add_report from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.add_report to meydan_app;

create or replace function app.seed_default_gifts(in_tenant_id integer) returns void language sql
    set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.gifts (tenant_id, key, price, position)
    values
        (in_tenant_id, 'tea', 5, 1),
        (in_tenant_id, 'simit', 10, 2),
        (in_tenant_id, 'tulip', 20, 3),
        (in_tenant_id, 'cat', 40, 4),
        (in_tenant_id, 'lantern', 75, 5),
        (in_tenant_id, 'boat', 150, 6),
        (in_tenant_id, 'kilim', 300, 7),
        (in_tenant_id, 'moon', 1000, 8);
end;

comment on function app.seed_default_gifts is 'Inserts the gifts with which every tenant begins.';
revoke all on function app.seed_default_gifts from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.seed_default_gifts to meydan_service;

-- No row is returned when there is no such gift, or nobody there for this face to give to: the two look the same. The same
-- key again returns the gift that was sent, whatever has changed since. The giver pays the tenant, which pays the receiver
-- their share: each finds a line in their own history.
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
                in_tenant_id, in_idempotency_key, 'gift_sent', array['person_coins', 'tenant_revenue'], array[giver,
                null],
                array[null, null]::text[], array[null, null]::text[], array[-given.coins, given.coins], giver, '',
                    given.id,
                jsonb_build_object('gift_key', what.key, 'quantity', in_quantity, 'profile_id',
                    in_receiver_profile_id), null, null, true
            );
            if share > 0 then
                perform app.move_coins(
                    in_tenant_id, in_idempotency_key || ':received', 'gift_received',
                    array['creator_revenue', 'tenant_revenue'],
                    array[receiver, null], array[null, null]::text[], array[null, null]::text[], array[share, -share],
                    receiver, '', given.id,
                    jsonb_build_object('gift_key', what.key, 'quantity', in_quantity, 'profile_id', giver_face), null,
                        null, false
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

-- In the order that every transfer takes: the payee of one meter may pay for another.
create or replace function app.lock_meter_accounts(in_tenant_id integer, in_meter_ids uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid;
begin
    perform app.check_ledger_caller(in_tenant_id);
    perform from app.coin_holds hold
    where hold.tenant_id = in_tenant_id and hold.id = any(array(
        select one.hold_id from app.meter_units one
        where one.tenant_id = in_tenant_id and one.meter_id = any(in_meter_ids) and one.status = 'held'
    ))
    order by hold.id for update;
    for person in
        select distinct meter.payer_user_id from app.meters meter
        where meter.tenant_id = in_tenant_id and meter.id = any(in_meter_ids) order by 1
    loop
        perform app.lock_ledger_account(in_tenant_id, 'person_coins', person);
    end loop;
    for person in
        select distinct meter.payee_user_id from app.meters meter
        where meter.tenant_id = in_tenant_id and meter.id = any(in_meter_ids) order by 1
    loop
        perform app.lock_ledger_account(in_tenant_id, 'creator_revenue', person);
    end loop;
end $$;

comment on function app.lock_meter_accounts is
    'Locks the holds and the accounts of several meters. Locks: coin_holds, ledger_balances.';
revoke all on function app.lock_meter_accounts from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.lock_meter_accounts to meydan_service;

create or replace function app.seed_default_products(in_tenant_id integer) returns void language sql
    set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.coin_packages (tenant_id, coins, bonus, price, currency, position)
    values
        (in_tenant_id, 100, 0, 4999, 'TRY', 1),
        (in_tenant_id, 500, 50, 24999, 'TRY', 2),
        (in_tenant_id, 1000, 200, 49999, 'TRY', 3),
        (in_tenant_id, 2000, 600, 99999, 'TRY', 4);
    insert into app.premium_plans (
        tenant_id, period, price, currency, coin_price, matches_per_day, sees_likes, no_ads, position
    )
    values
        (in_tenant_id, 'month', 14999, 'TRY', 450, 50, true, true, 1),
        (in_tenant_id, 'year', 119999, 'TRY', null, 50, true, true, 2);
end;

comment on function app.seed_default_products is 'Inserts the products with which every tenant begins.';
revoke all on function app.seed_default_products from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.seed_default_products to meydan_service;

-- Once something is wrong, everything is looked at until nothing is. Audits take turns, so that each new transfer counts
-- once.
create or replace function app.audit_ledger(in_tenant_id integer, in_is_full boolean) returns app.ledger_audits
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    made app.ledger_audits;
    last app.ledger_audits;
begin
    perform app.check_ledger_caller(in_tenant_id);
    perform pg_advisory_xact_lock(hashtextextended('ledger audit', in_tenant_id));
    select audit.* into last from app.ledger_audits audit where audit.tenant_id = in_tenant_id order by audit.id desc
        limit 1;
    if in_is_full or last.fault_count is distinct from 0 then
        with seen as (
            delete from app.unaudited_balances new where new.tenant_id = in_tenant_id
        ),
        let_go as (
            update app.coin_holds hold set proved = true where hold.tenant_id = in_tenant_id and not hold.proved
        ),
        totals as (
            select entry.account_id, entry.stripe, sum(entry.amount)::bigint as balance
            from app.coin_entries entry where entry.tenant_id = in_tenant_id
            group by entry.account_id, entry.stripe
        ),
        proved as (
            insert into app.audited_balances (tenant_id, account_id, stripe, balance)
            select in_tenant_id, account_id, stripe, coalesce(totals.balance, 0)
            from totals full join (
                select known.account_id, known.stripe, known.balance
                from app.audited_balances known where known.tenant_id = in_tenant_id
            ) before using (account_id, stripe)
            where coalesce(totals.balance, 0) is distinct from before.balance
            on conflict (tenant_id, account_id, stripe) do update set balance = excluded.balance
        ),
        wrong as (
            select one.fault, one.id, one.expected, one.found, row_number() over () as place
            from app.ledger_faults(in_tenant_id) one
        )
        insert into app.ledger_audits (tenant_id, whole, fault_count, faults)
        select in_tenant_id, true, count(*),
            coalesce(jsonb_agg(to_jsonb(wrong)) filter (where wrong.place <= 20), '[]') from wrong
        returning ledger_audits.* into made;
    else
        with seen as (
            delete from app.unaudited_balances new where new.tenant_id = in_tenant_id returning new.transaction_id
        ),
        let_go as (
            update app.coin_holds hold set proved = true where hold.tenant_id = in_tenant_id and not hold.proved
        ),
        proved as (
            insert into app.audited_balances as known (tenant_id, account_id, stripe, balance)
            select in_tenant_id, entry.account_id, entry.stripe, sum(entry.amount)
            from seen join app.coin_entries entry on entry.tenant_id = in_tenant_id
                and entry.transaction_id = seen.transaction_id
            group by entry.account_id, entry.stripe
            on conflict (tenant_id, account_id, stripe) do update set balance = known.balance + excluded.balance
        ),
        wrong as (
            select one.fault, one.id, one.expected, one.found, row_number() over () as place
            from app.new_ledger_faults(in_tenant_id) one
        )
        insert into app.ledger_audits (tenant_id, whole, fault_count, faults)
        select in_tenant_id, false, count(*),
            coalesce(jsonb_agg(to_jsonb(wrong)) filter (where wrong.place <= 20), '[]') from wrong
        returning ledger_audits.* into made;
    end if;
    delete from app.ledger_audits old where old.tenant_id = in_tenant_id
        and old.created_at < app.now() - interval '30 days';
    return made;
end $$;

comment on function app.audit_ledger is
    'Audits a tenant''s ledger, stores the result and the audited balances. Locks: an advisory lock for each tenant.';
revoke all on function app.audit_ledger from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.audit_ledger to meydan_service;

create or replace function app.check_debit(in_tenant_id integer, in_kind text, in_owner_user_id uuid, in_amount bigint,
    in_is_spending boolean) returns void
language plpgsql as $$
declare
    why text;
    owed bigint;
    available bigint;
begin
    if in_is_spending then
        select known.reason into why from app.wallet_freezes known
        where known.tenant_id = in_tenant_id and known.user_id = in_owner_user_id and known.thawed_at is null;
        if found then
            raise exception using errcode = 'WA002', message = 'wallet_frozen',
                detail = jsonb_build_object('reason', why)::text;
        end if;
        select -debt.balance into owed from app.ledger_balances debt
        where debt.tenant_id = in_tenant_id and debt.account_id = app.ledger_account_id('person_debt',
            in_owner_user_id, null, null);
        if in_kind = 'person_coins' and owed > 0 then
            raise exception using errcode = 'WA003', message = 'debt_blocks',
                detail = jsonb_build_object('debt', owed)::text;
        end if;
    end if;
    select known.balance - known.held into available from app.ledger_balances known
    where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id(in_kind, in_owner_user_id, null,
        null);
    raise exception using errcode = 'WA001', message = 'balance_too_low',
        detail = jsonb_build_object('balance', abs(available), 'needed', abs(in_amount), 'account', in_kind)::text;
end $$;

comment on function app.check_debit is 'Raises the reason why an account cannot be debited.';
revoke all on function app.check_debit from public, meydan_app, meydan_service, meydan_relay;

create or replace function app.check_ledger_caller(in_tenant_id integer) returns void language plpgsql as $$
begin
    if in_tenant_id is distinct from app.tenant_id() then
        raise exception 'a ledger is its own community''s' using errcode = 'insufficient_privilege';
    end if;
end $$;

comment on function app.check_ledger_caller is 'Raises an error unless the tenant is the transaction''s own.';
revoke all on function app.check_ledger_caller from public, meydan_app, meydan_service, meydan_relay;

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
        array[in_target_kind] || case when taken > 0 then array['person_coins'] else '{}' end
            || case when owed > 0 then array['person_debt'] else '{}' end,
        array[null, in_owner_user_id] || case when taken > 0 and owed > 0 then array[in_owner_user_id] else '{}' end,
        array[in_target_provider, null] || case when taken > 0 and owed > 0 then array[null::text] else '{}' end,
        array[in_target_currency, null] || case when taken > 0 and owed > 0 then array[null::text] else '{}' end,
        array[in_amount] || case when taken > 0 then array[-taken] else '{}' end
            || case when owed > 0 then array[-owed] else '{}' end,
        in_owner_user_id, in_description, in_subject_id, in_details || jsonb_build_object('taken', taken, 'owed',
        owed), null,
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
            in_tenant_id, 'forfeited:' || uuidv7(), 'forfeited', array['creator_revenue', 'tenant_revenue'],
            array[in_owner_user_id, null],
            array[null, null]::text[], array[null, null]::text[], array[-earnings, earnings], in_owner_user_id, '',
                null, '{}', null, null,
            false
        );
    end if;
    if coins > 0 then
        perform app.move_coins(
            in_tenant_id, 'forfeited:' || uuidv7(), 'forfeited', array['person_coins', 'tenant_revenue'],
            array[in_owner_user_id, null],
            array[null, null]::text[], array[null, null]::text[], array[-coins, coins], in_owner_user_id, '',
                null, '{}', null, null,
            false
        );
    end if;
    update app.wallet_freezes known set reason = ''
    where known.tenant_id = in_tenant_id and known.user_id = in_owner_user_id and known.reason <> '';
end $$;

comment on function app.close_wallet is
    'Forfeits a leaving person''s coins and earnings to the tenant and blanks their descriptions. The books stay.';
revoke all on function app.close_wallet from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.close_wallet to meydan_service;

-- Read from the entries of their accounts, so no change is left out. The description is for the person whom the transfer
-- is about; a person who earned by it learns what for and how much.
create or replace function app.coin_history(in_tenant_id integer, in_owner_user_id uuid, in_cursor uuid,
    in_limit integer)
returns table (
    id uuid, type text, amount bigint, coins bigint, earnings bigint, debt bigint, description text, subject_id uuid,
    reverses_id uuid, created_at timestamptz, details jsonb
)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    until timestamptz := 'infinity';
    mark uuid := coalesce(in_cursor, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
    perform app.check_ledger_caller(in_tenant_id);
    if session_user = 'meydan_app' and in_owner_user_id is distinct from app.user_id() then
        raise exception 'a history is its person''s' using errcode = 'insufficient_privilege';
    end if;
    if in_cursor is not null then
        select header.created_at into until from app.coin_transactions header
        where header.tenant_id = in_tenant_id and header.id = in_cursor;
    end if;
    return query
    select header.id, header.transaction_type, coalesce(line.coins, line.earnings, 0), coalesce(line.coins, 0),
        coalesce(line.earnings, 0), coalesce(-line.debt, 0),
        case when header.user_id = in_owner_user_id then header.description else '' end, header.subject_id,
            header.reverses_id,
        line.created_at, case when header.user_id = in_owner_user_id then header.details else '{}' end
    from (
        select entry.transaction_id, entry.created_at,
            sum(entry.amount) filter (where account.kind = 'person_coins')::bigint as coins,
            sum(entry.amount) filter (where account.kind = 'creator_revenue')::bigint as earnings,
            sum(entry.amount) filter (where account.kind = 'person_debt')::bigint as debt
        from unnest(array['person_coins', 'creator_revenue', 'person_debt']) account (kind)
        cross join lateral (
            select side.transaction_id, side.created_at, side.amount from app.coin_entries side
            where side.tenant_id = in_tenant_id and side.account_id = app.ledger_account_id(account.kind,
                in_owner_user_id, null, null)
                and (side.created_at, side.transaction_id) < (until, mark)
            order by side.created_at desc, side.transaction_id desc limit in_limit
        ) entry
        group by entry.transaction_id, entry.created_at
        order by entry.created_at desc, entry.transaction_id desc limit in_limit
    ) line
    join app.coin_transactions header on header.tenant_id = in_tenant_id and header.id = line.transaction_id
    order by line.created_at desc, line.transaction_id desc;
end $$;

comment on function app.coin_history is 'Lists every change of a person''s coins, earnings and debt, newest first.';
revoke all on function app.coin_history from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.coin_history to meydan_app, meydan_service;

-- A promise is kept even if the wallet was frozen meanwhile. `in_kinds` … `in_amounts` say which accounts get how much.
create or replace function app.commit_hold(
    in_tenant_id integer, in_hold_id uuid, in_idempotency_key text, in_type text, in_kinds text[],
    in_owner_user_ids uuid[], in_providers text[], in_currencies text[],
    in_amounts bigint[], in_description text, in_subject_id uuid, in_details jsonb
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    held app.coin_holds;
    made app.coin_transactions;
    total bigint;
    print text := concat_ws('|', in_hold_id, in_kinds, in_owner_user_ids, in_providers, in_currencies, in_amounts);
begin
    perform app.check_ledger_caller(in_tenant_id);
    in_idempotency_key := app.scoped_key(in_idempotency_key);
    select known.* into held from app.coin_holds known where known.tenant_id = in_tenant_id and known.id = in_hold_id
        for update;
    if not found or session_user = 'meydan_app' and not held.by_person then
        raise exception using errcode = 'WA008', message = 'not_found';
    end if;
    select sum(one.amount) into total from unnest(in_amounts) one (amount);
    in_kinds := array_prepend('person_coins', in_kinds);
    in_owner_user_ids := array_prepend(held.user_id, in_owner_user_ids);
    in_providers := array_prepend(null, in_providers);
    in_currencies := array_prepend(null, in_currencies);
    in_amounts := array_prepend(-total, in_amounts);
    if session_user = 'meydan_app' and not app.is_own_transfer(in_type, in_kinds, in_owner_user_ids, in_amounts,
        held.user_id) then
        raise exception 'a person pays with coins of their own' using errcode = 'insufficient_privilege';
    end if;
    if held.status = 'committed' and exists (
        select from app.coin_transactions known
        where known.tenant_id = in_tenant_id and known.id = held.transaction_id
            and known.idempotency_key = in_idempotency_key
    ) then
        null;  -- answered below, if it is the same again
    elsif held.status <> 'open' or held.expires_at <= app.now() then
        raise exception using errcode = 'WA006', message = 'hold_over', detail = jsonb_build_object(
            'status', case when held.status = 'open' then 'expired' else held.status end)::text;
    elsif total > held.amount or 0 >= any(in_amounts[2:]) then
        raise exception 'a hold pays at most what is held' using errcode = 'check_violation';
    else
        -- The payer's coins come first here as in every transfer: nobody is waited for crosswise.
        update app.ledger_balances known set held = known.held - held.amount
        where known.tenant_id = in_tenant_id and known.stripe = 0
            and known.account_id = app.ledger_account_id('person_coins', held.user_id, null, null)
            and known.held >= held.amount;
        if not found then
            raise exception 'no so many coins are held' using errcode = 'check_violation';
        end if;
    end if;
    made := app.move_coins(
        in_tenant_id, in_idempotency_key, in_type, in_kinds, in_owner_user_ids, in_providers, in_currencies,
        in_amounts, held.user_id, in_description, in_subject_id, in_details, null, print, false
    );
    if held.status = 'open' then
        update app.coin_holds known
        set status = 'committed', committed = total, transaction_id = made.id, ended_at = app.now()
        where known.tenant_id = in_tenant_id and known.id = in_hold_id;
        perform app.pay_debt(in_tenant_id, held.user_id, in_hold_id);
    end if;
    return made;
end $$;

comment on function app.commit_hold is 'Pays with held coins, in part or whole, and releases the rest.';
revoke all on function app.commit_hold from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.commit_hold to meydan_app, meydan_service;

-- Earnings come from others, so this is checked while both accounts are locked: a change meanwhile waits, and the same
-- key again finds what it did.
create or replace function app.convert_earnings(in_tenant_id integer, in_idempotency_key text, in_amount bigint)
returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    mine uuid := app.user_id();
    earned bigint;
    pending bigint;
    next_at timestamptz;
begin
    perform app.check_ledger_caller(in_tenant_id);
    if in_amount is null or in_amount <= 0 then
        raise exception 'what is converted is more than nothing' using errcode = 'check_violation';
    end if;
    in_idempotency_key := app.scoped_key(in_idempotency_key);
    perform app.lock_ledger_account(in_tenant_id, 'person_coins', mine);
    perform app.lock_ledger_account(in_tenant_id, 'creator_revenue', mine);
    if not exists (
        select from app.coin_transactions known where known.tenant_id = in_tenant_id
            and known.idempotency_key = in_idempotency_key
    ) then
        select known.balance into earned from app.ledger_balances known
        where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('creator_revenue', mine,
            null, null);
        select coalesce(sum(one.amount), 0)::bigint, min(one.available_at) into pending, next_at
        from app.pending_earnings(in_tenant_id, mine) one;
        if in_amount <= earned and in_amount > earned - pending then
            raise exception using errcode = 'WA009', message = 'earnings_pending', detail = jsonb_build_object(
                'available', greatest(earned - pending, 0), 'needed', in_amount, 'next_at', next_at)::text;
        end if;
    end if;
    return app.move_coins(
        in_tenant_id, in_idempotency_key, 'conversion', array['person_coins', 'creator_revenue'], array[mine, mine],
        array[null, null]::text[],
        array[null, null]::text[], array[in_amount, -in_amount], mine, '', null, '{}', null, null, true
    );
end $$;

comment on function app.convert_earnings is 'Turns a person''s available earnings into coins.';
revoke all on function app.convert_earnings from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.convert_earnings to meydan_app;

create or replace function app.end_expired_holds(in_tenant_id integer, in_owner_user_id uuid, in_batch_size integer)
    returns setof uuid
language plpgsql as $$
declare
    over record;
begin
    for over in
        select hold.id, hold.user_id, hold.amount from app.coin_holds hold
        where hold.tenant_id = in_tenant_id and hold.status = 'open' and hold.expires_at <= app.now()
            and (in_owner_user_id is null or hold.user_id = in_owner_user_id)
        order by hold.user_id, hold.id limit in_batch_size for update skip locked
    loop
        update app.coin_holds hold set status = 'expired', ended_at = app.now(), proved = false
        where hold.tenant_id = in_tenant_id and hold.id = over.id;
        perform app.release_held(in_tenant_id, over.user_id, over.amount, over.id);
        return next over.user_id;
    end loop;
end $$;

comment on function app.end_expired_holds is
    'Releases expired holds of one person or, without one, a few of everybody''s. Returns their users.';
revoke all on function app.end_expired_holds from public, meydan_app, meydan_service, meydan_relay;

create or replace function app.expire_holds(in_tenant_id integer, in_batch_size integer) returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform app.check_ledger_caller(in_tenant_id);
    return query select distinct over.whose from app.end_expired_holds(in_tenant_id, null, in_batch_size) over (whose);
end $$;

comment on function app.expire_holds is 'Releases a tenant''s expired holds, at most so many. Returns their users.';
revoke all on function app.expire_holds from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.expire_holds to meydan_service;

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
        in_tenant_id, in_idempotency_key, 'debt_forgiven', array['person_debt', 'promotions'], array[in_owner_user_id,
        null], array[null, null]::text[],
        array[null, null]::text[], array[owed, -owed], in_owner_user_id, in_description, null,
            jsonb_build_object('forgiven', owed), null,
        in_amount_limit::text, false
    );
end $$;

comment on function app.forgive_debt is 'Forgives a person''s debt, at most so much.';
revoke all on function app.forgive_debt from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.forgive_debt to meydan_service;

-- Nothing is spent once this is committed: a transaction that is just spending holds the balance's row.
create or replace function app.freeze_wallet(in_tenant_id integer, in_owner_user_id uuid, in_reason text,
    in_actor_user_id uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    kind text;
begin
    perform app.check_ledger_caller(in_tenant_id);
    foreach kind in array array['person_coins', 'creator_revenue'] loop  -- in the order transfers take
        perform app.open_ledger_account(in_tenant_id, kind, in_owner_user_id, null, null, 0);
        update app.ledger_balances known set frozen = true
        where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id(kind, in_owner_user_id, null,
            null);
    end loop;
    insert into app.wallet_freezes (tenant_id, user_id, reason, frozen_by_user_id) values (in_tenant_id, in_owner_user_id,
        in_reason, in_actor_user_id)
    on conflict do nothing;
    return found;
end $$;

comment on function app.freeze_wallet is 'Freezes a wallet. Returns false when it was frozen already.';
revoke all on function app.freeze_wallet from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.freeze_wallet to meydan_service;

create or replace function app.hold_coins(
    in_tenant_id integer, in_idempotency_key text, in_owner_user_id uuid, in_amount bigint, in_purpose text,
    in_subject_id uuid, in_expires_at timestamptz
) returns app.coin_holds language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    made app.coin_holds;
    print bytea := sha256(convert_to(concat_ws('|', in_owner_user_id, in_amount, in_purpose, in_subject_id), 'UTF8'));
begin
    perform app.check_ledger_caller(in_tenant_id);
    in_idempotency_key := app.scoped_key(in_idempotency_key);
    if session_user = 'meydan_app' and in_owner_user_id is distinct from app.user_id() then
        raise exception 'a person pays with coins of their own' using errcode = 'insufficient_privilege';
    elsif in_expires_at <= app.now() then
        raise exception 'a hold ends later than it begins' using errcode = 'check_violation';
    end if;
    insert into app.coin_holds (tenant_id, user_id, amount, purpose, subject_id, idempotency_key, fingerprint,
        expires_at)
    values (in_tenant_id, in_owner_user_id, in_amount, in_purpose, in_subject_id, in_idempotency_key, print,
        in_expires_at)
    on conflict (tenant_id, idempotency_key) do nothing
    returning coin_holds.* into made;
    if not found then
        select known.* into strict made from app.coin_holds known
        where known.tenant_id = in_tenant_id and known.idempotency_key = in_idempotency_key;
        if made.fingerprint <> print then
            raise exception using errcode = 'WA004', message = 'idempotency_key_reused';
        end if;
        return made;
    end if;
    for attempt in 1 .. 2 loop
        update app.ledger_balances known set held = known.held + in_amount
        where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('person_coins',
            in_owner_user_id, null, null)
            and known.stripe = 0 and known.balance - known.held >= in_amount and not known.frozen;
        exit when found;
        if attempt = 2 then
            perform app.check_debit(in_tenant_id, 'person_coins', in_owner_user_id, in_amount, true);
        end if;
        perform app.open_ledger_account(in_tenant_id, 'person_coins', in_owner_user_id, null, null, 0);
        perform app.end_expired_holds(in_tenant_id, in_owner_user_id, 1000);
    end loop;
    return made;
end $$;

comment on function app.hold_coins is 'Holds coins until a time. The same key again returns the first hold.';
revoke all on function app.hold_coins from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.hold_coins to meydan_app, meydan_service;

create or replace function app.is_own_transfer(
    in_type text, in_kinds text[], in_owner_user_ids uuid[], in_amounts bigint[], in_owner_user_id uuid
) returns boolean language plpgsql as $$
declare
    caller uuid := app.user_id();
    is_fine boolean := in_owner_user_id = caller;
begin
    for i in 1 .. cardinality(in_amounts) loop
        is_fine := is_fine and coalesce(case
            when in_type not in ('spent', 'gift_sent', 'premium', 'call') then false
            when in_amounts[i] < 0 then in_owner_user_ids[i] = caller and in_kinds[i] = 'person_coins'
            -- Only by these words do earnings wait until they are ripe.
            else in_kinds[i] = 'tenant_revenue'
                or in_kinds[i] = 'creator_revenue' and in_owner_user_ids[i] <> caller
                    and in_type in ('gift_sent', 'call')
        end, false);
    end loop;
    return is_fine is true;
end $$;

comment on function app.is_own_transfer is
    'Tells whether a person pays with their own coins, to the tenant or to somebody''s earnings.';
revoke all on function app.is_own_transfer from public, meydan_app, meydan_service, meydan_relay;

-- An account is found without a search or a sequence, and its balance by one look.
-- Written so that it is part of the statement that uses it, not called.
create or replace function app.ledger_account_id(in_kind text, in_owner_user_id uuid, in_provider text,
    in_currency text) returns uuid
language sql immutable parallel safe
return encode(substr(sha256((
    in_kind || ':' || coalesce(in_owner_user_id::text, '') || ':' || coalesce(in_provider, '') || ':' || coalesce(in_currency, '')
)::bytea), 1, 16), 'hex')::uuid;

comment on function app.ledger_account_id is 'Derives the id of a ledger account from what it is and whose it is.';
revoke all on function app.ledger_account_id from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.ledger_account_id to public;

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

create or replace function app.ledger_fingerprint(
    in_type text, in_owner_user_id uuid, in_subject_id uuid, in_reverses_id uuid, in_request text, in_kinds text[],
    in_owner_user_ids uuid[], in_providers text[],
    in_currencies text[], in_amounts bigint[]
) returns bytea language sql stable parallel safe
return sha256(convert_to(concat_ws(
    '|', in_type, in_owner_user_id, in_subject_id, in_reverses_id, coalesce(in_request, concat_ws('|', in_kinds,
        in_owner_user_ids, in_providers, in_currencies, in_amounts))
), 'UTF8'));

comment on function app.ledger_fingerprint is
    'Hashes what an idempotency key stands for: the transfer, or the request that it came of.';
revoke all on function app.ledger_fingerprint from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.ledger_fingerprint to public;

-- Accounts of a kind are locked in the order of whose they are. A caller that touches a debt without the coins locks its
-- owner's coins first; a caller that makes several transfers locks all the people's accounts first (`lock_ledger_account`).
-- A tenant's own accounts come last: nobody waits there unless the account is just being opened or all of its stripes are
-- taken. The row of a hold or a header, where there is one, comes before all of them.
create or replace function app.ledger_rank(in_kind text) returns integer language sql immutable parallel safe
return array_position(
    array['person_coins', 'creator_revenue', 'person_debt', 'tenant_revenue', 'promotions', 'clearing', 'payouts'],
        in_kind
);

comment on function app.ledger_rank is
    'Returns the place of a kind of account in the order in which accounts are locked.';
revoke all on function app.ledger_rank from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.ledger_rank to public;

-- Later accounts in the order wait for nobody who waits for this one.
create or replace function app.lock_ledger_account(in_tenant_id integer, in_kind text, in_owner_user_id uuid)
    returns void language plpgsql as $$
begin
    for attempt in 1 .. 2 loop
        perform from app.ledger_balances known
        where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id(in_kind, in_owner_user_id,
            null, null)
            and known.stripe = 0
        for no key update;
        exit when found;
        perform app.open_ledger_account(in_tenant_id, in_kind, in_owner_user_id, null, null, 0);
    end loop;
end $$;

comment on function app.lock_ledger_account is
    'Locks a person''s account until the transaction ends, and opens it if needed. Locks: ledger_balances.';
revoke all on function app.lock_ledger_account from public, meydan_app, meydan_service, meydan_relay;

-- The same key again moves nothing and returns the first transfer. Coins that reach a debtor pay the debt at once, so a
-- debtor has nothing to spend. `in_request` is what the key stands for, where that is not the entries. `in_is_spending`: the person
-- wants to, so a frozen wallet refuses.
-- For the other functions of the ledger, whose caller and search path are checked already. PostgreSQL prepares every
-- expression of a function anew in each transaction: there are no more of them here than must be (benchmarks/ledger.py).
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

-- The rest of their earnings is available.
create or replace function app.my_pending_earnings(in_tenant_id integer) returns table (available_at timestamptz,
    amount bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform app.check_ledger_caller(in_tenant_id);
    return query
    select max(one.available_at), sum(one.amount)::bigint
    from app.tenants community
    cross join lateral app.pending_earnings(in_tenant_id, app.user_id()) one
    where community.id = in_tenant_id
    group by (one.available_at at time zone community.timezone)::date order by 1;
end $$;

comment on function app.my_pending_earnings is
    'Sums the caller''s earnings in their holding period by day of the tenant.';
revoke all on function app.my_pending_earnings from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.my_pending_earnings to meydan_app;

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

create or replace function app.open_ledger_account(
    in_tenant_id integer, in_kind text, in_owner_user_id uuid, in_provider text, in_currency text, in_stripe integer
) returns void language plpgsql as $$
declare
    account uuid := app.ledger_account_id(in_kind, in_owner_user_id, in_provider, in_currency);
begin
    insert into app.ledger_accounts (tenant_id, kind, user_id, provider, currency)
    values (in_tenant_id, in_kind, in_owner_user_id, in_provider, in_currency) on conflict do nothing;
    insert into app.ledger_balances (tenant_id, account_id, stripe, lowest, highest)
    values (
        in_tenant_id, account, in_stripe, case when in_kind in ('person_coins', 'creator_revenue') then 0 end,
        case when in_kind = 'person_debt' then 0 end
    ) on conflict do nothing;
end $$;

comment on function app.open_ledger_account is 'Inserts an account and one stripe of it unless they are there.';
revoke all on function app.open_ledger_account from public, meydan_app, meydan_service, meydan_relay;

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
            array['person_coins', 'person_debt'], array[in_owner_user_id, in_owner_user_id],
            array[null, null]::text[], array[null, null]::text[], array[-paid, paid], in_owner_user_id, '',
                in_cause_id, '{}', null, null, false
        );
    end if;
end $$;

comment on function app.pay_debt is 'Pays a person''s debt with their available coins, once for each cause.';
revoke all on function app.pay_debt from public, meydan_app, meydan_service, meydan_relay;

-- The coins that they came of may still be taken back from the payer. The tenant's own setting is read
-- (wallet/settings.py). A reversed transfer counts no more.
create or replace function app.pending_earnings(in_tenant_id integer, in_owner_user_id uuid)
    returns table (available_at timestamptz, amount bigint)
language sql stable as $$
    select entry.created_at + setting.days * interval '1 day', entry.amount
    from (
        select coalesce((
            select known.config_value::text::integer from app.tenant_configs known
            where known.tenant_id = in_tenant_id and known.config_key = 'wallet.earnings_holding_days'
        ), 7) as days
    ) setting
    join app.coin_entries entry on entry.tenant_id = in_tenant_id
        and entry.account_id = app.ledger_account_id('creator_revenue', in_owner_user_id, null, null)
        and entry.created_at > app.now() - setting.days * interval '1 day'
    join app.coin_transactions header on header.tenant_id = in_tenant_id and header.id = entry.transaction_id
    where entry.amount > 0 and header.reversed_by_id is null
        and header.transaction_type in ('gift_sent', 'gift_received', 'call')
$$;

comment on function app.pending_earnings is 'Lists a person''s earnings in their holding period, with the end of it.';
revoke all on function app.pending_earnings from public, meydan_app, meydan_service, meydan_relay;

create or replace function app.release_held(in_tenant_id integer, in_owner_user_id uuid, in_amount bigint,
    in_cause_id uuid) returns void
language plpgsql as $$
begin
    update app.ledger_balances known set held = known.held - in_amount
    where known.tenant_id = in_tenant_id and known.account_id = app.ledger_account_id('person_coins', in_owner_user_id,
        null, null)
        and known.stripe = 0 and known.held >= in_amount;
    if not found then
        raise exception 'no so many coins are held' using errcode = 'check_violation';
    end if;
    perform app.pay_debt(in_tenant_id, in_owner_user_id, in_cause_id);
end $$;

comment on function app.release_held is 'Makes held coins available again, and pays the owner''s debt with them.';
revoke all on function app.release_held from public, meydan_app, meydan_service, meydan_relay;

create or replace function app.release_hold(in_tenant_id integer, in_hold_id uuid)
returns app.coin_holds language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    held app.coin_holds;
begin
    perform app.check_ledger_caller(in_tenant_id);
    select known.* into held from app.coin_holds known where known.tenant_id = in_tenant_id and known.id = in_hold_id
        for update;
    if not found or session_user = 'meydan_app' and (held.user_id <> app.user_id() or not held.by_person) then
        raise exception using errcode = 'WA008', message = 'not_found';
    elsif held.status = 'committed' then
        raise exception using errcode = 'WA006', message = 'hold_over', detail = '{"status": "committed"}';
    elsif held.status = 'open' then
        update app.coin_holds known set status = 'released', ended_at = app.now(), proved = false
        where known.tenant_id = in_tenant_id and known.id = in_hold_id
        returning known.* into held;
        perform app.release_held(in_tenant_id, held.user_id, held.amount, in_hold_id);
    end if;
    return held;
end $$;

comment on function app.release_hold is 'Releases a hold without paying. A second call changes nothing.';
revoke all on function app.release_hold from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.release_hold to meydan_app, meydan_service;

create or replace function app.reverse_transfer(in_tenant_id integer, in_idempotency_key text, in_transaction_id uuid,
    in_description text)
returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    original app.coin_transactions;
    made app.coin_transactions;
    mirror record;
begin
    perform app.check_ledger_caller(in_tenant_id);
    select known.* into original from app.coin_transactions known
    where known.tenant_id = in_tenant_id and known.id = in_transaction_id for no key update;
    if not found then
        raise exception using errcode = 'WA008', message = 'not_found';
    elsif original.reverses_id is not null then
        raise exception using errcode = 'WA007', message = 'not_reversible';
    end if;
    select array_agg(account.kind) as kinds, array_agg(account.user_id) as owners,
        array_agg(account.provider) as providers,
        array_agg(account.currency) as currencies, array_agg(-entry.amount) as amounts
    into mirror
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
    if 'person_debt' = any(mirror.kinds) then
        perform app.lock_ledger_account(in_tenant_id, 'person_coins', original.user_id);
    end if;
    made := app.move_coins(
        in_tenant_id, in_idempotency_key, 'reversal', mirror.kinds, mirror.owners, mirror.providers, mirror.currencies,
        mirror.amounts,
        original.user_id, in_description, original.subject_id, '{}', in_transaction_id, 'reversal', false
    );
    update app.coin_transactions known set reversed_by_id = made.id
    where known.tenant_id = in_tenant_id and known.id = in_transaction_id and known.reversed_by_id is null;
    return made;
end $$;

comment on function app.reverse_transfer is 'Reverses a transfer by its mirror image, once.';
revoke all on function app.reverse_transfer from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.reverse_transfer to meydan_service;

-- So it cannot collide with a key of the service, be it for somebody else's coins or for the payment of their debt.
create or replace function app.scoped_key(in_idempotency_key text) returns text language sql stable
return case when session_user = 'meydan_app'
    then app.user_id() || ':' || in_idempotency_key else in_idempotency_key end;

comment on function app.scoped_key is 'Prefixes a person''s idempotency key with their user id.';
revoke all on function app.scoped_key from public, meydan_app, meydan_service, meydan_relay;

create or replace function app.thaw_wallet(in_tenant_id integer, in_owner_user_id uuid, in_actor_user_id uuid)
    returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    kind text;
begin
    perform app.check_ledger_caller(in_tenant_id);
    foreach kind in array array['person_coins', 'creator_revenue'] loop
        update app.ledger_balances known set frozen = false
        where known.tenant_id = in_tenant_id and known.frozen
            and known.account_id = app.ledger_account_id(kind, in_owner_user_id, null, null);
    end loop;
    update app.wallet_freezes known set thawed_at = app.now(), thawed_by_user_id = in_actor_user_id
    where known.tenant_id = in_tenant_id and known.user_id = in_owner_user_id and known.thawed_at is null;
    return found;
end $$;

comment on function app.thaw_wallet is 'Thaws a wallet. Returns false when it was not frozen.';
revoke all on function app.thaw_wallet from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.thaw_wallet to meydan_service;

-- Spending is what a person wants. Taking back and paying debt are not asked of them.
create or replace function app.transfer(
    in_tenant_id integer, in_idempotency_key text, in_type text, in_kinds text[], in_owner_user_ids uuid[],
    in_providers text[], in_currencies text[], in_amounts bigint[],
    in_owner_user_id uuid default null, in_description text default '', in_subject_id uuid default null,
    in_details jsonb default '{}'
) returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if in_tenant_id is distinct from app.tenant_id()
        or session_user = 'meydan_app' and not app.is_own_transfer(in_type, in_kinds, in_owner_user_ids, in_amounts,
            in_owner_user_id)
    then
        raise exception 'a ledger is its own community''s, and a person pays with coins of their own'
            using errcode = 'insufficient_privilege';
    end if;
    return app.move_coins(
        in_tenant_id, app.scoped_key(in_idempotency_key), in_type, in_kinds, in_owner_user_ids, in_providers,
        in_currencies, in_amounts, in_owner_user_id, in_description, in_subject_id, in_details, null, null,
        in_type in ('spent', 'gift_sent', 'premium', 'call', 'conversion')
    );
end $$;

comment on function app.transfer is 'Moves coins for a person or a service after checking who asks.';
revoke all on function app.transfer from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.transfer to meydan_app, meydan_service;

-- What one person does may be news for others: written here, where they cannot write themselves.
create or replace function app.add_notifications(
    in_tenant_id integer, in_user_ids uuid[], in_profile_ids uuid[], in_kind text, in_code text, in_data jsonb,
    in_is_seen boolean
) returns table (user_id uuid, profile_id uuid, id uuid, created_at timestamptz, unread integer)
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    with added as (
        insert into app.notifications as written (tenant_id, user_id, profile_id, kind, code, data, read_at)
        select app.tenant_id(), named.user_id, named.profile_id,
            in_kind, in_code, in_data,
            case when in_is_seen then app.now() end
        from unnest(in_user_ids, in_profile_ids) as named (user_id, profile_id)
        where app.tenant_id() = in_tenant_id
        returning written.user_id, written.profile_id, written.id, written.created_at
    )
    select added.user_id, added.profile_id, added.id, added.created_at, (
        -- The statement sees what was there before it: the new one comes on top.
        select (not in_is_seen)::integer + count(*) from app.notifications waiting
        where waiting.tenant_id = app.tenant_id() and waiting.user_id = added.user_id and waiting.read_at is null
    )::integer
    from added;
end;

comment on function app.add_notifications is
    'Adds a notification for each named user. Returns them with each user''s number of unread ones.';
revoke all on function app.add_notifications from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.add_notifications to meydan_app, meydan_service;

-- A person knows a profile, the table needs its user: looked up here, where the person cannot look.
create or replace function app.add_block(in_tenant_id integer, in_profile_id uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.blocks (tenant_id, blocker_user_id, blocker_profile_id, blocked_user_id, blocked_profile_id)
    select other.tenant_id, app.user_id(), app.profile_id(), other.user_id, other.id
    from app.profiles other
    where other.tenant_id = app.tenant_id() and other.tenant_id = in_tenant_id and other.id = in_profile_id
        and other.user_id <> app.user_id()
        and app.have_met(other.tenant_id, app.profile_id(), other.id)
    on conflict do nothing;
end;

comment on function app.add_block is 'Blocks a profile that the caller has met.';
revoke all on function app.add_block from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.add_block to meydan_app;

-- People ask only about their own profiles. They may learn that a conversation is closed, never who closed it.
create or replace function app.blocked_between(in_tenant_id integer, in_a uuid, in_b uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select exists (
        select from app.blocks block
        where block.tenant_id = app.tenant_id() and block.tenant_id = in_tenant_id
            and (session_user = 'meydan_service' or app.profile_id() in (in_a, in_b))
            and ((block.blocker_profile_id, block.blocked_profile_id) = (in_a, in_b)
                or (block.blocker_profile_id, block.blocked_profile_id) = (in_b, in_a))
    );
end;

comment on function app.blocked_between is 'Tells whether either of two profiles has blocked the other.';
revoke all on function app.blocked_between from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.blocked_between to meydan_app, meydan_service;

create or replace function app.my_blocks(in_tenant_id integer, in_profile_id uuid, in_cursor uuid, in_limit integer)
returns table (id uuid, face text, profile jsonb, created_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select block.id, mine.face,
        jsonb_build_object('id', other.id, 'alias', other.alias, 'tag', other.tag, 'avatar_seed', other.avatar_seed),
        block.created_at
    from app.blocks block
    join app.profiles mine on mine.tenant_id = block.tenant_id and mine.id = block.blocker_profile_id
    join app.profiles other on other.tenant_id = block.tenant_id and other.id = block.blocked_profile_id
    where block.tenant_id = app.tenant_id() and block.tenant_id = in_tenant_id
        and block.blocker_user_id = app.user_id()
        and (
            in_profile_id is null
            or (block.blocker_profile_id, block.blocked_profile_id) = (app.profile_id(), in_profile_id)
        )
        and (in_cursor is null or block.id < in_cursor)
    order by block.id desc
    limit in_limit;
end;

comment on function app.my_blocks is
    'Lists the blocks of the caller''s two faces, newest first, or the active face''s block of one profile.';
revoke all on function app.my_blocks from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.my_blocks to meydan_app;

-- The service login cannot write the table itself, so this is the only way to make a tenant.
create or replace function app.add_tenant(in_slug text, in_name text, in_timezone text, in_default_language text)
    returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into app.tenants (slug, name, timezone, default_language) values (in_slug, in_name, in_timezone,
        in_default_language)
    on conflict do nothing
    returning id
$$;

comment on function app.add_tenant is 'Inserts a tenant and returns its id, or null when the slug is taken.';
revoke all on function app.add_tenant from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.add_tenant to meydan_service;

-- A stranger silent until `claim_opens_at` means approved.
-- Several may decide at once: each takes claims that no other holds.
create or replace function app.decide_claims(in_tenant_id integer, in_batch_size integer)
returns table (
    id uuid, user_id uuid, profile_id uuid, match_id uuid, status text, reason text, created_at timestamptz,
    decided_at timestamptz
) language sql set search_path = pg_catalog, pg_temp
begin atomic
    with asked as (
        select claim.id, claim.user_id, claim.match_id from app.claims claim
        where claim.tenant_id = in_tenant_id and claim.status = 'pending'
        order by claim.created_at limit in_batch_size for update skip locked
    ),
    judged as (
        select asked.id, split_part(met.type, '_', 2) as kind,
            case
                when met.ended_by_user_id = asked.user_id and met.ended_at < met.claim_opens_at then 'left_early'
                when exists (
                    select from app.message_logs log
                    where log.tenant_id = met.tenant_id and log.conversation_id = met.conversation_id
                        and log.kind = 'text'
                        and log.sender_user_id
                            = case when met.user1_id = asked.user_id then met.user2_id else met.user1_id end
                        and log.sent_at < met.claim_opens_at
                ) then 'stranger_wrote'
            end as reason
        from asked
        join app.matches met on met.tenant_id = in_tenant_id and met.id = asked.match_id
    ),
    decided as (
        update app.claims claim
        set status = case when judged.reason is null then 'approved' else 'rejected' end, reason = judged.reason,
            decided_at = app.now()
        from judged
        where claim.tenant_id = in_tenant_id and claim.id = judged.id
        returning claim.id, claim.user_id, claim.profile_id, claim.match_id, claim.status, claim.reason,
            claim.created_at, claim.decided_at, judged.kind
    ),
    given_back as (
        insert into app.daily_quota as today (tenant_id, user_id, kind, day, granted)
        select in_tenant_id, decided.user_id, decided.kind, app.today(in_tenant_id), count(*)
        from decided where decided.status = 'approved' group by decided.user_id, decided.kind
        on conflict (tenant_id, user_id, kind, day) do update set granted = today.granted + excluded.granted
    )
    select decided.id, decided.user_id, decided.profile_id, decided.match_id, decided.status, decided.reason,
        decided.created_at, decided.decided_at
    from decided;
end;

comment on function app.decide_claims is 'Decides pending claims. An approved one gives one right more today.';
revoke all on function app.decide_claims from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.decide_claims to meydan_service;
