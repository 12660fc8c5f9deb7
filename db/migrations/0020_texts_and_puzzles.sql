-- Text messages: the installation's spending, requests counted beyond an erasure, puzzles that are spent once.
-- Serves no older program, which would send texts without counting them: stop, migrate, start.
-- serves: 0020

-- What text messages cost the installation. No login changes or deletes a line, whichever community or account ends.
create table app.sms_spendings (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    -- The message, in `otp_verifications` for as long as it is kept.
    otp_id uuid not null,
    -- Of UTC, as the budget counts.
    day date not null,
    -- Negative for the cost of a text that never left; it comes back on the text's own day.
    cents integer not null check (cents <> 0),
    -- Paid from the share that is kept for known devices.
    is_known boolean not null,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id)
);
create unique index sms_spendings_returned on app.sms_spendings (tenant_id, otp_id) where cents < 0;
create index sms_spendings_day on app.sms_spendings (day);
select app.enable_tenant_rls('app.sms_spendings');
revoke insert, update, delete on app.sms_spendings from meydan_service;

-- Requests of codes and alerts of the last two days, by keyed hashes. Erasing an account takes none of them away.
create table app.code_requests (
    tenant_id integer not null references app.tenants,
    -- The message's, in `otp_verifications` for as long as it is kept.
    id uuid not null,
    -- One in all communities: a number gets its texts from all of them.
    contact_hash bytea not null,
    network_hash bytea not null,
    -- Asked by a device that the contact's account knows, within its share of a day.
    is_known boolean not null,
    leaves_at timestamptz not null,
    -- When it was really handed to the sender, last.
    left_at timestamptz,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id)
);
create index code_requests_contact on app.code_requests (contact_hash, created_at);
create index code_requests_network on app.code_requests (tenant_id, network_hash, created_at);
create index code_requests_created on app.code_requests (tenant_id, created_at);
select app.enable_tenant_rls('app.code_requests');
revoke update on app.code_requests from meydan_service;

-- Puzzles that have opened something. One opens nothing more, and is forgotten once it would be too old anyway.
create table app.spent_puzzles (
    tenant_id integer not null references app.tenants,
    id uuid not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id)
);
create index spent_puzzles_expires on app.spent_puzzles (tenant_id, expires_at);
select app.enable_tenant_rls('app.spent_puzzles');

insert into app.sms_spendings (tenant_id, otp_id, day, cents, is_known, created_at)
select tenant_id, id, (created_at at time zone 'UTC')::date, cost_cents, false, created_at
from app.otp_verifications where cost_cents > 0;
-- squawk-ignore ban-drop-column -- no older program runs meanwhile
alter table app.otp_verifications drop column cost_cents;

-- Refusals by count have become thresholds, from which on a request costs a puzzle. A device can be called anything.
update app.tenant_configs set config_key = 'accounts.codes_per_community_hour'
where config_key = 'accounts.codes_per_country_hour';
delete from app.tenant_configs where config_key = 'accounts.codes_per_device_hour';

-- Keyed hash of the network that a community was founded from; null for one that an operator added.
alter table app.tenants add column founded_from bytea;
-- squawk-ignore ban-drop-function -- no older program runs meanwhile
drop function app.add_tenant(text, text, text, text, text);

-- Below this line: written by `make functions` from db/functions. Change it there.

-- A contact's requests are counted in all communities, a network's in one. Only numbers and times come out.
create or replace function app.code_pressure(in_tenant_id integer, in_contact_hash bytea, in_network_hash bytea)
returns table (
    leaves_at timestamptz, known_today integer, strangers_today integer, here_today integer, here_at timestamptz,
    strangers_hour integer, network_hour integer, tenant_hour integer
)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select asked.leaves_at, asked.known_today, asked.strangers_today, asked.here_today, asked.here_at,
        asked.strangers_hour,
        (
            select count(*)::integer from app.code_requests request
            where request.tenant_id = in_tenant_id and request.network_hash = in_network_hash
                and request.created_at > app.now() - interval '1 hour' and not request.is_known
        ),
        (
            select count(*)::integer from app.code_requests request
            where request.tenant_id = in_tenant_id and request.created_at > app.now() - interval '1 hour'
                and not request.is_known
        )
    from (
        select max(request.leaves_at) as leaves_at,
            count(*) filter (where request.is_known)::integer as known_today,
            count(*) filter (where not request.is_known)::integer as strangers_today,
            count(*) filter (where not request.is_known and request.network_hash = in_network_hash)::integer
                as here_today,
            max(request.leaves_at) filter (where not request.is_known and request.network_hash = in_network_hash)
                as here_at,
            count(*) filter (where not request.is_known and request.created_at > app.now() - interval '1 hour')::integer
                as strangers_hour
        from app.code_requests request
        where request.contact_hash = in_contact_hash and request.created_at > app.now() - interval '1 day'
    ) asked
    where in_tenant_id = app.tenant_id();
end;

comment on function app.code_pressure is
    'Counts the requests of codes that a further one to this contact, from this network, would come after.';
revoke all on function app.code_pressure from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.code_pressure to meydan_service;

create or replace function app.return_text_cost(in_tenant_id integer, in_otp_id uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.sms_spendings (tenant_id, otp_id, day, cents, is_known)
    select line.tenant_id, line.otp_id, line.day, -line.cents, line.is_known
    from app.sms_spendings line
    where line.tenant_id = app.tenant_id() and line.tenant_id = in_tenant_id and line.otp_id = in_otp_id
        and line.cents > 0
    on conflict do nothing;
end;

comment on function app.return_text_cost is 'Gives back, once, the cost of a text message that will not be sent.';
revoke all on function app.return_text_cost from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.return_text_cost to meydan_service;

-- The lock has a statement of its own, so that the sums see what committed before it.
create or replace function app.spend_on_text(
    in_tenant_id integer, in_otp_id uuid, in_cents integer, in_is_known boolean,
    in_budget_cents integer, in_tenant_budget_cents integer, in_kept_percent integer
) returns table (granted boolean, spent_cents integer)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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

comment on function app.spend_on_text is
    'Writes down the cost of a text message if the day''s budgets hold it. Locks: an advisory lock of the installation.';
revoke all on function app.spend_on_text from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.spend_on_text to meydan_service;

-- The service login cannot write the table itself, so this is the only way to make a tenant.
create or replace function app.add_tenant(
    in_slug text, in_name text, in_timezone text, in_default_language text, in_status text, in_founded_from bytea
) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into app.tenants (slug, name, timezone, default_language, status, founded_from)
    values (in_slug, in_name, in_timezone, in_default_language, in_status, in_founded_from)
    on conflict do nothing
    returning id
$$;

comment on function app.add_tenant is 'Inserts a tenant and returns its id, or null when the slug is taken.';
revoke all on function app.add_tenant from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.add_tenant to meydan_service;

-- Counts when messages really leave: a worker that was away would otherwise send at once what was planned apart.
create or replace function app.take_sending_turn(in_tenant_id integer, in_otp_id uuid, in_spacing interval)
    returns interval
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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

comment on function app.take_sending_turn is
    'Notes that a message leaves now and returns null, or returns how long it has to wait.'
    ' Locks: an advisory lock of the contact.';
revoke all on function app.take_sending_turn from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.take_sending_turn to meydan_service;
