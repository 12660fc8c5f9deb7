-- The worker asks once, across tenants, which have something due, and opens no transaction in the others.
-- serves: 0035

-- Below this line: written by `make functions` from db/functions. Change it there.

create or replace function app.tenants_with_ended_matches() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct over.tenant_id from app.matches over where over.status = 'active' and over.expires_at <= app.now();
end;

comment on function app.tenants_with_ended_matches is
    'Names the tenants that have active matches whose time is up.';
revoke all on function app.tenants_with_ended_matches from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_ended_matches to meydan_service;

create or replace function app.tenants_with_pending_claims() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct claim.tenant_id from app.claims claim where claim.status = 'pending';
end;

comment on function app.tenants_with_pending_claims is
    'Names the tenants that have claims to decide.';
revoke all on function app.tenants_with_pending_claims from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_pending_claims to meydan_service;

-- Steps from tenant to tenant in the index: what it costs follows their number, and not that of the tickets.
create or replace function app.tenants_with_tickets() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    with recursive waiting (tenant_id) as (
        (select ticket.tenant_id from app.tickets ticket order by ticket.tenant_id limit 1)
        union all
        select (
            select next.tenant_id from app.tickets next where next.tenant_id > waiting.tenant_id
            order by next.tenant_id limit 1
        )
        from waiting where waiting.tenant_id is not null
    )
    select waiting.tenant_id from waiting where waiting.tenant_id is not null;
end;

comment on function app.tenants_with_tickets is
    'Names the tenants in which somebody waits.';
revoke all on function app.tenants_with_tickets from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_tickets to meydan_service;

create or replace function app.tenants_with_expired_messages() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select conversation.tenant_id from app.conversations conversation
    where conversation.purged_at is null and conversation.expires_at <= app.now()
    union
    select transfer.tenant_id from app.identity_transfers transfer where transfer.expires_at <= app.now();
end;

comment on function app.tenants_with_expired_messages is
    'Names the tenants that store messages or transfers of keys beyond their time.';
revoke all on function app.tenants_with_expired_messages from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_expired_messages to meydan_service;

create or replace function app.tenants_with_held_payments() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct held.tenant_id from app.fraud_cases held where held.status = 'open' and held.outcome in ('delay', 'review');
end;

comment on function app.tenants_with_held_payments is
    'Names the tenants in which a payment waits for a decision or for its time.';
revoke all on function app.tenants_with_held_payments from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_held_payments to meydan_service;

create or replace function app.tenants_with_running_meters() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct meter.tenant_id from app.meters meter where meter.ended_at is null;
end;

comment on function app.tenants_with_running_meters is
    'Names the tenants in which a meter runs.';
revoke all on function app.tenants_with_running_meters from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_running_meters to meydan_service;

create or replace function app.tenants_with_due_subscriptions() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select period.tenant_id from app.subscriptions period
    where period.status <> 'expired' and period.period_ends_at <= app.now()
    union
    select change.tenant_id from app.subscriptions change where change.next_plan_at <= app.now();
end;

comment on function app.tenants_with_due_subscriptions is
    'Names the tenants in which a subscription has reached the end of its period or a change of plan.';
revoke all on function app.tenants_with_due_subscriptions from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_due_subscriptions to meydan_service;

create or replace function app.tenants_with_expired_holds() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct hold.tenant_id from app.coin_holds hold where hold.status = 'open' and hold.expires_at <= app.now();
end;

comment on function app.tenants_with_expired_holds is
    'Names the tenants that have open holds whose time is up.';
revoke all on function app.tenants_with_expired_holds from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_expired_holds to meydan_service;

create or replace function app.tenants_with_journal_to_ship() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select distinct entry.tenant_id from app.restore_journal entry where entry.shipped_at is null;
end;

comment on function app.tenants_with_journal_to_ship is
    'Names the tenants whose restore journal has entries to ship.';
revoke all on function app.tenants_with_journal_to_ship from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_journal_to_ship to meydan_service;
