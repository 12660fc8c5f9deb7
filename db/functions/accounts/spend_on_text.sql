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
