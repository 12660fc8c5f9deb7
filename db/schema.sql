-- What db/migrations add up to. Made by `make schema`; do not edit.

CREATE SCHEMA app;

CREATE TYPE app.ledger_entry AS (
	kind text,
	owner_user_id uuid,
	provider text,
	currency text,
	amount bigint
);

CREATE FUNCTION app.add_block(in_tenant_id integer, in_profile_id uuid, in_scope text, OUT outcome text, OUT next_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    people_per_day constant integer := 3;
    me uuid := app.profile_id();
    blocked_id uuid;
    known text;
begin
    select other.user_id into blocked_id from app.profiles other
    where other.tenant_id = app.tenant_id() and other.tenant_id = in_tenant_id and other.id = in_profile_id
        and other.user_id <> app.user_id() and app.have_met(other.tenant_id, me, other.id);
    if not found then
        outcome := 'not_found';
        return;
    end if;
    -- Two tabs would otherwise both count to the last one.
    perform pg_advisory_xact_lock(hashtextextended('blocks ' || app.user_id(), in_tenant_id));
    select block.scope into known from app.blocks block
    where block.tenant_id = in_tenant_id and block.blocker_profile_id = me
        and block.blocked_profile_id = in_profile_id and block.lifted_at is null;
    if known = 'person' or known = in_scope then
        outcome := 'known';
        return;
    end if;
    if in_scope = 'person' then
        select recent.created_at + interval '1 day' into next_at from app.blocks recent
        where recent.tenant_id = in_tenant_id and recent.blocker_user_id = app.user_id() and recent.scope = 'person'
            and recent.created_at > app.now() - interval '1 day'
        order by recent.created_at desc offset people_per_day - 1 limit 1;
        if found then
            outcome := 'too_many';
            return;
        end if;
    end if;
    outcome := case when known is null then 'blocked' else 'known' end;
    delete from app.blocks narrower
    where narrower.tenant_id = in_tenant_id and narrower.blocker_profile_id = me
        and narrower.blocked_profile_id = in_profile_id and narrower.lifted_at is null;
    insert into app.blocks (tenant_id, blocker_user_id, blocker_profile_id, blocked_user_id, blocked_profile_id, scope)
    values (in_tenant_id, app.user_id(), me, blocked_id, in_profile_id, in_scope);
end $$;

CREATE FUNCTION app.now() RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (now() + make_interval(secs => (COALESCE(NULLIF(current_setting('app.clock_offset'::text, true), ''::text), '0'::text))::double precision));

CREATE FUNCTION app.tenant_id() RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (current_setting('app.tenant_id'::text))::integer;

CREATE TABLE app.notifications (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    profile_id uuid,
    kind text NOT NULL,
    code text NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    read_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT notifications_code_check CHECK ((code ~ '^[a-z_]{1,40}$'::text)),
    CONSTRAINT notifications_kind_check CHECK ((kind = ANY (ARRAY['system'::text, 'match'::text, 'claim'::text, 'ad'::text])))
);

ALTER TABLE ONLY app.notifications FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.add_notifications(in_tenant_id integer, in_user_ids uuid[], in_profile_ids uuid[], in_kind text, in_code text, in_data jsonb, in_is_seen boolean) RETURNS TABLE(user_id uuid, profile_id uuid, id uuid, created_at timestamp with time zone, unread integer)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH added AS (
          INSERT INTO app.notifications AS written (tenant_id, user_id, profile_id, kind, code, data, read_at)  SELECT app.tenant_id() AS tenant_id,
                     named.user_id,
                     named.profile_id,
                     add_notifications.in_kind AS in_kind,
                     add_notifications.in_code AS in_code,
                     add_notifications.in_data AS in_data,
                         CASE
                             WHEN add_notifications.in_is_seen THEN app.now()
                             ELSE NULL::timestamp with time zone
                         END AS "case"
                    FROM UNNEST(add_notifications.in_user_ids, add_notifications.in_profile_ids) named(user_id, profile_id)
                   WHERE (app.tenant_id() = add_notifications.in_tenant_id)
           RETURNING written.user_id,
             written.profile_id,
             written.id,
             written.created_at
         )
  SELECT added.user_id,
     added.profile_id,
     added.id,
     added.created_at,
     (( SELECT (((NOT add_notifications.in_is_seen))::integer + count(*))
            FROM app.notifications waiting
           WHERE ((waiting.tenant_id = app.tenant_id()) AND (waiting.user_id = added.user_id) AND (waiting.read_at IS NULL))))::integer
    FROM added;
END;

CREATE FUNCTION app.alias_key(in_alias text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN NORMALIZE(casefold((translate(NORMALIZE(in_alias, NFKC), (('İIıيىك'::text || '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹'::text) || '̇‌‍ـ'::text), ('iiiییک'::text || '01234567890123456789'::text)) COLLATE pg_unicode_fast)), NFKC);

CREATE TABLE app.matches (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    type text NOT NULL,
    status text NOT NULL,
    user1_id uuid NOT NULL,
    user2_id uuid NOT NULL,
    profile1_id uuid NOT NULL,
    profile2_id uuid NOT NULL,
    conversation_id uuid,
    claim_opens_at timestamp with time zone,
    expires_at timestamp with time zone,
    ended_at timestamp with time zone,
    ended_by_user_id uuid,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT matches_check CHECK ((user1_id <> user2_id)),
    CONSTRAINT matches_check1 CHECK (
CASE
    WHEN (type = 'like'::text) THEN (status = ANY (ARRAY['pending'::text, 'accepted'::text, 'rejected'::text]))
    ELSE ((status = ANY (ARRAY['active'::text, 'expired'::text, 'cancelled'::text, 'completed'::text])) AND (claim_opens_at IS NOT NULL) AND (expires_at IS NOT NULL) AND ((ended_at IS NULL) = (status = 'active'::text)))
END),
    CONSTRAINT matches_type_check CHECK ((type = ANY (ARRAY['anonymous_text'::text, 'anonymous_video'::text, 'like'::text])))
);

ALTER TABLE ONLY app.matches FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.have_met(in_tenant_id integer, in_a uuid, in_b uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT ((EXISTS ( SELECT
            FROM app.matches met
           WHERE ((met.tenant_id = app.tenant_id()) AND (met.tenant_id = have_met.in_tenant_id) AND (met.profile1_id = have_met.in_a) AND (met.profile2_id = have_met.in_b)))) OR (EXISTS ( SELECT
            FROM app.matches met
           WHERE ((met.tenant_id = app.tenant_id()) AND (met.tenant_id = have_met.in_tenant_id) AND (met.profile2_id = have_met.in_a) AND (met.profile1_id = have_met.in_b)))));
END;

CREATE FUNCTION app.profile_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (current_setting('app.profile_id'::text))::uuid;

CREATE FUNCTION app.user_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (current_setting('app.user_id'::text))::uuid;

CREATE TABLE app.profiles (
    tenant_id integer NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    face text NOT NULL,
    alias text NOT NULL,
    alias_key text GENERATED ALWAYS AS (app.alias_key(alias)) STORED NOT NULL,
    tag text NOT NULL,
    bio text DEFAULT ''::text NOT NULL,
    gender text,
    interests text[] DEFAULT '{}'::text[] NOT NULL,
    languages text[] DEFAULT '{}'::text[] NOT NULL,
    latitude double precision,
    longitude double precision,
    avatar_seed text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT profiles_alias_check CHECK ((length(alias) <= 24)),
    CONSTRAINT profiles_avatar_seed_check CHECK ((length(avatar_seed) <= 32)),
    CONSTRAINT profiles_bio_check CHECK ((length(bio) <= 500)),
    CONSTRAINT profiles_check CHECK (((tag ~ '^[0-9]{4}$'::text) OR ((tag = ''::text) AND (alias = ''::text)))),
    CONSTRAINT profiles_check1 CHECK (((latitude IS NULL) = (longitude IS NULL))),
    CONSTRAINT profiles_face_check CHECK ((face = ANY (ARRAY['real'::text, 'shadow'::text]))),
    CONSTRAINT profiles_gender_check CHECK ((gender = ANY (ARRAY['female'::text, 'male'::text, 'other'::text]))),
    CONSTRAINT profiles_interests_check CHECK ((cardinality(interests) <= 20)),
    CONSTRAINT profiles_languages_check CHECK ((cardinality(languages) <= 5)),
    CONSTRAINT profiles_latitude_check CHECK ((((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision)) AND (latitude = (round((latitude)::numeric, 1))::double precision))),
    CONSTRAINT profiles_longitude_check CHECK ((((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision)) AND (longitude = (round((longitude)::numeric, 1))::double precision)))
);

ALTER TABLE ONLY app.profiles FORCE ROW LEVEL SECURITY;

CREATE TABLE app.reports (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    reporter_user_id uuid NOT NULL,
    reporter_profile_id uuid NOT NULL,
    reported_user_id uuid NOT NULL,
    reported_profile_id uuid NOT NULL,
    reason text NOT NULL,
    text text DEFAULT ''::text NOT NULL,
    match_id uuid,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    case_id uuid,
    CONSTRAINT reports_check CHECK ((reporter_user_id <> reported_user_id)),
    CONSTRAINT reports_reason_check CHECK ((reason = ANY (ARRAY['harassment'::text, 'sexual_content'::text, 'underage'::text, 'spam'::text, 'threat'::text, 'other'::text]))),
    CONSTRAINT reports_text_check CHECK ((length(text) <= 1000))
);

ALTER TABLE ONLY app.reports FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.add_report(in_tenant_id integer, in_profile_id uuid, in_reason text, in_text text, in_match_id uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 INSERT INTO app.reports (tenant_id, reporter_user_id, reporter_profile_id, reported_user_id, reported_profile_id, reason, text, match_id)  SELECT other.tenant_id,
             app.user_id() AS user_id,
             app.profile_id() AS profile_id,
             other.user_id,
             other.id,
             add_report.in_reason AS in_reason,
             add_report.in_text AS in_text,
             add_report.in_match_id AS in_match_id
            FROM app.profiles other
           WHERE ((other.tenant_id = app.tenant_id()) AND (other.tenant_id = add_report.in_tenant_id) AND (other.id = add_report.in_profile_id) AND (other.user_id <> app.user_id()) AND app.have_met(other.tenant_id, app.profile_id(), other.id) AND ((add_report.in_match_id IS NULL) OR (EXISTS ( SELECT
                    FROM app.matches met
                   WHERE ((met.tenant_id = other.tenant_id) AND (met.id = add_report.in_match_id) AND ((app.profile_id() = met.profile1_id) OR (app.profile_id() = met.profile2_id)) AND ((other.id = met.profile1_id) OR (other.id = met.profile2_id))))))) ON CONFLICT DO NOTHING;
END;

CREATE FUNCTION app.add_tenant(in_slug text, in_name text, in_timezone text, in_default_language text, in_status text, in_founded_from bytea) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into app.tenants (slug, name, timezone, default_language, status, founded_from)
    values (in_slug, in_name, in_timezone, in_default_language, in_status, in_founded_from)
    on conflict do nothing
    returning id
$$;

CREATE TABLE app.tickets (
    tenant_id integer NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    id uuid NOT NULL,
    profile_id uuid NOT NULL,
    wished_language text,
    max_distance_km integer,
    wished_interests text[] DEFAULT '{}'::text[] NOT NULL,
    languages text[] NOT NULL,
    interests text[] DEFAULT '{}'::text[] NOT NULL,
    latitude double precision,
    longitude double precision,
    widened boolean DEFAULT false NOT NULL,
    day_limit integer NOT NULL,
    searched_at timestamp with time zone,
    away_since timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    marks bytea[] DEFAULT '{}'::bytea[] NOT NULL,
    apart bytea[] DEFAULT '{}'::bytea[] NOT NULL,
    CONSTRAINT tickets_check CHECK (((latitude IS NULL) = (longitude IS NULL))),
    CONSTRAINT tickets_check1 CHECK (((max_distance_km IS NULL) OR (latitude IS NOT NULL))),
    CONSTRAINT tickets_interests_check CHECK ((cardinality(interests) <= 40)),
    CONSTRAINT tickets_kind_check CHECK ((kind = 'text'::text)),
    CONSTRAINT tickets_languages_check CHECK (((cardinality(languages) >= 1) AND (cardinality(languages) <= 5))),
    CONSTRAINT tickets_max_distance_km_check CHECK (((max_distance_km >= 1) AND (max_distance_km <= 20000))),
    CONSTRAINT tickets_wished_interests_check CHECK ((cardinality(wished_interests) <= 20)),
    CONSTRAINT tickets_wished_language_check CHECK ((wished_language ~ '^[a-z]{2,3}$'::text))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000', fillfactor='70');

ALTER TABLE ONLY app.tickets FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.approximate_waiting(in_tenant_id integer, in_kind text) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT (
         CASE
             WHEN (counted.number < 5) THEN (0)::bigint
             WHEN (counted.number < 50) THEN ((counted.number / 5) * 5)
             ELSE ((counted.number / 50) * 50)
         END)::integer AS int4
    FROM ( SELECT count(*) AS number
            FROM ( SELECT
                    FROM app.tickets ticket
                   WHERE ((ticket.tenant_id = app.tenant_id()) AND (ticket.tenant_id = approximate_waiting.in_tenant_id) AND (ticket.kind = approximate_waiting.in_kind) AND (ticket.away_since IS NULL))
                  LIMIT 1000) waiting) counted;
END;

CREATE TABLE app.ledger_audits (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    whole boolean NOT NULL,
    fault_count integer NOT NULL,
    faults jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL
);

ALTER TABLE ONLY app.ledger_audits FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.audit_ledger(in_tenant_id integer, in_is_full boolean) RETURNS app.ledger_audits
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.keyed_fraction(in_key uuid, in_one uuid, in_other uuid, in_purpose integer) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (((substr(sha256((((uuid_send(in_key) || uuid_send(LEAST(in_one, in_other))) || uuid_send(GREATEST(in_one, in_other))) || int4send(in_purpose))), 1, 6))::bigint)::double precision / (281474976710656.0)::double precision);

CREATE TABLE app.blocks (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    blocker_user_id uuid NOT NULL,
    blocker_profile_id uuid NOT NULL,
    blocked_user_id uuid NOT NULL,
    blocked_profile_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    scope text DEFAULT 'person'::text NOT NULL,
    delay_key uuid DEFAULT gen_random_uuid() NOT NULL,
    lifted_at timestamp with time zone,
    CONSTRAINT blocks_check CHECK ((blocker_user_id <> blocked_user_id)),
    CONSTRAINT blocks_scope_check CHECK ((scope = ANY (ARRAY['person'::text, 'face'::text])))
);

ALTER TABLE ONLY app.blocks FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.block_holds(in_block app.blocks, in_one uuid, in_other uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN ((LEAST(in_one, in_other) = LEAST((in_block).blocker_profile_id, (in_block).blocked_profile_id)) AND (GREATEST(in_one, in_other) = GREATEST((in_block).blocker_profile_id, (in_block).blocked_profile_id))) THEN ((in_block).lifted_at IS NULL)
             WHEN ((in_block).scope = 'face'::text) THEN false
             ELSE (((((in_block).created_at + '1 day'::interval) + (app.keyed_fraction((in_block).delay_key, in_one, in_other, 1) * '6 days'::interval)) <= app.now()) AND (((in_block).lifted_at IS NULL) OR ((((in_block).lifted_at + '1 day'::interval) + (app.keyed_fraction((in_block).delay_key, in_one, in_other, 2) * '6 days'::interval)) > app.now())))
         END AS "case";
END;

CREATE FUNCTION app.blocked_between(in_tenant_id integer, in_a uuid, in_b uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT (EXISTS ( SELECT
            FROM app.blocks block
           WHERE ((block.tenant_id = app.tenant_id()) AND (block.tenant_id = blocked_between.in_tenant_id) AND (block.lifted_at IS NULL) AND ((SESSION_USER = 'meydan_service'::name) OR (app.profile_id() = ANY (ARRAY[blocked_between.in_a, blocked_between.in_b]))) AND (((block.blocker_profile_id = blocked_between.in_a) AND (block.blocked_profile_id = blocked_between.in_b)) OR ((block.blocker_profile_id = blocked_between.in_b) AND (block.blocked_profile_id = blocked_between.in_a)))))) AS "exists";
END;

CREATE FUNCTION app.check_debit(in_tenant_id integer, in_kind text, in_owner_user_id uuid, in_amount bigint, in_is_spending boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION app.check_ledger_caller(in_tenant_id integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    if in_tenant_id is distinct from app.tenant_id() then
        raise exception 'a ledger is its own community''s' using errcode = 'insufficient_privilege';
    end if;
end $$;

CREATE TABLE app.coin_transactions (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid,
    amount bigint NOT NULL,
    transaction_type text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    subject_id uuid,
    idempotency_key text NOT NULL,
    fingerprint bytea NOT NULL,
    reverses_id uuid,
    reversed_by_id uuid,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL
);

ALTER TABLE ONLY app.coin_transactions FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.claw_back(in_tenant_id integer, in_idempotency_key text, in_type text, in_owner_user_id uuid, in_amount bigint, in_target_kind text, in_target_provider text, in_target_currency text, in_description text, in_subject_id uuid, in_details jsonb) RETURNS app.coin_transactions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.close_conversation(in_tenant_id integer, in_conversation_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.close_wallet(in_tenant_id integer, in_owner_user_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE TABLE app.code_requests (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    contact_hash bytea NOT NULL,
    network_hash bytea NOT NULL,
    is_known boolean NOT NULL,
    leaves_at timestamp with time zone NOT NULL,
    left_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL
);

ALTER TABLE ONLY app.code_requests FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.code_pressure(in_tenant_id integer, in_contact_hash bytea, in_network_hash bytea) RETURNS TABLE(leaves_at timestamp with time zone, known_today integer, strangers_today integer, here_today integer, here_at timestamp with time zone, strangers_hour integer, network_hour integer, tenant_hour integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT asked.leaves_at,
     asked.known_today,
     asked.strangers_today,
     asked.here_today,
     asked.here_at,
     asked.strangers_hour,
     ( SELECT (count(*))::integer AS count
            FROM app.code_requests request
           WHERE ((request.tenant_id = code_pressure.in_tenant_id) AND (request.network_hash = code_pressure.in_network_hash) AND (request.created_at > (app.now() - '01:00:00'::interval)) AND (NOT request.is_known))) AS count,
     ( SELECT (count(*))::integer AS count
            FROM app.code_requests request
           WHERE ((request.tenant_id = code_pressure.in_tenant_id) AND (request.created_at > (app.now() - '01:00:00'::interval)) AND (NOT request.is_known))) AS count
    FROM ( SELECT max(request.leaves_at) AS leaves_at,
             (count(*) FILTER (WHERE request.is_known))::integer AS known_today,
             (count(*) FILTER (WHERE (NOT request.is_known)))::integer AS strangers_today,
             (count(*) FILTER (WHERE ((NOT request.is_known) AND (request.network_hash = code_pressure.in_network_hash))))::integer AS here_today,
             max(request.leaves_at) FILTER (WHERE ((NOT request.is_known) AND (request.network_hash = code_pressure.in_network_hash))) AS here_at,
             (count(*) FILTER (WHERE ((NOT request.is_known) AND (request.created_at > (app.now() - '01:00:00'::interval)))))::integer AS strangers_hour
            FROM app.code_requests request
           WHERE ((request.contact_hash = code_pressure.in_contact_hash) AND (request.created_at > (app.now() - '1 day'::interval)))) asked
   WHERE (code_pressure.in_tenant_id = app.tenant_id());
END;

CREATE FUNCTION app.coin_history(in_tenant_id integer, in_owner_user_id uuid, in_cursor uuid, in_limit integer) RETURNS TABLE(id uuid, type text, amount bigint, coins bigint, earnings bigint, debt bigint, description text, subject_id uuid, reverses_id uuid, created_at timestamp with time zone, details jsonb)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.commit_hold(in_tenant_id integer, in_hold_id uuid, in_idempotency_key text, in_type text, in_entries app.ledger_entry[], in_description text, in_subject_id uuid, in_details jsonb) RETURNS app.coin_transactions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.consume_key_packages(in_tenant_id integer, in_conversation_id uuid, in_device_id uuid, in_epoch integer, in_limit integer, OUT outcome text, OUT profile_ids uuid[], OUT device_ids uuid[], OUT packages bytea[]) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    mine record;
    found_conversation record;
begin
    select member.key_package_claims into mine from app.conversation_members member
    where member.tenant_id = in_tenant_id and member.tenant_id = app.tenant_id()
        and member.conversation_id = in_conversation_id and member.profile_id = app.profile_id()
        and member.user_id = app.user_id()
    for update;
    if not found then
        outcome := 'not_found';
        return;
    end if;
    select conversation.epoch, conversation.closed_at is null and conversation.expires_at > app.now() as open,
        peer.profile_id as peer_profile_id
    into strict found_conversation
    from app.conversations conversation
    join app.conversation_members peer on peer.tenant_id = conversation.tenant_id
        and peer.conversation_id = conversation.id and peer.profile_id <> app.profile_id()
    where conversation.tenant_id = in_tenant_id and conversation.id = in_conversation_id;
    if not found_conversation.open
        or app.blocked_between(in_tenant_id, app.profile_id(), found_conversation.peer_profile_id) then
        outcome := 'closed';
        return;
    end if;
    if found_conversation.epoch <> in_epoch then
        outcome := 'stale';
        return;
    end if;
    if mine.key_package_claims >= in_limit then
        outcome := 'spent';
        return;
    end if;
    if not exists (
        select from app.key_packages offered
        where offered.tenant_id = in_tenant_id and offered.profile_id = found_conversation.peer_profile_id
    ) then
        outcome := 'done'; -- nobody to talk to yet: the caller's other devices keep their packages
        return;
    end if;
    with devices as (
        select ranked.profile_id, ranked.device_id
        from (
            select offered.profile_id, offered.device_id,
                row_number() over (partition by offered.profile_id order by max(offered.created_at) desc) as place
            from app.key_packages offered
            where offered.tenant_id = in_tenant_id
                and offered.profile_id in (app.profile_id(), found_conversation.peer_profile_id)
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
            where offered.tenant_id = in_tenant_id
                and offered.profile_id = devices.profile_id and offered.device_id = devices.device_id
            order by offered.id limit 1 for update skip locked
        ) oldest
    ),
    taken as (
        delete from app.key_packages offered using chosen
        where offered.tenant_id = in_tenant_id and offered.id = chosen.id
        returning offered.profile_id, offered.device_id, offered.body
    )
    select array_agg(taken.profile_id), array_agg(taken.device_id), array_agg(taken.body)
    into profile_ids, device_ids, packages from taken;
    outcome := 'done';
    if packages is not null then
        update app.conversation_members member set key_package_claims = member.key_package_claims + 1
        where member.tenant_id = in_tenant_id and member.conversation_id = in_conversation_id
            and member.profile_id = app.profile_id();
    end if;
end $$;

CREATE FUNCTION app.consume_quota(in_tenant_id integer, in_user_id uuid, in_kind text, in_day date, in_day_limit integer) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.convert_earnings(in_tenant_id integer, in_idempotency_key text, in_amount bigint) RETURNS app.coin_transactions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.day_begins(in_timezone text, in_day date) RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT min(instant.instant) AS min FROM (SELECT ((day_begins.in_day)::timestamp without time zone AT TIME ZONE day_begins.in_timezone) AS midnight) named, LATERAL unnest(ARRAY[(named.midnight - '01:00:00'::interval), named.midnight]) instant(instant) WHERE ((instant.instant = named.midnight) OR (((instant.instant AT TIME ZONE day_begins.in_timezone))::date = day_begins.in_day)));

CREATE TABLE app.tenants (
    id integer NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    timezone text DEFAULT 'Europe/Istanbul'::text NOT NULL,
    default_language text DEFAULT 'tr'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    founded_from bytea,
    CONSTRAINT tenants_default_language_check CHECK ((default_language = ANY (ARRAY['tr'::text, 'en'::text]))),
    CONSTRAINT tenants_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
    CONSTRAINT tenants_slug_check CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'::text)),
    CONSTRAINT tenants_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'active'::text, 'suspended'::text])))
);

CREATE FUNCTION app.today(in_tenant_id integer) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT ((app.now() AT TIME ZONE t.timezone))::date AS timezone FROM app.tenants t WHERE (t.id = today.in_tenant_id));

CREATE TABLE app.claims (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    profile_id uuid NOT NULL,
    match_id uuid NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    reason text,
    decided_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT claims_check CHECK (((decided_at IS NULL) = (status = 'pending'::text))),
    CONSTRAINT claims_check1 CHECK (((reason IS NOT NULL) = (status = 'rejected'::text))),
    CONSTRAINT claims_reason_check CHECK ((reason = ANY (ARRAY['stranger_wrote'::text, 'left_early'::text]))),
    CONSTRAINT claims_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'approved'::text, 'rejected'::text])))
);

ALTER TABLE ONLY app.claims FORCE ROW LEVEL SECURITY;

CREATE TABLE app.daily_quota (
    tenant_id integer NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    day date NOT NULL,
    used integer DEFAULT 0 NOT NULL,
    granted integer DEFAULT 0 NOT NULL,
    CONSTRAINT daily_quota_granted_check CHECK ((granted >= 0)),
    CONSTRAINT daily_quota_kind_check CHECK ((kind = ANY (ARRAY['text'::text, 'video'::text]))),
    CONSTRAINT daily_quota_used_check CHECK ((used >= 0))
);

ALTER TABLE ONLY app.daily_quota FORCE ROW LEVEL SECURITY;

CREATE TABLE app.message_logs (
    tenant_id integer NOT NULL,
    conversation_id uuid NOT NULL,
    seq bigint NOT NULL,
    match_id uuid NOT NULL,
    kind text NOT NULL,
    sender_user_id uuid NOT NULL,
    receiver_user_id uuid NOT NULL,
    sent_at timestamp with time zone DEFAULT app.now() NOT NULL,
    delivered_at timestamp with time zone,
    device_info text,
    connection_type text,
    CONSTRAINT message_logs_connection_type_check CHECK ((length(connection_type) <= 40)),
    CONSTRAINT message_logs_device_info_check CHECK ((length(device_info) <= 200)),
    CONSTRAINT message_logs_kind_check CHECK ((kind = ANY (ARRAY['text'::text, 'reaction'::text, 'commit'::text, 'join_request'::text])))
);

ALTER TABLE ONLY app.message_logs FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.decide_claims(in_tenant_id integer, in_batch_size integer) RETURNS TABLE(id uuid, user_id uuid, profile_id uuid, match_id uuid, status text, reason text, created_at timestamp with time zone, decided_at timestamp with time zone)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH asked AS (
          SELECT claim.id,
             claim.user_id,
             claim.match_id
            FROM app.claims claim
           WHERE ((claim.tenant_id = decide_claims.in_tenant_id) AND (claim.status = 'pending'::text))
           ORDER BY claim.created_at
          LIMIT decide_claims.in_batch_size
          FOR UPDATE OF claim SKIP LOCKED
         ), judged AS (
          SELECT asked.id,
             split_part(met.type, '_'::text, 2) AS kind,
                 CASE
                     WHEN ((met.ended_by_user_id = asked.user_id) AND (met.ended_at < met.claim_opens_at)) THEN 'left_early'::text
                     WHEN (EXISTS ( SELECT
                        FROM app.message_logs log
                       WHERE ((log.tenant_id = met.tenant_id) AND (log.conversation_id = met.conversation_id) AND (log.kind = 'text'::text) AND (log.sender_user_id =
                             CASE
                                 WHEN (met.user1_id = asked.user_id) THEN met.user2_id
                                 ELSE met.user1_id
                             END) AND (log.sent_at < met.claim_opens_at)))) THEN 'stranger_wrote'::text
                     ELSE NULL::text
                 END AS reason
            FROM (asked
              JOIN app.matches met ON (((met.tenant_id = decide_claims.in_tenant_id) AND (met.id = asked.match_id))))
         ), decided AS (
          UPDATE app.claims claim SET status =
                 CASE
                     WHEN (judged.reason IS NULL) THEN 'approved'::text
                     ELSE 'rejected'::text
                 END, reason = judged.reason, decided_at = app.now()
            FROM judged
           WHERE ((claim.tenant_id = decide_claims.in_tenant_id) AND (claim.id = judged.id))
           RETURNING claim.id,
             claim.user_id,
             claim.profile_id,
             claim.match_id,
             claim.status,
             claim.reason,
             claim.created_at,
             claim.decided_at,
             judged.kind
         ), given_back AS (
          INSERT INTO app.daily_quota AS today (tenant_id, user_id, kind, day, granted)  SELECT decide_claims.in_tenant_id AS in_tenant_id,
                     decided_1.user_id,
                     decided_1.kind,
                     app.today(decide_claims.in_tenant_id) AS today,
                     count(*) AS count
                    FROM decided decided_1
                   WHERE (decided_1.status = 'approved'::text)
                   GROUP BY decided_1.user_id, decided_1.kind ON CONFLICT(tenant_id, user_id, kind, day) DO UPDATE SET granted = (today.granted + excluded.granted)
         )
  SELECT decided.id,
     decided.user_id,
     decided.profile_id,
     decided.match_id,
     decided.status,
     decided.reason,
     decided.created_at,
     decided.decided_at
    FROM decided;
END;

CREATE FUNCTION app.decide_tenant(in_slug text, in_status text) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update app.tenants set status = in_status
    where slug = in_slug and status = 'pending' and in_status in ('active', 'suspended') and exists (
        select from app.tenants asking where asking.id = app.tenant_id() and asking.slug = 'default'
    )
    returning id
$$;

CREATE FUNCTION app.enable_tenant_rls(in_table regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    execute format('alter table %s enable row level security', in_table);
    execute format('alter table %s force row level security', in_table);
    execute format('create policy owner_all on %s to meydan_owner using (true) with check (true)', in_table);
    execute format(
        'create policy service_tenant on %s to meydan_service'
        ' using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()))', in_table);
    execute format('grant select, insert, update, delete on %s to meydan_service', in_table);
end $$;

CREATE FUNCTION app.end_expired_holds(in_tenant_id integer, in_owner_user_id uuid, in_batch_size integer) RETURNS SETOF uuid
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION app.end_match(in_tenant_id integer, in_match_id uuid, in_status text) RETURNS TABLE(match_id uuid, type text, status text, conversation_id uuid, user1_id uuid, profile1_id uuid, user2_id uuid, profile2_id uuid, ended_by_user_id uuid)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.end_matches(in_tenant_id integer, in_batch_size integer) RETURNS TABLE(match_id uuid, type text, status text, conversation_id uuid, user1_id uuid, profile1_id uuid, user2_id uuid, profile2_id uuid, ended_by_user_id uuid)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT done.match_id,
     done.type,
     done.status,
     done.conversation_id,
     done.user1_id,
     done.profile1_id,
     done.user2_id,
     done.profile2_id,
     done.ended_by_user_id
    FROM (( SELECT over.id
            FROM app.matches over
           WHERE ((over.tenant_id = end_matches.in_tenant_id) AND (over.status = 'active'::text) AND (over.expires_at <= app.now()))
           ORDER BY over.expires_at
          LIMIT end_matches.in_batch_size
          FOR UPDATE OF over SKIP LOCKED) up
      CROSS JOIN LATERAL app.end_match(end_matches.in_tenant_id, up.id, 'expired'::text) done(match_id, type, status, conversation_id, user1_id, profile1_id, user2_id, profile2_id, ended_by_user_id));
END;

CREATE FUNCTION app.expire_holds(in_tenant_id integer, in_batch_size integer) RETURNS SETOF uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform app.check_ledger_caller(in_tenant_id);
    return query select distinct over.whose from app.end_expired_holds(in_tenant_id, null, in_batch_size) over (whose);
end $$;

CREATE FUNCTION app.faces_blocked(in_tenant_id integer, in_user_id uuid, in_profile_id uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT theirs.id
    FROM (app.blocks block
      JOIN app.profiles theirs ON (((theirs.tenant_id = block.tenant_id) AND (theirs.user_id = block.blocked_user_id))))
   WHERE ((block.tenant_id = faces_blocked.in_tenant_id) AND (block.blocker_user_id = faces_blocked.in_user_id) AND app.block_holds(block.*, faces_blocked.in_profile_id, theirs.id))
 UNION ALL
  SELECT theirs.id
    FROM (app.blocks block
      JOIN app.profiles theirs ON (((theirs.tenant_id = block.tenant_id) AND (theirs.user_id = block.blocker_user_id))))
   WHERE ((block.tenant_id = faces_blocked.in_tenant_id) AND (block.blocked_user_id = faces_blocked.in_user_id) AND app.block_holds(block.*, faces_blocked.in_profile_id, theirs.id));
END;

CREATE FUNCTION app.find_partner(in_tenant_id integer, in_ticket app.tickets, in_rematch_cooldown interval, in_decoy_key uuid) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_hashjoin TO 'off'
    AS $$
declare
    here point := point(in_ticket.longitude, in_ticket.latitude);
    reach integer := case when not in_ticket.widened then in_ticket.max_distance_km end;
    lanes text[] := in_ticket.languages || case when in_ticket.widened then array['*'] else '{}' end;
    -- Faces that this one met of late or that a block keeps apart: they do not count among those looked at.
    apart uuid[] := array(
        select met.second_profile_id from app.encounters met
        where met.tenant_id = in_tenant_id and met.first_profile_id = in_ticket.profile_id
            and met.met_at > app.now() - in_rematch_cooldown
        union all
        select met.first_profile_id from app.encounters met
        where met.tenant_id = in_tenant_id and met.second_profile_id = in_ticket.profile_id
            and met.met_at > app.now() - in_rematch_cooldown
        union all
        select app.faces_blocked(in_tenant_id, in_ticket.user_id, in_ticket.profile_id)
    );
    waiting_here integer;
    candidate record;
begin
    for candidate in
        select other.user_id, other.profile_id
        from (
            select waiting.user_id
            from unnest(lanes) lane (name)
            cross join lateral (
                select open.user_id from app.ticket_lanes open
                where open.tenant_id = in_tenant_id and open.kind = in_ticket.kind and open.lane = lane.name
                    and not open.picky
                    and open.user_id <> in_ticket.user_id
                    and (reach is null or app.kilometres(here, open.spot) <= reach)
                    and open.profile_id <> all(apart)
                order by open.since limit 16
            ) waiting
            union
            select close.user_id
            from unnest(lanes) lane (name)
            cross join lateral (
                select near.user_id from app.ticket_lanes near
                where near.tenant_id = in_tenant_id and near.kind = in_ticket.kind and near.lane = lane.name
                    and near.picky
                    and near.user_id <> in_ticket.user_id and near.profile_id <> all(apart) and here is not null
                order by near.spot <-> here limit 32
            ) close
        ) found
        -- `offset 0` keeps the order: those found, then the ticket of each by its key.
        cross join lateral (
            select waiting.user_id, waiting.profile_id, waiting.latitude, waiting.longitude, waiting.widened,
                waiting.max_distance_km, waiting.interests, waiting.created_at
            from app.tickets waiting
            where waiting.tenant_id = in_tenant_id and waiting.user_id = found.user_id and waiting.kind = in_ticket.kind
            offset 0
        ) other
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
        waiting_here := coalesce(waiting_here, app.waiting_in_lanes(in_tenant_id, in_ticket.kind, lanes));
        continue when app.is_passed_over(in_tenant_id, in_decoy_key, waiting_here, in_ticket.user_id, in_ticket.profile_id,
            candidate.user_id, candidate.profile_id);
        perform from app.tickets other
        where other.tenant_id = in_tenant_id and other.user_id = candidate.user_id and other.kind = in_ticket.kind
            and other.away_since is null
            -- What an erased account of either was kept apart from.
            and not (other.marks && in_ticket.apart) and not (other.apart && in_ticket.marks)
            and exists (
                select from app.users person
                where person.tenant_id = in_tenant_id and person.id = candidate.user_id
                    and (person.ban_reason is null or person.banned_until <= app.now())
                    and (person.matching_suspended_until is null or person.matching_suspended_until <= app.now())
            )
            and not exists (
                select from app.match_slots busy
                where busy.tenant_id = in_tenant_id and busy.user_id = candidate.user_id
                    and busy.type = 'anonymous_' || in_ticket.kind
            )
        for update skip locked;
        if found then
            return candidate.user_id;
        end if;
    end loop;
    return null;
end $$;

CREATE FUNCTION app.forgive_debt(in_tenant_id integer, in_idempotency_key text, in_owner_user_id uuid, in_amount_limit bigint, in_description text) RETURNS app.coin_transactions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.free_tag(in_alias text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.freeze_wallet(in_tenant_id integer, in_owner_user_id uuid, in_reason text, in_actor_user_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.has_decoy(in_tenant_id integer, in_user_id uuid, in_profile_id uuid, in_other_profile_id uuid, in_share double precision) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- Most people have none: that is found out first, and cheaply.
    if not exists (
        select from app.blocks block where block.tenant_id = in_tenant_id and block.blocker_user_id = in_user_id
    ) and not exists (
        select from app.blocks block where block.tenant_id = in_tenant_id and block.blocked_user_id = in_user_id
    ) then
        return false;
    end if;
    return exists (
        with own as (
            select block, count(*) over () as number from app.blocks block
            where block.tenant_id = in_tenant_id and block.blocker_user_id = in_user_id and block.scope = 'person'
            union all
            select block, count(*) over () as number from app.blocks block
            where block.tenant_id = in_tenant_id and block.blocked_user_id = in_user_id and block.scope = 'person'
        )
        select from own
        where app.keyed_fraction((own.block).delay_key, in_profile_id, in_other_profile_id, 3)
                < in_share * least(1, 10.0 / own.number)
            and app.block_holds(own.block, in_profile_id, in_other_profile_id)
    );
end $$;

CREATE TABLE app.conversation_members (
    tenant_id integer NOT NULL,
    conversation_id uuid NOT NULL,
    profile_id uuid NOT NULL,
    user_id uuid NOT NULL,
    delivered_seq bigint DEFAULT 0 NOT NULL,
    read_seq bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    key_package_claims integer DEFAULT 0 NOT NULL,
    CONSTRAINT conversation_members_check CHECK ((read_seq <= delivered_seq)),
    CONSTRAINT conversation_members_key_package_claims_check CHECK ((key_package_claims >= 0))
);

ALTER TABLE ONLY app.conversation_members FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.my_conversations() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT COALESCE(array_agg(member.conversation_id), '{}'::uuid[]) AS "coalesce"
    FROM app.conversation_members member
   WHERE ((member.tenant_id = app.tenant_id()) AND (member.profile_id = (NULLIF(current_setting('app.profile_id'::text, true), ''::text))::uuid) AND (member.user_id = (NULLIF(current_setting('app.user_id'::text, true), ''::text))::uuid));
END;

CREATE FUNCTION app.has_written(in_tenant_id integer, in_conversation_id uuid, in_profile_id uuid, in_cutoff timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT (EXISTS ( SELECT
            FROM (app.conversation_members member
              JOIN app.message_logs log ON (((log.tenant_id = member.tenant_id) AND (log.conversation_id = member.conversation_id) AND (log.sender_user_id = member.user_id) AND (log.kind = 'text'::text) AND (log.sent_at < has_written.in_cutoff))))
           WHERE ((member.tenant_id = app.tenant_id()) AND (member.tenant_id = has_written.in_tenant_id) AND (member.conversation_id = has_written.in_conversation_id) AND (member.profile_id = has_written.in_profile_id) AND ((SESSION_USER = 'meydan_service'::name) OR (member.conversation_id = ANY (app.my_conversations())))))) AS "exists";
END;

CREATE TABLE app.coin_holds (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    amount bigint NOT NULL,
    purpose text NOT NULL,
    subject_id uuid,
    idempotency_key text NOT NULL,
    fingerprint bytea NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    committed bigint DEFAULT 0 NOT NULL,
    transaction_id uuid,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    by_person boolean DEFAULT (SESSION_USER = 'meydan_app'::name) NOT NULL,
    proved boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT coin_holds_amount_check CHECK ((amount > 0)),
    CONSTRAINT coin_holds_check CHECK (((committed >= 0) AND (committed <= amount))),
    CONSTRAINT coin_holds_check1 CHECK (((ended_at IS NULL) = (status = 'open'::text))),
    CONSTRAINT coin_holds_check2 CHECK ((((transaction_id IS NOT NULL) = (status = 'committed'::text)) AND ((committed > 0) = (status = 'committed'::text)))),
    CONSTRAINT coin_holds_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
    CONSTRAINT coin_holds_purpose_check CHECK ((length(purpose) <= 80)),
    CONSTRAINT coin_holds_status_check CHECK ((status = ANY (ARRAY['open'::text, 'committed'::text, 'released'::text, 'expired'::text])))
)
WITH (fillfactor='80');

ALTER TABLE ONLY app.coin_holds FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.hold_coins(in_tenant_id integer, in_idempotency_key text, in_owner_user_id uuid, in_amount bigint, in_purpose text, in_subject_id uuid, in_expires_at timestamp with time zone) RETURNS app.coin_holds
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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
    on conflict (tenant_id, idempotency_key) where idempotency_key is not null do nothing
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

CREATE FUNCTION app.is_own_transfer(in_type text, in_entries app.ledger_entry[], in_owner_user_id uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION app.is_passed_over(in_tenant_id integer, in_key uuid, in_waiting integer, in_user_id uuid, in_profile_id uuid, in_other_user_id uuid, in_other_profile_id uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    share double precision := 0.03 * (least(in_waiting, 50) - 10) / 40;
    period integer;
begin
    if share <= 0 then
        return false;
    end if;
    period := 1 + floor(extract(epoch from app.now()) / (90 * 86400)
        + app.keyed_fraction(in_key, in_profile_id, in_other_profile_id, 0));
    return app.keyed_fraction(in_key, in_profile_id, in_other_profile_id, period) < share
        or app.has_decoy(in_tenant_id, in_user_id, in_profile_id, in_other_profile_id, share)
        or app.has_decoy(in_tenant_id, in_other_user_id, in_other_profile_id, in_profile_id, share);
end $$;

CREATE FUNCTION app.kilometres(in_a point, in_b point) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((111.2)::double precision * sqrt((power(((in_a)[1] - (in_b)[1]), (2)::double precision) + power((LEAST(abs(((in_a)[0] - (in_b)[0])), ((360)::double precision - abs(((in_a)[0] - (in_b)[0])))) * cos(radians((((in_a)[1] + (in_b)[1]) / (2)::double precision)))), (2)::double precision))));

CREATE FUNCTION app.ledger_account_id(in_kind text, in_owner_user_id uuid, in_provider text, in_currency text) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (encode(substr(sha256((((((((in_kind || ':'::text) || COALESCE((in_owner_user_id)::text, ''::text)) || ':'::text) || COALESCE(in_provider, ''::text)) || ':'::text) || COALESCE(in_currency, ''::text)))::bytea), 1, 16), 'hex'::text))::uuid;

CREATE FUNCTION app.ledger_entries_text(in_entries app.ledger_entry[]) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
declare
    entry app.ledger_entry;
    kinds text[];
    owner_user_ids uuid[];
    providers text[];
    currencies text[];
    amounts bigint[];
begin
    foreach entry in array in_entries loop
        kinds := kinds || entry.kind;
        owner_user_ids := owner_user_ids || entry.owner_user_id;
        providers := providers || entry.provider;
        currencies := currencies || entry.currency;
        amounts := amounts || entry.amount;
    end loop;
    return concat_ws('|', kinds, owner_user_ids, providers, currencies, amounts);
end $$;

CREATE FUNCTION app.ledger_faults(in_tenant_id integer) RETURNS TABLE(fault text, id uuid, expected bigint, found bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.ledger_fingerprint(in_type text, in_owner_user_id uuid, in_subject_id uuid, in_reverses_id uuid, in_request text, in_entries app.ledger_entry[]) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(convert_to(concat_ws('|'::text, in_type, in_owner_user_id, in_subject_id, in_reverses_id, COALESCE(in_request, app.ledger_entries_text(in_entries))), 'UTF8'::name));

CREATE FUNCTION app.ledger_rank(in_kind text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN array_position(ARRAY['person_coins'::text, 'creator_revenue'::text, 'person_debt'::text, 'tenant_revenue'::text, 'promotions'::text, 'clearing'::text, 'payouts'::text], in_kind);

CREATE FUNCTION app.lift_block(in_tenant_id integer, in_block_id uuid) RETURNS TABLE(blocker_profile_id uuid, blocked_profile_id uuid)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 UPDATE app.blocks block SET lifted_at = app.now()
   WHERE ((block.tenant_id = app.tenant_id()) AND (block.tenant_id = lift_block.in_tenant_id) AND (block.id = lift_block.in_block_id) AND (block.blocker_user_id = app.user_id()) AND (block.lifted_at IS NULL))
   RETURNING block.blocker_profile_id,
     block.blocked_profile_id;
END;

CREATE FUNCTION app.lock_ledger_account(in_tenant_id integer, in_kind text, in_owner_user_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION app.lock_matching(in_tenant_id integer, in_kind text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT pg_advisory_xact_lock(hashtextextended(('meeting '::text || in_kind), (in_tenant_id)::bigint)) AS pg_advisory_xact_lock;
END;

CREATE FUNCTION app.lock_meter_accounts(in_tenant_id integer, in_meter_ids uuid[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.mark_seen(in_tenant_id integer, in_conversation_id uuid, in_delivered_seq bigint, in_read_seq bigint, OUT delivered_seq bigint, OUT read_seq bigint, OUT peer_user_id uuid, OUT peer_profile_id uuid) RETURNS SETOF record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE TABLE app.kept_apart (
    tenant_id integer NOT NULL,
    mark bytea NOT NULL,
    other_mark bytea NOT NULL,
    kept_until timestamp with time zone NOT NULL
);

ALTER TABLE ONLY app.kept_apart FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.marks_kept_apart(in_tenant_id integer, in_marks bytea[]) RETURNS bytea[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT COALESCE(array_agg(DISTINCT pair.other_mark), '{}'::bytea[]) AS "coalesce"
    FROM app.kept_apart pair
   WHERE ((pair.tenant_id = app.tenant_id()) AND (pair.tenant_id = marks_kept_apart.in_tenant_id) AND (pair.mark = ANY (marks_kept_apart.in_marks)) AND (pair.kept_until > app.now()));
END;

CREATE FUNCTION app.match_tickets(in_tenant_id integer, in_kind text, in_batch_size integer, in_retry_batch_size integer, in_retry_interval interval, in_rematch_cooldown interval, in_claim_delay interval, in_duration interval, in_wait_for_lock boolean) RETURNS TABLE(match_id uuid, conversation_id uuid, expires_at timestamp with time zone, user1_id uuid, profile1_id uuid, ticket1_id uuid, user2_id uuid, profile2_id uuid, ticket2_id uuid)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
declare
    today date := app.today(in_tenant_id);
    seeker uuid;
    ticket app.tickets;
    partner app.tickets;
    partner_id uuid;
    decoy_key uuid;
begin
    if in_tenant_id <> app.tenant_id() then
        raise exception 'a matcher works in its own community';
    end if;
    if in_wait_for_lock then
        perform app.lock_matching(in_tenant_id, in_kind);
    elsif not pg_try_advisory_xact_lock(hashtextextended('meeting ' || in_kind, in_tenant_id)) then
        return;
    end if;
    select known.key into decoy_key from app.decoy_keys known where known.tenant_id = in_tenant_id;
    if not found then
        insert into app.decoy_keys as made (tenant_id) values (in_tenant_id)
        on conflict (tenant_id) do update set key = made.key returning made.key into strict decoy_key;
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
            select from app.users barred
            where barred.tenant_id = in_tenant_id and barred.id = seeker and (
                barred.ban_reason is not null and (barred.banned_until is null or barred.banned_until > app.now())
                or barred.matching_suspended_until > app.now()
            )
        ) or exists (
            select from app.match_slots busy
            where busy.tenant_id = in_tenant_id and busy.user_id = seeker and busy.type = 'anonymous_' || in_kind
        ) then
            delete from app.tickets done where done.tenant_id = in_tenant_id and done.user_id = seeker
                and done.kind = in_kind;
            continue;
        end if;

        loop
            partner_id := app.find_partner(in_tenant_id, ticket, in_rematch_cooldown, decoy_key);
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
        insert into app.encounters as met (tenant_id, first_profile_id, second_profile_id)
        values (in_tenant_id, least(profile1_id, profile2_id), greatest(profile1_id, profile2_id))
        on conflict (tenant_id, first_profile_id, second_profile_id) do update set met_at = excluded.met_at;
        return next;
    end loop;
end $$;

CREATE FUNCTION app.move_coins(in_tenant_id integer, in_idempotency_key text, in_type text, in_entries app.ledger_entry[], in_owner_user_id uuid, in_description text, in_subject_id uuid, in_details jsonb, in_reverses_id uuid, in_request text, in_is_spending boolean) RETURNS app.coin_transactions
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION app.my_blocks(in_tenant_id integer, in_profile_id uuid, in_cursor uuid, in_limit integer) RETURNS TABLE(id uuid, face text, scope text, profile jsonb, created_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT block.id,
     mine.face,
     block.scope,
     jsonb_build_object('id', other.id, 'alias', other.alias, 'tag', other.tag, 'avatar_seed', other.avatar_seed) AS jsonb_build_object,
     block.created_at
    FROM ((app.blocks block
      JOIN app.profiles mine ON (((mine.tenant_id = block.tenant_id) AND (mine.id = block.blocker_profile_id))))
      JOIN app.profiles other ON (((other.tenant_id = block.tenant_id) AND (other.id = block.blocked_profile_id))))
   WHERE ((block.tenant_id = app.tenant_id()) AND (block.tenant_id = my_blocks.in_tenant_id) AND (block.blocker_user_id = app.user_id()) AND (block.lifted_at IS NULL) AND ((my_blocks.in_profile_id IS NULL) OR ((block.blocker_profile_id = app.profile_id()) AND (block.blocked_profile_id = my_blocks.in_profile_id))) AND ((my_blocks.in_cursor IS NULL) OR (block.id < my_blocks.in_cursor)))
   ORDER BY block.id DESC
  LIMIT my_blocks.in_limit;
END;

CREATE TABLE app.conversations (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    match_id uuid NOT NULL,
    opener_profile_id uuid NOT NULL,
    epoch integer DEFAULT 0 NOT NULL,
    last_seq bigint DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    purged_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT conversations_epoch_check CHECK ((epoch >= 0)),
    CONSTRAINT conversations_last_seq_check CHECK ((last_seq >= 0))
);

ALTER TABLE ONLY app.conversations FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.my_peers(in_tenant_id integer) RETURNS TABLE(conversation_id uuid, profile_id uuid, user_id uuid, delivered_seq bigint, read_seq bigint, open boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT peer.conversation_id,
     peer.profile_id,
     peer.user_id,
     peer.delivered_seq,
     peer.read_seq,
     ((conversation.closed_at IS NULL) AND (conversation.expires_at > app.now()))
    FROM (app.conversation_members peer
      CROSS JOIN LATERAL ( SELECT found.closed_at,
             found.expires_at,
             found.purged_at
            FROM app.conversations found
           WHERE ((found.tenant_id = peer.tenant_id) AND (found.id = peer.conversation_id))
          OFFSET 0) conversation)
   WHERE ((peer.tenant_id = app.tenant_id()) AND (peer.tenant_id = my_peers.in_tenant_id) AND (peer.conversation_id = ANY (app.my_conversations())) AND (peer.profile_id <> app.profile_id()) AND (conversation.purged_at IS NULL));
END;

CREATE FUNCTION app.my_pending_earnings(in_tenant_id integer) RETURNS TABLE(available_at timestamp with time zone, amount bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform app.check_ledger_caller(in_tenant_id);
    return query
    select max(one.available_at), sum(one.amount)::bigint
    from app.tenants community
    cross join lateral app.pending_earnings(in_tenant_id, app.user_id()) one
    where community.id = in_tenant_id
    group by (one.available_at at time zone community.timezone)::date order by 1;
end $$;

CREATE FUNCTION app.new_ledger_faults(in_tenant_id integer) RETURNS TABLE(fault text, id uuid, expected bigint, found bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.note_for_restore() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    changed jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
begin
    insert into app.restore_journal (tenant_id, kind, entry)
    select (changed->>'tenant_id')::integer, tg_argv[0], jsonb_object_agg(kept.key, kept.value)
    from jsonb_each(changed) kept where kept.key = any(tg_argv[1:]);
    return null;
end $$;

CREATE FUNCTION app.open_conversation(in_tenant_id integer, in_match_id uuid, in_opener_profile_id uuid, in_user_ids uuid[], in_profile_ids uuid[], in_expires_at timestamp with time zone) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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
    select in_tenant_id, opened, profile.id, profile.user_id
    from unnest(in_user_ids, in_profile_ids) as named (user_id, profile_id)
    cross join lateral (
        select known.id, known.user_id from app.profiles known
        where known.tenant_id = in_tenant_id and known.id = named.profile_id and known.user_id = named.user_id
        offset 0
    ) profile;
    if (select count(distinct member.user_id) from app.conversation_members member
        where member.tenant_id = in_tenant_id and member.conversation_id = opened) <> 2 then
        raise exception 'a conversation has two different people';
    end if;
    return opened;
end $$;

CREATE FUNCTION app.open_ledger_account(in_tenant_id integer, in_kind text, in_owner_user_id uuid, in_provider text, in_currency text, in_stripe integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION app.pay_debt(in_tenant_id integer, in_owner_user_id uuid, in_cause_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION app.pending_earnings(in_tenant_id integer, in_owner_user_id uuid) RETURNS TABLE(available_at timestamp with time zone, amount bigint)
    LANGUAGE sql STABLE
    AS $$
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

CREATE FUNCTION app.public_profiles(in_profile_ids uuid[]) RETURNS TABLE(id uuid, alias text, tag text, bio text, gender text, interests text[], age integer, avatar_seed text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select p.id, p.alias, p.tag, p.bio, p.gender, p.interests,
           case when p.face = 'real' then
               extract(year from age((app.now() at time zone t.timezone)::date, u.birth_date))::integer
           end,
           p.avatar_seed
    from app.profiles p
    cross join lateral (
        select known.birth_date from app.users known where known.tenant_id = p.tenant_id and known.id = p.user_id offset 0
    ) u
    join app.tenants t on t.id = p.tenant_id
    where p.tenant_id = app.tenant_id() and p.id = any(in_profile_ids)
$$;

CREATE FUNCTION app.queue_job(in_entrypoint text, in_payload bytea, in_delay interval, in_dedupe_key text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.queue_pushes(in_tenant_id integer, in_user_ids uuid[], in_profile_ids uuid[], in_notification_ids uuid[], in_entrypoint text, in_job jsonb, in_key text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    receiving record;
begin
    for receiving in
        select subscription.id, jsonb_build_object(
            'subscription_id', subscription.id, 'user_id', named.user_id, 'profile_id', named.profile_id,
            'notification_id', named.notification_id
        ) as target
        from unnest(in_user_ids, in_profile_ids, in_notification_ids)
            as named (user_id, profile_id, notification_id)
        join app.push_subscriptions subscription on subscription.tenant_id = in_tenant_id
            and subscription.user_id = named.user_id
        where in_tenant_id = app.tenant_id()
        order by subscription.id
    loop
        perform app.queue_job(in_entrypoint, convert_to((in_job || receiving.target)::text, 'UTF8'), interval '0',
            receiving.id || ':' || in_key);
    end loop;
end $$;

CREATE FUNCTION app.quota_left(in_tenant_id integer, in_user_id uuid, in_kind text, in_day date, in_day_limit integer) RETURNS integer
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.release_held(in_tenant_id integer, in_owner_user_id uuid, in_amount bigint, in_cause_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION app.release_hold(in_tenant_id integer, in_hold_id uuid) RETURNS app.coin_holds
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE TABLE app.sms_spendings (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    otp_id uuid NOT NULL,
    day date NOT NULL,
    cents integer NOT NULL,
    is_known boolean NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT sms_spendings_cents_check CHECK ((cents <> 0))
);

ALTER TABLE ONLY app.sms_spendings FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.return_text_cost(in_tenant_id integer, in_otp_id uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 INSERT INTO app.sms_spendings (tenant_id, otp_id, day, cents, is_known)  SELECT line.tenant_id,
             line.otp_id,
             line.day,
             (- line.cents),
             line.is_known
            FROM app.sms_spendings line
           WHERE ((line.tenant_id = app.tenant_id()) AND (line.tenant_id = return_text_cost.in_tenant_id) AND (line.otp_id = return_text_cost.in_otp_id) AND (line.cents > 0)) ON CONFLICT DO NOTHING;
END;

CREATE FUNCTION app.reverse_transfer(in_tenant_id integer, in_idempotency_key text, in_transaction_id uuid, in_description text) RETURNS app.coin_transactions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.scoped_key(in_idempotency_key text) RETURNS text
    LANGUAGE sql STABLE
    RETURN CASE WHEN (SESSION_USER = 'meydan_app'::name) THEN ((app.user_id() || ':'::text) || in_idempotency_key) ELSE in_idempotency_key END;

CREATE TABLE app.gifts (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    key text NOT NULL,
    name jsonb,
    price integer NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT gifts_key_check CHECK ((key ~ '^[a-z][a-z_]{0,29}$'::text)),
    CONSTRAINT gifts_name_check CHECK ((jsonb_typeof(name) = 'object'::text)),
    CONSTRAINT gifts_price_check CHECK (((price >= 1) AND (price <= 1000000)))
);

ALTER TABLE ONLY app.gifts FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.seed_default_gifts(in_tenant_id integer) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 INSERT INTO app.gifts (tenant_id, key, price, "position") VALUES (seed_default_gifts.in_tenant_id,'tea'::text,5,1), (seed_default_gifts.in_tenant_id,'simit'::text,10,2), (seed_default_gifts.in_tenant_id,'tulip'::text,20,3), (seed_default_gifts.in_tenant_id,'cat'::text,40,4), (seed_default_gifts.in_tenant_id,'lantern'::text,75,5), (seed_default_gifts.in_tenant_id,'boat'::text,150,6), (seed_default_gifts.in_tenant_id,'kilim'::text,300,7), (seed_default_gifts.in_tenant_id,'moon'::text,1000,8);
END;

CREATE TABLE app.coin_packages (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    name jsonb,
    coins integer NOT NULL,
    bonus integer DEFAULT 0 NOT NULL,
    price bigint NOT NULL,
    currency text NOT NULL,
    store_product_id text,
    "position" integer DEFAULT 0 NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT coin_packages_bonus_check CHECK (((bonus >= 0) AND (bonus <= 10000000))),
    CONSTRAINT coin_packages_coins_check CHECK (((coins >= 1) AND (coins <= 10000000))),
    CONSTRAINT coin_packages_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT coin_packages_name_check CHECK ((jsonb_typeof(name) = 'object'::text)),
    CONSTRAINT coin_packages_price_check CHECK (((price >= 1) AND (price <= '100000000000'::bigint))),
    CONSTRAINT coin_packages_store_product_id_check CHECK (((length(store_product_id) >= 1) AND (length(store_product_id) <= 200)))
);

ALTER TABLE ONLY app.coin_packages FORCE ROW LEVEL SECURITY;

CREATE TABLE app.premium_plans (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    name jsonb,
    period text NOT NULL,
    price bigint NOT NULL,
    currency text NOT NULL,
    coin_price integer,
    store_product_id text,
    matches_per_day integer CONSTRAINT premium_plans_text_per_day_not_null NOT NULL,
    sees_likes boolean NOT NULL,
    no_ads boolean NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT premium_plans_coin_price_check CHECK (((coin_price >= 1) AND (coin_price <= 10000000))),
    CONSTRAINT premium_plans_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT premium_plans_name_check CHECK ((jsonb_typeof(name) = 'object'::text)),
    CONSTRAINT premium_plans_period_check CHECK ((period = ANY (ARRAY['week'::text, 'month'::text, 'year'::text]))),
    CONSTRAINT premium_plans_price_check CHECK (((price >= 1) AND (price <= '100000000000'::bigint))),
    CONSTRAINT premium_plans_store_product_id_check CHECK (((length(store_product_id) >= 1) AND (length(store_product_id) <= 200))),
    CONSTRAINT premium_plans_text_per_day_check CHECK (((matches_per_day >= 0) AND (matches_per_day <= 1000)))
);

ALTER TABLE ONLY app.premium_plans FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.seed_default_products(in_tenant_id integer) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 INSERT INTO app.coin_packages (tenant_id, coins, bonus, price, currency, "position") VALUES (seed_default_products.in_tenant_id,100,0,4999,'TRY'::text,1), (seed_default_products.in_tenant_id,500,50,24999,'TRY'::text,2), (seed_default_products.in_tenant_id,1000,200,49999,'TRY'::text,3), (seed_default_products.in_tenant_id,2000,600,99999,'TRY'::text,4);
 INSERT INTO app.premium_plans (tenant_id, period, price, currency, coin_price, matches_per_day, sees_likes, no_ads, "position") VALUES (seed_default_products.in_tenant_id,'month'::text,14999,'TRY'::text,450,50,true,true,1), (seed_default_products.in_tenant_id,'year'::text,119999,'TRY'::text,NULL::integer,50,true,true,2);
END;

CREATE FUNCTION app.send_gift(in_tenant_id integer, in_gift_id uuid, in_quantity integer, in_receiver_profile_id uuid, in_note text, in_idempotency_key text) RETURNS TABLE(id uuid, gift jsonb, coins bigint, earned bigint, receiver_user_id uuid, created_at timestamp with time zone, is_new boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.send_message(in_tenant_id integer, in_conversation_id uuid, in_message_id uuid, in_device_id uuid, in_kind text, in_epoch integer, in_body bytea, in_welcome_id uuid, in_welcome_body bytea, in_device_info text, in_connection_type text, OUT outcome text, OUT seq bigint, OUT created_at timestamp with time zone, OUT current_epoch integer, OUT peer_user_id uuid, OUT peer_profile_id uuid) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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
    if in_kind in ('text', 'reaction', 'commit') and in_epoch <> conversation.epoch then
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

CREATE FUNCTION app.spend_on_text(in_tenant_id integer, in_otp_id uuid, in_cents integer, in_is_known boolean, in_budget_cents integer, in_tenant_budget_cents integer, in_kept_percent integer) RETURNS TABLE(granted boolean, spent_cents integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    today date := (app.now() at time zone 'UTC')::date;
    everywhere integer;
    strangers integer;
    here integer;
    strangers_here integer;
begin
    if in_tenant_id <> app.tenant_id() then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtext('app.sms_spendings'));
    select coalesce(sum(line.cents), 0), coalesce(sum(line.cents) filter (where not line.is_known), 0),
        coalesce(sum(line.cents) filter (where line.tenant_id = in_tenant_id), 0),
        coalesce(sum(line.cents) filter (where line.tenant_id = in_tenant_id and not line.is_known), 0)
    into everywhere, strangers, here, strangers_here
    from app.sms_spendings line where line.day = today;
    granted := everywhere + in_cents <= in_budget_cents and here + in_cents <= in_tenant_budget_cents
        and (in_is_known or (
            100 * (strangers::bigint + in_cents) <= in_budget_cents::bigint * (100 - in_kept_percent)
            and 100 * (strangers_here::bigint + in_cents) <= in_tenant_budget_cents::bigint * (100 - in_kept_percent)
        ));
    spent_cents := case when in_tenant_budget_cents < in_budget_cents then here else everywhere end;
    if granted then
        insert into app.sms_spendings (tenant_id, otp_id, day, cents, is_known)
        values (in_tenant_id, in_otp_id, today, in_cents, in_is_known);
    end if;
    return next;
end $$;

CREATE FUNCTION app.subscribe_to_push(in_tenant_id integer, in_session_id uuid, in_endpoint text, in_public_key bytea, in_auth_secret bytea) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    subscribed uuid;
begin
    perform from app.sessions mine
    where mine.tenant_id = in_tenant_id and mine.tenant_id = app.tenant_id() and mine.id = in_session_id
        and mine.user_id = app.user_id() and mine.ended_at is null and mine.expires_at > app.now()
    for no key update;
    if not found then
        return null;
    end if;
    perform from app.push_subscriptions other
    where other.endpoint = in_endpoint or (other.tenant_id = in_tenant_id and other.session_id = in_session_id)
    order by other.id for update;
    delete from app.push_subscriptions other
    where (other.endpoint = in_endpoint) <> (other.tenant_id = in_tenant_id and other.session_id = in_session_id)
        and (other.endpoint = in_endpoint or (other.tenant_id = in_tenant_id and other.session_id = in_session_id));
    insert into app.push_subscriptions as kept
        (tenant_id, user_id, session_id, endpoint, public_key, auth_secret)
    values (in_tenant_id, app.user_id(), in_session_id, in_endpoint, in_public_key, in_auth_secret)
    on conflict (endpoint) do update set
        tenant_id = excluded.tenant_id, user_id = excluded.user_id, session_id = excluded.session_id,
        public_key = excluded.public_key, auth_secret = excluded.auth_secret,
        -- Jobs that wait for the one before must not reach the one after.
        id = case when (kept.tenant_id, kept.session_id) = (excluded.tenant_id, excluded.session_id)
            then kept.id else excluded.id end
    returning kept.id into subscribed;
    return subscribed;
end $$;

CREATE FUNCTION app.sync_ticket_lanes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if tg_op = 'UPDATE' then
        delete from app.ticket_lanes known
        where known.tenant_id = new.tenant_id and known.user_id = new.user_id and known.kind = new.kind;
    end if;
    if new.away_since is null then
        insert into app.ticket_lanes (tenant_id, kind, lane, user_id, profile_id, picky, spot, since)
        select new.tenant_id, new.kind, lane.name, new.user_id, new.profile_id,
            new.max_distance_km is not null and not new.widened, point(new.longitude, new.latitude), new.created_at
        from (select distinct unnest(new.languages || case when new.widened
            then array['*'] else '{}' end) as name) lane;
    end if;
    return null;
end $$;

CREATE FUNCTION app.take_sending_turn(in_tenant_id integer, in_otp_id uuid, in_spacing interval) RETURNS interval
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    contact bytea;
    before timestamptz;
begin
    select request.contact_hash into contact from app.code_requests request
    where request.tenant_id = app.tenant_id() and request.tenant_id = in_tenant_id and request.id = in_otp_id;
    if contact is null then
        return null;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(encode(contact, 'hex'), 0));
    select max(request.left_at) into before from app.code_requests request
    where request.contact_hash = contact and request.created_at > app.now() - interval '1 day'
        and request.id <> in_otp_id;
    if before > app.now() - in_spacing then
        return before + in_spacing - app.now();
    end if;
    update app.code_requests set left_at = app.now() where tenant_id = in_tenant_id and id = in_otp_id;
    return null;
end $$;

CREATE TABLE app.subscriptions (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    status text NOT NULL,
    provider text,
    provider_subscription_id text,
    coin_price integer,
    renews boolean NOT NULL,
    period_ends_at timestamp with time zone NOT NULL,
    grace_ends_at timestamp with time zone,
    changed_at timestamp with time zone DEFAULT app.now() NOT NULL,
    checked_at timestamp with time zone,
    pending_action text,
    revoked boolean DEFAULT false NOT NULL,
    next_plan_id uuid,
    next_plan_at timestamp with time zone,
    acknowledgement_token text,
    idempotency_key text,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT subscriptions_check CHECK (((next_plan_at IS NULL) OR (next_plan_id IS NOT NULL))),
    CONSTRAINT subscriptions_check1 CHECK (((provider IS NULL) = (coin_price IS NOT NULL))),
    CONSTRAINT subscriptions_check2 CHECK (((status = 'expired'::text) = (ended_at IS NOT NULL))),
    CONSTRAINT subscriptions_check3 CHECK (((status <> 'grace'::text) OR (grace_ends_at IS NOT NULL))),
    CONSTRAINT subscriptions_claim_check CHECK (((length(acknowledgement_token) >= 1) AND (length(acknowledgement_token) <= 2000))),
    CONSTRAINT subscriptions_coin_price_check CHECK ((coin_price > 0)),
    CONSTRAINT subscriptions_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
    CONSTRAINT subscriptions_provider_check CHECK ((provider = ANY (ARRAY['local'::text, 'stripe'::text, 'iyzico'::text, 'apple'::text, 'google'::text, 'revenuecat'::text]))),
    CONSTRAINT subscriptions_reference_check CHECK (((length(provider_subscription_id) >= 1) AND (length(provider_subscription_id) <= 500))),
    CONSTRAINT subscriptions_status_check CHECK ((status = ANY (ARRAY['active'::text, 'grace'::text, 'cancelled'::text, 'expired'::text]))),
    CONSTRAINT subscriptions_wish_check CHECK ((pending_action = ANY (ARRAY['cancel'::text, 'resume'::text])))
);

ALTER TABLE ONLY app.subscriptions FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.tenants_with_due_subscriptions() RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT period.tenant_id
    FROM app.subscriptions period
   WHERE ((period.status <> 'expired'::text) AND (period.period_ends_at <= app.now()))
 UNION
  SELECT change.tenant_id
    FROM app.subscriptions change
   WHERE (change.next_plan_at <= app.now());
END;

CREATE FUNCTION app.tenants_with_ended_matches() RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT over.tenant_id
    FROM app.matches over
   WHERE ((over.status = 'active'::text) AND (over.expires_at <= app.now()));
END;

CREATE FUNCTION app.tenants_with_expired_holds() RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT hold.tenant_id
    FROM app.coin_holds hold
   WHERE ((hold.status = 'open'::text) AND (hold.expires_at <= app.now()));
END;

CREATE TABLE app.identity_transfers (
    tenant_id integer NOT NULL,
    profile_id uuid NOT NULL,
    user_id uuid NOT NULL,
    body bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT identity_transfers_body_check CHECK (((octet_length(body) >= 1) AND (octet_length(body) <= 65536)))
);

ALTER TABLE ONLY app.identity_transfers FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.tenants_with_expired_messages() RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT conversation.tenant_id
    FROM app.conversations conversation
   WHERE ((conversation.purged_at IS NULL) AND (conversation.expires_at <= app.now()))
 UNION
  SELECT transfer.tenant_id
    FROM app.identity_transfers transfer
   WHERE (transfer.expires_at <= app.now());
END;

CREATE TABLE app.fraud_cases (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    payment_id uuid,
    renewal boolean DEFAULT false NOT NULL,
    ring uuid[],
    outcome text NOT NULL,
    points integer NOT NULL,
    findings jsonb NOT NULL,
    status text NOT NULL,
    release_at timestamp with time zone,
    decision text,
    note text DEFAULT ''::text NOT NULL,
    decided_by_user_id uuid,
    decided_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT fraud_cases_check CHECK ((num_nonnulls(payment_id, ring) = 1)),
    CONSTRAINT fraud_cases_check1 CHECK (((NOT renewal) OR ((payment_id IS NOT NULL) AND (outcome = ANY (ARRAY['allow'::text, 'review'::text]))))),
    CONSTRAINT fraud_cases_check2 CHECK (((status = 'allowed'::text) = (outcome = 'allow'::text))),
    CONSTRAINT fraud_cases_check3 CHECK (((status = 'closed'::text) = ((decision IS NOT NULL) AND (decided_at IS NOT NULL)))),
    CONSTRAINT fraud_cases_check4 CHECK (((outcome = 'delay'::text) = (release_at IS NOT NULL))),
    CONSTRAINT fraud_cases_decision_check CHECK ((decision = ANY (ARRAY['release'::text, 'refund'::text, 'freeze'::text, 'dismiss'::text, 'overtaken'::text]))),
    CONSTRAINT fraud_cases_note_check CHECK ((length(note) <= 1000)),
    CONSTRAINT fraud_cases_outcome_check CHECK ((outcome = ANY (ARRAY['allow'::text, 'delay'::text, 'review'::text, 'freeze'::text]))),
    CONSTRAINT fraud_cases_points_check CHECK ((points >= 0)),
    CONSTRAINT fraud_cases_ring_check CHECK (((cardinality(ring) >= 2) AND (cardinality(ring) <= 6))),
    CONSTRAINT fraud_cases_status_check CHECK ((status = ANY (ARRAY['allowed'::text, 'open'::text, 'closed'::text])))
);

ALTER TABLE ONLY app.fraud_cases FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.tenants_with_held_payments() RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT held.tenant_id
    FROM app.fraud_cases held
   WHERE ((held.status = 'open'::text) AND (held.outcome = ANY (ARRAY['delay'::text, 'review'::text])));
END;

CREATE TABLE app.restore_journal (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    kind text NOT NULL,
    entry jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    shipped_at timestamp with time zone,
    CONSTRAINT restore_journal_kind_check CHECK ((kind = ANY (ARRAY['ban'::text, 'contact_ban'::text, 'erasure'::text, 'block'::text, 'role'::text, 'freeze'::text, 'passkey'::text])))
);

ALTER TABLE ONLY app.restore_journal FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.tenants_with_journal_to_ship() RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT entry.tenant_id
    FROM app.restore_journal entry
   WHERE (entry.shipped_at IS NULL);
END;

CREATE FUNCTION app.tenants_with_pending_claims() RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT claim.tenant_id
    FROM app.claims claim
   WHERE (claim.status = 'pending'::text);
END;

CREATE TABLE app.meters (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    payer_user_id uuid NOT NULL,
    payee_user_id uuid NOT NULL,
    coins_per_minute integer NOT NULL,
    share_percent integer NOT NULL,
    subject_id uuid NOT NULL,
    idempotency_key text NOT NULL,
    unit integer DEFAULT 1 NOT NULL,
    used integer DEFAULT 0 NOT NULL,
    seen_at timestamp with time zone,
    warned_at timestamp with time zone,
    ended_at timestamp with time zone,
    end_reason text,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT meters_check CHECK ((payer_user_id <> payee_user_id)),
    CONSTRAINT meters_check1 CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
    CONSTRAINT meters_coins_per_minute_check CHECK (((coins_per_minute >= 1) AND (coins_per_minute <= 1000000))),
    CONSTRAINT meters_end_reason_check CHECK ((end_reason = ANY (ARRAY['hung_up'::text, 'no_coins'::text, 'lost'::text, 'refused'::text]))),
    CONSTRAINT meters_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
    CONSTRAINT meters_share_percent_check CHECK (((share_percent >= 0) AND (share_percent <= 100))),
    CONSTRAINT meters_unit_check CHECK ((unit >= 1)),
    CONSTRAINT meters_used_check CHECK ((used >= 0))
);

ALTER TABLE ONLY app.meters FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.tenants_with_running_meters() RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT meter.tenant_id
    FROM app.meters meter
   WHERE (meter.ended_at IS NULL);
END;

CREATE FUNCTION app.tenants_with_tickets() RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH RECURSIVE waiting(tenant_id) AS (
         ( SELECT ticket.tenant_id
            FROM app.tickets ticket
           ORDER BY ticket.tenant_id
          LIMIT 1)
         UNION ALL
          SELECT ( SELECT next.tenant_id
                    FROM app.tickets next
                   WHERE (next.tenant_id > waiting_1.tenant_id)
                   ORDER BY next.tenant_id
                  LIMIT 1) AS tenant_id
            FROM waiting waiting_1
           WHERE (waiting_1.tenant_id IS NOT NULL)
         )
  SELECT waiting.tenant_id
    FROM waiting
   WHERE (waiting.tenant_id IS NOT NULL);
END;

CREATE FUNCTION app.thaw_wallet(in_tenant_id integer, in_owner_user_id uuid, in_actor_user_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.transfer(in_tenant_id integer, in_idempotency_key text, in_type text, in_entries app.ledger_entry[], in_owner_user_id uuid DEFAULT NULL::uuid, in_description text DEFAULT ''::text, in_subject_id uuid DEFAULT NULL::uuid, in_details jsonb DEFAULT '{}'::jsonb) RETURNS app.coin_transactions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION app.waiting_in_lanes(in_tenant_id integer, in_kind text, in_lanes text[]) RETURNS integer
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
begin
    return (
        select count(*) from (
            select from unnest(in_lanes) lane (name)
            cross join lateral (
                (select from app.ticket_lanes open
                where open.tenant_id = in_tenant_id and open.kind = in_kind and open.lane = lane.name and not open.picky
                limit 50)
                union all
                (select from app.ticket_lanes near
                where near.tenant_id = in_tenant_id and near.kind = in_kind and near.lane = lane.name and near.picky
                limit 50)
            ) waiting
            limit 50
        ) counted
    );
end $$;

CREATE TABLE app.audited_balances (
    tenant_id integer NOT NULL,
    account_id uuid NOT NULL,
    stripe integer NOT NULL,
    balance bigint NOT NULL
)
WITH (fillfactor='80');

ALTER TABLE ONLY app.audited_balances FORCE ROW LEVEL SECURITY;

CREATE TABLE app.bans (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    reason text NOT NULL,
    until timestamp with time zone,
    banned_by_user_id uuid,
    lifted_at timestamp with time zone,
    lifted_by_user_id uuid,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT bans_reason_check CHECK ((reason = ANY (ARRAY['reports'::text, 'harassment'::text, 'sexual_content'::text, 'underage'::text, 'spam'::text, 'threat'::text, 'other'::text])))
);

ALTER TABLE ONLY app.bans FORCE ROW LEVEL SECURITY;

CREATE TABLE app.billing_customers (
    tenant_id integer NOT NULL,
    user_id uuid NOT NULL,
    customer_reference uuid DEFAULT gen_random_uuid() CONSTRAINT billing_customers_reference_not_null NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL
);

ALTER TABLE ONLY app.billing_customers FORCE ROW LEVEL SECURITY;

CREATE TABLE app.bonus_quota (
    tenant_id integer NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    granted integer DEFAULT 0 CONSTRAINT bonus_quota_given_not_null NOT NULL,
    used integer DEFAULT 0 NOT NULL,
    CONSTRAINT bonus_quota_check CHECK ((used <= granted)),
    CONSTRAINT bonus_quota_given_check CHECK ((granted >= 0)),
    CONSTRAINT bonus_quota_kind_check CHECK ((kind = ANY (ARRAY['text'::text, 'video'::text]))),
    CONSTRAINT bonus_quota_used_check CHECK ((used >= 0))
);

ALTER TABLE ONLY app.bonus_quota FORCE ROW LEVEL SECURITY;

CREATE TABLE app.coin_adjustments (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    acted_by_user_id uuid CONSTRAINT coin_adjustments_actor_user_id_not_null NOT NULL,
    coins bigint NOT NULL,
    reason text NOT NULL,
    transaction_id uuid NOT NULL,
    idempotency_key text NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT coin_adjustments_coins_check CHECK ((coins <> 0)),
    CONSTRAINT coin_adjustments_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
    CONSTRAINT coin_adjustments_reason_check CHECK ((length(reason) <= 500))
);

ALTER TABLE ONLY app.coin_adjustments FORCE ROW LEVEL SECURITY;

CREATE TABLE app.coin_entries (
    tenant_id integer NOT NULL,
    transaction_id uuid NOT NULL,
    account_id uuid NOT NULL,
    stripe integer NOT NULL,
    amount bigint NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL
);

ALTER TABLE ONLY app.coin_entries FORCE ROW LEVEL SECURITY;

CREATE TABLE app.decoy_keys (
    tenant_id integer NOT NULL,
    key uuid DEFAULT gen_random_uuid() NOT NULL
);

ALTER TABLE ONLY app.decoy_keys FORCE ROW LEVEL SECURITY;

CREATE TABLE app.deferred_events (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    provider text NOT NULL,
    subject text NOT NULL,
    event_id text NOT NULL,
    event jsonb NOT NULL,
    received_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT deferred_events_event_id_check CHECK (((length(event_id) >= 1) AND (length(event_id) <= 500))),
    CONSTRAINT deferred_events_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 500)))
);

ALTER TABLE ONLY app.deferred_events FORCE ROW LEVEL SECURITY;

CREATE TABLE app.devices (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    client_id uuid NOT NULL,
    name text NOT NULL,
    last_seen_at timestamp with time zone DEFAULT app.now() NOT NULL,
    forgotten_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT devices_name_check CHECK ((length(name) <= 80))
);

ALTER TABLE ONLY app.devices FORCE ROW LEVEL SECURITY;

CREATE TABLE app.encounters (
    tenant_id integer NOT NULL,
    first_profile_id uuid NOT NULL,
    second_profile_id uuid NOT NULL,
    met_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT encounters_check CHECK ((first_profile_id < second_profile_id))
);

ALTER TABLE ONLY app.encounters FORCE ROW LEVEL SECURITY;

CREATE TABLE app.former_accounts (
    tenant_id integer NOT NULL,
    user_id uuid NOT NULL,
    mark bytea NOT NULL,
    sealed_hash bytea NOT NULL,
    kept_until timestamp with time zone NOT NULL
);

ALTER TABLE ONLY app.former_accounts FORCE ROW LEVEL SECURITY;

CREATE TABLE app.gifts_sent (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    gift_id uuid NOT NULL,
    quantity integer NOT NULL,
    coins bigint NOT NULL,
    earned bigint NOT NULL,
    giver_user_id uuid NOT NULL,
    giver_profile_id uuid NOT NULL,
    receiver_user_id uuid NOT NULL,
    receiver_profile_id uuid NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    idempotency_key text NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT gifts_sent_check CHECK (((earned >= 0) AND (earned <= coins))),
    CONSTRAINT gifts_sent_check1 CHECK ((giver_user_id <> receiver_user_id)),
    CONSTRAINT gifts_sent_coins_check CHECK ((coins > 0)),
    CONSTRAINT gifts_sent_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
    CONSTRAINT gifts_sent_note_check CHECK ((length(note) <= 200)),
    CONSTRAINT gifts_sent_quantity_check CHECK (((quantity >= 1) AND (quantity <= 99)))
);

ALTER TABLE ONLY app.gifts_sent FORCE ROW LEVEL SECURITY;

CREATE TABLE app.identity_keys (
    tenant_id integer NOT NULL,
    profile_id uuid NOT NULL,
    user_id uuid NOT NULL,
    public_key bytea NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT identity_keys_public_key_check CHECK ((octet_length(public_key) = 32))
);

ALTER TABLE ONLY app.identity_keys FORCE ROW LEVEL SECURITY;

CREATE TABLE app.invite_codes (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    profile_id uuid NOT NULL,
    code text NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT invite_codes_code_check CHECK ((code ~ '^[2-9A-HJKMNP-Z]{8}$'::text))
);

ALTER TABLE ONLY app.invite_codes FORCE ROW LEVEL SECURITY;

CREATE TABLE app.key_packages (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    profile_id uuid NOT NULL,
    device_id uuid NOT NULL,
    body bytea NOT NULL,
    digest bytea GENERATED ALWAYS AS (sha256(body)) STORED NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT key_packages_body_check CHECK (((octet_length(body) >= 1) AND (octet_length(body) <= 4096)))
);

ALTER TABLE ONLY app.key_packages FORCE ROW LEVEL SECURITY;

CREATE TABLE app.known_contacts (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    contact_hash bytea NOT NULL,
    ban_reason text,
    banned_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    user_id uuid,
    left_at timestamp with time zone,
    is_rehashed boolean DEFAULT true NOT NULL,
    CONSTRAINT known_contacts_ban_reason_check CHECK ((length(ban_reason) <= 200))
);

ALTER TABLE ONLY app.known_contacts FORCE ROW LEVEL SECURITY;

CREATE TABLE app.ledger_accounts (
    tenant_id integer NOT NULL,
    id uuid GENERATED ALWAYS AS (app.ledger_account_id(kind, user_id, provider, currency)) STORED NOT NULL,
    kind text NOT NULL,
    user_id uuid,
    provider text,
    currency text,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT ledger_accounts_check CHECK (((user_id IS NOT NULL) = (kind = ANY (ARRAY['person_coins'::text, 'person_debt'::text, 'creator_revenue'::text])))),
    CONSTRAINT ledger_accounts_check1 CHECK ((((provider IS NOT NULL) AND (currency IS NOT NULL)) = (kind = 'clearing'::text))),
    CONSTRAINT ledger_accounts_check2 CHECK (((provider IS NULL) = (currency IS NULL))),
    CONSTRAINT ledger_accounts_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT ledger_accounts_kind_check CHECK ((kind = ANY (ARRAY['person_coins'::text, 'person_debt'::text, 'creator_revenue'::text, 'tenant_revenue'::text, 'promotions'::text, 'clearing'::text, 'payouts'::text]))),
    CONSTRAINT ledger_accounts_provider_check CHECK ((provider ~ '^[a-z_]{1,30}$'::text))
);

ALTER TABLE ONLY app.ledger_accounts FORCE ROW LEVEL SECURITY;

CREATE TABLE app.ledger_balances (
    tenant_id integer NOT NULL,
    account_id uuid NOT NULL,
    stripe integer NOT NULL,
    balance bigint DEFAULT 0 NOT NULL,
    held bigint DEFAULT 0 NOT NULL,
    lowest bigint,
    highest bigint,
    frozen boolean DEFAULT false NOT NULL,
    CONSTRAINT ledger_balances_check CHECK (((balance - held) >= lowest)),
    CONSTRAINT ledger_balances_stripe_check CHECK (((stripe >= 0) AND (stripe <= 15)))
)
WITH (fillfactor='60', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_threshold='1000');

ALTER TABLE ONLY app.ledger_balances FORCE ROW LEVEL SECURITY;

CREATE TABLE app.legal_acceptances (
    tenant_id integer NOT NULL,
    user_id uuid NOT NULL,
    text_id uuid NOT NULL,
    accepted_at timestamp with time zone DEFAULT app.now() NOT NULL
);

ALTER TABLE ONLY app.legal_acceptances FORCE ROW LEVEL SECURITY;

CREATE TABLE app.legal_texts (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    kind text NOT NULL,
    language text NOT NULL,
    version integer NOT NULL,
    body text NOT NULL,
    digest text NOT NULL,
    published_by_user_id uuid,
    published_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT legal_texts_body_check CHECK (((length(body) >= 1) AND (length(body) <= 50000))),
    CONSTRAINT legal_texts_digest_check CHECK ((length(digest) = 64)),
    CONSTRAINT legal_texts_kind_check CHECK ((kind = ANY (ARRAY['terms'::text, 'privacy'::text]))),
    CONSTRAINT legal_texts_language_check CHECK ((language = ANY (ARRAY['tr'::text, 'en'::text]))),
    CONSTRAINT legal_texts_version_check CHECK ((version > 0))
);

ALTER TABLE ONLY app.legal_texts FORCE ROW LEVEL SECURITY;

CREATE TABLE app.login_attempts (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    scope text NOT NULL,
    key bytea NOT NULL,
    attempts integer CONSTRAINT login_attempts_tries_not_null NOT NULL,
    last_try_at timestamp with time zone DEFAULT app.now() NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT login_attempts_scope_check CHECK ((scope = ANY (ARRAY['account'::text, 'address'::text, 'code'::text, 'device'::text, 'pair'::text, 'register'::text, 'factor_account'::text, 'factor_device'::text, 'factor_pair'::text])))
);

ALTER TABLE ONLY app.login_attempts FORCE ROW LEVEL SECURITY;

CREATE TABLE app.login_challenges (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    browser bytea NOT NULL,
    client_device_id uuid NOT NULL,
    device_name text NOT NULL,
    browser_key bytea,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT login_challenges_browser_check CHECK ((length(browser) = 32)),
    CONSTRAINT login_challenges_browser_key_check CHECK ((length(browser_key) = 65)),
    CONSTRAINT login_challenges_device_name_check CHECK ((length(device_name) <= 80))
);

ALTER TABLE ONLY app.login_challenges FORCE ROW LEVEL SECURITY;

CREATE TABLE app.match_slots (
    tenant_id integer NOT NULL,
    user_id uuid NOT NULL,
    type text NOT NULL,
    match_id uuid NOT NULL,
    profile_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT match_slots_type_check CHECK ((type = ANY (ARRAY['anonymous_text'::text, 'anonymous_video'::text])))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

ALTER TABLE ONLY app.match_slots FORCE ROW LEVEL SECURITY;

CREATE TABLE app.messages (
    tenant_id integer NOT NULL,
    conversation_id uuid NOT NULL,
    seq bigint NOT NULL,
    id uuid NOT NULL,
    sender_profile_id uuid NOT NULL,
    sender_device_id uuid NOT NULL,
    kind text NOT NULL,
    epoch integer NOT NULL,
    body bytea NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT messages_body_check CHECK (((octet_length(body) >= 1) AND (octet_length(body) <= 65536))),
    CONSTRAINT messages_kind_check CHECK ((kind = ANY (ARRAY['text'::text, 'reaction'::text, 'commit'::text, 'welcome'::text, 'join_request'::text]))),
    CONSTRAINT messages_reaction_check CHECK (((kind <> 'reaction'::text) OR (octet_length(body) <= 1024))),
    CONSTRAINT messages_seq_check CHECK ((seq > 0))
);
ALTER TABLE ONLY app.messages ALTER COLUMN body SET STORAGE EXTERNAL;

ALTER TABLE ONLY app.messages FORCE ROW LEVEL SECURITY;

CREATE TABLE app.meter_units (
    tenant_id integer NOT NULL,
    meter_id uuid NOT NULL,
    number integer NOT NULL,
    hold_id uuid NOT NULL,
    status text DEFAULT 'held'::text NOT NULL,
    coins bigint NOT NULL,
    earned bigint DEFAULT 0 NOT NULL,
    transaction_id uuid,
    settled_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT meter_units_check CHECK (((earned >= 0) AND (earned <= coins))),
    CONSTRAINT meter_units_check1 CHECK (((transaction_id IS NOT NULL) = (status = 'paid'::text))),
    CONSTRAINT meter_units_check2 CHECK (((settled_at IS NULL) = (status = 'held'::text))),
    CONSTRAINT meter_units_coins_check CHECK ((coins > 0)),
    CONSTRAINT meter_units_number_check CHECK ((number >= 1)),
    CONSTRAINT meter_units_status_check CHECK ((status = ANY (ARRAY['held'::text, 'paid'::text, 'released'::text])))
);

ALTER TABLE ONLY app.meter_units FORCE ROW LEVEL SECURITY;

CREATE TABLE app.otp_verifications (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    purpose text NOT NULL,
    channel text NOT NULL,
    contact text CONSTRAINT otp_verifications_address_not_null NOT NULL,
    code_hash bytea NOT NULL,
    attempts_left integer NOT NULL,
    network text NOT NULL,
    device_id uuid,
    country text,
    expires_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    verified_at timestamp with time zone,
    spent_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    browser bytea,
    CONSTRAINT otp_verifications_address_check CHECK ((length(contact) <= 254)),
    CONSTRAINT otp_verifications_attempts_left_check CHECK ((attempts_left >= 0)),
    CONSTRAINT otp_verifications_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'email'::text]))),
    CONSTRAINT otp_verifications_country_check CHECK ((length(country) <= 3)),
    CONSTRAINT otp_verifications_network_check CHECK ((length(network) <= 45)),
    CONSTRAINT otp_verifications_purpose_check CHECK ((purpose = ANY (ARRAY['register'::text, 'login'::text, 'reset'::text, 'verify'::text, 'notice'::text])))
);

ALTER TABLE ONLY app.otp_verifications FORCE ROW LEVEL SECURITY;

CREATE TABLE app.outbox (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    payload text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', fillfactor='80');

ALTER TABLE ONLY app.outbox FORCE ROW LEVEL SECURITY;

CREATE TABLE app.passkeys (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    rp_id text NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    is_backup_eligible boolean NOT NULL,
    is_backed_up boolean NOT NULL,
    transports text[] NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    last_used_at timestamp with time zone,
    CONSTRAINT passkeys_check CHECK ((is_backup_eligible OR (NOT is_backed_up))),
    CONSTRAINT passkeys_credential_id_check CHECK (((length(credential_id) >= 16) AND (length(credential_id) <= 1023))),
    CONSTRAINT passkeys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60))),
    CONSTRAINT passkeys_public_key_check CHECK (((length(public_key) >= 1) AND (length(public_key) <= 1024))),
    CONSTRAINT passkeys_rp_id_check CHECK (((length(rp_id) >= 1) AND (length(rp_id) <= 253))),
    CONSTRAINT passkeys_sign_count_check CHECK (((sign_count >= 0) AND (sign_count <= '4294967295'::bigint))),
    CONSTRAINT passkeys_transports_check CHECK ((cardinality(transports) <= 8))
);

ALTER TABLE ONLY app.passkeys FORCE ROW LEVEL SECURITY;

CREATE TABLE app.payment_disputes (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    payment_id uuid NOT NULL,
    provider text NOT NULL,
    provider_dispute_id text CONSTRAINT payment_disputes_dispute_not_null NOT NULL,
    amount bigint NOT NULL,
    status text CONSTRAINT payment_disputes_state_not_null NOT NULL,
    coins integer DEFAULT 0 NOT NULL,
    owed integer DEFAULT 0 NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT payment_disputes_amount_check CHECK ((amount > 0)),
    CONSTRAINT payment_disputes_coins_check CHECK ((coins >= 0)),
    CONSTRAINT payment_disputes_dispute_check CHECK (((length(provider_dispute_id) >= 1) AND (length(provider_dispute_id) <= 500))),
    CONSTRAINT payment_disputes_owed_check CHECK ((owed >= 0)),
    CONSTRAINT payment_disputes_state_check CHECK ((status = ANY (ARRAY['opened'::text, 'won'::text, 'lost'::text])))
);

ALTER TABLE ONLY app.payment_disputes FORCE ROW LEVEL SECURITY;

CREATE TABLE app.payment_fingerprints (
    tenant_id integer NOT NULL,
    payment_id uuid NOT NULL,
    kind text NOT NULL,
    mark bytea NOT NULL,
    user_id uuid NOT NULL,
    trusted boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    key_id text,
    CONSTRAINT payment_fingerprints_key_id_check CHECK ((length(key_id) = 8)),
    CONSTRAINT payment_fingerprints_kind_check CHECK ((kind = ANY (ARRAY['card'::text, 'device'::text]))),
    CONSTRAINT payment_fingerprints_mark_check CHECK ((length(mark) = 32))
);

ALTER TABLE ONLY app.payment_fingerprints FORCE ROW LEVEL SECURITY;

CREATE TABLE app.payment_refunds (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    payment_id uuid NOT NULL,
    status text NOT NULL,
    amount bigint NOT NULL,
    provider_refund_id text,
    acted_by_user_id uuid,
    reason text DEFAULT ''::text NOT NULL,
    problem text,
    coins integer DEFAULT 0 NOT NULL,
    owed integer DEFAULT 0 NOT NULL,
    idempotency_key text,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    done_at timestamp with time zone,
    CONSTRAINT payment_refunds_amount_check CHECK ((amount > 0)),
    CONSTRAINT payment_refunds_check CHECK (((status = 'asked'::text) = (done_at IS NULL))),
    CONSTRAINT payment_refunds_coins_check CHECK ((coins >= 0)),
    CONSTRAINT payment_refunds_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
    CONSTRAINT payment_refunds_owed_check CHECK ((owed >= 0)),
    CONSTRAINT payment_refunds_problem_check CHECK ((length(problem) <= 500)),
    CONSTRAINT payment_refunds_reason_check CHECK ((length(reason) <= 500)),
    CONSTRAINT payment_refunds_refund_check CHECK (((length(provider_refund_id) >= 1) AND (length(provider_refund_id) <= 500))),
    CONSTRAINT payment_refunds_status_check CHECK ((status = ANY (ARRAY['asked'::text, 'done'::text, 'refused'::text])))
);

ALTER TABLE ONLY app.payment_refunds FORCE ROW LEVEL SECURITY;

CREATE TABLE app.payments (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    provider text NOT NULL,
    agreement_id uuid,
    coins integer NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    paid_amount bigint,
    paid_currency text,
    provider_checkout_id text,
    checkout_url text,
    checkout_expires_at timestamp with time zone,
    provider_charge_id text,
    provider_subscription_id text,
    period_begins_at timestamp with time zone,
    period_ends_at timestamp with time zone,
    refunded bigint DEFAULT 0 NOT NULL,
    refund_reversed_at timestamp with time zone,
    coins_clawed_back integer DEFAULT 0 CONSTRAINT payments_coins_taken_back_not_null NOT NULL,
    owed integer DEFAULT 0 NOT NULL,
    problem text,
    problem_detail text,
    release_at timestamp with time zone,
    device_id uuid,
    ip_address text,
    origin text,
    idempotency_key text,
    checked_at timestamp with time zone,
    acknowledged text,
    acknowledge_asked_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    paid_at timestamp with time zone,
    settled_at timestamp with time zone,
    product_id uuid NOT NULL,
    CONSTRAINT payments_acknowledged_check CHECK ((acknowledged = ANY (ARRAY['ours'::text, 'given'::text]))),
    CONSTRAINT payments_address_check CHECK ((length(ip_address) <= 45)),
    CONSTRAINT payments_amount_check CHECK ((amount >= 0)),
    CONSTRAINT payments_charge_check CHECK (((length(provider_charge_id) >= 1) AND (length(provider_charge_id) <= 500))),
    CONSTRAINT payments_check2 CHECK ((((coins_clawed_back >= 0) AND (coins_clawed_back <= coins)) AND (owed <= coins_clawed_back))),
    CONSTRAINT payments_check3 CHECK (((status <> ALL (ARRAY['created'::text, 'pending'::text])) OR (paid_at IS NULL))),
    CONSTRAINT payments_check4 CHECK ((((paid_at IS NULL) AND (paid_amount IS NULL) AND (settled_at IS NULL) AND (refunded = 0)) OR ((paid_at IS NOT NULL) AND (paid_amount IS NOT NULL) AND (paid_currency IS NOT NULL) AND (provider_charge_id IS NOT NULL)))),
    CONSTRAINT payments_check5 CHECK (((status <> 'paid'::text) OR (settled_at IS NOT NULL))),
    CONSTRAINT payments_check6 CHECK (((refunded >= 0) AND (refunded <= COALESCE(paid_amount, (0)::bigint)))),
    CONSTRAINT payments_checkout_check CHECK (((length(provider_checkout_id) >= 1) AND (length(provider_checkout_id) <= 4000))),
    CONSTRAINT payments_checkout_url_check CHECK ((length(checkout_url) <= 4000)),
    CONSTRAINT payments_coins_check CHECK ((coins >= 0)),
    CONSTRAINT payments_coins_of_kind_check CHECK (((kind = 'coins'::text) = (coins > 0))),
    CONSTRAINT payments_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payments_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
    CONSTRAINT payments_kind_check CHECK ((kind ~ '^[a-z][a-z_]{0,39}$'::text)),
    CONSTRAINT payments_origin_check CHECK ((length(origin) <= 300)),
    CONSTRAINT payments_owed_check CHECK ((owed >= 0)),
    CONSTRAINT payments_paid_amount_check CHECK ((paid_amount >= 0)),
    CONSTRAINT payments_paid_currency_check CHECK ((paid_currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payments_problem_check CHECK ((problem ~ '^[a-z_]{1,40}$'::text)),
    CONSTRAINT payments_problem_detail_check CHECK ((length(problem_detail) <= 500)),
    CONSTRAINT payments_provider_check CHECK ((provider = ANY (ARRAY['local'::text, 'stripe'::text, 'iyzico'::text, 'apple'::text, 'google'::text, 'revenuecat'::text]))),
    CONSTRAINT payments_status_check CHECK ((status = ANY (ARRAY['created'::text, 'pending'::text, 'held'::text, 'paid'::text, 'failed'::text, 'expired'::text, 'partly_refunded'::text, 'refunded'::text, 'disputed'::text, 'charged_back'::text]))),
    CONSTRAINT payments_subscription_reference_check CHECK (((length(provider_subscription_id) >= 1) AND (length(provider_subscription_id) <= 500)))
);

ALTER TABLE ONLY app.payments FORCE ROW LEVEL SECURITY;

CREATE TABLE app.provider_accounts (
    tenant_id integer NOT NULL,
    provider text NOT NULL,
    sealed bytea NOT NULL,
    sandbox boolean NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT provider_accounts_provider_check CHECK ((provider = ANY (ARRAY['local'::text, 'stripe'::text, 'iyzico'::text, 'apple'::text, 'google'::text, 'revenuecat'::text])))
);

ALTER TABLE ONLY app.provider_accounts FORCE ROW LEVEL SECURITY;

CREATE TABLE app.push_preferences (
    tenant_id integer NOT NULL,
    user_id uuid NOT NULL,
    muted text[] DEFAULT '{}'::text[] NOT NULL,
    detail text DEFAULT 'kind'::text NOT NULL,
    quiet_from integer,
    quiet_until integer,
    timezone text,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT push_preferences_check CHECK (((num_nulls(quiet_from, quiet_until, timezone) = ANY (ARRAY[0, 3])) AND (quiet_from <> quiet_until))),
    CONSTRAINT push_preferences_detail_check CHECK ((detail = ANY (ARRAY['nothing'::text, 'kind'::text, 'names'::text]))),
    CONSTRAINT push_preferences_muted_check CHECK ((muted <@ ARRAY['message'::text, 'meeting'::text, 'gift'::text, 'money'::text, 'account'::text, 'community'::text])),
    CONSTRAINT push_preferences_quiet_from_check CHECK (((quiet_from >= 0) AND (quiet_from <= 1439))),
    CONSTRAINT push_preferences_quiet_until_check CHECK (((quiet_until >= 0) AND (quiet_until <= 1439))),
    CONSTRAINT push_preferences_timezone_check CHECK (((length(timezone) >= 1) AND (length(timezone) <= 64)))
);

ALTER TABLE ONLY app.push_preferences FORCE ROW LEVEL SECURITY;

CREATE TABLE app.push_subscriptions (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    session_id uuid NOT NULL,
    endpoint text NOT NULL,
    public_key bytea NOT NULL,
    auth_secret bytea NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT push_subscriptions_auth_secret_check CHECK ((length(auth_secret) = 16)),
    CONSTRAINT push_subscriptions_endpoint_check CHECK (((length(endpoint) >= 1) AND (length(endpoint) <= 2048))),
    CONSTRAINT push_subscriptions_public_key_check CHECK ((length(public_key) = 65))
);

ALTER TABLE ONLY app.push_subscriptions FORCE ROW LEVEL SECURITY;

CREATE TABLE app.reconciliation_differences (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    provider text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    payment_id uuid,
    currency text,
    ours bigint,
    theirs bigint,
    status text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    explained_by_user_id uuid,
    first_seen_at timestamp with time zone DEFAULT app.now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT app.now() NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT reconciliation_differences_check CHECK (((status = 'open'::text) = (closed_at IS NULL))),
    CONSTRAINT reconciliation_differences_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT reconciliation_differences_kind_check CHECK ((kind = ANY (ARRAY['missing_here'::text, 'missing_there'::text, 'amount'::text, 'refunded'::text, 'disputed'::text, 'coins'::text]))),
    CONSTRAINT reconciliation_differences_note_check CHECK ((length(note) <= 1000)),
    CONSTRAINT reconciliation_differences_status_check CHECK ((status = ANY (ARRAY['open'::text, 'gone'::text, 'healed'::text, 'explained'::text]))),
    CONSTRAINT reconciliation_differences_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 500)))
);

ALTER TABLE ONLY app.reconciliation_differences FORCE ROW LEVEL SECURITY;

CREATE TABLE app.reconciliations (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    provider text NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    charges integer,
    payments integer,
    complete boolean,
    problem text,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT reconciliations_problem_check CHECK ((length(problem) <= 500))
);

ALTER TABLE ONLY app.reconciliations FORCE ROW LEVEL SECURITY;

CREATE TABLE app.recovery_codes (
    tenant_id integer NOT NULL,
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT recovery_codes_code_hash_check CHECK ((length(code_hash) = 32))
);

ALTER TABLE ONLY app.recovery_codes FORCE ROW LEVEL SECURITY;

CREATE TABLE app.referrals (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    inviter_user_id uuid NOT NULL,
    invited_user_id uuid NOT NULL,
    reward_given boolean DEFAULT false NOT NULL,
    refused text,
    decided_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT referrals_check CHECK ((inviter_user_id <> invited_user_id)),
    CONSTRAINT referrals_check1 CHECK ((NOT (reward_given AND (refused IS NOT NULL)))),
    CONSTRAINT referrals_refused_check CHECK ((refused = ANY (ARRAY['own_device'::text, 'phone_known'::text])))
);

ALTER TABLE ONLY app.referrals FORCE ROW LEVEL SECURITY;

CREATE TABLE app.report_cases (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    suspended_at timestamp with time zone,
    suspended_until timestamp with time zone,
    decision text,
    note text DEFAULT ''::text NOT NULL,
    decided_by_user_id uuid,
    decided_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT report_cases_check CHECK (((status = 'closed'::text) = ((decision IS NOT NULL) AND (decided_at IS NOT NULL)))),
    CONSTRAINT report_cases_check1 CHECK (((suspended_at IS NULL) = (suspended_until IS NULL))),
    CONSTRAINT report_cases_decision_check CHECK ((decision = ANY (ARRAY['dismiss'::text, 'ban'::text, 'person_left'::text]))),
    CONSTRAINT report_cases_note_check CHECK ((length(note) <= 1000)),
    CONSTRAINT report_cases_status_check CHECK ((status = ANY (ARRAY['open'::text, 'closed'::text])))
);

ALTER TABLE ONLY app.report_cases FORCE ROW LEVEL SECURITY;

CREATE TABLE app.sessions (
    tenant_id integer NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    device_id uuid NOT NULL,
    profile_id uuid NOT NULL,
    address_hint text NOT NULL,
    refresh_salt bytea NOT NULL,
    refresh_number integer DEFAULT 0 NOT NULL,
    rotated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT app.now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    end_reason text,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    browser_key bytea,
    newest_used boolean DEFAULT false NOT NULL,
    authenticated_by text DEFAULT 'password'::text NOT NULL,
    CONSTRAINT sessions_address_hint_check CHECK ((length(address_hint) <= 45)),
    CONSTRAINT sessions_authenticated_by_check CHECK ((authenticated_by = ANY (ARRAY['password'::text, 'code'::text, 'totp'::text, 'recovery_code'::text, 'passkey'::text]))),
    CONSTRAINT sessions_browser_key_check CHECK ((length(browser_key) = 65)),
    CONSTRAINT sessions_check CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
    CONSTRAINT sessions_end_reason_check CHECK ((end_reason = ANY (ARRAY['logout'::text, 'revoked'::text, 'token_reuse'::text, 'password'::text, 'banned'::text, 'erased'::text, 'staff'::text, 'too_many'::text, 'second_factor'::text]))),
    CONSTRAINT sessions_refresh_salt_check CHECK ((length(refresh_salt) = 16))
);

ALTER TABLE ONLY app.sessions FORCE ROW LEVEL SECURITY;

CREATE TABLE app.spent_passkey_challenges (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY app.spent_passkey_challenges FORCE ROW LEVEL SECURITY;

CREATE TABLE app.spent_puzzles (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL
);

ALTER TABLE ONLY app.spent_puzzles FORCE ROW LEVEL SECURITY;

CREATE TABLE app.system_logs (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    action text NOT NULL,
    user_id uuid,
    acted_by_user_id uuid,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL
);

ALTER TABLE ONLY app.system_logs FORCE ROW LEVEL SECURITY;

CREATE TABLE app.tenant_configs (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    config_key text NOT NULL,
    config_value jsonb NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT tenant_configs_config_key_check CHECK ((config_key ~ '^[a-z_]+\.[a-z_]+$'::text))
);

ALTER TABLE ONLY app.tenant_configs FORCE ROW LEVEL SECURITY;

CREATE TABLE app.tenant_hosts (
    tenant_id integer NOT NULL,
    host text NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT tenant_hosts_host_check CHECK (((host = lower(host)) AND ((length(host) >= 3) AND (length(host) <= 253))))
);

ALTER TABLE ONLY app.tenant_hosts FORCE ROW LEVEL SECURITY;

ALTER TABLE app.tenants ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.tenants_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE app.ticket_lanes (
    tenant_id integer NOT NULL,
    kind text NOT NULL,
    lane text NOT NULL,
    user_id uuid NOT NULL,
    picky boolean NOT NULL,
    spot point,
    since timestamp with time zone NOT NULL,
    profile_id uuid NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

ALTER TABLE ONLY app.ticket_lanes FORCE ROW LEVEL SECURITY;

CREATE TABLE app.totp_secrets (
    tenant_id integer NOT NULL,
    user_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    sealed_secret bytea NOT NULL,
    used_steps bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    confirmed_at timestamp with time zone,
    CONSTRAINT totp_secrets_sealed_secret_check CHECK ((length(sealed_secret) <= 200)),
    CONSTRAINT totp_secrets_used_steps_check CHECK ((cardinality(used_steps) <= 10))
);

ALTER TABLE ONLY app.totp_secrets FORCE ROW LEVEL SECURITY;

CREATE TABLE app.unaudited_balances (
    tenant_id integer NOT NULL,
    transaction_id uuid NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_insert_threshold='-1');

ALTER TABLE ONLY app.unaudited_balances FORCE ROW LEVEL SECURITY;

CREATE TABLE app.users (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    phone text,
    email text,
    username text,
    password_hash text,
    birth_date date,
    role text DEFAULT 'user'::text NOT NULL,
    language text NOT NULL,
    ban_reason text,
    banned_until timestamp with time zone,
    erased_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    matching_suspended_until timestamp with time zone,
    passkey_handle bytea,
    CONSTRAINT users_ban_reason_check CHECK ((length(ban_reason) <= 200)),
    CONSTRAINT users_check CHECK (((banned_until IS NULL) OR (ban_reason IS NOT NULL))),
    CONSTRAINT users_check1 CHECK (((erased_at IS NOT NULL) OR ((password_hash IS NOT NULL) AND (birth_date IS NOT NULL)))),
    CONSTRAINT users_check2 CHECK (((erased_at IS NOT NULL) OR (num_nonnulls(phone, email, username) > 0))),
    CONSTRAINT users_check3 CHECK (((erased_at IS NULL) OR (num_nonnulls(phone, email, username, password_hash, birth_date) = 0))),
    CONSTRAINT users_check4 CHECK (((erased_at IS NULL) OR (passkey_handle IS NULL))),
    CONSTRAINT users_email_check CHECK (((email = lower(email)) AND (length(email) <= 254))),
    CONSTRAINT users_language_check CHECK ((language = ANY (ARRAY['tr'::text, 'en'::text]))),
    CONSTRAINT users_passkey_handle_check CHECK ((length(passkey_handle) = 32)),
    CONSTRAINT users_password_hash_check CHECK ((length(password_hash) <= 255)),
    CONSTRAINT users_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['user'::text, 'creator'::text, 'moderator'::text, 'admin'::text, 'owner'::text]))),
    CONSTRAINT users_username_check CHECK ((username ~ '^[a-z0-9_.]{3,30}$'::text))
);

ALTER TABLE ONLY app.users FORCE ROW LEVEL SECURITY;

CREATE TABLE app.wallet_freezes (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    reason text NOT NULL,
    frozen_by_user_id uuid,
    thawed_at timestamp with time zone,
    thawed_by_user_id uuid,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT wallet_freezes_reason_check CHECK ((length(reason) <= 200))
);

ALTER TABLE ONLY app.wallet_freezes FORCE ROW LEVEL SECURITY;

CREATE TABLE app.webhook_events (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    provider text NOT NULL,
    event_id text NOT NULL,
    payload jsonb NOT NULL,
    payment_id uuid,
    problem text,
    attempts integer DEFAULT 0 CONSTRAINT webhook_events_tries_not_null NOT NULL,
    received_at timestamp with time zone DEFAULT app.now() NOT NULL,
    read_at timestamp with time zone,
    CONSTRAINT webhook_events_event_id_check CHECK (((length(event_id) >= 1) AND (length(event_id) <= 500))),
    CONSTRAINT webhook_events_problem_check CHECK ((length(problem) <= 500))
);

ALTER TABLE ONLY app.webhook_events FORCE ROW LEVEL SECURITY;

ALTER TABLE ONLY app.audited_balances
    ADD CONSTRAINT audited_balances_pkey PRIMARY KEY (tenant_id, account_id, stripe);

ALTER TABLE ONLY app.bans
    ADD CONSTRAINT bans_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.billing_customers
    ADD CONSTRAINT billing_customers_pkey PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY app.billing_customers
    ADD CONSTRAINT billing_customers_tenant_id_reference_key UNIQUE (tenant_id, customer_reference);

ALTER TABLE ONLY app.blocks
    ADD CONSTRAINT blocks_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.bonus_quota
    ADD CONSTRAINT bonus_quota_pkey PRIMARY KEY (tenant_id, user_id, kind);

ALTER TABLE ONLY app.claims
    ADD CONSTRAINT claims_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.claims
    ADD CONSTRAINT claims_tenant_id_user_id_match_id_key UNIQUE (tenant_id, user_id, match_id);

ALTER TABLE ONLY app.code_requests
    ADD CONSTRAINT code_requests_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.coin_adjustments
    ADD CONSTRAINT coin_adjustments_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.coin_adjustments
    ADD CONSTRAINT coin_adjustments_tenant_id_idempotency_key_key UNIQUE (tenant_id, idempotency_key);

ALTER TABLE ONLY app.coin_entries
    ADD CONSTRAINT coin_entries_pkey PRIMARY KEY (tenant_id, transaction_id, account_id);

ALTER TABLE ONLY app.coin_holds
    ADD CONSTRAINT coin_holds_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.coin_packages
    ADD CONSTRAINT coin_packages_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.coin_packages
    ADD CONSTRAINT coin_packages_tenant_id_store_product_id_key UNIQUE (tenant_id, store_product_id);

ALTER TABLE ONLY app.coin_transactions
    ADD CONSTRAINT coin_transactions_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.conversation_members
    ADD CONSTRAINT conversation_members_pkey PRIMARY KEY (tenant_id, conversation_id, profile_id);

ALTER TABLE ONLY app.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.daily_quota
    ADD CONSTRAINT daily_quota_pkey PRIMARY KEY (tenant_id, user_id, kind, day);

ALTER TABLE ONLY app.decoy_keys
    ADD CONSTRAINT decoy_keys_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY app.deferred_events
    ADD CONSTRAINT deferred_events_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.deferred_events
    ADD CONSTRAINT deferred_events_tenant_id_provider_subject_event_id_key UNIQUE (tenant_id, provider, subject, event_id);

ALTER TABLE ONLY app.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.encounters
    ADD CONSTRAINT encounters_pkey PRIMARY KEY (tenant_id, first_profile_id, second_profile_id);

ALTER TABLE ONLY app.former_accounts
    ADD CONSTRAINT former_accounts_pkey PRIMARY KEY (tenant_id, user_id, mark);

ALTER TABLE ONLY app.fraud_cases
    ADD CONSTRAINT fraud_cases_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.fraud_cases
    ADD CONSTRAINT fraud_cases_tenant_id_payment_id_key UNIQUE (tenant_id, payment_id);

ALTER TABLE ONLY app.gifts
    ADD CONSTRAINT gifts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.gifts_sent
    ADD CONSTRAINT gifts_sent_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.gifts_sent
    ADD CONSTRAINT gifts_sent_tenant_id_idempotency_key_key UNIQUE (tenant_id, idempotency_key);

ALTER TABLE ONLY app.identity_keys
    ADD CONSTRAINT identity_keys_pkey PRIMARY KEY (tenant_id, profile_id);

ALTER TABLE ONLY app.identity_transfers
    ADD CONSTRAINT identity_transfers_pkey PRIMARY KEY (tenant_id, profile_id);

ALTER TABLE ONLY app.invite_codes
    ADD CONSTRAINT invite_codes_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.invite_codes
    ADD CONSTRAINT invite_codes_tenant_id_code_key UNIQUE (tenant_id, code);

ALTER TABLE ONLY app.invite_codes
    ADD CONSTRAINT invite_codes_tenant_id_profile_id_key UNIQUE (tenant_id, profile_id);

ALTER TABLE ONLY app.kept_apart
    ADD CONSTRAINT kept_apart_pkey PRIMARY KEY (tenant_id, mark, other_mark);

ALTER TABLE ONLY app.key_packages
    ADD CONSTRAINT key_packages_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.key_packages
    ADD CONSTRAINT key_packages_tenant_id_profile_id_device_id_digest_key UNIQUE (tenant_id, profile_id, device_id, digest);

ALTER TABLE ONLY app.known_contacts
    ADD CONSTRAINT known_contacts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.known_contacts
    ADD CONSTRAINT known_contacts_tenant_id_contact_hash_key UNIQUE (tenant_id, contact_hash);

ALTER TABLE ONLY app.ledger_accounts
    ADD CONSTRAINT ledger_accounts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.ledger_audits
    ADD CONSTRAINT ledger_audits_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.ledger_balances
    ADD CONSTRAINT ledger_balances_pkey PRIMARY KEY (tenant_id, account_id, stripe);

ALTER TABLE ONLY app.legal_acceptances
    ADD CONSTRAINT legal_acceptances_pkey PRIMARY KEY (tenant_id, user_id, text_id);

ALTER TABLE ONLY app.legal_texts
    ADD CONSTRAINT legal_texts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.legal_texts
    ADD CONSTRAINT legal_texts_tenant_id_kind_language_version_key UNIQUE (tenant_id, kind, language, version);

ALTER TABLE ONLY app.login_attempts
    ADD CONSTRAINT login_attempts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.login_attempts
    ADD CONSTRAINT login_attempts_tenant_id_scope_key_key UNIQUE (tenant_id, scope, key);

ALTER TABLE ONLY app.login_challenges
    ADD CONSTRAINT login_challenges_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.match_slots
    ADD CONSTRAINT match_slots_pkey PRIMARY KEY (tenant_id, user_id, type);

ALTER TABLE ONLY app.matches
    ADD CONSTRAINT matches_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.message_logs
    ADD CONSTRAINT message_logs_pkey PRIMARY KEY (tenant_id, conversation_id, seq);

ALTER TABLE ONLY app.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (tenant_id, conversation_id, seq);

ALTER TABLE ONLY app.meter_units
    ADD CONSTRAINT meter_units_pkey PRIMARY KEY (tenant_id, meter_id, number);

ALTER TABLE ONLY app.meter_units
    ADD CONSTRAINT meter_units_tenant_id_hold_id_key UNIQUE (tenant_id, hold_id);

ALTER TABLE ONLY app.meter_units
    ADD CONSTRAINT meter_units_tenant_id_transaction_id_key UNIQUE (tenant_id, transaction_id);

ALTER TABLE ONLY app.meters
    ADD CONSTRAINT meters_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.meters
    ADD CONSTRAINT meters_tenant_id_idempotency_key_key UNIQUE (tenant_id, idempotency_key);

ALTER TABLE ONLY app.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.otp_verifications
    ADD CONSTRAINT otp_verifications_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.passkeys
    ADD CONSTRAINT passkeys_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.passkeys
    ADD CONSTRAINT passkeys_tenant_id_rp_id_credential_id_key UNIQUE (tenant_id, rp_id, credential_id);

ALTER TABLE ONLY app.payment_disputes
    ADD CONSTRAINT payment_disputes_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.payment_disputes
    ADD CONSTRAINT payment_disputes_tenant_id_provider_dispute_key UNIQUE (tenant_id, provider, provider_dispute_id);

ALTER TABLE ONLY app.payment_fingerprints
    ADD CONSTRAINT payment_fingerprints_pkey PRIMARY KEY (tenant_id, payment_id, kind, mark);

ALTER TABLE ONLY app.payment_refunds
    ADD CONSTRAINT payment_refunds_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.payment_refunds
    ADD CONSTRAINT payment_refunds_tenant_id_payment_id_idempotency_key_key UNIQUE (tenant_id, payment_id, idempotency_key);

ALTER TABLE ONLY app.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.payments
    ADD CONSTRAINT payments_tenant_id_provider_charge_key UNIQUE (tenant_id, provider, provider_charge_id);

ALTER TABLE ONLY app.payments
    ADD CONSTRAINT payments_tenant_id_user_id_idempotency_key_key UNIQUE (tenant_id, user_id, idempotency_key);

ALTER TABLE ONLY app.premium_plans
    ADD CONSTRAINT premium_plans_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.premium_plans
    ADD CONSTRAINT premium_plans_tenant_id_store_product_id_key UNIQUE (tenant_id, store_product_id);

ALTER TABLE ONLY app.profiles
    ADD CONSTRAINT profiles_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.provider_accounts
    ADD CONSTRAINT provider_accounts_pkey PRIMARY KEY (tenant_id, provider);

ALTER TABLE ONLY app.push_preferences
    ADD CONSTRAINT push_preferences_pkey PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY app.push_subscriptions
    ADD CONSTRAINT push_subscriptions_endpoint_key UNIQUE (endpoint);

ALTER TABLE ONLY app.push_subscriptions
    ADD CONSTRAINT push_subscriptions_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.push_subscriptions
    ADD CONSTRAINT push_subscriptions_tenant_id_session_id_key UNIQUE (tenant_id, session_id);

ALTER TABLE ONLY app.reconciliation_differences
    ADD CONSTRAINT reconciliation_differences_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.reconciliation_differences
    ADD CONSTRAINT reconciliation_differences_tenant_id_provider_kind_subject_key UNIQUE (tenant_id, provider, kind, subject);

ALTER TABLE ONLY app.reconciliations
    ADD CONSTRAINT reconciliations_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (tenant_id, user_id, code_hash);

ALTER TABLE ONLY app.referrals
    ADD CONSTRAINT referrals_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.referrals
    ADD CONSTRAINT referrals_tenant_id_invited_user_id_key UNIQUE (tenant_id, invited_user_id);

ALTER TABLE ONLY app.report_cases
    ADD CONSTRAINT report_cases_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.reports
    ADD CONSTRAINT reports_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.reports
    ADD CONSTRAINT reports_tenant_id_reporter_user_id_reported_profile_id_key UNIQUE (tenant_id, reporter_user_id, reported_profile_id);

ALTER TABLE ONLY app.restore_journal
    ADD CONSTRAINT restore_journal_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.sms_spendings
    ADD CONSTRAINT sms_spendings_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.spent_passkey_challenges
    ADD CONSTRAINT spent_passkey_challenges_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.spent_puzzles
    ADD CONSTRAINT spent_puzzles_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.subscriptions
    ADD CONSTRAINT subscriptions_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.subscriptions
    ADD CONSTRAINT subscriptions_tenant_id_provider_reference_key UNIQUE (tenant_id, provider, provider_subscription_id);

ALTER TABLE ONLY app.subscriptions
    ADD CONSTRAINT subscriptions_tenant_id_user_id_idempotency_key_key UNIQUE (tenant_id, user_id, idempotency_key);

ALTER TABLE ONLY app.system_logs
    ADD CONSTRAINT system_logs_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.tenant_configs
    ADD CONSTRAINT tenant_configs_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.tenant_configs
    ADD CONSTRAINT tenant_configs_tenant_id_config_key_key UNIQUE (tenant_id, config_key);

ALTER TABLE ONLY app.tenant_hosts
    ADD CONSTRAINT tenant_hosts_host_key UNIQUE (host);

ALTER TABLE ONLY app.tenant_hosts
    ADD CONSTRAINT tenant_hosts_pkey PRIMARY KEY (tenant_id, host);

ALTER TABLE ONLY app.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.tenants
    ADD CONSTRAINT tenants_slug_key UNIQUE (slug);

ALTER TABLE ONLY app.ticket_lanes
    ADD CONSTRAINT ticket_lanes_pkey PRIMARY KEY (tenant_id, user_id, kind, lane);

ALTER TABLE ONLY app.tickets
    ADD CONSTRAINT tickets_pkey PRIMARY KEY (tenant_id, user_id, kind);

ALTER TABLE ONLY app.totp_secrets
    ADD CONSTRAINT totp_secrets_pkey PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY app.unaudited_balances
    ADD CONSTRAINT unaudited_balances_pkey PRIMARY KEY (tenant_id, transaction_id);

ALTER TABLE ONLY app.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.wallet_freezes
    ADD CONSTRAINT wallet_freezes_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.webhook_events
    ADD CONSTRAINT webhook_events_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.webhook_events
    ADD CONSTRAINT webhook_events_tenant_id_provider_event_id_key UNIQUE (tenant_id, provider, event_id);

CREATE INDEX bans_of_user ON app.bans USING btree (tenant_id, user_id, id DESC);

CREATE UNIQUE INDEX bans_one_open ON app.bans USING btree (tenant_id, user_id) WHERE (lifted_at IS NULL);

CREATE INDEX blocks_apart ON app.blocks USING btree (tenant_id, blocker_user_id, blocked_user_id) WHERE (blocker_user_id IS NOT NULL);

CREATE INDEX blocks_apart_reversed ON app.blocks USING btree (tenant_id, blocked_user_id, blocker_user_id) WHERE (blocked_user_id IS NOT NULL);

CREATE INDEX blocks_of_blocked_profile ON app.blocks USING btree (tenant_id, blocked_profile_id) WHERE (blocked_profile_id IS NOT NULL);

CREATE INDEX blocks_of_blocker ON app.blocks USING btree (tenant_id, blocker_user_id, id DESC) WHERE (blocker_user_id IS NOT NULL);

CREATE UNIQUE INDEX blocks_of_two_faces ON app.blocks USING btree (tenant_id, blocker_profile_id, blocked_profile_id) WHERE ((lifted_at IS NULL) AND (blocker_profile_id IS NOT NULL));

CREATE INDEX claims_of_match ON app.claims USING btree (tenant_id, match_id) WHERE (match_id IS NOT NULL);

CREATE INDEX claims_of_profile ON app.claims USING btree (tenant_id, profile_id, id) WHERE (profile_id IS NOT NULL);

CREATE INDEX claims_pending ON app.claims USING btree (tenant_id, created_at) WHERE (status = 'pending'::text);

CREATE INDEX code_requests_contact ON app.code_requests USING btree (contact_hash, created_at);

CREATE INDEX code_requests_created ON app.code_requests USING btree (tenant_id, created_at);

CREATE INDEX code_requests_network ON app.code_requests USING btree (tenant_id, network_hash, created_at);

CREATE INDEX coin_adjustments_by_actor ON app.coin_adjustments USING btree (tenant_id, acted_by_user_id, created_at);

CREATE INDEX coin_adjustments_of_user ON app.coin_adjustments USING btree (tenant_id, user_id, id DESC);

CREATE INDEX coin_adjustments_transfer ON app.coin_adjustments USING btree (tenant_id, transaction_id);

CREATE INDEX coin_entries_of_account ON app.coin_entries USING btree (tenant_id, account_id, created_at) INCLUDE (amount) WHERE (account_id IS NOT NULL);

CREATE INDEX coin_holds_of_transaction ON app.coin_holds USING btree (tenant_id, transaction_id) WHERE (transaction_id IS NOT NULL);

CREATE INDEX coin_holds_open ON app.coin_holds USING btree (tenant_id, user_id) WHERE ((status = 'open'::text) AND (user_id IS NOT NULL));

CREATE UNIQUE INDEX coin_holds_tenant_id_idempotency_key_key ON app.coin_holds USING btree (tenant_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX coin_holds_to_expire ON app.coin_holds USING btree (tenant_id, expires_at) WHERE ((status = 'open'::text) AND (expires_at IS NOT NULL));

CREATE INDEX coin_holds_unproved ON app.coin_holds USING btree (tenant_id, user_id) WHERE (NOT proved);

CREATE INDEX coin_transactions_by_day ON app.coin_transactions USING brin (tenant_id, created_at);

CREATE UNIQUE INDEX coin_transactions_tenant_id_idempotency_key_key ON app.coin_transactions USING btree (tenant_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX conversation_members_of_profile ON app.conversation_members USING btree (tenant_id, profile_id, conversation_id) WHERE (profile_id IS NOT NULL);

CREATE INDEX conversation_members_of_user ON app.conversation_members USING btree (tenant_id, user_id) WHERE (user_id IS NOT NULL);

CREATE UNIQUE INDEX conversations_tenant_id_match_id_key ON app.conversations USING btree (tenant_id, match_id) WHERE (match_id IS NOT NULL);

CREATE INDEX conversations_to_purge ON app.conversations USING btree (tenant_id, expires_at) WHERE ((purged_at IS NULL) AND (expires_at IS NOT NULL));

CREATE INDEX deferred_events_by_age ON app.deferred_events USING btree (tenant_id, received_at);

CREATE UNIQUE INDEX devices_tenant_id_user_id_client_id_key ON app.devices USING btree (tenant_id, user_id, client_id) WHERE (user_id IS NOT NULL);

CREATE INDEX encounters_of_first ON app.encounters USING btree (tenant_id, first_profile_id, met_at) WHERE (first_profile_id IS NOT NULL);

CREATE INDEX encounters_of_second ON app.encounters USING btree (tenant_id, second_profile_id, met_at) WHERE (second_profile_id IS NOT NULL);

CREATE INDEX former_accounts_of_mark ON app.former_accounts USING btree (tenant_id, mark);

CREATE INDEX fraud_cases_due ON app.fraud_cases USING btree (tenant_id, release_at) WHERE ((status = 'open'::text) AND (outcome = 'delay'::text));

CREATE INDEX fraud_cases_of_gifts ON app.fraud_cases USING btree (tenant_id, user_id) WHERE (ring IS NOT NULL);

CREATE INDEX fraud_cases_of_user ON app.fraud_cases USING btree (tenant_id, user_id, created_at);

CREATE INDEX fraud_cases_queue ON app.fraud_cases USING btree (tenant_id, status, id) WHERE (status <> 'allowed'::text);

CREATE INDEX gifts_sent_between ON app.gifts_sent USING btree (tenant_id, giver_profile_id, receiver_profile_id, id DESC);

CREATE INDEX gifts_sent_by ON app.gifts_sent USING btree (tenant_id, giver_profile_id, id DESC);

CREATE INDEX gifts_sent_by_person ON app.gifts_sent USING btree (tenant_id, giver_user_id, created_at);

CREATE INDEX gifts_sent_by_time ON app.gifts_sent USING btree (tenant_id, created_at) INCLUDE (giver_user_id, receiver_user_id, coins);

CREATE INDEX gifts_sent_to ON app.gifts_sent USING btree (tenant_id, receiver_profile_id, id DESC);

CREATE INDEX gifts_sent_to_person ON app.gifts_sent USING btree (tenant_id, receiver_user_id, created_at);

CREATE INDEX identity_keys_of_user ON app.identity_keys USING btree (tenant_id, user_id);

CREATE INDEX identity_transfers_expired ON app.identity_transfers USING btree (tenant_id, expires_at);

CREATE INDEX identity_transfers_of_user ON app.identity_transfers USING btree (tenant_id, user_id);

CREATE INDEX invite_codes_of_user ON app.invite_codes USING btree (tenant_id, user_id);

CREATE INDEX kept_apart_reversed ON app.kept_apart USING btree (tenant_id, other_mark);

CREATE INDEX key_packages_of_user ON app.key_packages USING btree (tenant_id, user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX known_contacts_left ON app.known_contacts USING btree (tenant_id, left_at) WHERE (left_at IS NOT NULL);

CREATE INDEX known_contacts_of_user ON app.known_contacts USING btree (tenant_id, user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX ledger_accounts_of_user ON app.ledger_accounts USING btree (tenant_id, user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX legal_acceptances_of_text ON app.legal_acceptances USING btree (tenant_id, text_id);

CREATE INDEX legal_texts_published_by ON app.legal_texts USING btree (tenant_id, published_by_user_id);

CREATE INDEX login_attempts_last ON app.login_attempts USING btree (tenant_id, last_try_at);

CREATE INDEX login_challenges_expiry ON app.login_challenges USING btree (tenant_id, expires_at);

CREATE INDEX login_challenges_of_user ON app.login_challenges USING btree (tenant_id, user_id);

CREATE INDEX match_slots_of_match ON app.match_slots USING btree (tenant_id, match_id) WHERE (match_id IS NOT NULL);

CREATE INDEX matches_of_first ON app.matches USING btree (tenant_id, profile1_id, profile2_id) WHERE (profile1_id IS NOT NULL);

CREATE INDEX matches_of_second ON app.matches USING btree (tenant_id, profile2_id, profile1_id) WHERE (profile2_id IS NOT NULL);

CREATE UNIQUE INDEX matches_one_like ON app.matches USING btree (tenant_id, LEAST(user1_id, user2_id), GREATEST(user1_id, user2_id)) WHERE (type = 'like'::text);

CREATE INDEX matches_to_end ON app.matches USING btree (tenant_id, expires_at) WHERE ((status = 'active'::text) AND (expires_at IS NOT NULL));

CREATE INDEX message_logs_of_sender ON app.message_logs USING btree (tenant_id, sender_user_id) WHERE (sender_user_id IS NOT NULL);

CREATE INDEX message_logs_written ON app.message_logs USING btree (tenant_id, conversation_id, sender_user_id, sent_at) WHERE ((kind = 'text'::text) AND (conversation_id IS NOT NULL));

CREATE UNIQUE INDEX messages_tenant_id_conversation_id_sender_profile_id_id_key ON app.messages USING btree (tenant_id, conversation_id, sender_profile_id, id) WHERE (id IS NOT NULL);

CREATE UNIQUE INDEX meter_units_one_held ON app.meter_units USING btree (tenant_id, meter_id) WHERE (status = 'held'::text);

CREATE INDEX meters_of_payee ON app.meters USING btree (tenant_id, payee_user_id, id);

CREATE INDEX meters_of_payer ON app.meters USING btree (tenant_id, payer_user_id, id);

CREATE INDEX meters_of_subject ON app.meters USING btree (tenant_id, subject_id);

CREATE INDEX meters_running ON app.meters USING btree (tenant_id, id) WHERE (ended_at IS NULL);

CREATE INDEX notifications_by_age ON app.notifications USING btree (tenant_id, created_at) WHERE (created_at IS NOT NULL);

CREATE INDEX notifications_of_user ON app.notifications USING btree (tenant_id, user_id, id DESC) WHERE (user_id IS NOT NULL);

CREATE INDEX notifications_unread ON app.notifications USING btree (tenant_id, user_id, id) WHERE ((read_at IS NULL) AND (user_id IS NOT NULL));

CREATE INDEX otp_verifications_address ON app.otp_verifications USING btree (tenant_id, contact, created_at);

CREATE INDEX otp_verifications_created ON app.otp_verifications USING btree (tenant_id, created_at);

CREATE INDEX otp_verifications_network ON app.otp_verifications USING btree (tenant_id, network, created_at);

CREATE INDEX passkeys_of_user ON app.passkeys USING btree (tenant_id, user_id);

CREATE INDEX payment_disputes_of_payment ON app.payment_disputes USING btree (tenant_id, payment_id, id);

CREATE INDEX payment_fingerprints_by_age ON app.payment_fingerprints USING btree (tenant_id, created_at);

CREATE INDEX payment_fingerprints_of_user ON app.payment_fingerprints USING btree (tenant_id, user_id, created_at);

CREATE INDEX payment_fingerprints_same ON app.payment_fingerprints USING btree (tenant_id, mark, created_at);

CREATE INDEX payment_refunds_asked ON app.payment_refunds USING btree (tenant_id, created_at) WHERE (status = 'asked'::text);

CREATE INDEX payment_refunds_by_day ON app.payment_refunds USING btree (tenant_id, done_at) WHERE (status = 'done'::text);

CREATE INDEX payment_refunds_of_payment ON app.payment_refunds USING btree (tenant_id, payment_id, id);

CREATE INDEX payments_by_amount ON app.payments USING btree (tenant_id, COALESCE(paid_currency, currency), COALESCE(paid_amount, amount), id);

CREATE INDEX payments_by_checkout ON app.payments USING btree (tenant_id, provider, provider_checkout_id);

CREATE INDEX payments_by_day ON app.payments USING btree (tenant_id, paid_at) INCLUDE (provider, paid_currency, paid_amount) WHERE (paid_at IS NOT NULL);

CREATE INDEX payments_by_time ON app.payments USING btree (tenant_id, provider, paid_at);

CREATE INDEX payments_held ON app.payments USING btree (tenant_id, release_at) WHERE (status = 'held'::text);

CREATE INDEX payments_listed ON app.payments USING btree (tenant_id, created_at, id);

CREATE INDEX payments_of_agreement ON app.payments USING btree (tenant_id, agreement_id) WHERE (agreement_id IS NOT NULL);

CREATE INDEX payments_of_device ON app.payments USING btree (tenant_id, device_id) WHERE (device_id IS NOT NULL);

CREATE INDEX payments_of_status ON app.payments USING btree (tenant_id, status, created_at, id);

CREATE INDEX payments_of_user ON app.payments USING btree (tenant_id, user_id, id DESC);

CREATE INDEX payments_open ON app.payments USING btree (tenant_id, created_at) WHERE (status = ANY (ARRAY['created'::text, 'pending'::text]));

CREATE INDEX payments_unacknowledged ON app.payments USING btree (tenant_id, paid_at) WHERE ((provider = 'google'::text) AND (paid_at IS NOT NULL) AND (acknowledged IS DISTINCT FROM 'given'::text));

CREATE UNIQUE INDEX profiles_alias_tag ON app.profiles USING btree (tenant_id, alias_key, tag) WHERE (alias <> ''::text);

CREATE INDEX profiles_by_name ON app.profiles USING btree (tenant_id, alias_key text_pattern_ops, tag) WHERE ((face = 'real'::text) AND (alias <> ''::text));

CREATE UNIQUE INDEX profiles_tenant_id_user_id_face_key ON app.profiles USING btree (tenant_id, user_id, face) WHERE (user_id IS NOT NULL);

CREATE INDEX push_subscriptions_of_user ON app.push_subscriptions USING btree (tenant_id, user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX reconciliation_differences_open ON app.reconciliation_differences USING btree (tenant_id, first_seen_at) WHERE (status = 'open'::text);

CREATE INDEX reconciliations_by_time ON app.reconciliations USING btree (tenant_id, created_at);

CREATE INDEX referrals_of_inviter ON app.referrals USING btree (tenant_id, inviter_user_id, id DESC);

CREATE INDEX report_cases_of_user ON app.report_cases USING btree (tenant_id, user_id, id DESC);

CREATE UNIQUE INDEX report_cases_one_open ON app.report_cases USING btree (tenant_id, user_id) WHERE (status = 'open'::text);

CREATE INDEX report_cases_queue ON app.report_cases USING btree (tenant_id, status, id DESC);

CREATE INDEX reports_about ON app.reports USING btree (tenant_id, reported_user_id, reporter_user_id);

CREATE INDEX reports_of_case ON app.reports USING btree (tenant_id, case_id, id);

CREATE INDEX restore_journal_waiting ON app.restore_journal USING btree (tenant_id, id) WHERE (shipped_at IS NULL);

CREATE INDEX sessions_device ON app.sessions USING btree (tenant_id, device_id) WHERE (device_id IS NOT NULL);

CREATE INDEX sessions_ended ON app.sessions USING btree (tenant_id, ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX sessions_user ON app.sessions USING btree (tenant_id, user_id) WHERE ((ended_at IS NULL) AND (user_id IS NOT NULL));

CREATE INDEX sms_spendings_day ON app.sms_spendings USING btree (day);

CREATE UNIQUE INDEX sms_spendings_returned ON app.sms_spendings USING btree (tenant_id, otp_id) WHERE (cents < 0);

CREATE INDEX spent_passkey_challenges_expires ON app.spent_passkey_challenges USING btree (tenant_id, expires_at);

CREATE INDEX spent_puzzles_expires ON app.spent_puzzles USING btree (tenant_id, expires_at);

CREATE INDEX subscriptions_due ON app.subscriptions USING btree (tenant_id, period_ends_at) WHERE ((status <> 'expired'::text) AND (period_ends_at IS NOT NULL));

CREATE INDEX subscriptions_next_plan ON app.subscriptions USING btree (tenant_id, next_plan_at) WHERE (next_plan_at IS NOT NULL);

CREATE INDEX subscriptions_of_user ON app.subscriptions USING btree (tenant_id, user_id, id DESC) WHERE (user_id IS NOT NULL);

CREATE INDEX subscriptions_running ON app.subscriptions USING btree (tenant_id, user_id) WHERE ((status <> 'expired'::text) AND (user_id IS NOT NULL));

CREATE INDEX subscriptions_unclaimed ON app.subscriptions USING btree (tenant_id) WHERE (acknowledgement_token IS NOT NULL);

CREATE INDEX system_logs_contact_lookups ON app.system_logs USING btree (tenant_id, created_at) WHERE (action = 'contact_looked_up'::text);

CREATE INDEX system_logs_user ON app.system_logs USING btree (tenant_id, user_id, id DESC);

CREATE INDEX ticket_lanes_near ON app.ticket_lanes USING gist (tenant_id, kind, lane, spot) WHERE picky;

CREATE INDEX ticket_lanes_open ON app.ticket_lanes USING btree (tenant_id, kind, lane, since) WHERE (NOT picky);

CREATE INDEX tickets_new ON app.tickets USING btree (tenant_id, kind, created_at) WHERE ((searched_at IS NULL) AND (away_since IS NULL));

CREATE INDEX tickets_searched ON app.tickets USING btree (tenant_id, kind, searched_at) WHERE ((away_since IS NULL) AND (searched_at IS NOT NULL));

CREATE UNIQUE INDEX users_tenant_id_email_key ON app.users USING btree (tenant_id, email) WHERE (email IS NOT NULL);

CREATE UNIQUE INDEX users_tenant_id_phone_key ON app.users USING btree (tenant_id, phone) WHERE (phone IS NOT NULL);

CREATE UNIQUE INDEX users_tenant_id_username_key ON app.users USING btree (tenant_id, username) WHERE (username IS NOT NULL);

CREATE UNIQUE INDEX wallet_freezes_now ON app.wallet_freezes USING btree (tenant_id, user_id) WHERE ((thawed_at IS NULL) AND (user_id IS NOT NULL));

CREATE INDEX wallet_freezes_of_user ON app.wallet_freezes USING btree (tenant_id, user_id, id DESC) WHERE (user_id IS NOT NULL);

CREATE INDEX webhook_events_by_age ON app.webhook_events USING btree (tenant_id, received_at);

CREATE INDEX webhook_events_of_payment ON app.webhook_events USING btree (tenant_id, payment_id) WHERE (payment_id IS NOT NULL);

CREATE INDEX webhook_events_unread ON app.webhook_events USING btree (tenant_id, received_at) WHERE (read_at IS NULL);

CREATE TRIGGER keep_lanes AFTER INSERT OR UPDATE OF widened, away_since, languages, max_distance_km ON app.tickets FOR EACH ROW EXECUTE FUNCTION app.sync_ticket_lanes();

CREATE TRIGGER note_change_for_restore AFTER UPDATE OF ban_reason, banned_until ON app.known_contacts FOR EACH ROW WHEN (((new.ban_reason IS DISTINCT FROM old.ban_reason) OR (new.banned_until IS DISTINCT FROM old.banned_until))) EXECUTE FUNCTION app.note_for_restore('contact_ban', 'contact_hash', 'ban_reason', 'banned_until');

CREATE TRIGGER note_for_restore AFTER INSERT OR UPDATE OF reason, until, lifted_at ON app.bans FOR EACH ROW EXECUTE FUNCTION app.note_for_restore('ban', 'user_id', 'reason', 'until', 'lifted_at');

CREATE TRIGGER note_for_restore AFTER INSERT ON app.blocks FOR EACH ROW EXECUTE FUNCTION app.note_for_restore('block', 'blocker_profile_id', 'blocked_profile_id', 'scope');

CREATE TRIGGER note_for_restore AFTER INSERT ON app.known_contacts FOR EACH ROW WHEN ((new.ban_reason IS NOT NULL)) EXECUTE FUNCTION app.note_for_restore('contact_ban', 'contact_hash', 'ban_reason', 'banned_until');

CREATE TRIGGER note_for_restore AFTER DELETE ON app.passkeys FOR EACH ROW EXECUTE FUNCTION app.note_for_restore('passkey', 'id', 'user_id');

CREATE TRIGGER note_for_restore AFTER UPDATE OF erased_at ON app.users FOR EACH ROW WHEN (((new.erased_at IS NOT NULL) AND (old.erased_at IS NULL))) EXECUTE FUNCTION app.note_for_restore('erasure', 'id');

CREATE TRIGGER note_for_restore AFTER INSERT OR UPDATE OF thawed_at ON app.wallet_freezes FOR EACH ROW EXECUTE FUNCTION app.note_for_restore('freeze', 'user_id', 'thawed_at');

CREATE TRIGGER note_role_for_restore AFTER UPDATE OF role ON app.users FOR EACH ROW WHEN (((new.role <> old.role) AND (new.erased_at IS NULL))) EXECUTE FUNCTION app.note_for_restore('role', 'id', 'role');

ALTER TABLE ONLY app.bans
    ADD CONSTRAINT bans_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.bans
    ADD CONSTRAINT bans_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.billing_customers
    ADD CONSTRAINT billing_customers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.billing_customers
    ADD CONSTRAINT billing_customers_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.blocks
    ADD CONSTRAINT blocks_tenant_id_blocked_profile_id_fkey FOREIGN KEY (tenant_id, blocked_profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.blocks
    ADD CONSTRAINT blocks_tenant_id_blocked_user_id_fkey FOREIGN KEY (tenant_id, blocked_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.blocks
    ADD CONSTRAINT blocks_tenant_id_blocker_profile_id_fkey FOREIGN KEY (tenant_id, blocker_profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.blocks
    ADD CONSTRAINT blocks_tenant_id_blocker_user_id_fkey FOREIGN KEY (tenant_id, blocker_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.blocks
    ADD CONSTRAINT blocks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.bonus_quota
    ADD CONSTRAINT bonus_quota_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.bonus_quota
    ADD CONSTRAINT bonus_quota_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.claims
    ADD CONSTRAINT claims_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.claims
    ADD CONSTRAINT claims_tenant_id_match_id_fkey FOREIGN KEY (tenant_id, match_id) REFERENCES app.matches(tenant_id, id);

ALTER TABLE ONLY app.claims
    ADD CONSTRAINT claims_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.claims
    ADD CONSTRAINT claims_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.code_requests
    ADD CONSTRAINT code_requests_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.coin_adjustments
    ADD CONSTRAINT coin_adjustments_tenant_id_actor_user_id_fkey FOREIGN KEY (tenant_id, acted_by_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.coin_adjustments
    ADD CONSTRAINT coin_adjustments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.coin_adjustments
    ADD CONSTRAINT coin_adjustments_tenant_id_transaction_id_fkey FOREIGN KEY (tenant_id, transaction_id) REFERENCES app.coin_transactions(tenant_id, id);

ALTER TABLE ONLY app.coin_adjustments
    ADD CONSTRAINT coin_adjustments_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.coin_holds
    ADD CONSTRAINT coin_holds_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.coin_holds
    ADD CONSTRAINT coin_holds_tenant_id_transaction_id_fkey FOREIGN KEY (tenant_id, transaction_id) REFERENCES app.coin_transactions(tenant_id, id);

ALTER TABLE ONLY app.coin_holds
    ADD CONSTRAINT coin_holds_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.coin_packages
    ADD CONSTRAINT coin_packages_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.conversation_members
    ADD CONSTRAINT conversation_members_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES app.conversations(tenant_id, id);

ALTER TABLE ONLY app.conversation_members
    ADD CONSTRAINT conversation_members_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.conversation_members
    ADD CONSTRAINT conversation_members_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.conversation_members
    ADD CONSTRAINT conversation_members_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.conversations
    ADD CONSTRAINT conversations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.daily_quota
    ADD CONSTRAINT daily_quota_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.daily_quota
    ADD CONSTRAINT daily_quota_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.decoy_keys
    ADD CONSTRAINT decoy_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.deferred_events
    ADD CONSTRAINT deferred_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.devices
    ADD CONSTRAINT devices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.devices
    ADD CONSTRAINT devices_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.encounters
    ADD CONSTRAINT encounters_tenant_id_first_profile_id_fkey FOREIGN KEY (tenant_id, first_profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.encounters
    ADD CONSTRAINT encounters_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.encounters
    ADD CONSTRAINT encounters_tenant_id_second_profile_id_fkey FOREIGN KEY (tenant_id, second_profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.former_accounts
    ADD CONSTRAINT former_accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.former_accounts
    ADD CONSTRAINT former_accounts_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.fraud_cases
    ADD CONSTRAINT fraud_cases_tenant_id_decided_by_user_id_fkey FOREIGN KEY (tenant_id, decided_by_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.fraud_cases
    ADD CONSTRAINT fraud_cases_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.fraud_cases
    ADD CONSTRAINT fraud_cases_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES app.payments(tenant_id, id);

ALTER TABLE ONLY app.fraud_cases
    ADD CONSTRAINT fraud_cases_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.gifts_sent
    ADD CONSTRAINT gifts_sent_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.gifts_sent
    ADD CONSTRAINT gifts_sent_tenant_id_gift_id_fkey FOREIGN KEY (tenant_id, gift_id) REFERENCES app.gifts(tenant_id, id);

ALTER TABLE ONLY app.gifts_sent
    ADD CONSTRAINT gifts_sent_tenant_id_giver_profile_id_fkey FOREIGN KEY (tenant_id, giver_profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.gifts_sent
    ADD CONSTRAINT gifts_sent_tenant_id_giver_user_id_fkey FOREIGN KEY (tenant_id, giver_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.gifts_sent
    ADD CONSTRAINT gifts_sent_tenant_id_receiver_profile_id_fkey FOREIGN KEY (tenant_id, receiver_profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.gifts_sent
    ADD CONSTRAINT gifts_sent_tenant_id_receiver_user_id_fkey FOREIGN KEY (tenant_id, receiver_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.gifts
    ADD CONSTRAINT gifts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.identity_keys
    ADD CONSTRAINT identity_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.identity_keys
    ADD CONSTRAINT identity_keys_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.identity_keys
    ADD CONSTRAINT identity_keys_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.identity_transfers
    ADD CONSTRAINT identity_transfers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.identity_transfers
    ADD CONSTRAINT identity_transfers_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.identity_transfers
    ADD CONSTRAINT identity_transfers_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.invite_codes
    ADD CONSTRAINT invite_codes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.invite_codes
    ADD CONSTRAINT invite_codes_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.invite_codes
    ADD CONSTRAINT invite_codes_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.kept_apart
    ADD CONSTRAINT kept_apart_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.key_packages
    ADD CONSTRAINT key_packages_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.key_packages
    ADD CONSTRAINT key_packages_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.key_packages
    ADD CONSTRAINT key_packages_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.known_contacts
    ADD CONSTRAINT known_contacts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.known_contacts
    ADD CONSTRAINT known_contacts_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.ledger_accounts
    ADD CONSTRAINT ledger_accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.ledger_accounts
    ADD CONSTRAINT ledger_accounts_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.ledger_audits
    ADD CONSTRAINT ledger_audits_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.ledger_balances
    ADD CONSTRAINT ledger_balances_tenant_id_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES app.ledger_accounts(tenant_id, id);

ALTER TABLE ONLY app.legal_acceptances
    ADD CONSTRAINT legal_acceptances_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.legal_acceptances
    ADD CONSTRAINT legal_acceptances_tenant_id_text_id_fkey FOREIGN KEY (tenant_id, text_id) REFERENCES app.legal_texts(tenant_id, id);

ALTER TABLE ONLY app.legal_acceptances
    ADD CONSTRAINT legal_acceptances_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.legal_texts
    ADD CONSTRAINT legal_texts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.legal_texts
    ADD CONSTRAINT legal_texts_tenant_id_published_by_user_id_fkey FOREIGN KEY (tenant_id, published_by_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.login_attempts
    ADD CONSTRAINT login_attempts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.login_challenges
    ADD CONSTRAINT login_challenges_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.login_challenges
    ADD CONSTRAINT login_challenges_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.match_slots
    ADD CONSTRAINT match_slots_tenant_id_match_id_fkey FOREIGN KEY (tenant_id, match_id) REFERENCES app.matches(tenant_id, id);

ALTER TABLE ONLY app.matches
    ADD CONSTRAINT matches_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.matches
    ADD CONSTRAINT matches_tenant_id_profile1_id_fkey FOREIGN KEY (tenant_id, profile1_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.matches
    ADD CONSTRAINT matches_tenant_id_profile2_id_fkey FOREIGN KEY (tenant_id, profile2_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.matches
    ADD CONSTRAINT matches_tenant_id_user1_id_fkey FOREIGN KEY (tenant_id, user1_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.matches
    ADD CONSTRAINT matches_tenant_id_user2_id_fkey FOREIGN KEY (tenant_id, user2_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.message_logs
    ADD CONSTRAINT message_logs_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES app.conversations(tenant_id, id);

ALTER TABLE ONLY app.messages
    ADD CONSTRAINT messages_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES app.conversations(tenant_id, id);

ALTER TABLE ONLY app.meter_units
    ADD CONSTRAINT meter_units_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.meter_units
    ADD CONSTRAINT meter_units_tenant_id_hold_id_fkey FOREIGN KEY (tenant_id, hold_id) REFERENCES app.coin_holds(tenant_id, id);

ALTER TABLE ONLY app.meter_units
    ADD CONSTRAINT meter_units_tenant_id_meter_id_fkey FOREIGN KEY (tenant_id, meter_id) REFERENCES app.meters(tenant_id, id);

ALTER TABLE ONLY app.meter_units
    ADD CONSTRAINT meter_units_tenant_id_transaction_id_fkey FOREIGN KEY (tenant_id, transaction_id) REFERENCES app.coin_transactions(tenant_id, id);

ALTER TABLE ONLY app.meters
    ADD CONSTRAINT meters_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.meters
    ADD CONSTRAINT meters_tenant_id_payee_user_id_fkey FOREIGN KEY (tenant_id, payee_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.meters
    ADD CONSTRAINT meters_tenant_id_payer_user_id_fkey FOREIGN KEY (tenant_id, payer_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.notifications
    ADD CONSTRAINT notifications_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.notifications
    ADD CONSTRAINT notifications_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.notifications
    ADD CONSTRAINT notifications_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.otp_verifications
    ADD CONSTRAINT otp_verifications_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.outbox
    ADD CONSTRAINT outbox_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.passkeys
    ADD CONSTRAINT passkeys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.passkeys
    ADD CONSTRAINT passkeys_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.payment_disputes
    ADD CONSTRAINT payment_disputes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.payment_disputes
    ADD CONSTRAINT payment_disputes_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES app.payments(tenant_id, id);

ALTER TABLE ONLY app.payment_fingerprints
    ADD CONSTRAINT payment_fingerprints_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.payment_fingerprints
    ADD CONSTRAINT payment_fingerprints_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES app.payments(tenant_id, id);

ALTER TABLE ONLY app.payment_fingerprints
    ADD CONSTRAINT payment_fingerprints_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.payment_refunds
    ADD CONSTRAINT payment_refunds_tenant_id_actor_user_id_fkey FOREIGN KEY (tenant_id, acted_by_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.payment_refunds
    ADD CONSTRAINT payment_refunds_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.payment_refunds
    ADD CONSTRAINT payment_refunds_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES app.payments(tenant_id, id);

ALTER TABLE ONLY app.payments
    ADD CONSTRAINT payments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.payments
    ADD CONSTRAINT payments_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.premium_plans
    ADD CONSTRAINT premium_plans_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.profiles
    ADD CONSTRAINT profiles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.profiles
    ADD CONSTRAINT profiles_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.provider_accounts
    ADD CONSTRAINT provider_accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.push_preferences
    ADD CONSTRAINT push_preferences_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.push_preferences
    ADD CONSTRAINT push_preferences_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.push_subscriptions
    ADD CONSTRAINT push_subscriptions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.push_subscriptions
    ADD CONSTRAINT push_subscriptions_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES app.sessions(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY app.push_subscriptions
    ADD CONSTRAINT push_subscriptions_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.reconciliation_differences
    ADD CONSTRAINT reconciliation_differences_tenant_id_explained_by_user_id_fkey FOREIGN KEY (tenant_id, explained_by_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.reconciliation_differences
    ADD CONSTRAINT reconciliation_differences_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.reconciliation_differences
    ADD CONSTRAINT reconciliation_differences_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES app.payments(tenant_id, id);

ALTER TABLE ONLY app.reconciliations
    ADD CONSTRAINT reconciliations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.recovery_codes
    ADD CONSTRAINT recovery_codes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.recovery_codes
    ADD CONSTRAINT recovery_codes_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.referrals
    ADD CONSTRAINT referrals_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.referrals
    ADD CONSTRAINT referrals_tenant_id_invited_user_id_fkey FOREIGN KEY (tenant_id, invited_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.referrals
    ADD CONSTRAINT referrals_tenant_id_inviter_user_id_fkey FOREIGN KEY (tenant_id, inviter_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.report_cases
    ADD CONSTRAINT report_cases_tenant_id_decided_by_user_id_fkey FOREIGN KEY (tenant_id, decided_by_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.report_cases
    ADD CONSTRAINT report_cases_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.report_cases
    ADD CONSTRAINT report_cases_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.reports
    ADD CONSTRAINT reports_tenant_id_case_id_fkey FOREIGN KEY (tenant_id, case_id) REFERENCES app.report_cases(tenant_id, id);

ALTER TABLE ONLY app.reports
    ADD CONSTRAINT reports_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.reports
    ADD CONSTRAINT reports_tenant_id_match_id_fkey FOREIGN KEY (tenant_id, match_id) REFERENCES app.matches(tenant_id, id);

ALTER TABLE ONLY app.reports
    ADD CONSTRAINT reports_tenant_id_reported_profile_id_fkey FOREIGN KEY (tenant_id, reported_profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.reports
    ADD CONSTRAINT reports_tenant_id_reported_user_id_fkey FOREIGN KEY (tenant_id, reported_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.reports
    ADD CONSTRAINT reports_tenant_id_reporter_profile_id_fkey FOREIGN KEY (tenant_id, reporter_profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.reports
    ADD CONSTRAINT reports_tenant_id_reporter_user_id_fkey FOREIGN KEY (tenant_id, reporter_user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.restore_journal
    ADD CONSTRAINT restore_journal_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.sessions
    ADD CONSTRAINT sessions_tenant_id_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES app.devices(tenant_id, id);

ALTER TABLE ONLY app.sessions
    ADD CONSTRAINT sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.sessions
    ADD CONSTRAINT sessions_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.sessions
    ADD CONSTRAINT sessions_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.sms_spendings
    ADD CONSTRAINT sms_spendings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.spent_passkey_challenges
    ADD CONSTRAINT spent_passkey_challenges_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.spent_puzzles
    ADD CONSTRAINT spent_puzzles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.subscriptions
    ADD CONSTRAINT subscriptions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.subscriptions
    ADD CONSTRAINT subscriptions_tenant_id_next_plan_id_fkey FOREIGN KEY (tenant_id, next_plan_id) REFERENCES app.premium_plans(tenant_id, id);

ALTER TABLE ONLY app.subscriptions
    ADD CONSTRAINT subscriptions_tenant_id_plan_id_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES app.premium_plans(tenant_id, id);

ALTER TABLE ONLY app.subscriptions
    ADD CONSTRAINT subscriptions_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.system_logs
    ADD CONSTRAINT system_logs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.tenant_configs
    ADD CONSTRAINT tenant_configs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.tenant_hosts
    ADD CONSTRAINT tenant_hosts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.ticket_lanes
    ADD CONSTRAINT ticket_lanes_tenant_id_user_id_kind_fkey FOREIGN KEY (tenant_id, user_id, kind) REFERENCES app.tickets(tenant_id, user_id, kind) ON DELETE CASCADE;

ALTER TABLE ONLY app.tickets
    ADD CONSTRAINT tickets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.tickets
    ADD CONSTRAINT tickets_tenant_id_profile_id_fkey FOREIGN KEY (tenant_id, profile_id) REFERENCES app.profiles(tenant_id, id);

ALTER TABLE ONLY app.tickets
    ADD CONSTRAINT tickets_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.totp_secrets
    ADD CONSTRAINT totp_secrets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.totp_secrets
    ADD CONSTRAINT totp_secrets_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.users
    ADD CONSTRAINT users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.wallet_freezes
    ADD CONSTRAINT wallet_freezes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.wallet_freezes
    ADD CONSTRAINT wallet_freezes_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.users(tenant_id, id);

ALTER TABLE ONLY app.webhook_events
    ADD CONSTRAINT webhook_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.webhook_events
    ADD CONSTRAINT webhook_events_tenant_id_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES app.payments(tenant_id, id);

ALTER TABLE app.audited_balances ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.bans ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.billing_customers ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.blocks ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.bonus_quota ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.claims ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.code_requests ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.coin_adjustments ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.coin_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.coin_holds ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.coin_packages ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.coin_transactions ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.conversation_members ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.conversations ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.daily_quota ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.decoy_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.deferred_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.devices ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.encounters ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.former_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.fraud_cases ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.gifts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.gifts_sent ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.identity_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.identity_transfers ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.invite_codes ENABLE ROW LEVEL SECURITY;

CREATE POLICY inviter_read ON app.referrals FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (inviter_user_id = ( SELECT app.user_id() AS user_id))));

ALTER TABLE app.kept_apart ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.key_packages ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.known_contacts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.ledger_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.ledger_audits ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.ledger_balances ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.legal_acceptances ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.legal_texts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.login_attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.login_challenges ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.match_slots ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.matches ENABLE ROW LEVEL SECURITY;

CREATE POLICY members_read ON app.coin_packages FOR SELECT TO meydan_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY members_read ON app.conversations FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (id = ANY (ARRAY( SELECT mine.conversation_id
   FROM app.conversation_members mine)))));

CREATE POLICY members_read ON app.gifts FOR SELECT TO meydan_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY members_read ON app.messages FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (conversation_id = ANY (ARRAY( SELECT mine.conversation_id
   FROM app.conversation_members mine)))));

CREATE POLICY members_read ON app.premium_plans FOR SELECT TO meydan_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY members_read ON app.tenant_configs FOR SELECT TO meydan_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY members_tell ON app.outbox FOR INSERT TO meydan_app WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

ALTER TABLE app.message_logs ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.meter_units ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.meters ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.notifications ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.otp_verifications ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY own ON app.tickets TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)))) WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)) AND (profile_id = ( SELECT app.profile_id() AS profile_id))));

CREATE POLICY own_all ON app.identity_keys TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)) AND (profile_id = ( SELECT app.profile_id() AS profile_id)))) WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)) AND (profile_id = ( SELECT app.profile_id() AS profile_id))));

CREATE POLICY own_all ON app.identity_transfers TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)) AND (profile_id = ( SELECT app.profile_id() AS profile_id)))) WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)) AND (profile_id = ( SELECT app.profile_id() AS profile_id))));

CREATE POLICY own_all ON app.key_packages TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)) AND (profile_id = ( SELECT app.profile_id() AS profile_id)))) WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)) AND (profile_id = ( SELECT app.profile_id() AS profile_id))));

CREATE POLICY own_ask ON app.claims FOR INSERT TO meydan_app WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)) AND (profile_id = ( SELECT app.profile_id() AS profile_id)) AND (match_id = ANY (ARRAY( SELECT mine.id
   FROM app.matches mine
  WHERE (mine.id = claims.match_id))))));

CREATE POLICY own_change ON app.passkeys FOR UPDATE TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)))) WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_change ON app.profiles FOR UPDATE TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)))) WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_change ON app.push_preferences FOR UPDATE TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)))) WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_change ON app.users FOR UPDATE TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (id = ( SELECT app.user_id() AS user_id)))) WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_end ON app.push_subscriptions FOR DELETE TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_end ON app.sessions FOR UPDATE TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)))) WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)) AND (ended_at IS NOT NULL)));

CREATE POLICY own_forget ON app.devices FOR UPDATE TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)))) WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)) AND (forgotten_at IS NOT NULL)));

CREATE POLICY own_make ON app.invite_codes FOR INSERT TO meydan_app WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)) AND (profile_id = ( SELECT app.profile_id() AS profile_id))));

CREATE POLICY own_make ON app.push_preferences FOR INSERT TO meydan_app WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_mark ON app.notifications FOR UPDATE TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)))) WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.bans FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.billing_customers FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.blocks FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (blocker_user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.bonus_quota FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.claims FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)) AND (profile_id = ( SELECT app.profile_id() AS profile_id))));

CREATE POLICY own_read ON app.coin_entries FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (account_id = ANY (ARRAY( SELECT mine.id
   FROM app.ledger_accounts mine
  WHERE (mine.user_id = ( SELECT app.user_id() AS user_id)))))));

CREATE POLICY own_read ON app.coin_holds FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.coin_transactions FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.conversation_members FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (profile_id = ( SELECT app.profile_id() AS profile_id))));

CREATE POLICY own_read ON app.daily_quota FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.devices FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.gifts_sent FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.profile_id() AS profile_id) = giver_profile_id) OR (( SELECT app.profile_id() AS profile_id) = receiver_profile_id))));

CREATE POLICY own_read ON app.invite_codes FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.ledger_accounts FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.ledger_balances FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (account_id = ANY (ARRAY( SELECT mine.id
   FROM app.ledger_accounts mine
  WHERE (mine.user_id = ( SELECT app.user_id() AS user_id)))))));

CREATE POLICY own_read ON app.match_slots FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.matches FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.profile_id() AS profile_id) = profile1_id) OR (( SELECT app.profile_id() AS profile_id) = profile2_id))));

CREATE POLICY own_read ON app.message_logs FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (sender_user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.notifications FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.passkeys FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.payments FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.profiles FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.push_preferences FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.push_subscriptions FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.reports FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (reporter_user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.sessions FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.subscriptions FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.system_logs FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.tenant_hosts FOR SELECT TO meydan_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY own_read ON app.users FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_read ON app.wallet_freezes FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY own_shadow ON app.profiles FOR INSERT TO meydan_app WITH CHECK (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id)) AND (face = 'shadow'::text)));

CREATE POLICY owner_all ON app.audited_balances TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.bans TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.billing_customers TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.blocks TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.bonus_quota TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.claims TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.code_requests TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.coin_adjustments TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.coin_entries TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.coin_holds TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.coin_packages TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.coin_transactions TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.conversation_members TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.conversations TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.daily_quota TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.decoy_keys TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.deferred_events TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.devices TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.encounters TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.former_accounts TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.fraud_cases TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.gifts TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.gifts_sent TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.identity_keys TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.identity_transfers TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.invite_codes TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.kept_apart TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.key_packages TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.known_contacts TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.ledger_accounts TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.ledger_audits TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.ledger_balances TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.legal_acceptances TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.legal_texts TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.login_attempts TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.login_challenges TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.match_slots TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.matches TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.message_logs TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.messages TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.meter_units TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.meters TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.notifications TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.otp_verifications TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.outbox TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.passkeys TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.payment_disputes TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.payment_fingerprints TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.payment_refunds TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.payments TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.premium_plans TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.profiles TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.provider_accounts TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.push_preferences TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.push_subscriptions TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.reconciliation_differences TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.reconciliations TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.recovery_codes TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.referrals TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.report_cases TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.reports TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.restore_journal TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.sessions TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.sms_spendings TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.spent_passkey_challenges TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.spent_puzzles TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.subscriptions TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.system_logs TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.tenant_configs TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.tenant_hosts TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.ticket_lanes TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.tickets TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.totp_secrets TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.unaudited_balances TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.users TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.wallet_freezes TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.webhook_events TO meydan_owner USING (true) WITH CHECK (true);

ALTER TABLE app.passkeys ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.payment_disputes ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.payment_fingerprints ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.payment_refunds ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.payments ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.premium_plans ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.profiles ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.provider_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.push_preferences ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.push_subscriptions ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.reconciliation_differences ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.reconciliations ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.recovery_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.referrals ENABLE ROW LEVEL SECURITY;

CREATE POLICY relay_delete ON app.outbox FOR DELETE TO meydan_relay USING (true);

CREATE POLICY relay_lock ON app.outbox FOR UPDATE TO meydan_relay USING (true) WITH CHECK (false);

CREATE POLICY relay_read ON app.outbox FOR SELECT TO meydan_relay USING (true);

ALTER TABLE app.report_cases ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.reports ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.restore_journal ENABLE ROW LEVEL SECURITY;

CREATE POLICY service_read_all ON app.tenant_hosts FOR SELECT TO meydan_service USING (true);

CREATE POLICY service_tenant ON app.audited_balances TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.bans TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.billing_customers TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.blocks TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.bonus_quota TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.claims TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.code_requests TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.coin_adjustments TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.coin_entries TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.coin_holds TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.coin_packages TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.coin_transactions TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.conversation_members TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.conversations TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.daily_quota TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.decoy_keys TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.deferred_events TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.devices TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.encounters TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.former_accounts TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.fraud_cases TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.gifts TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.gifts_sent TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.identity_keys TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.identity_transfers TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.invite_codes TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.kept_apart TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.key_packages TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.known_contacts TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.ledger_accounts TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.ledger_audits TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.ledger_balances TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.legal_acceptances TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.legal_texts TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.login_attempts TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.login_challenges TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.match_slots TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.matches TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.message_logs TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.messages TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.meter_units TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.meters TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.notifications TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.otp_verifications TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.outbox TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.passkeys TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.payment_disputes TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.payment_fingerprints TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.payment_refunds TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.payments TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.premium_plans TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.profiles TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.provider_accounts TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.push_preferences TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.push_subscriptions TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.reconciliation_differences TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.reconciliations TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.recovery_codes TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.referrals TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.report_cases TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.reports TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.restore_journal TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.sessions TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.sms_spendings TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.spent_passkey_challenges TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.spent_puzzles TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.subscriptions TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.system_logs TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.tenant_configs TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.tenant_hosts TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.ticket_lanes TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.tickets TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.totp_secrets TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.unaudited_balances TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.users TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.wallet_freezes TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.webhook_events TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

ALTER TABLE app.sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.sms_spendings ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.spent_passkey_challenges ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.spent_puzzles ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.subscriptions ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.system_logs ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.tenant_configs ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.tenant_hosts ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.ticket_lanes ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.tickets ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.totp_secrets ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.unaudited_balances ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.users ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.wallet_freezes ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.webhook_events ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA app TO meydan_app;
GRANT USAGE ON SCHEMA app TO meydan_service;
GRANT USAGE ON SCHEMA app TO meydan_relay;

REVOKE ALL ON FUNCTION app.add_block(in_tenant_id integer, in_profile_id uuid, in_scope text, OUT outcome text, OUT next_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app.add_block(in_tenant_id integer, in_profile_id uuid, in_scope text, OUT outcome text, OUT next_at timestamp with time zone) TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.notifications TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.notifications TO meydan_app;

GRANT SELECT(id) ON TABLE app.notifications TO meydan_app;

GRANT SELECT(user_id) ON TABLE app.notifications TO meydan_app;

GRANT SELECT(profile_id) ON TABLE app.notifications TO meydan_app;

GRANT SELECT(kind) ON TABLE app.notifications TO meydan_app;

GRANT SELECT(code) ON TABLE app.notifications TO meydan_app;

GRANT SELECT(data) ON TABLE app.notifications TO meydan_app;

GRANT SELECT(read_at),UPDATE(read_at) ON TABLE app.notifications TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.notifications TO meydan_app;

REVOKE ALL ON FUNCTION app.add_notifications(in_tenant_id integer, in_user_ids uuid[], in_profile_ids uuid[], in_kind text, in_code text, in_data jsonb, in_is_seen boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app.add_notifications(in_tenant_id integer, in_user_ids uuid[], in_profile_ids uuid[], in_kind text, in_code text, in_data jsonb, in_is_seen boolean) TO meydan_app;
GRANT ALL ON FUNCTION app.add_notifications(in_tenant_id integer, in_user_ids uuid[], in_profile_ids uuid[], in_kind text, in_code text, in_data jsonb, in_is_seen boolean) TO meydan_service;

GRANT SELECT,INSERT,UPDATE ON TABLE app.matches TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.matches TO meydan_app;

GRANT SELECT(id) ON TABLE app.matches TO meydan_app;

GRANT SELECT(type) ON TABLE app.matches TO meydan_app;

GRANT SELECT(status) ON TABLE app.matches TO meydan_app;

GRANT SELECT(profile1_id) ON TABLE app.matches TO meydan_app;

GRANT SELECT(profile2_id) ON TABLE app.matches TO meydan_app;

GRANT SELECT(conversation_id) ON TABLE app.matches TO meydan_app;

GRANT SELECT(claim_opens_at) ON TABLE app.matches TO meydan_app;

GRANT SELECT(expires_at) ON TABLE app.matches TO meydan_app;

GRANT SELECT(ended_at) ON TABLE app.matches TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.matches TO meydan_app;

REVOKE ALL ON FUNCTION app.have_met(in_tenant_id integer, in_a uuid, in_b uuid) FROM PUBLIC;

GRANT SELECT,INSERT,UPDATE ON TABLE app.profiles TO meydan_service;

GRANT SELECT(tenant_id),INSERT(tenant_id) ON TABLE app.profiles TO meydan_app;

GRANT SELECT(id),INSERT(id) ON TABLE app.profiles TO meydan_app;

GRANT INSERT(user_id) ON TABLE app.profiles TO meydan_app;

GRANT SELECT(face),INSERT(face) ON TABLE app.profiles TO meydan_app;

GRANT SELECT(alias),INSERT(alias),UPDATE(alias) ON TABLE app.profiles TO meydan_app;

GRANT SELECT(tag),INSERT(tag),UPDATE(tag) ON TABLE app.profiles TO meydan_app;

GRANT SELECT(bio),UPDATE(bio) ON TABLE app.profiles TO meydan_app;

GRANT SELECT(gender),UPDATE(gender) ON TABLE app.profiles TO meydan_app;

GRANT SELECT(interests),UPDATE(interests) ON TABLE app.profiles TO meydan_app;

GRANT SELECT(languages),UPDATE(languages) ON TABLE app.profiles TO meydan_app;

GRANT SELECT(latitude),UPDATE(latitude) ON TABLE app.profiles TO meydan_app;

GRANT SELECT(longitude),UPDATE(longitude) ON TABLE app.profiles TO meydan_app;

GRANT SELECT(avatar_seed),INSERT(avatar_seed) ON TABLE app.profiles TO meydan_app;

GRANT SELECT(created_at),INSERT(created_at) ON TABLE app.profiles TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.reports TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.reports TO meydan_app;

GRANT SELECT(id) ON TABLE app.reports TO meydan_app;

GRANT SELECT(reporter_user_id) ON TABLE app.reports TO meydan_app;

GRANT SELECT(reporter_profile_id) ON TABLE app.reports TO meydan_app;

GRANT SELECT(reported_profile_id) ON TABLE app.reports TO meydan_app;

GRANT SELECT(reason) ON TABLE app.reports TO meydan_app;

GRANT SELECT(text) ON TABLE app.reports TO meydan_app;

GRANT SELECT(match_id) ON TABLE app.reports TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.reports TO meydan_app;

REVOKE ALL ON FUNCTION app.add_report(in_tenant_id integer, in_profile_id uuid, in_reason text, in_text text, in_match_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.add_report(in_tenant_id integer, in_profile_id uuid, in_reason text, in_text text, in_match_id uuid) TO meydan_app;

REVOKE ALL ON FUNCTION app.add_tenant(in_slug text, in_name text, in_timezone text, in_default_language text, in_status text, in_founded_from bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION app.add_tenant(in_slug text, in_name text, in_timezone text, in_default_language text, in_status text, in_founded_from bytea) TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.tickets TO meydan_service;
GRANT SELECT,DELETE ON TABLE app.tickets TO meydan_app;

GRANT INSERT(tenant_id) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(user_id) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(kind) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(id) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(profile_id) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(wished_language) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(max_distance_km) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(wished_interests) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(languages) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(interests) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(latitude) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(longitude) ON TABLE app.tickets TO meydan_app;

GRANT UPDATE(widened) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(day_limit) ON TABLE app.tickets TO meydan_app;

GRANT UPDATE(searched_at) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(marks) ON TABLE app.tickets TO meydan_app;

GRANT INSERT(apart) ON TABLE app.tickets TO meydan_app;

REVOKE ALL ON FUNCTION app.approximate_waiting(in_tenant_id integer, in_kind text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.approximate_waiting(in_tenant_id integer, in_kind text) TO meydan_app;
GRANT ALL ON FUNCTION app.approximate_waiting(in_tenant_id integer, in_kind text) TO meydan_service;

GRANT SELECT ON TABLE app.ledger_audits TO meydan_service;

REVOKE ALL ON FUNCTION app.audit_ledger(in_tenant_id integer, in_is_full boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app.audit_ledger(in_tenant_id integer, in_is_full boolean) TO meydan_service;

REVOKE ALL ON FUNCTION app.keyed_fraction(in_key uuid, in_one uuid, in_other uuid, in_purpose integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.keyed_fraction(in_key uuid, in_one uuid, in_other uuid, in_purpose integer) TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.blocks TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.blocks TO meydan_app;

GRANT SELECT(id) ON TABLE app.blocks TO meydan_app;

GRANT SELECT(blocker_user_id) ON TABLE app.blocks TO meydan_app;

GRANT SELECT(blocker_profile_id) ON TABLE app.blocks TO meydan_app;

GRANT SELECT(blocked_profile_id) ON TABLE app.blocks TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.blocks TO meydan_app;

GRANT SELECT(scope) ON TABLE app.blocks TO meydan_app;

GRANT SELECT(lifted_at) ON TABLE app.blocks TO meydan_app;

REVOKE ALL ON FUNCTION app.block_holds(in_block app.blocks, in_one uuid, in_other uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.block_holds(in_block app.blocks, in_one uuid, in_other uuid) TO meydan_service;

REVOKE ALL ON FUNCTION app.blocked_between(in_tenant_id integer, in_a uuid, in_b uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.blocked_between(in_tenant_id integer, in_a uuid, in_b uuid) TO meydan_app;
GRANT ALL ON FUNCTION app.blocked_between(in_tenant_id integer, in_a uuid, in_b uuid) TO meydan_service;

REVOKE ALL ON FUNCTION app.check_debit(in_tenant_id integer, in_kind text, in_owner_user_id uuid, in_amount bigint, in_is_spending boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.check_ledger_caller(in_tenant_id integer) FROM PUBLIC;

GRANT SELECT ON TABLE app.coin_transactions TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.coin_transactions TO meydan_app;

GRANT SELECT(id) ON TABLE app.coin_transactions TO meydan_app;

GRANT SELECT(user_id) ON TABLE app.coin_transactions TO meydan_app;

GRANT SELECT(amount) ON TABLE app.coin_transactions TO meydan_app;

GRANT SELECT(transaction_type) ON TABLE app.coin_transactions TO meydan_app;

GRANT SELECT(description) ON TABLE app.coin_transactions TO meydan_app;

GRANT SELECT(subject_id) ON TABLE app.coin_transactions TO meydan_app;

GRANT SELECT(reverses_id) ON TABLE app.coin_transactions TO meydan_app;

GRANT SELECT(reversed_by_id) ON TABLE app.coin_transactions TO meydan_app;

GRANT SELECT(details) ON TABLE app.coin_transactions TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.coin_transactions TO meydan_app;

REVOKE ALL ON FUNCTION app.claw_back(in_tenant_id integer, in_idempotency_key text, in_type text, in_owner_user_id uuid, in_amount bigint, in_target_kind text, in_target_provider text, in_target_currency text, in_description text, in_subject_id uuid, in_details jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app.claw_back(in_tenant_id integer, in_idempotency_key text, in_type text, in_owner_user_id uuid, in_amount bigint, in_target_kind text, in_target_provider text, in_target_currency text, in_description text, in_subject_id uuid, in_details jsonb) TO meydan_service;

REVOKE ALL ON FUNCTION app.close_conversation(in_tenant_id integer, in_conversation_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.close_conversation(in_tenant_id integer, in_conversation_id uuid) TO meydan_app;
GRANT ALL ON FUNCTION app.close_conversation(in_tenant_id integer, in_conversation_id uuid) TO meydan_service;

REVOKE ALL ON FUNCTION app.close_wallet(in_tenant_id integer, in_owner_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.close_wallet(in_tenant_id integer, in_owner_user_id uuid) TO meydan_service;

GRANT SELECT,INSERT,DELETE ON TABLE app.code_requests TO meydan_service;

REVOKE ALL ON FUNCTION app.code_pressure(in_tenant_id integer, in_contact_hash bytea, in_network_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION app.code_pressure(in_tenant_id integer, in_contact_hash bytea, in_network_hash bytea) TO meydan_service;

REVOKE ALL ON FUNCTION app.coin_history(in_tenant_id integer, in_owner_user_id uuid, in_cursor uuid, in_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.coin_history(in_tenant_id integer, in_owner_user_id uuid, in_cursor uuid, in_limit integer) TO meydan_app;
GRANT ALL ON FUNCTION app.coin_history(in_tenant_id integer, in_owner_user_id uuid, in_cursor uuid, in_limit integer) TO meydan_service;

REVOKE ALL ON FUNCTION app.commit_hold(in_tenant_id integer, in_hold_id uuid, in_idempotency_key text, in_type text, in_entries app.ledger_entry[], in_description text, in_subject_id uuid, in_details jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app.commit_hold(in_tenant_id integer, in_hold_id uuid, in_idempotency_key text, in_type text, in_entries app.ledger_entry[], in_description text, in_subject_id uuid, in_details jsonb) TO meydan_app;
GRANT ALL ON FUNCTION app.commit_hold(in_tenant_id integer, in_hold_id uuid, in_idempotency_key text, in_type text, in_entries app.ledger_entry[], in_description text, in_subject_id uuid, in_details jsonb) TO meydan_service;

REVOKE ALL ON FUNCTION app.consume_key_packages(in_tenant_id integer, in_conversation_id uuid, in_device_id uuid, in_epoch integer, in_limit integer, OUT outcome text, OUT profile_ids uuid[], OUT device_ids uuid[], OUT packages bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.consume_key_packages(in_tenant_id integer, in_conversation_id uuid, in_device_id uuid, in_epoch integer, in_limit integer, OUT outcome text, OUT profile_ids uuid[], OUT device_ids uuid[], OUT packages bytea[]) TO meydan_app;

REVOKE ALL ON FUNCTION app.consume_quota(in_tenant_id integer, in_user_id uuid, in_kind text, in_day date, in_day_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.consume_quota(in_tenant_id integer, in_user_id uuid, in_kind text, in_day date, in_day_limit integer) TO meydan_service;

REVOKE ALL ON FUNCTION app.convert_earnings(in_tenant_id integer, in_idempotency_key text, in_amount bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION app.convert_earnings(in_tenant_id integer, in_idempotency_key text, in_amount bigint) TO meydan_app;

GRANT SELECT ON TABLE app.tenants TO meydan_app;
GRANT SELECT ON TABLE app.tenants TO meydan_service;
GRANT SELECT ON TABLE app.tenants TO meydan_relay;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.claims TO meydan_service;
GRANT SELECT ON TABLE app.claims TO meydan_app;

GRANT INSERT(tenant_id) ON TABLE app.claims TO meydan_app;

GRANT INSERT(user_id) ON TABLE app.claims TO meydan_app;

GRANT INSERT(profile_id) ON TABLE app.claims TO meydan_app;

GRANT INSERT(match_id) ON TABLE app.claims TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.daily_quota TO meydan_service;
GRANT SELECT ON TABLE app.daily_quota TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.message_logs TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.message_logs TO meydan_app;

GRANT SELECT(conversation_id) ON TABLE app.message_logs TO meydan_app;

GRANT SELECT(seq) ON TABLE app.message_logs TO meydan_app;

GRANT SELECT(kind) ON TABLE app.message_logs TO meydan_app;

GRANT SELECT(sent_at) ON TABLE app.message_logs TO meydan_app;

GRANT SELECT(delivered_at) ON TABLE app.message_logs TO meydan_app;

REVOKE ALL ON FUNCTION app.decide_claims(in_tenant_id integer, in_batch_size integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.decide_claims(in_tenant_id integer, in_batch_size integer) TO meydan_service;

REVOKE ALL ON FUNCTION app.decide_tenant(in_slug text, in_status text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.decide_tenant(in_slug text, in_status text) TO meydan_service;

REVOKE ALL ON FUNCTION app.enable_tenant_rls(in_table regclass) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.end_expired_holds(in_tenant_id integer, in_owner_user_id uuid, in_batch_size integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.end_match(in_tenant_id integer, in_match_id uuid, in_status text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.end_match(in_tenant_id integer, in_match_id uuid, in_status text) TO meydan_app;
GRANT ALL ON FUNCTION app.end_match(in_tenant_id integer, in_match_id uuid, in_status text) TO meydan_service;

REVOKE ALL ON FUNCTION app.end_matches(in_tenant_id integer, in_batch_size integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.end_matches(in_tenant_id integer, in_batch_size integer) TO meydan_service;

REVOKE ALL ON FUNCTION app.expire_holds(in_tenant_id integer, in_batch_size integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.expire_holds(in_tenant_id integer, in_batch_size integer) TO meydan_service;

REVOKE ALL ON FUNCTION app.faces_blocked(in_tenant_id integer, in_user_id uuid, in_profile_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.faces_blocked(in_tenant_id integer, in_user_id uuid, in_profile_id uuid) TO meydan_service;

REVOKE ALL ON FUNCTION app.find_partner(in_tenant_id integer, in_ticket app.tickets, in_rematch_cooldown interval, in_decoy_key uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.find_partner(in_tenant_id integer, in_ticket app.tickets, in_rematch_cooldown interval, in_decoy_key uuid) TO meydan_service;

REVOKE ALL ON FUNCTION app.forgive_debt(in_tenant_id integer, in_idempotency_key text, in_owner_user_id uuid, in_amount_limit bigint, in_description text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.forgive_debt(in_tenant_id integer, in_idempotency_key text, in_owner_user_id uuid, in_amount_limit bigint, in_description text) TO meydan_service;

REVOKE ALL ON FUNCTION app.free_tag(in_alias text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.free_tag(in_alias text) TO meydan_app;
GRANT ALL ON FUNCTION app.free_tag(in_alias text) TO meydan_service;

REVOKE ALL ON FUNCTION app.freeze_wallet(in_tenant_id integer, in_owner_user_id uuid, in_reason text, in_actor_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.freeze_wallet(in_tenant_id integer, in_owner_user_id uuid, in_reason text, in_actor_user_id uuid) TO meydan_service;

REVOKE ALL ON FUNCTION app.has_decoy(in_tenant_id integer, in_user_id uuid, in_profile_id uuid, in_other_profile_id uuid, in_share double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION app.has_decoy(in_tenant_id integer, in_user_id uuid, in_profile_id uuid, in_other_profile_id uuid, in_share double precision) TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.conversation_members TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.conversation_members TO meydan_app;

GRANT SELECT(conversation_id) ON TABLE app.conversation_members TO meydan_app;

GRANT SELECT(profile_id) ON TABLE app.conversation_members TO meydan_app;

GRANT SELECT(delivered_seq) ON TABLE app.conversation_members TO meydan_app;

GRANT SELECT(read_seq) ON TABLE app.conversation_members TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.conversation_members TO meydan_app;

REVOKE ALL ON FUNCTION app.my_conversations() FROM PUBLIC;
GRANT ALL ON FUNCTION app.my_conversations() TO meydan_app;

REVOKE ALL ON FUNCTION app.has_written(in_tenant_id integer, in_conversation_id uuid, in_profile_id uuid, in_cutoff timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app.has_written(in_tenant_id integer, in_conversation_id uuid, in_profile_id uuid, in_cutoff timestamp with time zone) TO meydan_app;
GRANT ALL ON FUNCTION app.has_written(in_tenant_id integer, in_conversation_id uuid, in_profile_id uuid, in_cutoff timestamp with time zone) TO meydan_service;

GRANT SELECT ON TABLE app.coin_holds TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.coin_holds TO meydan_app;

GRANT SELECT(id) ON TABLE app.coin_holds TO meydan_app;

GRANT SELECT(user_id) ON TABLE app.coin_holds TO meydan_app;

GRANT SELECT(amount) ON TABLE app.coin_holds TO meydan_app;

GRANT SELECT(purpose) ON TABLE app.coin_holds TO meydan_app;

GRANT SELECT(subject_id) ON TABLE app.coin_holds TO meydan_app;

GRANT SELECT(status) ON TABLE app.coin_holds TO meydan_app;

GRANT SELECT(committed) ON TABLE app.coin_holds TO meydan_app;

GRANT SELECT(transaction_id) ON TABLE app.coin_holds TO meydan_app;

GRANT SELECT(expires_at) ON TABLE app.coin_holds TO meydan_app;

GRANT SELECT(ended_at) ON TABLE app.coin_holds TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.coin_holds TO meydan_app;

REVOKE ALL ON FUNCTION app.hold_coins(in_tenant_id integer, in_idempotency_key text, in_owner_user_id uuid, in_amount bigint, in_purpose text, in_subject_id uuid, in_expires_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app.hold_coins(in_tenant_id integer, in_idempotency_key text, in_owner_user_id uuid, in_amount bigint, in_purpose text, in_subject_id uuid, in_expires_at timestamp with time zone) TO meydan_app;
GRANT ALL ON FUNCTION app.hold_coins(in_tenant_id integer, in_idempotency_key text, in_owner_user_id uuid, in_amount bigint, in_purpose text, in_subject_id uuid, in_expires_at timestamp with time zone) TO meydan_service;

REVOKE ALL ON FUNCTION app.is_own_transfer(in_type text, in_entries app.ledger_entry[], in_owner_user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.is_passed_over(in_tenant_id integer, in_key uuid, in_waiting integer, in_user_id uuid, in_profile_id uuid, in_other_user_id uuid, in_other_profile_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.is_passed_over(in_tenant_id integer, in_key uuid, in_waiting integer, in_user_id uuid, in_profile_id uuid, in_other_user_id uuid, in_other_profile_id uuid) TO meydan_service;

REVOKE ALL ON FUNCTION app.ledger_entries_text(in_entries app.ledger_entry[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.ledger_faults(in_tenant_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.ledger_faults(in_tenant_id integer) TO meydan_service;

REVOKE ALL ON FUNCTION app.ledger_fingerprint(in_type text, in_owner_user_id uuid, in_subject_id uuid, in_reverses_id uuid, in_request text, in_entries app.ledger_entry[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.lift_block(in_tenant_id integer, in_block_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.lift_block(in_tenant_id integer, in_block_id uuid) TO meydan_app;

REVOKE ALL ON FUNCTION app.lock_ledger_account(in_tenant_id integer, in_kind text, in_owner_user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.lock_matching(in_tenant_id integer, in_kind text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.lock_matching(in_tenant_id integer, in_kind text) TO meydan_service;

REVOKE ALL ON FUNCTION app.lock_meter_accounts(in_tenant_id integer, in_meter_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.lock_meter_accounts(in_tenant_id integer, in_meter_ids uuid[]) TO meydan_service;

REVOKE ALL ON FUNCTION app.mark_seen(in_tenant_id integer, in_conversation_id uuid, in_delivered_seq bigint, in_read_seq bigint, OUT delivered_seq bigint, OUT read_seq bigint, OUT peer_user_id uuid, OUT peer_profile_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.mark_seen(in_tenant_id integer, in_conversation_id uuid, in_delivered_seq bigint, in_read_seq bigint, OUT delivered_seq bigint, OUT read_seq bigint, OUT peer_user_id uuid, OUT peer_profile_id uuid) TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.kept_apart TO meydan_service;

REVOKE ALL ON FUNCTION app.marks_kept_apart(in_tenant_id integer, in_marks bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.marks_kept_apart(in_tenant_id integer, in_marks bytea[]) TO meydan_app;
GRANT ALL ON FUNCTION app.marks_kept_apart(in_tenant_id integer, in_marks bytea[]) TO meydan_service;

REVOKE ALL ON FUNCTION app.match_tickets(in_tenant_id integer, in_kind text, in_batch_size integer, in_retry_batch_size integer, in_retry_interval interval, in_rematch_cooldown interval, in_claim_delay interval, in_duration interval, in_wait_for_lock boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app.match_tickets(in_tenant_id integer, in_kind text, in_batch_size integer, in_retry_batch_size integer, in_retry_interval interval, in_rematch_cooldown interval, in_claim_delay interval, in_duration interval, in_wait_for_lock boolean) TO meydan_service;

REVOKE ALL ON FUNCTION app.move_coins(in_tenant_id integer, in_idempotency_key text, in_type text, in_entries app.ledger_entry[], in_owner_user_id uuid, in_description text, in_subject_id uuid, in_details jsonb, in_reverses_id uuid, in_request text, in_is_spending boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.my_blocks(in_tenant_id integer, in_profile_id uuid, in_cursor uuid, in_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.my_blocks(in_tenant_id integer, in_profile_id uuid, in_cursor uuid, in_limit integer) TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.conversations TO meydan_service;
GRANT SELECT ON TABLE app.conversations TO meydan_app;

REVOKE ALL ON FUNCTION app.my_peers(in_tenant_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.my_peers(in_tenant_id integer) TO meydan_app;

REVOKE ALL ON FUNCTION app.my_pending_earnings(in_tenant_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.my_pending_earnings(in_tenant_id integer) TO meydan_app;

REVOKE ALL ON FUNCTION app.new_ledger_faults(in_tenant_id integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.note_for_restore() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.open_conversation(in_tenant_id integer, in_match_id uuid, in_opener_profile_id uuid, in_user_ids uuid[], in_profile_ids uuid[], in_expires_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app.open_conversation(in_tenant_id integer, in_match_id uuid, in_opener_profile_id uuid, in_user_ids uuid[], in_profile_ids uuid[], in_expires_at timestamp with time zone) TO meydan_app;
GRANT ALL ON FUNCTION app.open_conversation(in_tenant_id integer, in_match_id uuid, in_opener_profile_id uuid, in_user_ids uuid[], in_profile_ids uuid[], in_expires_at timestamp with time zone) TO meydan_service;

REVOKE ALL ON FUNCTION app.open_ledger_account(in_tenant_id integer, in_kind text, in_owner_user_id uuid, in_provider text, in_currency text, in_stripe integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.pay_debt(in_tenant_id integer, in_owner_user_id uuid, in_cause_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.pending_earnings(in_tenant_id integer, in_owner_user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.public_profiles(in_profile_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.public_profiles(in_profile_ids uuid[]) TO meydan_app;
GRANT ALL ON FUNCTION app.public_profiles(in_profile_ids uuid[]) TO meydan_service;

REVOKE ALL ON FUNCTION app.queue_job(in_entrypoint text, in_payload bytea, in_delay interval, in_dedupe_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.queue_job(in_entrypoint text, in_payload bytea, in_delay interval, in_dedupe_key text) TO meydan_app;
GRANT ALL ON FUNCTION app.queue_job(in_entrypoint text, in_payload bytea, in_delay interval, in_dedupe_key text) TO meydan_service;

REVOKE ALL ON FUNCTION app.queue_pushes(in_tenant_id integer, in_user_ids uuid[], in_profile_ids uuid[], in_notification_ids uuid[], in_entrypoint text, in_job jsonb, in_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.queue_pushes(in_tenant_id integer, in_user_ids uuid[], in_profile_ids uuid[], in_notification_ids uuid[], in_entrypoint text, in_job jsonb, in_key text) TO meydan_app;
GRANT ALL ON FUNCTION app.queue_pushes(in_tenant_id integer, in_user_ids uuid[], in_profile_ids uuid[], in_notification_ids uuid[], in_entrypoint text, in_job jsonb, in_key text) TO meydan_service;

REVOKE ALL ON FUNCTION app.quota_left(in_tenant_id integer, in_user_id uuid, in_kind text, in_day date, in_day_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.quota_left(in_tenant_id integer, in_user_id uuid, in_kind text, in_day date, in_day_limit integer) TO meydan_service;

REVOKE ALL ON FUNCTION app.release_held(in_tenant_id integer, in_owner_user_id uuid, in_amount bigint, in_cause_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.release_hold(in_tenant_id integer, in_hold_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.release_hold(in_tenant_id integer, in_hold_id uuid) TO meydan_app;
GRANT ALL ON FUNCTION app.release_hold(in_tenant_id integer, in_hold_id uuid) TO meydan_service;

GRANT SELECT ON TABLE app.sms_spendings TO meydan_service;

REVOKE ALL ON FUNCTION app.return_text_cost(in_tenant_id integer, in_otp_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.return_text_cost(in_tenant_id integer, in_otp_id uuid) TO meydan_service;

REVOKE ALL ON FUNCTION app.reverse_transfer(in_tenant_id integer, in_idempotency_key text, in_transaction_id uuid, in_description text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.reverse_transfer(in_tenant_id integer, in_idempotency_key text, in_transaction_id uuid, in_description text) TO meydan_service;

REVOKE ALL ON FUNCTION app.scoped_key(in_idempotency_key text) FROM PUBLIC;

GRANT SELECT,INSERT,UPDATE ON TABLE app.gifts TO meydan_service;
GRANT SELECT ON TABLE app.gifts TO meydan_app;

REVOKE ALL ON FUNCTION app.seed_default_gifts(in_tenant_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.seed_default_gifts(in_tenant_id integer) TO meydan_service;

GRANT SELECT,INSERT,UPDATE ON TABLE app.coin_packages TO meydan_service;
GRANT SELECT ON TABLE app.coin_packages TO meydan_app;

GRANT SELECT,INSERT,UPDATE ON TABLE app.premium_plans TO meydan_service;
GRANT SELECT ON TABLE app.premium_plans TO meydan_app;

REVOKE ALL ON FUNCTION app.seed_default_products(in_tenant_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.seed_default_products(in_tenant_id integer) TO meydan_service;

REVOKE ALL ON FUNCTION app.send_gift(in_tenant_id integer, in_gift_id uuid, in_quantity integer, in_receiver_profile_id uuid, in_note text, in_idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.send_gift(in_tenant_id integer, in_gift_id uuid, in_quantity integer, in_receiver_profile_id uuid, in_note text, in_idempotency_key text) TO meydan_app;

REVOKE ALL ON FUNCTION app.send_message(in_tenant_id integer, in_conversation_id uuid, in_message_id uuid, in_device_id uuid, in_kind text, in_epoch integer, in_body bytea, in_welcome_id uuid, in_welcome_body bytea, in_device_info text, in_connection_type text, OUT outcome text, OUT seq bigint, OUT created_at timestamp with time zone, OUT current_epoch integer, OUT peer_user_id uuid, OUT peer_profile_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.send_message(in_tenant_id integer, in_conversation_id uuid, in_message_id uuid, in_device_id uuid, in_kind text, in_epoch integer, in_body bytea, in_welcome_id uuid, in_welcome_body bytea, in_device_info text, in_connection_type text, OUT outcome text, OUT seq bigint, OUT created_at timestamp with time zone, OUT current_epoch integer, OUT peer_user_id uuid, OUT peer_profile_id uuid) TO meydan_app;

REVOKE ALL ON FUNCTION app.spend_on_text(in_tenant_id integer, in_otp_id uuid, in_cents integer, in_is_known boolean, in_budget_cents integer, in_tenant_budget_cents integer, in_kept_percent integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.spend_on_text(in_tenant_id integer, in_otp_id uuid, in_cents integer, in_is_known boolean, in_budget_cents integer, in_tenant_budget_cents integer, in_kept_percent integer) TO meydan_service;

REVOKE ALL ON FUNCTION app.subscribe_to_push(in_tenant_id integer, in_session_id uuid, in_endpoint text, in_public_key bytea, in_auth_secret bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION app.subscribe_to_push(in_tenant_id integer, in_session_id uuid, in_endpoint text, in_public_key bytea, in_auth_secret bytea) TO meydan_app;

REVOKE ALL ON FUNCTION app.sync_ticket_lanes() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.take_sending_turn(in_tenant_id integer, in_otp_id uuid, in_spacing interval) FROM PUBLIC;
GRANT ALL ON FUNCTION app.take_sending_turn(in_tenant_id integer, in_otp_id uuid, in_spacing interval) TO meydan_service;

GRANT SELECT,INSERT,UPDATE ON TABLE app.subscriptions TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(id) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(user_id) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(plan_id) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(status) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(provider) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(coin_price) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(renews) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(period_ends_at) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(grace_ends_at) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(pending_action) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(next_plan_id) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(next_plan_at) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.subscriptions TO meydan_app;

GRANT SELECT(ended_at) ON TABLE app.subscriptions TO meydan_app;

REVOKE ALL ON FUNCTION app.tenants_with_due_subscriptions() FROM PUBLIC;
GRANT ALL ON FUNCTION app.tenants_with_due_subscriptions() TO meydan_service;

REVOKE ALL ON FUNCTION app.tenants_with_ended_matches() FROM PUBLIC;
GRANT ALL ON FUNCTION app.tenants_with_ended_matches() TO meydan_service;

REVOKE ALL ON FUNCTION app.tenants_with_expired_holds() FROM PUBLIC;
GRANT ALL ON FUNCTION app.tenants_with_expired_holds() TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.identity_transfers TO meydan_service;
GRANT SELECT,INSERT,DELETE ON TABLE app.identity_transfers TO meydan_app;

GRANT UPDATE(body) ON TABLE app.identity_transfers TO meydan_app;

GRANT UPDATE(expires_at) ON TABLE app.identity_transfers TO meydan_app;

REVOKE ALL ON FUNCTION app.tenants_with_expired_messages() FROM PUBLIC;
GRANT ALL ON FUNCTION app.tenants_with_expired_messages() TO meydan_service;

GRANT SELECT,INSERT,UPDATE ON TABLE app.fraud_cases TO meydan_service;

REVOKE ALL ON FUNCTION app.tenants_with_held_payments() FROM PUBLIC;
GRANT ALL ON FUNCTION app.tenants_with_held_payments() TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.restore_journal TO meydan_service;

REVOKE ALL ON FUNCTION app.tenants_with_journal_to_ship() FROM PUBLIC;
GRANT ALL ON FUNCTION app.tenants_with_journal_to_ship() TO meydan_service;

REVOKE ALL ON FUNCTION app.tenants_with_pending_claims() FROM PUBLIC;
GRANT ALL ON FUNCTION app.tenants_with_pending_claims() TO meydan_service;

GRANT SELECT,INSERT,UPDATE ON TABLE app.meters TO meydan_service;

REVOKE ALL ON FUNCTION app.tenants_with_running_meters() FROM PUBLIC;
GRANT ALL ON FUNCTION app.tenants_with_running_meters() TO meydan_service;

REVOKE ALL ON FUNCTION app.tenants_with_tickets() FROM PUBLIC;
GRANT ALL ON FUNCTION app.tenants_with_tickets() TO meydan_service;

REVOKE ALL ON FUNCTION app.thaw_wallet(in_tenant_id integer, in_owner_user_id uuid, in_actor_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.thaw_wallet(in_tenant_id integer, in_owner_user_id uuid, in_actor_user_id uuid) TO meydan_service;

REVOKE ALL ON FUNCTION app.transfer(in_tenant_id integer, in_idempotency_key text, in_type text, in_entries app.ledger_entry[], in_owner_user_id uuid, in_description text, in_subject_id uuid, in_details jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app.transfer(in_tenant_id integer, in_idempotency_key text, in_type text, in_entries app.ledger_entry[], in_owner_user_id uuid, in_description text, in_subject_id uuid, in_details jsonb) TO meydan_app;
GRANT ALL ON FUNCTION app.transfer(in_tenant_id integer, in_idempotency_key text, in_type text, in_entries app.ledger_entry[], in_owner_user_id uuid, in_description text, in_subject_id uuid, in_details jsonb) TO meydan_service;

REVOKE ALL ON FUNCTION app.waiting_in_lanes(in_tenant_id integer, in_kind text, in_lanes text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.waiting_in_lanes(in_tenant_id integer, in_kind text, in_lanes text[]) TO meydan_service;

GRANT SELECT ON TABLE app.audited_balances TO meydan_service;

GRANT SELECT,INSERT,UPDATE ON TABLE app.bans TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.bans TO meydan_app;

GRANT SELECT(id) ON TABLE app.bans TO meydan_app;

GRANT SELECT(user_id) ON TABLE app.bans TO meydan_app;

GRANT SELECT(reason) ON TABLE app.bans TO meydan_app;

GRANT SELECT(until) ON TABLE app.bans TO meydan_app;

GRANT SELECT(lifted_at) ON TABLE app.bans TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.bans TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.billing_customers TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.billing_customers TO meydan_app;

GRANT SELECT(user_id) ON TABLE app.billing_customers TO meydan_app;

GRANT SELECT(customer_reference) ON TABLE app.billing_customers TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.bonus_quota TO meydan_service;
GRANT SELECT ON TABLE app.bonus_quota TO meydan_app;

GRANT SELECT,INSERT ON TABLE app.coin_adjustments TO meydan_service;

GRANT UPDATE(reason) ON TABLE app.coin_adjustments TO meydan_service;

GRANT SELECT ON TABLE app.coin_entries TO meydan_service;
GRANT SELECT ON TABLE app.coin_entries TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.decoy_keys TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.deferred_events TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.devices TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.devices TO meydan_app;

GRANT SELECT(id) ON TABLE app.devices TO meydan_app;

GRANT SELECT(client_id) ON TABLE app.devices TO meydan_app;

GRANT SELECT(name) ON TABLE app.devices TO meydan_app;

GRANT SELECT(last_seen_at) ON TABLE app.devices TO meydan_app;

GRANT SELECT(forgotten_at),UPDATE(forgotten_at) ON TABLE app.devices TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.devices TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.encounters TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.former_accounts TO meydan_service;

GRANT SELECT ON TABLE app.gifts_sent TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.gifts_sent TO meydan_app;

GRANT SELECT(id) ON TABLE app.gifts_sent TO meydan_app;

GRANT SELECT(gift_id) ON TABLE app.gifts_sent TO meydan_app;

GRANT SELECT(quantity) ON TABLE app.gifts_sent TO meydan_app;

GRANT SELECT(coins) ON TABLE app.gifts_sent TO meydan_app;

GRANT SELECT(earned) ON TABLE app.gifts_sent TO meydan_app;

GRANT SELECT(giver_profile_id) ON TABLE app.gifts_sent TO meydan_app;

GRANT SELECT(receiver_profile_id) ON TABLE app.gifts_sent TO meydan_app;

GRANT UPDATE(note) ON TABLE app.gifts_sent TO meydan_service;
GRANT SELECT(note) ON TABLE app.gifts_sent TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.gifts_sent TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.identity_keys TO meydan_service;
GRANT SELECT,INSERT ON TABLE app.identity_keys TO meydan_app;

GRANT UPDATE(public_key) ON TABLE app.identity_keys TO meydan_app;

GRANT UPDATE(created_at) ON TABLE app.identity_keys TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.invite_codes TO meydan_service;

GRANT SELECT(tenant_id),INSERT(tenant_id) ON TABLE app.invite_codes TO meydan_app;

GRANT SELECT(id) ON TABLE app.invite_codes TO meydan_app;

GRANT SELECT(user_id),INSERT(user_id) ON TABLE app.invite_codes TO meydan_app;

GRANT SELECT(profile_id),INSERT(profile_id) ON TABLE app.invite_codes TO meydan_app;

GRANT SELECT(code),INSERT(code) ON TABLE app.invite_codes TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.invite_codes TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.key_packages TO meydan_service;
GRANT SELECT,DELETE ON TABLE app.key_packages TO meydan_app;

GRANT INSERT(tenant_id) ON TABLE app.key_packages TO meydan_app;

GRANT INSERT(user_id) ON TABLE app.key_packages TO meydan_app;

GRANT INSERT(profile_id) ON TABLE app.key_packages TO meydan_app;

GRANT INSERT(device_id) ON TABLE app.key_packages TO meydan_app;

GRANT INSERT(body) ON TABLE app.key_packages TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.known_contacts TO meydan_service;

GRANT SELECT ON TABLE app.ledger_accounts TO meydan_service;
GRANT SELECT ON TABLE app.ledger_accounts TO meydan_app;

GRANT SELECT ON TABLE app.ledger_balances TO meydan_service;
GRANT SELECT ON TABLE app.ledger_balances TO meydan_app;

GRANT SELECT,INSERT,DELETE ON TABLE app.legal_acceptances TO meydan_service;

GRANT SELECT,INSERT ON TABLE app.legal_texts TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.login_attempts TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.login_challenges TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.match_slots TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.match_slots TO meydan_app;

GRANT SELECT(user_id) ON TABLE app.match_slots TO meydan_app;

GRANT SELECT(type) ON TABLE app.match_slots TO meydan_app;

GRANT SELECT(match_id) ON TABLE app.match_slots TO meydan_app;

GRANT SELECT(profile_id) ON TABLE app.match_slots TO meydan_app;

GRANT SELECT(ticket_id) ON TABLE app.match_slots TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.messages TO meydan_service;
GRANT SELECT ON TABLE app.messages TO meydan_app;

GRANT SELECT,INSERT,UPDATE ON TABLE app.meter_units TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.otp_verifications TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.outbox TO meydan_service;
GRANT INSERT ON TABLE app.outbox TO meydan_app;
GRANT SELECT,DELETE ON TABLE app.outbox TO meydan_relay;

GRANT UPDATE(created_at) ON TABLE app.outbox TO meydan_relay;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.passkeys TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.passkeys TO meydan_app;

GRANT SELECT(id) ON TABLE app.passkeys TO meydan_app;

GRANT SELECT(rp_id) ON TABLE app.passkeys TO meydan_app;

GRANT SELECT(is_backed_up) ON TABLE app.passkeys TO meydan_app;

GRANT SELECT(name),UPDATE(name) ON TABLE app.passkeys TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.passkeys TO meydan_app;

GRANT SELECT(last_used_at) ON TABLE app.passkeys TO meydan_app;

GRANT SELECT,INSERT,UPDATE ON TABLE app.payment_disputes TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.payment_fingerprints TO meydan_service;

GRANT SELECT,INSERT,UPDATE ON TABLE app.payment_refunds TO meydan_service;

GRANT SELECT,INSERT,UPDATE ON TABLE app.payments TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.payments TO meydan_app;

GRANT SELECT(id) ON TABLE app.payments TO meydan_app;

GRANT SELECT(user_id) ON TABLE app.payments TO meydan_app;

GRANT SELECT(kind) ON TABLE app.payments TO meydan_app;

GRANT SELECT(status) ON TABLE app.payments TO meydan_app;

GRANT SELECT(provider) ON TABLE app.payments TO meydan_app;

GRANT SELECT(agreement_id) ON TABLE app.payments TO meydan_app;

GRANT SELECT(coins) ON TABLE app.payments TO meydan_app;

GRANT SELECT(amount) ON TABLE app.payments TO meydan_app;

GRANT SELECT(currency) ON TABLE app.payments TO meydan_app;

GRANT SELECT(paid_amount) ON TABLE app.payments TO meydan_app;

GRANT SELECT(paid_currency) ON TABLE app.payments TO meydan_app;

GRANT SELECT(checkout_url) ON TABLE app.payments TO meydan_app;

GRANT SELECT(checkout_expires_at) ON TABLE app.payments TO meydan_app;

GRANT SELECT(period_ends_at) ON TABLE app.payments TO meydan_app;

GRANT SELECT(refunded) ON TABLE app.payments TO meydan_app;

GRANT SELECT(coins_clawed_back) ON TABLE app.payments TO meydan_app;

GRANT SELECT(owed) ON TABLE app.payments TO meydan_app;

GRANT SELECT(problem) ON TABLE app.payments TO meydan_app;

GRANT SELECT(release_at) ON TABLE app.payments TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.payments TO meydan_app;

GRANT SELECT(paid_at) ON TABLE app.payments TO meydan_app;

GRANT SELECT(settled_at) ON TABLE app.payments TO meydan_app;

GRANT SELECT(product_id) ON TABLE app.payments TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.provider_accounts TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.push_preferences TO meydan_service;
GRANT SELECT ON TABLE app.push_preferences TO meydan_app;

GRANT INSERT(tenant_id) ON TABLE app.push_preferences TO meydan_app;

GRANT INSERT(user_id) ON TABLE app.push_preferences TO meydan_app;

GRANT INSERT(muted),UPDATE(muted) ON TABLE app.push_preferences TO meydan_app;

GRANT INSERT(detail),UPDATE(detail) ON TABLE app.push_preferences TO meydan_app;

GRANT INSERT(quiet_from),UPDATE(quiet_from) ON TABLE app.push_preferences TO meydan_app;

GRANT INSERT(quiet_until),UPDATE(quiet_until) ON TABLE app.push_preferences TO meydan_app;

GRANT INSERT(timezone),UPDATE(timezone) ON TABLE app.push_preferences TO meydan_app;

GRANT UPDATE(updated_at) ON TABLE app.push_preferences TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.push_subscriptions TO meydan_service;
GRANT DELETE ON TABLE app.push_subscriptions TO meydan_app;

GRANT SELECT(tenant_id) ON TABLE app.push_subscriptions TO meydan_app;

GRANT SELECT(id) ON TABLE app.push_subscriptions TO meydan_app;

GRANT SELECT(session_id) ON TABLE app.push_subscriptions TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.push_subscriptions TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.reconciliation_differences TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.reconciliations TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.recovery_codes TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.referrals TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.referrals TO meydan_app;

GRANT SELECT(id) ON TABLE app.referrals TO meydan_app;

GRANT SELECT(inviter_user_id) ON TABLE app.referrals TO meydan_app;

GRANT SELECT(reward_given) ON TABLE app.referrals TO meydan_app;

GRANT SELECT,INSERT,UPDATE ON TABLE app.report_cases TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.sessions TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.sessions TO meydan_app;

GRANT SELECT(id) ON TABLE app.sessions TO meydan_app;

GRANT SELECT(device_id) ON TABLE app.sessions TO meydan_app;

GRANT SELECT(profile_id) ON TABLE app.sessions TO meydan_app;

GRANT SELECT(address_hint) ON TABLE app.sessions TO meydan_app;

GRANT SELECT(last_seen_at) ON TABLE app.sessions TO meydan_app;

GRANT SELECT(expires_at) ON TABLE app.sessions TO meydan_app;

GRANT SELECT(ended_at),UPDATE(ended_at) ON TABLE app.sessions TO meydan_app;

GRANT SELECT(end_reason),UPDATE(end_reason) ON TABLE app.sessions TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.sessions TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.spent_passkey_challenges TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.spent_puzzles TO meydan_service;

GRANT SELECT,INSERT ON TABLE app.system_logs TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.system_logs TO meydan_app;

GRANT SELECT(id) ON TABLE app.system_logs TO meydan_app;

GRANT SELECT(action) ON TABLE app.system_logs TO meydan_app;

GRANT SELECT(user_id) ON TABLE app.system_logs TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.system_logs TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.tenant_configs TO meydan_service;
GRANT SELECT ON TABLE app.tenant_configs TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.tenant_hosts TO meydan_service;
GRANT SELECT ON TABLE app.tenant_hosts TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.ticket_lanes TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.totp_secrets TO meydan_service;

GRANT SELECT ON TABLE app.unaudited_balances TO meydan_service;

GRANT SELECT,INSERT,UPDATE ON TABLE app.users TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.users TO meydan_app;

GRANT SELECT(id) ON TABLE app.users TO meydan_app;

GRANT SELECT(phone) ON TABLE app.users TO meydan_app;

GRANT SELECT(email) ON TABLE app.users TO meydan_app;

GRANT SELECT(username) ON TABLE app.users TO meydan_app;

GRANT SELECT(birth_date) ON TABLE app.users TO meydan_app;

GRANT SELECT(role) ON TABLE app.users TO meydan_app;

GRANT SELECT(language),UPDATE(language) ON TABLE app.users TO meydan_app;

GRANT SELECT(ban_reason) ON TABLE app.users TO meydan_app;

GRANT SELECT(banned_until) ON TABLE app.users TO meydan_app;

GRANT SELECT(erased_at) ON TABLE app.users TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.users TO meydan_app;

GRANT SELECT(matching_suspended_until) ON TABLE app.users TO meydan_app;

GRANT SELECT ON TABLE app.wallet_freezes TO meydan_service;

GRANT SELECT(tenant_id) ON TABLE app.wallet_freezes TO meydan_app;

GRANT SELECT(id) ON TABLE app.wallet_freezes TO meydan_app;

GRANT SELECT(user_id) ON TABLE app.wallet_freezes TO meydan_app;

GRANT SELECT(reason) ON TABLE app.wallet_freezes TO meydan_app;

GRANT SELECT(thawed_at) ON TABLE app.wallet_freezes TO meydan_app;

GRANT SELECT(created_at) ON TABLE app.wallet_freezes TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.webhook_events TO meydan_service;
